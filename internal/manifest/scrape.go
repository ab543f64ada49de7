package manifest

import (
	"path"
	"slices"
	"strings"

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
		if !a.spend(len(a.out.Services) + len(a.pods)) {
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
			if !a.spend(len(p.deploys)) {
				return
			}
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
			if !a.spend(len(s.Selects) * (1 + len(s.Ports))) {
				return
			}
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
					if len(d.Scrapes) < mostScrapes && slices.Contains(d.Services, port) {
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

// mostScrapes is how many requests for its metrics a container is told of.
const mostScrapes = 20

func scrape(deploys []*workload.Deploy, asked []workload.Scrape) {
	for _, d := range deploys {
		if len(d.Scrapes) < mostScrapes {
			d.Scrapes = append(slices.Clip(d.Scrapes), asked...)
		}
	}
}

// staticScrapes adds to the services of a Compose project what the configuration of a Prometheus among them asks of them by
// name. It is found by its mount: the file, or the folder that holds prometheus.yml.
func (l *loader) staticScrapes(v *workload.Variant) {
	var seen []string
	for _, d := range v.Deploys {
		for _, m := range d.Mounts {
			if m.Source != "bind" || !isPrometheus(d) {
				continue
			}
			for _, file := range []string{m.Name, path.Join(m.Name, "prometheus.yml")} {
				if l.files[file] && isCandidate(file) && !slices.Contains(seen, file) {
					seen = append(seen, file)
					l.scrapeConfigs(v, l.document(file))
				}
			}
		}
	}
}

// isPrometheus reports whether a container is one of a Prometheus, or of what reads its configuration.
func isPrometheus(d *workload.Deploy) bool {
	ref, _ := d.Image.Get()
	name := path.Base(workload.ImageName(ref))
	return strings.Contains(name, "prometheus") || name == "victoria-metrics" || name == "vmagent"
}

// scrapeConfigs reads the targets that stand in a configuration of Prometheus (scrape_config, static_config).
func (l *loader) scrapeConfigs(v *workload.Variant, root node) {
	for _, job := range root.get("scrape_configs").items() {
		for _, static := range job.get("static_configs").items() {
			for _, target := range static.get("targets").items() {
				host, port, ok := strings.Cut(target.str(), ":")
				i := slices.IndexFunc(v.Deploys, func(d *workload.Deploy) bool { return d.Name == host })
				if !ok || i < 0 {
					continue
				}
				scrape(v.Deploys[i:i+1], []workload.Scrape{{By: "the job " + job.get("job_name").str() + " of Prometheus", At: target.span(),
					Port: workload.Known(port, target.span()), Path: job.get("metrics_path").value(target.span())}})
			}
		}
	}
}
