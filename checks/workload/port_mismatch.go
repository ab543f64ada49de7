package workload

import (
	"cmp"
	"fmt"
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func portMismatch() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "port-mismatch", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if w.Program == nil || w.Deploy != nil && (ends(w.Deploy) || sharesPod(w.Deploy)) || !servesAll(w) {
			return
		}
		main, others, ok := served(w)
		if !ok || len(main) == 0 {
			return
		}
		declared, ok := declaredByDeploy(w.Deploy)
		if !ok {
			return // one of them may be right
		}
		exposed, okExposed := declaredByImage(w.Image)
		byImage := len(declared) == 0
		if byImage {
			if !okExposed || slices.ContainsFunc(main, func(l listener) bool { return !l.ofProgram(w) }) {
				return // the deploy moved the port, and EXPOSE only tells of the image as it is
			}
			declared = exposed
		}
		wrong := mismatched(declared, main, others)
		if len(wrong) == 0 {
			return
		}
		first := wrong[0]
		f := check.Finding{
			At: first.at,
			Message: fmt.Sprintf("%s is %d, but %s listens on %s here: connections to %d are refused",
				first.what, first.number, w.Program.Name, ports(main), first.number),
			Matter: strconv.Itoa(first.number),
		}
		for _, l := range main {
			f.Related = related(f.Related, l.at, fmt.Sprintf("listens on %d here", l.port))
			if l.from.File != l.at.File || l.from.Start.Line != l.at.Start.Line {
				f.Related = related(f.Related, l.from, fmt.Sprintf("the port %d comes from here", l.port))
			}
		}
		if byImage {
			f.Logical = w.Image.File + "/" + w.Image.Stage
		} else {
			f.Logical = logical(w.Deploy)
			if okExposed {
				wrong = slices.Concat(mismatched(exposed, main, others), wrong)
			}
		}
		for _, d := range wrong {
			if d.at != first.at {
				f.Related = related(f.Related, d.at, fmt.Sprintf("%s is %d", d.what, d.number))
			}
		}
		slices.SortStableFunc(f.Related, func(x, y check.Related) int { return cmp.Compare(side(w, x.At), side(w, y.At)) })
		p.Report(f)
	}}
}

// side orders places: code, image, manifest.
func side(w *workload.Workload, at check.Span) int {
	switch {
	case path.Ext(at.File) == ".go":
		return 0
	case w.Image != nil && at.File == w.Image.File:
		return 1
	}
	return 2
}

// A listener is a port that the program serves in one workload.
type listener struct {
	port int
	at   check.Span // the serve call
	from check.Span // the input that decides the port
}

// ofProgram reports whether the program or its image decides the port, not the deploy.
func (l listener) ofProgram(w *workload.Workload) bool {
	return w.Deploy == nil || path.Ext(l.from.File) == ".go" || w.Image != nil && l.from.File == w.Image.File
}

// served returns the TCP ports of the program's main-traffic listeners and those of its auxiliary ones. ok is false
// if there may be others.
func served(w *workload.Workload) (main []listener, others []int, ok bool) {
	if w.Program.Listens.Open() {
		return nil, nil, false
	}
	in := w.Inputs()
	for _, l := range w.Program.Listens.Members {
		if strings.HasPrefix(l.Network, "unix") || strings.HasPrefix(l.Network, "udp") {
			continue
		}
		v := l.Addr.Eval(in)
		addr, known := v.Get()
		port, isPort := portOf(addr)
		switch {
		case !known || !isPort || l.Role != workload.MainTraffic && l.Role != workload.Auxiliary:
			return nil, nil, false
		case l.Role == workload.Auxiliary:
			others = append(others, port) // 0 is off or any, and matches nothing that can be declared
		case port == 0:
			return nil, nil, false
		default:
			main = append(main, listener{port, l.At, v.At()})
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

// mismatched returns the declared ports that no listener serves, if none of those declared is a main-traffic port. A
// wrong port beside the right one is no mismatch: the program can be reached.
func mismatched(declared []declaration, main []listener, others []int) (wrong []declaration) {
	for _, d := range declared {
		if slices.ContainsFunc(main, func(l listener) bool { return l.port == d.number }) {
			return nil
		}
		if !slices.Contains(others, d.number) {
			wrong = append(wrong, d)
		}
	}
	return wrong
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
