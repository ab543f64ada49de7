package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// replicasUnderHPA is FL0804. It speaks once for each workload.
func replicasUnderHPA() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "replicas-under-hpa", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may delete the number
		}
		for _, s := range p.Subject.Scalers {
			if len(s.Scales) == 0 {
				continue
			}
			d := s.Scales[0]
			n, ok := d.Replicas.Get()
			if !ok || n == 0 { // none turns scaling off
				continue
			}
			p.Report(check.Finding{
				At: d.Replicas.At(),
				Message: fmt.Sprintf("%s %q fixes %s, but the %s %q scales it: every time the manifest is applied, the number falls back to %d whatever the load",
					d.Kind, objectName(d), check.Count(n, "replica"), s.Kind, s.Name, n),
				Logical: d.Object,
				Matter:  "replicas",
				Related: []check.Related{{At: s.At, Message: "scales it"}},
			})
		}
	}}
}
