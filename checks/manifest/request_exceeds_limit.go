package manifest

import (
	"fmt"
	"math/big"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// requestExceedsLimit is FL2007. Docker compares memory alone (moby, verifyPlatformContainerResources).
func requestExceedsLimit() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "request-exceeds-limit", Run: func(p *check.Pass[*workload.Variant]) {
		for _, d := range p.Subject.Deploys {
			switch {
			case d.Platform == workload.Compose:
				exceeds(p, d, "memory", d.MemoryRequest, d.MemoryLimit, workload.ParseBytes)
			case isBuiltIn(d) && !p.Subject.Incomplete:
				exceeds(p, d, "memory", d.MemoryRequest, d.MemoryLimit, workload.ParseQuantity)
				exceeds(p, d, "CPU", d.CPURequest, d.CPULimit, workload.ParseQuantity)
			}
		}
	}}
}

func exceeds(p *check.Pass[*workload.Variant], d *workload.Deploy, what string, request, limit workload.Value[string], parse func(string) (*big.Rat, bool)) {
	asked, ok := request.Get()
	allowed, known := limit.Get()
	if !ok || !known {
		return
	}
	x, ok := parse(asked)
	y, known := parse(allowed)
	if !ok || !known || x.Cmp(y) <= 0 || y.Sign() == 0 {
		return
	}
	verb, refused := "requests", "the API server refuses the pod"
	if d.Platform == workload.Compose {
		verb, refused = "reserves", "Docker refuses to create the container"
	}
	p.Report(check.Finding{
		At:      request.At(),
		Message: fmt.Sprintf("%s %s %s of %s, more than its limit of %s: %s", container(d), verb, asked, what, allowed, refused),
		Related: []check.Related{{At: limit.At(), Message: "limits " + what + " to " + allowed}},
		Logical: logical(d),
		Matter:  what,
	})
}
