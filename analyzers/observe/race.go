package observe

import (
	"math"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
)

// waitsAt notes that a function waits, or may do so, at an offset; a deferred wait comes when all else is over.
func (w *walker) waitsAt(offset int) { w.fn.Waits = append(w.fn.Waits, offset) }

// deferred marks the call that a defer statement has just added.
func (w *walker) deferred(before, waits int) {
	if n := len(w.fn.Calls); n > before {
		w.fn.Calls[n-1].Defer = true
	}
	for i := range w.fn.Waits[waits:] {
		w.fn.Waits[waits+i] = math.MaxInt
	}
}

// A ShutdownRace is a call that serves in the main goroutine while another goroutine shuts the server down, and nothing
// behind it waits for that.
type ShutdownRace struct {
	At       check.Span // the call
	Shutdown check.Span
}

// ShutdownRaces returns the races of the main package under analysis, for servers whose serve call returns as soon as their
// shutdown begins: those of net/http and echo. The pass must require [Analyzer].
func ShutdownRaces(pass *analysis.Pass) []ShutdownRace {
	g, p, r, ok := mainOf(pass)
	if !ok || IsLocal(p) {
		return nil
	}
	drained := g.drained(r)
	var out []ShutdownRace
	for _, f := range g.sorted(r.sync) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if lookup(c.Callee, "serve") == nil || !returnsClosed(c.Callee) || c.Recv == nil || c.Go || c.Mention || g.besides(p, c.At) ||
				c.Outcome == OutcomeFatal || c.Outcome == OutcomeFatalErr {
				continue
			}
			racing := &racing{g: g, r: r, main: pass.Pkg.Path() + ".main"}
			for _, fr := range g.frames(f.ID, r.sync) {
				for _, s := range drained {
					if g.shutBy([]shutdown{s}, c, fr) {
						racing.stops = append(racing.stops, s)
					}
				}
			}
			if racing.exits(f, c.At.Start.Offset, 0) && racing.found != nil {
				out = append(out, ShutdownRace{At: c.At, Shutdown: racing.found.call.At})
			}
		}
	}
	return out
}

// A racing looks at what happens between the return of a serve call and the end of the program.
type racing struct {
	g     *Graph
	r     *reach
	main  string
	stops []shutdown
	found *shutdown // one that runs in a goroutine started on the way
}

// exits reports whether the program ends, without waiting for anything, when what a function calls at an offset returns.
func (r *racing) exits(f *Func, offset, depth int) bool {
	if depth > 8 || !r.r.sync[f.ID] || r.g.waitsAfter(f, offset, 0) {
		return false
	}
	for _, in := range r.g.within(f.ID) {
		for i := range in.Calls {
			if c := &in.Calls[i]; c.Go && !c.Mention {
				for j := range r.stops {
					if s := &r.stops[j]; s.call == c || r.g.leads(c.Callee, s.fn.ID, 0) {
						r.found = s
					}
				}
			}
		}
	}
	if f.ID == r.main {
		return true
	}
	called := false
	for _, up := range r.g.callers[f.ID] {
		if !r.r.funcs[up.fn.ID] {
			continue
		}
		if up.call.Go || !r.exits(up.fn, up.call.At.Start.Offset, depth+1) {
			return false
		}
		called = true
	}
	if called {
		return true
	}
	main := r.g.funcs[r.main]
	return r.isCommand(f.ID) && main != nil && len(main.Waits) == 0
}

// isCommand reports whether a function is run by a library of commands, for which main waits.
func (r *racing) isCommand(id string) bool {
	for f := range r.r.funcs {
		if slices.ContainsFunc(r.g.funcs[f].Calls, func(c Call) bool { return c.Mention && c.Guard != "" && c.Callee == id }) {
			return true
		}
	}
	return false
}

// leads reports whether a function is another one, or calls it and waits for it.
func (g *Graph) leads(id, target string, depth int) bool {
	if id == target {
		return true
	}
	f := g.funcs[id]
	return f != nil && depth < 4 && slices.ContainsFunc(f.Calls, func(c Call) bool { return !c.Go && !c.Mention && g.leads(c.Callee, target, depth+1) })
}

// waitsAfter reports whether a function may wait for something behind an offset, deferred calls included.
func (g *Graph) waitsAfter(f *Func, offset, depth int) bool {
	if depth > 4 || slices.ContainsFunc(f.Waits, func(at int) bool { return at > offset }) {
		return true
	}
	return slices.ContainsFunc(f.Calls, func(c Call) bool {
		if c.Go || c.Mention || !c.Defer && c.At.Start.Offset <= offset {
			return false
		}
		if lookup(c.Callee, "wait", "sleep", "drain", "serve", "worker", "lifecycle") != nil {
			return true
		}
		if inner := g.funcs[c.Callee]; inner != nil {
			return g.waitsAfter(inner, -1, depth+1)
		}
		for _, word := range []string{"Wait", "Join", "Done", "Drain", "Run", "Serve", "Listen"} {
			if strings.Contains(lastName(c.Callee), word) {
				return true
			}
		}
		return false
	})
}
