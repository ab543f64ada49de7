package workload

import (
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A listener is a TCP port that the program serves in one workload.
type listener struct {
	port int // 0 if it is off, or any
	role workload.ListenRole
	host string     // as it is given: "", "127.0.0.1"
	at   check.Span // the serve call
	from check.Span // the input that decides the port
	bind check.Span // the input that decides the host

	unset bool // without an address: it is off, or on net/http's own port
}

// ofProgram reports whether the program or its image decides the port, not the deploy.
func (l listener) ofProgram(w *workload.Workload) bool {
	return w.Deploy == nil || path.Ext(l.from.File) == ".go" || w.Image != nil && l.from.File == w.Image.File
}

// loopback reports whether nothing outside the container reaches it.
func (l listener) loopback() bool { return workload.IsLoopback(l.host) }

// listeners returns the TCP listeners of the program in one workload. ok is false if there may be others.
func listeners(w *workload.Workload) (out []listener, ok bool) {
	if w.Program.Listens.Open() {
		return nil, false
	}
	in := w.Inputs()
	for _, l := range w.Program.Listens.Members {
		if strings.HasPrefix(l.Network, "unix") || strings.HasPrefix(l.Network, "udp") {
			continue
		}
		v := l.Addr.Eval(in)
		addr, known := v.Get()
		port, isPort := portOf(addr)
		unset := known && addr == "" && l.Role == workload.Auxiliary
		if unset {
			port, isPort = 80, true
		}
		if !known || !isPort || l.Role != workload.MainTraffic && l.Role != workload.Auxiliary {
			return nil, false
		}
		host, _, _ := net.SplitHostPort(addr)
		out = append(out, listener{port: port, role: l.Role, host: host, at: l.At, from: v.At(), bind: beginning(l.Addr, in), unset: unset})
	}
	return out, true
}

// beginning returns the place of the input that decides how a text begins.
func beginning(t workload.Text, in workload.Inputs) check.Span {
	for i := range t {
		part := t[i : i+1].Eval(in)
		if s, _ := part.Get(); s != "" {
			return part.At()
		}
	}
	return check.Span{}
}

// served returns the program's main-traffic listeners and the ports of its auxiliary ones. ok is false if there may be
// others.
func served(w *workload.Workload) (main []listener, others []int, ok bool) {
	all, ok := listeners(w)
	if !ok {
		return nil, nil, false
	}
	for _, l := range all {
		switch {
		case l.role == workload.Auxiliary:
			others = append(others, l.port) // 0 matches nothing that can be declared
		case l.port == 0:
			return nil, nil, false
		default:
			main = append(main, l)
		}
	}
	return main, others, true
}

// portOf returns the port of an address in one of the forms "host:8080", ":8080", ":http" and "8080".
func portOf(addr string) (int, bool) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		port = addr
	}
	switch port {
	case "http":
		return 80, true
	case "https":
		return 443, true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return int(n), err == nil
}

// A declaration is a port that an artifact says the program serves.
type declaration struct {
	number int
	at     check.Span
	what   string
}

// declaredByDeploy returns the TCP ports that a manifest declares or connects to, the container's own first. ok is
// false if one of them cannot be told.
func declaredByDeploy(d *workload.Deploy) (out []declaration, ok bool) {
	if d == nil {
		return nil, true
	}
	own := "containerPort"
	if d.Platform == workload.Compose {
		own = "the container's published port"
		if d.HostNetwork {
			return nil, false // Compose ignores ports there
		}
	}
	for _, port := range d.Ports {
		if !isTCP(port.Protocol) {
			continue
		}
		n, known := port.Number.Get()
		if !known {
			return nil, false
		}
		out = append(out, declaration{n, port.At, own})
	}
	add := func(v workload.Value[string], at check.Span, what string) {
		s, known := v.Get()
		if n, err := strconv.Atoi(s); known && err == nil {
			out = append(out, declaration{n, at, what})
		}
		ok = ok && (known || v.Absent()) // a name is that of one of d.Ports, or of none: another rule's finding
	}
	ok = true
	for _, s := range d.Services {
		if !isTCP(s.Protocol) {
			continue
		}
		target := s.Target
		if n, known := s.Port.Get(); target.Absent() && known {
			target = workload.Known(strconv.Itoa(n), s.At)
		}
		what := own
		if d.Platform == workload.Kubernetes {
			what = "targetPort of Service " + s.Service
		}
		add(target, s.At, what)
	}
	for _, probe := range []*workload.Probe{d.Readiness, d.Liveness, d.Startup} {
		if probe == nil {
			continue
		}
		if _, http := probe.Path.Get(); http || !probe.Port.At().IsZero() {
			add(probe.Port, probe.Port.At(), "the probe's port")
		}
	}
	return out, ok
}

func isTCP(protocol string) bool { return protocol == "" || strings.EqualFold(protocol, "tcp") }

// declaredByImage returns the TCP ports of EXPOSE. ok is false if one of them cannot be told.
func declaredByImage(img *workload.Image) (out []declaration, ok bool) {
	if img == nil {
		return nil, true
	}
	for _, port := range img.Expose {
		n, known := port.Number.Get()
		if !known {
			return nil, false
		}
		if isTCP(port.Protocol) {
			out = append(out, declaration{n, port.At, "the port of EXPOSE"})
		}
	}
	return out, true
}

// sharesPod reports whether another container of the pod runs beside d: it may serve the pod's ports.
func sharesPod(d *workload.Deploy) bool {
	return d.Platform == workload.Kubernetes && d.Variant != nil && slices.ContainsFunc(d.Variant.Deploys, func(o *workload.Deploy) bool {
		return o != d && o.Object == d.Object && o.Role == workload.App
	})
}

// ports returns the ports of listeners as people list them: "8080", "8080 and 9090".
func ports(ls []listener) string {
	var out []string
	for _, l := range ls {
		if s := strconv.Itoa(l.port); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, " and ")
}
