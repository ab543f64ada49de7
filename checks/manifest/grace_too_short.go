package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// graceTooShort is FL0915.
func graceTooShort() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "grace-too-short", Run: func(p *check.Pass[*workload.Variant]) {
		for _, d := range p.Subject.Deploys {
			if d.Role != workload.App || d.OneShot || d.Development || d.Platform == workload.Kubernetes && !isBuiltIn(d) {
				continue
			}
			grace, known := d.Grace.Or(d.Platform.DefaultGrace())
			if !known || d.Grace.Absent() && p.Subject.Incomplete {
				continue // a patch may set it
			}
			f := check.Finding{At: d.Grace.At(), Logical: logical(d), Matter: "grace"}
			preStop, hook := d.PreStop.Get()
			switch {
			case !d.Grace.Absent() && grace == 0:
				if d.Kind == "DaemonSet" {
					continue // agents of a node that are to be replaced at once: network plugins do so
				}
				f.Message = fmt.Sprintf("%s has a grace period of 0: it is killed at once, and what it was doing is lost", container(d))
			case hook && preStop > 0 && preStop >= grace:
				period := "grace period"
				if d.Grace.Absent() {
					period = "default grace period"
					f.At = d.PreStop.At()
				} else {
					f.Related = []check.Related{{At: d.PreStop.At(), Message: fmt.Sprintf("sleeps %s here", preStop)}}
				}
				f.Message = fmt.Sprintf("the preStop hook of %s sleeps %s of a %s of %s: SIGKILL comes before the program has had time to drain",
					container(d), preStop, period, grace)
			default:
				continue
			}
			severity := rules.Error
			if check.SaysDevelopment(f.At.File) { // a cluster that is thrown away
				severity = rules.Note
			}
			p.ReportAs(severity, f)
		}
	}}
}
