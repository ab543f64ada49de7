package observe

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// Undrained returns the call by which the server under analysis serves its main traffic and the place where it handles
// SIGTERM by itself, if nothing that it may reach stops a server gracefully. The pass must require [Analyzer].
func Undrained(pass *analysis.Pass) (serve, handler check.Span, ok bool) {
	g, p, r, isMain := mainOf(pass)
	if !isMain || p.Class != workload.Server || !p.Drains.Complete || slices.ContainsFunc(p.Drains.Members, func(d workload.Drain) bool { return !d.Work }) || len(p.Consumes) > 0 || IsLocal(p) {
		return check.Span{}, check.Span{}, false
	}
	for _, s := range p.Signals.Members {
		if lookup(s.Via, "notify") == nil {
			return check.Span{}, check.Span{}, false // what handles signals by itself stops by itself
		}
		if s.Name == "SIGTERM" {
			handler, ok = s.At, true
		}
	}
	listen, serves := p.MainListen()
	if !ok || !serves {
		return check.Span{}, check.Span{}, false
	}
	for id := range r.wide {
		f := g.funcs[id]
		if slices.ContainsFunc(f.Calls, func(c Call) bool { return g.mayDrain(&c) }) {
			return check.Span{}, check.Span{}, false
		}
		if slices.ContainsFunc(f.Calls, func(c Call) bool { return lookup(c.Callee, "notify") != nil }) && g.sleeps(f) {
			return check.Span{}, check.Span{}, false
		}
	}
	return listen.At, handler, true
}

// mayDrain reports whether a call or mention of a function outside the module may stop a server gracefully, by its name.
// Exporters of OpenTelemetry have a Shutdown of their own.
func (g *Graph) mayDrain(c *Call) bool {
	name := lastName(c.Callee)
	return g.funcs[c.Callee] == nil && !strings.HasPrefix(c.Callee, "go.opentelemetry.io/") &&
		(strings.HasPrefix(name, "Shutdown") || strings.HasPrefix(name, "Graceful") || strings.HasPrefix(name, "Drain"))
}

// sleeps reports whether something around a function lets time pass: long enough, it may be meant, for requests to end.
func (g *Graph) sleeps(f *Func) bool {
	return slices.ContainsFunc(g.around(f), func(near *Func) bool {
		return slices.ContainsFunc(near.Calls, func(c Call) bool { return lookup(c.Callee, "sleep", "timer") != nil })
	})
}
