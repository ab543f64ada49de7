package manifest

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// singleWriterVolumeReplicated is FL0608. It speaks once for each claim of a workload.
func singleWriterVolumeReplicated() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "single-writer-volume-replicated", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may change the number of replicas
		}
		type use struct {
			object string
			claim  *workload.Claim
		}
		seen := map[use]bool{}
		for _, d := range p.Subject.Deploys {
			if !runsForLong(d) || d.Kind == "DaemonSet" || d.Kind == "Pod" || d.Pinned {
				continue
			}
			for _, m := range d.Mounts {
				if m.Claim == nil || m.Claim.PerPod || !m.Claim.SingleNode() || seen[use{d.Object, m.Claim}] {
					continue
				}
				seen[use{d.Object, m.Claim}] = true
				judgeClaim(p, d, m.Claim)
			}
		}
	}}
}

func judgeClaim(p *check.Pass[*workload.Variant], d *workload.Deploy, c *workload.Claim) {
	f := check.Finding{
		Logical: d.Object,
		Matter:  c.Name,
		Related: []check.Related{{At: c.At, Message: "only one node at a time can mount it"}},
	}
	who := fmt.Sprintf("%s %q", d.Kind, objectName(d))
	severity := rules.Warning
	replicas, ok := d.Replicas.Or(1)
	s := d.Scaler()
	most := 0
	if s != nil {
		most, _ = s.Max.Get()
	}
	surges, _ := d.Surges.Get()
	switch {
	case s != nil && most > 1:
		f.At = s.Max.At()
		f.Message = fmt.Sprintf("%s %q gives %s up to %d replicas that share the ReadWriteOnce claim %q: those on another node than the first wait for the volume and never start",
			s.Kind, s.Name, who, most, c.Name)
	case s != nil || !ok:
		return
	case replicas > 1:
		f.At = d.Replicas.At()
		f.Message = fmt.Sprintf("%s has %d replicas that share the ReadWriteOnce claim %q: those on another node than the first wait for the volume and never start",
			who, replicas, c.Name)
	case replicas == 1 && surges:
		severity = rules.Note
		f.At = d.Surges.At()
		f.Message = fmt.Sprintf("an update of %s starts the new pod while the old one holds the ReadWriteOnce claim %q: on another node it waits for the volume for ever, on the same one two processes write the same files",
			who, c.Name)
	default:
		return
	}
	p.ReportAs(severity, f)
}
