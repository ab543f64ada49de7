package workload

import "github.com/factorlint/factorlint/internal/check"

// A Scrape is where Prometheus is told to fetch the metrics of a container.
type Scrape struct {
	By   string        // "prometheus.io/scrape of the pod", "ServiceMonitor shop"
	Port Value[string] // number or name of the container's port; absent: whichever is declared
	Path Value[string] // absent: /metrics
	At   check.Span    // what asks for it
}
