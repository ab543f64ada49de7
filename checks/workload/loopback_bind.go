package workload

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func loopbackBind() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "loopback-bind", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || !d.Alone {
			return
		}
		all, ok := listeners(w)
		declared, okDeploy := declaredByDeploy(d)
		exposed, okImage := declaredByImage(w.Image)
		if !ok || !okDeploy || !okImage {
			return
		}
		declared = append(declared, exposed...)
		for i, l := range all {
			at := slices.IndexFunc(declared, func(d declaration) bool { return d.number == l.port })
			first := slices.IndexFunc(all, func(o listener) bool { return o.port == l.port }) == i
			if at < 0 || !first || slices.ContainsFunc(all, func(o listener) bool { return o.port == l.port && !o.loopback() }) {
				continue // nobody is told to connect to it, or another listener answers
			}
			f := check.Finding{
				At: l.bind,
				Message: fmt.Sprintf("%s listens on %s here, which nothing outside its container reaches: connections to %s %d are refused",
					w.Program.Title(), l.host, declared[at].what, l.port),
				Related: related(nil, l.at, "listens here"),
				Logical: logical(d),
				Matter:  strconv.Itoa(l.port),
			}
			for _, d := range declared {
				if d.number == l.port {
					f.Related = related(f.Related, d.at, fmt.Sprintf("%s is %d", d.what, d.number))
				}
			}
			inOrder(w, f.Related)
			p.Report(f)
		}
	}}
}
