package observe

import (
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A RequestFatal is a call by which a request can end the process.
type RequestFatal struct {
	At   check.Span // the called function; for a panic the call
	Via  string     // symbol of the function called, or "panic"
	From string     // name of the function that answers the request, or of the one it calls
	Go   bool       // it happens in a goroutine that the request starts
}

// RequestFatals returns the calls by which a request can end the server under analysis, in the function that answers it or
// one that this calls directly. Panics count in goroutines alone: elsewhere the server recovers from them, or may do so. Functions
// named Must…, those that are there to end or crash the process, and exits with the status 0 are left out. The pass must require [Analyzer].
func RequestFatals(pass *analysis.Pass) []RequestFatal {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	var out []RequestFatal
	seen := map[string]bool{}
	var visit func(f *Func, depth int, inGo bool)
	visit = func(f *Func, depth int, inGo bool) {
		if f == nil || seen[f.ID] || g.deliberate(f, p) {
			return
		}
		seen[f.ID] = true
		for i := range f.Calls {
			c := &f.Calls[i]
			next := g.funcs[c.Callee]
			switch a := lookup(c.Callee, "fatal"); {
			case a != nil && !c.Mention && !succeeds(c) && (a.arg["panics"] == "" || (inGo || c.Go) && !g.recovers(f)):
				out = append(out, RequestFatal{At: c.called(), Via: c.Callee, From: g.nameOf(f), Go: inGo || c.Go})
			case next == nil || next.Handles != "" && next.Parent == "":
			case next.Parent == f.ID:
				visit(next, depth, inGo || c.Go)
			case c.Go && !c.Dynamic && depth == 0:
				visit(next, depth+1, true)
			}
		}
		if inGo && !g.recovers(f) {
			for _, at := range f.Panics {
				out = append(out, RequestFatal{At: at, Via: "panic", From: g.nameOf(f), Go: true})
			}
		}
	}
	way := g.requests(r)
	for depth := range 2 {
		for _, f := range g.sorted(r.funcs) {
			if d, ok := way[f.ID]; ok && d == depth {
				visit(f, depth, false)
			}
		}
	}
	return out
}

// called returns the place of the called function as it is written: log.Fatal.
func (c *Call) called() check.Span {
	at := c.At
	at.End = c.Name.End
	return at
}

// succeeds reports whether a call ends the process as one whose work is done: os.Exit(0).
func succeeds(c *Call) bool { return len(c.Args) == 1 && c.Args[0].Op == Const && c.Args[0].S == "0" }

// recovers reports whether a function, or a literal in it, recovers from panics.
func (g *Graph) recovers(f *Func) bool {
	if f.Recovers {
		return true
	}
	for i := range f.Calls {
		if in := g.funcs[f.Calls[i].Callee]; in != nil && in.Recovers {
			return true
		}
	}
	return false
}

// nameOf returns the name of the declared function that a function stands in.
func (g *Graph) nameOf(f *Func) string {
	for f.Parent != "" && g.funcs[f.Parent] != nil {
		f = g.funcs[f.Parent]
	}
	if name := lastName(f.ID); name != "" {
		return name
	}
	return "a function literal"
}

// deliberate reports whether a function ends the process because that is what it is for: by its name, or by the route that
// it answers.
func (g *Graph) deliberate(f *Func, p *workload.Program) bool {
	names := []string{g.nameOf(f)}
	for _, r := range p.Routes.Members {
		if r.Handler == f.ID {
			names = append(names, r.Pattern)
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "Must") || strings.HasPrefix(name, "must") {
			return true
		}
		name = strings.ToLower(name)
		for _, word := range []string{"panic", "crash", "exit", "quit", "kill", "shutdown", "fatal", "die", "stop", "terminate", "restart", "reload", "chaos", "abort", "upgrade",
			"install"} {
			if strings.Contains(name, word) {
				return true
			}
		}
	}
	return false
}

// A Detached is a call to another party with a context that nothing ends, while a request waits for it.
type Detached struct {
	At      check.Span // the context
	Context string     // "context.Background"
	Via     string     // symbol of the function called
}

// BackgroundContexts returns the calls to other parties that a function which answers requests makes with a context of its own
// that nothing ends. The pass must require [Analyzer].
func BackgroundContexts(pass *analysis.Pass) []Detached {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	var out []Detached
	told := map[check.Span]bool{}
	way := g.requests(r)
	for _, f := range g.sorted(r.funcs) {
		if d, ok := way[f.ID]; !ok || d > 0 {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			if a := lookup(c.Callee, "request"); c.Mention || c.Go || c.Defer || !doesIO(c.Callee) && (a == nil || a.index("url") < 0) {
				continue
			}
			for _, arg := range c.Args {
				if arg.Op == Result && (arg.S == "context.Background" || arg.S == "context.TODO") && !told[arg.At] {
					told[arg.At] = true
					out = append(out, Detached{At: arg.At, Context: arg.S, Via: c.Callee})
				}
			}
		}
	}
	return out
}

// A Pause is a constant sleep while a request waits.
type Pause struct {
	At  check.Span
	For time.Duration
}

// HandlerSleeps returns the sleeps of at least 100 milliseconds in functions that answer requests; not of those that are named
// after it. The pass must require [Analyzer].
func HandlerSleeps(pass *analysis.Pass) []Pause {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	var out []Pause
	way := g.requests(r)
	for _, f := range g.sorted(r.funcs) {
		if d, ok := way[f.ID]; !ok || d > 0 || sleepy(g.nameOf(f)) {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			if lookup(c.Callee, "sleep") == nil || c.Mention || c.Go || c.Defer || len(c.Args) != 1 {
				continue
			}
			if d, ok := g.duration(c.Args[0], nil).Get(); ok && d >= 100*time.Millisecond {
				out = append(out, Pause{At: c.called(), For: d})
			}
		}
	}
	return out
}

// sleepy reports whether a function is named after waiting.
func sleepy(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"sleep", "slow", "delay", "wait", "simulat", "chaos", "latency", "stream", "sse", "watch", "poll", "retry", "shutdown", "restart", "exit"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// PublicProfiles returns the imports of net/http/pprof by which the server under analysis answers /debug/pprof/ where its main
// traffic arrives. The pass must require [Analyzer].
func PublicProfiles(pass *analysis.Pass) []check.Span {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	again := *p
	again.Routes, again.Unbounded = workload.Set[workload.Route]{}, nil
	b := &builder{g: g, r: r, p: &again}
	for _, l := range p.Listens.Members {
		b.serves = append(b.serves, serve{listen: l})
	}
	s := b.routes()
	public := s.public[defaultMux]
	for _, m := range s.mounts {
		if m.router == defaultMux && (s.public[m.in] || !s.roots[m.in] && hasPublic(p)) {
			public = true
		}
	}
	var out []check.Span
	for _, l := range g.linked(p.ImportPath) {
		if public && l.Path == "net/http/pprof" {
			out = append(out, l.At)
		}
	}
	return out
}

func hasPublic(p *workload.Program) bool {
	for _, l := range p.Listens.Members {
		if l.Role == workload.MainTraffic && !workload.IsLoopback(beginning(l.Addr)) {
			return true
		}
	}
	return false
}
