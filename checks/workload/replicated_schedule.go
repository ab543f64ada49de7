package workload

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func replicatedSchedule() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "replicated-schedule", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		r, ok := uncoordinated(w)
		if !ok {
			return
		}
		i := slices.IndexFunc(w.Program.States.Members, func(s workload.State) bool { return s.Kind == "schedule" })
		if i < 0 {
			return
		}
		s := w.Program.States.Members[i]
		p.Report(check.Finding{
			At: r.at,
			Message: fmt.Sprintf("%s %s, and each runs the jobs of %s at the same times, with nothing that lets only one of them do it: every job is done once by each",
				describe(w.Deploy), r.said, w.Program.Title()),
			Related: related(related(nil, s.At, "jobs are started here"), w.Deploy.At, "runs it"),
			Logical: logical(w.Deploy),
			Matter:  s.Kind,
		})
	}}
}

// uncoordinated returns how a service comes to run more than one replica. ok is false if it does not, or if its replicas may
// elect one of them.
func uncoordinated(w *workload.Workload) (r replicas, ok bool) {
	if !runsService(w) || w.Program.Leaders.Open() || len(w.Program.Leaders.Members) > 0 {
		return r, false
	}
	return replicated(w.Deploy)
}
