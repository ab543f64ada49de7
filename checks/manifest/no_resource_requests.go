package manifest

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// noResourceRequests is FL2004. A limit without a request is the request as well (core/v1, SetDefaults_Pod).
func noResourceRequests() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "no-resource-requests", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add them
		}
		for _, d := range p.Subject.Deploys {
			if !runsForLong(d) {
				continue
			}
			var missing, effects []string
			at := d.MemoryRequest.At()
			if d.CPURequest.Absent() && d.CPULimit.Absent() {
				missing, effects = append(missing, "CPU"), append(effects, "gets what others leave of the CPU")
				at = d.CPURequest.At()
			}
			if d.MemoryRequest.Absent() && d.MemoryLimit.Absent() {
				missing, effects = append(missing, "memory"), append(effects, "is among the first to be evicted")
			}
			if len(missing) == 0 {
				continue
			}
			p.Report(check.Finding{
				At: at,
				Message: fmt.Sprintf("%s requests no %s: the scheduler places it as if it needed none, and it %s when the node is full",
					container(d), strings.Join(missing, " and no "), strings.Join(effects, " and ")),
				Logical: logical(d),
				Matter:  "requests",
			})
		}
	}}
}
