package workload

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func noMetrics() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "no-metrics", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || d.Development || sharesPod(d) || w.Program.Class != workload.Server {
			return
		}
		if m := w.Program.Metrics; m.Open() || len(m.Members) > 0 || slices.ContainsFunc(w.Program.Routes.Members, func(r workload.Route) bool {
			return !r.Known || !r.Tree && r.Matches("/metrics")
		}) {
			return
		}
		p.Report(check.Finding{
			At:      d.At,
			Message: fmt.Sprintf("%s neither serves nor exports metrics: nobody sees its load, errors and latency until its users do", w.Program.Title()),
			Related: related(nil, w.Program.At, "the program begins here"),
			Logical: logical(d),
			Matter:  w.Program.Name,
		})
	}}
}
