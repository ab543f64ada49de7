package manifest

import (
	"slices"

	"github.com/factorlint/factorlint/internal/workload"
)

// monitoring is the API group of the Prometheus Operator.
const monitoring = "monitoring.coreos.com"

// annotatedScrape returns what the prometheus.io annotations of a pod or Service ask for, if they do. They are a convention of
// Prometheus' own example of a configuration: the port is the container's.
func annotatedScrape(metadata node, owner string) []workload.Scrape {
	annotations := metadata.get("annotations")
	asks := annotations.pair("prometheus.io/scrape")
	if asks.value.str() != "true" {
		return nil
	}
	at := asks.key.span()
	return []workload.Scrape{{By: "prometheus.io/scrape of the " + owner, At: at,
		Port: annotations.get("prometheus.io/port").value(at), Path: annotations.get("prometheus.io/path").value(at)}}
}

// scrapes adds to the containers what the annotations of Services, ServiceMonitors and PodMonitors ask of them.
func (a *assembly) scrapes() {
	for _, s := range a.out.Services {
		scrape(s.Selects, annotatedScrape(a.metadata[s], "Service"))
	}
	for _, o := range a.set.objects {
		if o.group() != monitoring || o.root.get("spec", "namespaceSelector").ok() || len(o.root.get("spec", "selector").pairs()) == 0 {
			continue
		}
		if a.steps += len(a.out.Services) + len(a.pods); a.steps > maxSteps {
			return
		}
		switch o.kind {
		case "ServiceMonitor":
			a.serviceMonitor(o)
		case "PodMonitor":
			a.podMonitor(o)
		}
	}
}

// podMonitor reads the endpoints of a PodMonitor: ports of containers.
func (a *assembly) podMonitor(o *object) {
	for _, p := range a.pods {
		if p.namespace != o.namespace || !matches(o.root.get("spec", "selector"), p.labels) {
			continue
		}
		for _, e := range o.root.get("spec", "podMetricsEndpoints").items() {
			scrape(p.deploys, []workload.Scrape{o.endpoint(e, "port", "portNumber", "targetPort")})
		}
	}
}

// serviceMonitor reads the endpoints of a ServiceMonitor: names of a Service's ports, or ports of the containers behind it. A
// port that the Service lacks is left out.
func (a *assembly) serviceMonitor(o *object) {
	for _, s := range a.out.Services {
		if s.Namespace != o.namespace || !matches(o.root.get("spec", "selector"), stringMap(a.metadata[s].get("labels"))) {
			continue
		}
		for _, e := range o.root.get("spec", "endpoints").items() {
			ask := o.endpoint(e, "targetPort")
			if !ask.Port.Absent() {
				scrape(s.Selects, []workload.Scrape{ask})
				continue
			}
			for _, port := range s.Ports {
				if port.Name == "" || port.Name != e.get("port").str() {
					continue
				}
				ask.Port = port.Target
				for _, d := range s.Selects {
					if slices.Contains(d.Services, port) {
						scrape([]*workload.Deploy{d}, []workload.Scrape{ask})
					}
				}
			}
		}
	}
}

// endpoint reads one endpoint of a monitor, which gives its port under one of the keys.
func (o *object) endpoint(e node, keys ...string) workload.Scrape {
	ask := workload.Scrape{By: o.kind + " " + o.name, At: e.span(), Port: workload.Absent[string](e.span()), Path: e.get("path").value(e.span())}
	for _, key := range keys {
		if n := e.get(key); n.ok() {
			ask.Port = n.value(e.span())
			break
		}
	}
	return ask
}

func scrape(deploys []*workload.Deploy, asked []workload.Scrape) {
	for _, d := range deploys {
		d.Scrapes = append(slices.Clip(d.Scrapes), asked...)
	}
}
