package observe

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A BodyRead is a call that takes the whole body of a request into memory.
type BodyRead struct {
	At  check.Span // the called name
	Via string     // symbol of the function called
}

// UnboundedBodies returns the calls of the server under analysis that read the body of the request it serves whole, however
// large that is, in order of place. The pass must require [Analyzer].
func UnboundedBodies(pass *analysis.Pass) []BodyRead {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) || g.limitsAll(r) {
		return nil
	}
	way := g.requests(r)
	var out []BodyRead
	for _, f := range g.sorted(r.funcs) {
		if _, ok := way[f.ID]; !ok {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "body")
			if a == nil || c.Mention {
				continue
			}
			if n := a.index("from"); n >= 0 && (n >= len(c.Args) || !g.incoming(c.Args[n], f, r)) {
				continue
			}
			if !g.sized(f, r, 0) {
				out = append(out, BodyRead{At: named(c), Via: c.Callee})
			}
		}
	}
	return out
}

// incoming reports whether a reader is the body of the request that is served, in each of the ways its function is called.
func (g *Graph) incoming(e Expr, f *Func, r *reach) bool {
	for _, fr := range g.frames(f.ID, r.funcs) {
		h, hf := e, fr
		for h.Op == Param { // a field of requests holds more than what the program assigns to it: head is not asked
			arg, up, ok := hf.bind(h.S, h.N)
			if !ok {
				break
			}
			h, hf = arg, up
		}
		if h.Op != Select || h.S != "net/http.Request.Body" {
			return false
		}
		switch req, _ := g.head(h.Args[0], hf, 0); req.Op {
		case Param:
			if in := g.funcs[req.S]; in == nil || in.Handles == "" {
				return false
			}
		case Select:
			if req.S != "github.com/gin-gonic/gin.Context.Request" {
				return false
			}
		case Result:
			if lastName(req.S) != "Request" || len(req.Keys) == 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// limitsAll reports whether something limits the bodies of every request: a middleware, or what may be one.
func (g *Graph) limitsAll(r *reach) bool {
	for _, f := range g.sorted(r.wide) {
		for i := range f.Calls {
			a := lookup(f.Calls[i].Callee, "limit")
			if a != nil && (a.arg["all"] != "" || g.middleware(f)) {
				return true
			}
		}
	}
	return false
}

// middleware reports whether a function hands the request to the handler behind it, or is made to be put around one.
func (g *Graph) middleware(f *Func) bool {
	if slices.ContainsFunc(f.Calls, func(c Call) bool { name := lastName(c.Callee); return name == "ServeHTTP" || name == "Next" }) {
		return true
	}
	maker := g.funcs[f.Parent]
	return maker != nil && slices.ContainsFunc(maker.Returns, func(vals []Expr) bool {
		return slices.ContainsFunc(vals, func(v Expr) bool {
			return v.Op == FuncRef && v.S == f.ID || slices.ContainsFunc(v.Args, func(a Expr) bool { return a.Op == FuncRef && a.S == f.ID })
		})
	})
}

// sized reports whether a function, one that it stands in, calls or is called by limits the body or looks at its length.
func (g *Graph) sized(f *Func, r *reach, depth int) bool {
	limits := func(f *Func) bool {
		return f.Sized || slices.ContainsFunc(f.Calls, func(c Call) bool { return lookup(c.Callee, "limit") != nil })
	}
	for _, near := range g.around(f) {
		if limits(near) {
			return true
		}
		for i := range near.Calls {
			if called := g.funcs[near.Calls[i].Callee]; called != nil && limits(called) {
				return true
			}
		}
	}
	if depth == 3 {
		return false
	}
	return slices.ContainsFunc(g.callers[f.ID], func(s site) bool { return r.funcs[s.fn.ID] && g.sized(s.fn, r, depth+1) })
}
