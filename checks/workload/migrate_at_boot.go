package workload

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func migrateAtBoot() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "migrate-at-boot", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		r, ok := uncoordinated(w)
		if !ok {
			return
		}
		i := slices.IndexFunc(w.Program.Migrates.Members, func(m workload.Migration) bool { return m.Serving && !m.Locks })
		if i < 0 {
			return
		}
		p.Report(check.Finding{
			At: r.at,
			Message: fmt.Sprintf("%s %s, and each changes the schema of the database when it starts, with nothing that lets only one of them do it at a time: when two start together, each runs statements that the other has begun, and fails or breaks the schema",
				describe(w.Deploy), r.said),
			Related: related(related(nil, w.Program.Migrates.Members[i].At, "changes the schema here"), w.Deploy.At, "runs it"),
			Logical: logical(w.Deploy),
			Matter:  "migration",
		})
	}}
}
