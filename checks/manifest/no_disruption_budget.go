package manifest

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// noDisruptionBudget is FL1505. It speaks once for each workload.
func noDisruptionBudget() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "no-disruption-budget", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return
		}
		for _, d := range workloads(p.Subject, "Deployment", "StatefulSet", "Rollout") {
			n, at := 0, d.Replicas.At()
			if replicas, ok := d.Replicas.Get(); ok {
				n = replicas
			}
			if s := d.Scaler(); s != nil {
				if n, _ = s.Min.Get(); n > 1 {
					at = s.Min.At()
				}
			}
			covered := slices.ContainsFunc(p.Subject.Budgets, func(b *workload.Budget) bool { return slices.Contains(b.Selects, d) })
			if n < 2 || covered {
				continue
			}
			p.Report(check.Finding{
				At: at,
				Message: fmt.Sprintf("%s %q runs %d replicas without a PodDisruptionBudget: when nodes are drained, all of them may be evicted at once",
					d.Kind, objectName(d), n),
				Logical: d.Object,
				Matter:  "budget",
			})
		}
	}}
}

// workloads returns the first container of each workload of these kinds that runs for long.
func workloads(v *workload.Variant, kinds ...string) []*workload.Deploy {
	var out []*workload.Deploy
	seen := map[string]bool{}
	for _, d := range v.Deploys {
		if runsForLong(d) && slices.Contains(kinds, d.Kind) && !seen[d.Object] {
			seen[d.Object] = true
			out = append(out, d)
		}
	}
	return out
}
