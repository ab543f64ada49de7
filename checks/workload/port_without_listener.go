package workload

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func portWithoutListener() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "port-without-listener", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || sharesPod(d) {
			return
		}
		if w.Program.Class != workload.Worker && w.Program.Class != workload.Server ||
			w.Program.Sockets.Open() || len(w.Program.Sockets.Members) > 0 {
			return
		}
		all, ok := listeners(w)
		declared, okDeploy := declaredByDeploy(d)
		if !ok || !okDeploy {
			return
		}
		silent := unserved(declared, all)
		for len(silent) > 0 {
			first := silent[0]
			f := check.Finding{
				At:      first.at,
				Message: fmt.Sprintf("%s is %d, but %s: connections to it are refused", first.what, first.number, nobody(w, all)),
				Logical: logical(d),
				Matter:  strconv.Itoa(first.number),

				Replaces: []string{"dangling-target-port"}, // which only knows what is declared
			}
			exposed, _ := declaredByImage(w.Image)
			for _, other := range slices.Concat(exposed, silent) {
				if other.number == first.number && other.at != first.at {
					f.Related = related(f.Related, other.at, fmt.Sprintf("%s is %d", other.what, other.number))
				}
			}
			inOrder(w, f.Related)
			p.Report(f)
			silent = slices.DeleteFunc(silent, func(d declaration) bool { return d.number == first.number })
		}
	}}
}

// unserved returns the declared ports on which nothing listens. There are none if the program serves main traffic and
// none of the declared ports is its own: that is a wrong port, another rule's finding.
func unserved(declared []declaration, all []listener) (out []declaration) {
	serves := func(d declaration, main bool) bool {
		return slices.ContainsFunc(all, func(l listener) bool { return l.port == d.number && (!main || l.role == workload.MainTraffic) })
	}
	main := slices.ContainsFunc(all, func(l listener) bool { return l.role == workload.MainTraffic && l.port != 0 })
	if main && !slices.ContainsFunc(declared, func(d declaration) bool { return serves(d, true) }) {
		return nil
	}
	for _, d := range declared {
		if !serves(d, false) {
			out = append(out, d)
		}
	}
	return out
}

// nobody says that a program does not listen on a port: at all, or beside those that it listens on.
func nobody(w *workload.Workload, all []listener) string {
	on := slices.DeleteFunc(slices.Clone(all), func(l listener) bool { return l.port == 0 || l.unset })
	if len(on) == 0 {
		return w.Program.Title() + " listens on no port here"
	}
	return fmt.Sprintf("%s listens on %s alone here", w.Program.Title(), ports(on))
}
