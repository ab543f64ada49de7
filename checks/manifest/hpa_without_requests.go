package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// hpaWithoutRequests is FL0805.
func hpaWithoutRequests() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "hpa-without-requests", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add the request
		}
		for _, s := range p.Subject.Scalers {
			for _, m := range s.Metrics {
				for _, d := range s.Scales {
					if d.OneShot || m.Container != "" && m.Container != d.Name {
						continue
					}
					request, limit := d.CPURequest, d.CPULimit
					if m.Resource == "memory" {
						request, limit = d.MemoryRequest, d.MemoryLimit
					} else if m.Resource != "cpu" {
						continue
					}
					if !request.Absent() || !limit.Absent() { // a limit is the request too where none is given
						continue
					}
					p.Report(check.Finding{
						At: request.At(),
						Message: fmt.Sprintf("%s requests no %s, but the %s %q scales it by the share of the request that is used: there is nothing to compare with, and it never scales",
							container(d), resourceName(m.Resource), s.Kind, s.Name),
						Logical: logical(d),
						Matter:  m.Resource,
						Related: []check.Related{{At: m.At, Message: "asks for the use in per cent"}},
					})
				}
			}
		}
	}}
}

func resourceName(r string) string {
	if r == "cpu" {
		return "CPU"
	}
	return r
}
