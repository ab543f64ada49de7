package workload

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func scrapeTargetMissing() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "scrape-target-missing", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || len(d.Scrapes) == 0 || sharesPod(d) ||
			w.Program.Sockets.Open() || len(w.Program.Sockets.Members) > 0 {
			return
		}
		for _, s := range d.Scrapes {
			f := check.Finding{Logical: logical(d)}
			if number, all, ok := unscraped(w, s); ok {
				f.At, f.Matter = s.Port.At(), strconv.Itoa(number)
				f.Message = fmt.Sprintf("%s asks for metrics on port %d, but %s: Prometheus gets none, and its target is down", s.By, number, nobody(w, all))
				f.Replaces = []string{"port-without-listener"}
				for _, port := range d.Ports {
					if n, _ := port.Number.Get(); n == number {
						f.Related = related(f.Related, port.At, fmt.Sprintf("containerPort is %d", n))
					}
				}
			} else if path, ok := s.Path.Or("/metrics"); ok && knowsRoutes(w.Program) && !answers(w.Program, path) {
				f.At, f.Matter = s.Path.At(), path
				f.Message = fmt.Sprintf("%s asks for metrics at %s, but no route of %s answers that: Prometheus gets 404, and its target is down",
					s.By, path, w.Program.Title())
			} else {
				continue
			}
			if s.At != f.At {
				f.Related = related(f.Related, s.At, "metrics are asked for here")
			}
			p.Report(f)
		}
	}}
}

// unscraped returns the port that a scrape names, if the program listens on others and not on that one. A port that the
// manifest declares for main traffic is left to the rule about those.
func unscraped(w *workload.Workload, s workload.Scrape) (number int, all []listener, ok bool) {
	name, _ := s.Port.Get()
	number, err := strconv.Atoi(name)
	if i := slices.IndexFunc(w.Deploy.Ports, func(p workload.Port) bool { return p.Name == name }); err != nil && i >= 0 && name != "" {
		number, _ = w.Deploy.Ports[i].Number.Get()
	}
	all, ok = listeners(w)
	if !ok || number == 0 || len(all) == 0 || slices.ContainsFunc(all, func(l listener) bool { return l.port == number }) {
		return 0, nil, false
	}
	main, others, _ := served(w)
	declared, _ := declaredByDeploy(w.Deploy)
	mistaken := slices.ContainsFunc(mismatched(declared, main, others), func(d declaration) bool { return d.number == number })
	return number, all, !mistaken || len(main) == 0
}
