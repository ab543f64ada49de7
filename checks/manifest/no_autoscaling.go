package manifest

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// noAutoscaling is FL1902. It speaks once for each workload that a Service leads to. What keeps data is not scaled that
// way.
func noAutoscaling() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "no-autoscaling", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return
		}
		for _, d := range workloads(p.Subject, "Deployment", "Rollout") {
			if _, _, ok := storeOf(d); ok || len(d.Services) == 0 || keepsData(d) || d.Scaler() != nil {
				continue
			}
			p.Report(check.Finding{
				At: d.ObjectAt,
				Message: fmt.Sprintf("%s %q serves requests and nothing scales it: its number of replicas follows the load only as fast as somebody changes it",
					d.Kind, objectName(d)),
				Logical: d.Object,
				Matter:  "scaling",
			})
		}
	}}
}

// keepsData reports whether a container has a volume that outlives it.
func keepsData(d *workload.Deploy) bool {
	return slices.ContainsFunc(d.Mounts, func(m workload.Mount) bool { return m.Source == "persistentVolumeClaim" || m.Source == "hostPath" })
}
