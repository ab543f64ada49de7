package observe

import (
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// exposures collects metrics and health services.
func (b *builder) exposures() {
	b.p.Metrics.Complete, b.p.Healths.Complete = true, true
	for _, f := range b.g.sorted(b.r.funcs) {
		for _, c := range f.Calls {
			if lookup(c.Callee, "metrics") != nil {
				b.p.Metrics.Members = append(b.p.Metrics.Members, workload.Metric{Via: c.Callee, At: c.At})
			}
			if lookup(c.Callee, "health") != nil {
				b.p.Healths.Members = append(b.p.Healths.Members, workload.Health{Via: c.Callee, At: c.At})
			}
			if apis()[c.Callee] == nil && b.g.packages[packageOf(c.Callee)] == nil && !isStandardCall(c.Callee) {
				b.exposes(&c)
			}
		}
	}
	for _, l := range b.g.linked(b.p.ImportPath) {
		if l.Path == "expvar" {
			b.p.Metrics.Members = append(b.p.Metrics.Members, workload.Metric{Via: l.Path, At: l.At})
		}
	}
	for _, f := range b.g.sorted(b.r.wide) {
		for _, c := range f.Calls {
			if b.r.funcs[f.ID] {
				continue
			}
			b.p.Metrics.Complete = b.p.Metrics.Complete && lookup(c.Callee, "metrics") == nil
			b.p.Healths.Complete = b.p.Healths.Complete && lookup(c.Callee, "health") == nil
		}
	}
}

// exposes opens the sets that a library may add to, by its name. Making a counter exposes nothing.
func (b *builder) exposes(c *Call) {
	name := strings.ToLower(c.Callee)
	if strings.Contains(name, "health") || strings.Contains(name, "probe") {
		b.p.Healths.Complete = false
	}
	if strings.HasPrefix(name, "github.com/prometheus/client_golang/prometheus.") || strings.HasPrefix(name, "github.com/prometheus/client_golang/prometheus/promauto.") {
		return
	}
	for _, word := range []string{"metric", "prom", "telemetry", "otel", "statsd", "datadog", "dd-trace", "newrelic", "monitor", "apm", "instrument", "observab",
		"opencensus", "controller-runtime", "apiserver"} {
		if strings.Contains(name, word) {
			b.p.Metrics.Complete = false
			return
		}
	}
}

// linked returns the imports of a main package and what it imports that do something by being there.
func (g *Graph) linked(main string) []Import {
	var out []Import
	for _, p := range g.parts(main) {
		out = append(out, p.Linked...)
	}
	return out
}
