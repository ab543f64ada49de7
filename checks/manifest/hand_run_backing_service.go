package manifest

import (
	"fmt"
	"path"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// handRunBackingService is FL0405.
func handRunBackingService() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "hand-run-backing-service", Run: func(p *check.Pass[*workload.Variant]) {
		for _, d := range p.Subject.Deploys {
			name, s, ok := storeOf(d)
			if !ok || !s.operator || !runsForLong(d) || !s.startsServer(d) || d.Kind == "Pod" || d.Kind == "DaemonSet" {
				continue
			}
			p.Report(check.Finding{
				At: d.ObjectAt,
				Message: fmt.Sprintf("%s %q runs the %s %s by hand: backups, failover and upgrades are nobody's job, while an operator or a managed service would do them",
					d.Kind, objectName(d), s.what, path.Base(name)),
				Logical: logical(d),
				Matter:  path.Base(name),
			})
		}
	}}
}
