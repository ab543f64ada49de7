package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// unboundedMemoryVolume is FL2008. The volume's own place is reported: several containers may mount it.
func unboundedMemoryVolume() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "unbounded-memory-volume", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add the limit
		}
		for _, d := range p.Subject.Deploys {
			if !isBuiltIn(d) {
				continue
			}
			for _, m := range d.Mounts {
				if m.Memory == nil || !m.Memory.Limit.Absent() || m.ReadOnly {
					continue
				}
				f := check.Finding{At: m.Memory.At, Logical: d.Object, Matter: m.Memory.Name,
					Related: []check.Related{{At: m.At, Message: "is mounted here"}}}
				if d.MemoryLimit.Absent() {
					f.Message = fmt.Sprintf("volume %q of %s %q lies in memory without a sizeLimit, and container %q has no memory limit either: its files may take half of the node's memory",
						m.Memory.Name, d.Kind, objectName(d), d.Name)
					p.Report(f)
					continue
				}
				f.Message = fmt.Sprintf("volume %q of %s %q lies in memory without a sizeLimit: files in it count as memory of container %q, which is killed when they fill its limit",
					m.Memory.Name, d.Kind, objectName(d), d.Name)
				p.ReportAs(rules.Note, f)
			}
		}
	}}
}
