package observe

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// An UntimedRequest is an HTTP request that nothing limits in time: http.DefaultClient sends it, which has no timeout, with
// a context that has no deadline.
type UntimedRequest struct {
	At  check.Span // the called name
	Via string     // symbol of the function called
}

// UntimedRequests returns the unlimited requests of the server under analysis, in order of place. There are none where the
// program replaces http.DefaultClient or gives a client a timeout otherwise than in a literal. Requests to the loopback
// interface and in functions named after probes are how a program asks itself. The pass must require [Analyzer].
func UntimedRequests(pass *analysis.Pass) []UntimedRequest {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	for _, symbol := range []string{"net/http.DefaultClient", "net/http.Client.Timeout", "net/http.DefaultTransport", "net/http.Transport.ResponseHeaderTimeout"} {
		if g.assigned(symbol, r.funcs) {
			return nil
		}
	}
	var out []UntimedRequest
	for _, f := range g.sorted(r.funcs) {
		if slices.ContainsFunc(g.around(f), func(f *Func) bool { return probes(f.ID) }) {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "client")
			if a == nil || c.Mention || c.Guard != "" {
				continue
			}
			frames := g.frames(f.ID, r.funcs)
			if !slices.ContainsFunc(frames, func(fr *frame) bool { return !g.unlimited(c, a, fr) }) {
				at := c.At
				at.End = c.Name.End
				out = append(out, UntimedRequest{At: at, Via: c.Callee})
			}
		}
	}
	return out
}

// probes reports whether a function or its package is named after a look at the program's own health.
func probes(id string) bool {
	id = strings.ToLower(id[strings.LastIndexByte(id, '/')+1:])
	return strings.Contains(id, "health") || strings.Contains(id, "probe") || strings.Contains(id, "selfcheck") || strings.Contains(id, "ready")
}

// unlimited reports whether a call sends a request without limit when its function is called in this way.
func (g *Graph) unlimited(c *Call, a *api, fr *frame) bool {
	if c.Recv != nil {
		if h, _ := g.head(*c.Recv, fr, 0); h.Op != Var || h.S != "net/http.DefaultClient" {
			return false
		}
	}
	if n := a.index("url"); n >= 0 {
		return n < len(c.Args) && !g.self(c.Args[n], fr)
	}
	n := a.index("req")
	return n >= 0 && n < len(c.Args) && g.unlimitedRequest(c.Args[n], fr, 0)
}

// unlimitedRequest reports whether a request has no deadline and goes to somebody else.
func (g *Graph) unlimitedRequest(e Expr, fr *frame, depth int) bool {
	h, hf := g.head(e, fr, 0)
	a := lookup(h.S, "request")
	if h.Op != Result || a == nil || depth > 4 {
		return false
	}
	args := g.call(h, hf).args
	if n := a.index("ctx"); n >= 0 {
		if n >= len(args) {
			return false
		}
		if !g.lifetime(args[n], hf, 0).limit.Absent() {
			return false
		}
	}
	if n := a.index("url"); n >= 0 {
		return n < len(args) && !g.self(args[n], hf)
	}
	return true // the request before may have gone anywhere
}

// self reports whether a URL leads to the loopback interface.
func (g *Graph) self(url Expr, fr *frame) bool {
	_, host, ok := strings.Cut(beginning(g.text(url, fr, 0)), "://")
	return ok && (workload.IsLoopback(host) || strings.HasPrefix(host, "localhost/") || strings.HasPrefix(host, "0.0.0.0"))
}
