package observe

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// An UntimedServer is a net/http server for main traffic that waits for the header of a request as long as it takes.
type UntimedServer struct {
	At      check.Span // the literal of the http.Server; the called name where the server is not built as a literal
	Literal bool       // At is a literal
	Via     string     // symbol of the function that serves
}

// UntimedServers returns the servers of the server program under analysis that have neither a ReadHeaderTimeout nor a
// ReadTimeout (net/http: without both there is none), in order of the calls that serve. A timeout that is assigned
// anywhere in the program may be meant for each of them. The pass must require [Analyzer].
func UntimedServers(pass *analysis.Pass) []UntimedServer {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	main := map[check.Span]bool{}
	for _, l := range p.Listens.Members {
		if l.Role == workload.MainTraffic {
			main[l.At] = true
		}
	}
	for _, field := range []string{"net/http.Server.ReadHeaderTimeout", "net/http.Server.ReadTimeout"} {
		if g.assigned(field, r.funcs) {
			return nil
		}
	}
	var out []UntimedServer
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if a := lookup(c.Callee, "serve"); a == nil || !main[c.At] {
				continue
			} else if a.arg["untimed"] != "" {
				if field := packageOf(c.Callee) + ".Echo.Server"; !g.assigned(field, r.funcs) {
					at := c.At
					at.End = c.Name.End
					out = append(out, UntimedServer{At: at, Via: c.Callee})
				}
				continue
			}
			for _, fr := range g.frames(f.ID, r.funcs) {
				for _, at := range g.untimed(server(c), fr, 0) {
					if u := (UntimedServer{At: at, Literal: true, Via: c.Callee}); !slices.ContainsFunc(out, func(o UntimedServer) bool { return o.At == at }) {
						out = append(out, u)
					}
				}
			}
		}
	}
	return out
}

// server returns the http.Server that a call serves with: its receiver, or the argument that apis.txt names.
func server(c *Call) Expr {
	if packageOf(c.Callee) == "net/http" && c.Recv != nil {
		return *c.Recv
	}
	if n := lookup(c.Callee, "serve").index("server"); n >= 0 && n < len(c.Args) {
		return c.Args[n]
	}
	return Expr{}
}

// untimed returns the literals that a server may stand for and that have no timeout.
func (g *Graph) untimed(e Expr, f *frame, depth int) []check.Span {
	h, hf := g.head(e, f, 0)
	switch {
	case h.Op == Phi && depth < 4:
		var out []check.Span
		for _, a := range h.Args {
			out = append(out, g.untimed(a, hf, depth+1)...)
		}
		return out
	case h.Op != Composite || h.S != "net/http.Server" || slices.Contains(h.Keys, "ReadHeaderTimeout"):
		return nil
	}
	if i := slices.Index(h.Keys, "ReadTimeout"); i >= 0 {
		if v, ok := g.text(h.Args[i], hf, 0).Constant(); !ok || v != "0" {
			return nil
		}
	}
	return []check.Span{h.At}
}

// assigned reports whether one of the functions gives a field or a package variable a value, other than in a literal.
func (g *Graph) assigned(symbol string, in map[string]bool) bool {
	return slices.ContainsFunc(g.values[symbol], func(v stored) bool { return !v.lit && in[v.fn] })
}
