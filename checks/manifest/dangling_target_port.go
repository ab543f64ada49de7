package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// danglingTargetPort is FL0703: from a Service to the ports of its pods, and from an Ingress to those of its Service.
func danglingTargetPort() check.Check[*workload.Variant] {
	return check.Check[*workload.Variant]{Rule: "dangling-target-port", Run: func(p *check.Pass[*workload.Variant]) {
		v := p.Subject
		if v.Incomplete || v.Platform != workload.Kubernetes {
			return // a patch may add the port
		}
		for _, s := range v.Services {
			targetPorts(p, s, v.Services)
		}
		services := map[[2]string][]*workload.Service{} // by namespace and name
		for _, s := range v.Services {
			id := [2]string{s.Namespace, s.Name}
			services[id] = append(services[id], s)
		}
		for _, in := range v.Ingresses {
			for _, b := range in.Backends {
				backendPort(p, in, b, services[[2]string{in.Namespace, b.Service}])
			}
		}
	}}
}

// targetPorts judges the ports of a Service, one of all those that are deployed together. Nothing translates the ports of a headless one: its clients connect to
// the pods themselves.
func targetPorts(p *check.Pass[*workload.Variant], s *workload.Service, all []*workload.Service) {
	var pods []*workload.Deploy
	for _, d := range s.Selects {
		if d.Role == workload.App && !d.OneShot {
			pods = append(pods, d)
		}
	}
	if len(pods) == 0 || s.Headless {
		return
	}
	var ports []workload.Port
	for _, d := range pods {
		ports = append(ports, d.Ports...)
	}
	if slices.ContainsFunc(ports, func(c workload.Port) bool { return strings.Contains(c.Name, "$") }) {
		return // a name is still to be filled in
	}
	declared := list(ports)
	for _, port := range s.Ports {
		target, ok := port.Target.Get()
		if !ok || slices.ContainsFunc(ports, func(c workload.Port) bool { return port.LeadsTo(c) }) {
			continue
		}
		f := check.Finding{At: port.At, Logical: serviceName(s), Matter: target}
		severity := rules.Error
		if _, err := strconv.Atoi(target); err == nil {
			if !allDeclared(all, pods, ports) {
				continue // a port need not be declared to be served
			}
			severity = rules.Warning // which of the two is wrong cannot be told
			f.Message = fmt.Sprintf("Service %q sends %sto port %s, but its pods declare %s: connections are refused unless something listens there undeclared",
				s.Name, from(port), target, declared)
		} else {
			if injected(target) {
				continue
			}
			f.Message = fmt.Sprintf("Service %q sends %sto the port named %q, but its pods declare %s: the Service has no endpoint for it and connections fail",
				s.Name, from(port), target, declared)
			f.Fix = renamePort(port.Target, slices.DeleteFunc(slices.Clone(ports), func(c workload.Port) bool { return c.Protocol != port.Protocol }))
		}
		for _, c := range ports[:min(len(ports), maxNamed)] {
			f.Related = append(f.Related, check.Related{At: c.At, Message: fmt.Sprintf("declares %s", describe(c))})
		}
		if len(ports) == 0 {
			f.Related = append(f.Related, check.Related{At: pods[0].At, Message: "a container that it picks"})
		}
		p.ReportAs(severity, f)
	}
}

// allDeclared reports whether the pods declare their ports so thoroughly that a number among the targets that is not
// declared is a mistake: every container declares some by number, and no target of a Service that picks them matches one.
// Containers on the host's network, and those that a Service does reach, may leave other ports undeclared.
func allDeclared(services []*workload.Service, pods []*workload.Deploy, ports []workload.Port) bool {
	for _, d := range pods {
		if len(d.Ports) == 0 || d.HostNetwork {
			return false
		}
	}
	for _, c := range ports {
		if _, ok := c.Number.Get(); !ok {
			return false
		}
		if slices.ContainsFunc(services, func(s *workload.Service) bool { return reaches(s, pods, c) }) {
			return false
		}
	}
	return true
}

// reaches reports whether a Service picks one of the pods and leads to a port of theirs.
func reaches(s *workload.Service, pods []*workload.Deploy, c workload.Port) bool {
	return slices.ContainsFunc(s.Selects, func(d *workload.Deploy) bool { return slices.Contains(pods, d) }) &&
		slices.ContainsFunc(s.Ports, func(port *workload.ServicePort) bool { return port.LeadsTo(c) })
}

// injected reports whether a port name is that of a sidecar that is added to pods in the cluster: by Istio, Linkerd,
// Dapr or Knative.
func injected(name string) bool {
	switch name {
	case "http-envoy-prom", "http-usermetric", "http-queueadm", "queue-port":
		return true
	}
	return strings.HasPrefix(name, "linkerd-") || strings.HasPrefix(name, "dapr-") || strings.HasPrefix(name, "istio-")
}

// backendPort judges a backend of an Ingress whose Service is in the variant.
func backendPort(p *check.Pass[*workload.Variant], in *workload.Ingress, b workload.Backend, services []*workload.Service) {
	want, ok := b.Port.Get()
	if !ok || want == "use-annotation" { // the AWS load balancer controller takes the backend from an annotation
		return
	}
	if len(services) == 0 || slices.ContainsFunc(services, func(s *workload.Service) bool { return offers(s, want) }) {
		return
	}
	s := services[0]
	var have []string
	f := check.Finding{At: b.Port.At(), Logical: ingressName(in), Matter: s.Name + ":" + want}
	for _, port := range s.Ports[:min(len(s.Ports), maxNamed)] {
		number, _ := port.Port.Get()
		text := strings.TrimSpace(port.Name + " " + strconv.Itoa(number))
		have = append(have, text)
		f.Related = append(f.Related, check.Related{At: port.Port.At(), Message: "offers " + text})
	}
	f.Message = fmt.Sprintf("Ingress %q sends requests to port %s of Service %q, which offers %s: they are answered with an error of the ingress controller",
		in.Name, want, s.Name, strings.Join(have, ", "))
	p.Report(f)
}

// offers reports whether a Service has a port of that number or name, or may have one.
func offers(s *workload.Service, port string) bool {
	if s.Type == "ExternalName" || len(s.Ports) == 0 {
		return true
	}
	return slices.ContainsFunc(s.Ports, func(p *workload.ServicePort) bool {
		number, ok := p.Port.Get()
		return !ok || p.Name == port || strconv.Itoa(number) == port
	})
}

func serviceName(s *workload.Service) string {
	return fmt.Sprintf("v1/Service/%s/%s", s.Namespace, s.Name)
}

func ingressName(in *workload.Ingress) string {
	return fmt.Sprintf("networking.k8s.io/Ingress/%s/%s", in.Namespace, in.Name)
}

func from(p *workload.ServicePort) string {
	if n, ok := p.Port.Get(); ok {
		return fmt.Sprintf("port %d ", n)
	}
	return ""
}

// maxNamed is how many ports a message names at most.
const maxNamed = 10

// list says which ports pods declare.
func list(ports []workload.Port) string {
	var out []string
	for _, c := range ports {
		if len(out) == maxNamed {
			out = append(out, "…")
			break
		}
		if s := describe(c); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return "no port"
	}
	return strings.Join(out, ", ")
}

func describe(c workload.Port) string {
	text := "a port"
	if n, ok := c.Number.Get(); ok {
		text = strconv.Itoa(n)
	}
	if c.Name != "" {
		text = c.Name + " " + text
	}
	if c.Protocol != "tcp" {
		text += "/" + c.Protocol
	}
	return text
}
