package manifest

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// noReadinessProbe is FL1502.
func noReadinessProbe() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "no-readiness-probe", Run: func(p *check.Pass[*workload.Variant]) {
		if p.Subject.Incomplete {
			return // a patch may add the probe
		}
		services := map[*workload.ServicePort]*workload.Service{}
		for _, s := range p.Subject.Services {
			for _, port := range s.Ports {
				services[port] = s
			}
		}
		probed := map[string]bool{} // pods: one is ready when all of its containers are
		for _, d := range p.Subject.Deploys {
			probed[d.File+" "+d.Object] = probed[d.File+" "+d.Object] || d.Readiness != nil || d.ReadinessGates
		}
		for _, d := range p.Subject.Deploys {
			if !runsForLong(d) || probed[d.File+" "+d.Object] {
				continue
			}
			for _, port := range d.Services {
				s := services[port]
				if s == nil || s.Unready || s.Headless || isTelemetry(port, d) {
					continue
				}
				p.Report(check.Finding{
					At: d.At,
					Message: fmt.Sprintf("%s is behind Service %q and has no readiness probe: it gets requests from the moment its process exists, before it listens and while it cannot serve",
						container(d), s.Name),
					Related: []check.Related{{At: s.At, Message: "this Service sends requests to it"}},
					Logical: logical(d),
					Matter:  "readiness",
				})
				probed[d.File+" "+d.Object] = true // once for a pod: its containers may all declare the port that one serves
				break
			}
		}
	}}
}

// isTelemetry reports whether a Service's port is there for those who watch the container: they want answers whether or not
// it is ready.
func isTelemetry(port *workload.ServicePort, d *workload.Deploy) bool {
	target, _ := port.Target.Get()
	names := []string{port.Name, target}
	for _, c := range d.Ports {
		if port.LeadsTo(c) {
			names = append(names, c.Name)
		}
	}
	for _, name := range names {
		for _, word := range []string{"metric", "prom", "pprof", "debug", "telemetry"} {
			if strings.Contains(strings.ToLower(name), word) {
				return true
			}
		}
	}
	return false
}
