package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// noMemoryLimit is FL2003. Compose files are left alone: most of them run on a developer's machine.
func noMemoryLimit() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "no-memory-limit", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add the limit
		}
		for _, d := range p.Subject.Deploys {
			if !runsForLong(d) || !d.MemoryLimit.Absent() {
				continue
			}
			p.Report(check.Finding{
				At: d.MemoryLimit.At(),
				Message: fmt.Sprintf("container %q of %s %q has no memory limit: when it leaks, the node runs out of memory and other pods are killed or evicted",
					d.Name, d.Kind, objectName(d)),
				Logical: logical(d),
				Matter:  "memory",
			})
		}
	}}
}
