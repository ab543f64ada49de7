package workload

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func noReadinessFlip() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "no-readiness-flip", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || d.Platform != workload.Kubernetes || len(d.Services) == 0 {
			return
		}
		if w.Program.Class != workload.Server || w.Program.Drains.Open() || len(w.Program.Drains.Members) == 0 || !w.Program.Handles("SIGTERM") {
			return // without a drain there is nothing to time
		}
		if t := w.Program.Tuning; !d.PreStop.Absent() || d.Variant != nil && d.Variant.Incomplete || !t.Sleep.Absent() || !t.Unready.Absent() {
			return
		}
		p.Report(check.Finding{
			At: d.At,
			Message: fmt.Sprintf("%s closes its listener as soon as SIGTERM comes, while the Service %s still sends it requests, and neither a preStop hook nor the program waits for that to end: these connections are refused",
				w.Program.Title(), d.Services[0].Service),
			Related: related(nil, w.Program.Drains.Members[0].At, "drains here"),
			Logical: logical(d),
			Matter:  w.Program.Name,
		})
	}}
}
