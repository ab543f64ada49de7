package workload

import (
	"fmt"
	"go/version"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func cpuLimitUnseen() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "cpu-limit-unseen", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if !runsService(w) {
			return
		}
		d, prog := w.Deploy, w.Program
		limit, ok := d.CPULimit.Get()
		if !ok || prog.GoVersion == "" || version.Compare("go"+prog.GoVersion, "go1.25") >= 0 {
			return
		}
		if !prog.Tuning.AutoProcs.Absent() || !prog.Tuning.MaxProcs.Absent() ||
			!w.RuntimeEnv("GOMAXPROCS").Absent() || !w.RuntimeEnv("GODEBUG").Absent() {
			return
		}
		p.Report(check.Finding{
			At: d.CPULimit.At(),
			Message: fmt.Sprintf("%s has a CPU limit of %s, which %s does not see because its go.mod says go %s: it runs as many threads as the node has cores, uses up its share early in each period and stands still for the rest",
				describe(d), limit, prog.Title(), prog.GoVersion),
			Related: related(nil, prog.At, "the program that runs there"),
			Logical: logical(d),
			Matter:  "threads",
		})
	}}
}
