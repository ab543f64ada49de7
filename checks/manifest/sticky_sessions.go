package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// stickySessions is FL0607.
func stickySessions() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "sticky-sessions", Run: func(p *check.Pass[*workload.Variant]) {
		report := func(kind, name, logical string, all []workload.Affinity) {
			for _, a := range all {
				p.Report(check.Finding{
					At: a.At,
					Message: fmt.Sprintf("%s %q ties each client to one pod by %s: what the pod remembers of its clients is lost with it, and pods that are added get no share of the clients there are",
						kind, name, a.By),
					Logical: logical,
					Matter:  a.By,
				})
			}
		}
		for _, s := range p.Subject.Services {
			if len(s.Selects) > 0 { // else it is not known what is behind it
				report("Service", s.Name, serviceName(s), s.Affinity)
			}
		}
		for _, in := range p.Subject.Ingresses {
			report("Ingress", in.Name, ingressName(in), in.Affinity)
		}
	}}
}
