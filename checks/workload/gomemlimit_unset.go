package workload

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func gomemlimitUnset() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "gomemlimit-unset", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if !runsService(w) {
			return
		}
		d, tuning := w.Deploy, w.Program.Tuning
		limit, ok := d.MemoryLimit.Get()
		if !ok || !tuning.MemoryLimit.Absent() || !tuning.AutoMemory.Absent() || !w.RuntimeEnv("GOMEMLIMIT").Absent() {
			return
		}
		p.Report(check.Finding{
			At: d.MemoryLimit.At(),
			Message: fmt.Sprintf("%s may use %s, but nothing tells the Go runtime of %s: it collects garbage when the heap has doubled, even if the kernel kills the program before that",
				describe(d), limit, w.Program.Title()),
			Related: related(nil, w.Program.At, "the program that runs there"),
			Logical: logical(d),
			Matter:  "memory",
		})
	}}
}
