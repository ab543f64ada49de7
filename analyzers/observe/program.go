package observe

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// Program describes the program of a main package, from what its main function reaches. It returns nil if the graph
// holds no main function of that path. Where the description cannot be complete its sets are open. Places are as
// the analysis saw them: file names are those of the file set. Callers share the description.
func (g *Graph) Program(main string) *workload.Program {
	f, _ := g.programs.LoadOrStore(main, sync.OnceValue(func() *workload.Program { return g.describe(main) }))
	return f.(func() *workload.Program)()
}

func (g *Graph) describe(main string) *workload.Program {
	pkg := g.packages[main]
	if pkg == nil || pkg.Main.IsZero() {
		return nil
	}
	b := &builder{g: g, r: g.reach(main), p: &workload.Program{
		Name: path.Base(main), ImportPath: main, At: pkg.Main, Class: workload.Uncertain,
		Env: workload.Set[workload.EnvRead]{Complete: true}, Flags: workload.Set[workload.Flag]{Complete: true},
		Listens: workload.Set[workload.Listen]{Complete: true}, Signals: workload.Set[workload.Signal]{Complete: true},
		Drains: workload.Set[workload.Drain]{Complete: true},
	}}
	b.used = g.uses(b.r.funcs)
	for _, f := range g.sorted(b.r.funcs) {
		b.function(f)
	}
	b.packages()
	b.routes()
	b.exposures()
	b.libraries()
	b.flagsFromEnv()
	b.settings()
	b.configs()
	b.beyond()
	b.parties()
	b.depends()
	b.classify()
	b.sockets()
	b.commands()
	b.states()
	b.writes()
	b.logs()
	b.execs()
	b.tuning()
	b.draining()
	b.spawns()
	return b.p
}

// A builder collects what a program does.
type builder struct {
	g *Graph
	r *reach
	p *workload.Program

	serves   []serve
	listened []check.Span // calls that open the listeners of those
	envFlags []site       // calls that have flags set from the environment
	consumes []consume
	polls    []string        // functions that take one piece of work
	certain  map[string]bool // functions that run on every way to serving; see sure
	used     map[string]bool // functions and variables of libraries that are called or mentioned
}

func (b *builder) function(f *Func) {
	for i := range f.Calls {
		c := &f.Calls[i]
		if apis()[c.Callee] == nil {
			b.unknown(c)
		}
		for a := apis()[c.Callee]; a != nil; a = a.next {
			b.call(f, c, a)
		}
	}
}

// packages adds a place in each package that is reached: its first call.
func (b *builder) packages() {
	seen := map[*Package]bool{}
	for _, f := range b.g.sorted(b.r.funcs) {
		if own := b.g.owner[f]; own != nil && !seen[own] && len(f.Calls) > 0 {
			seen[own] = true
			b.p.Packages = append(b.p.Packages, f.Calls[0].At)
		}
	}
}

// call adds what a call of an API does.
func (b *builder) call(f *Func, c *Call, a *api) {
	b.handles(f, c, a)
	switch a.kind {
	case "serve":
		b.serve(f, c, a)
	case "notify":
		b.notify(f, c, a)
	case "drain":
		b.drain(f, c, a)
	case "env":
		b.env(f, c, a)
	case "envs":
		b.envs(f, c, a)
	case "fill":
		b.fill(f, c, a)
	case "flag", "flagvar":
		b.flag(f, c, a)
	case "flagtype":
		b.flagType(f, c)
	case "flagset":
		b.flagSet(f, c, a)
	case "envflags":
		b.envFlags = append(b.envFlags, site{f, c})
	case "worker":
		b.worker(f, c, a)
	}
	if a.arg["drains"] == "yes" || b.uses(a.list("drains")) || a.kind == "serve" && len(a.handles()) > 0 {
		b.p.Drains.Complete = false
	}
}

// open records why a set is open.
func (b *builder) open(complete *bool, at check.Span, why string) {
	*complete = false
	b.p.Unbounded = append(b.p.Unbounded, fmt.Sprintf("%s (%s:%d)", why, path.Base(at.File), at.Start.Line))
}

// installed reports whether a handler that a call installs is there while the program serves.
func (b *builder) installed(f *Func, c *Call) bool { return b.r.before[f.ID] && !c.After }

func (b *builder) signal(s workload.Signal, f *Func, c *Call) {
	if b.installed(f, c) && !slices.ContainsFunc(b.p.Signals.Members, func(o workload.Signal) bool { return o.Name == s.Name && o.At == s.At }) {
		b.p.Signals.Members = append(b.p.Signals.Members, s)
	}
}

func (b *builder) notify(f *Func, c *Call, a *api) {
	from := a.index("from")
	switch {
	case !b.installed(f, c):
		if c.After && b.r.before[f.ID] {
			b.p.Late = append(b.p.Late, workload.Signal{Via: c.Callee, At: c.At})
		}
	case c.Mention:
		b.open(&b.p.Signals.Complete, c.At, c.Callee+" is passed on")
	case from >= len(c.Args): // without a list, every signal
		b.signal(workload.Signal{Name: "SIGINT", Via: c.Callee, At: c.At}, f, c)
		b.signal(workload.Signal{Name: "SIGTERM", Via: c.Callee, At: c.At}, f, c)
	default:
		for _, arg := range c.Args[from:] {
			for _, fr := range b.g.frames(f.ID, b.r.funcs) {
				names, complete := b.g.signals(arg, fr, 0)
				if complete && len(names) == 0 { // an empty list
					names = []string{"SIGINT", "SIGTERM"}
				}
				for _, n := range names {
					b.signal(workload.Signal{Name: n, Via: c.Callee, At: c.At}, f, c)
				}
				if !complete {
					b.open(&b.p.Signals.Complete, arg.At, "signals that cannot be told")
				}
			}
		}
	}
}

// unconditional reports whether the calls of a frame are made on every way through a run of the program.
func (b *builder) unconditional(fr *frame) bool {
	for ; fr != nil; fr = fr.up {
		if fr.site.Cond || fr.site.Mention || !b.r.always[fr.from] {
			return false
		}
	}
	return true
}

func within(in, out check.Span) bool {
	return in.File == out.File && out.Start.Offset <= in.Start.Offset && in.End.Offset <= out.End.Offset
}

// unknown opens what a call into code that nobody here knows may do.
func (b *builder) unknown(c *Call) {
	if b.g.funcs[c.Callee] != nil || isStandardCall(c.Callee) || strings.HasPrefix(c.Callee, "var ") || c.Callee == "" {
		return
	}
	if p := b.g.packages[packageOf(c.Callee)]; p != nil || familiar()[packageOf(c.Callee)] {
		return // a method of an interface, or a generated one; or what starts and stops there is known
	}
	for _, plain := range []string{"golang.org/x/sync/", "github.com/sourcegraph/conc", "github.com/oklog/run.", "github.com/cenkalti/backoff"} {
		if strings.HasPrefix(c.Callee, plain) {
			return
		}
	}
	if name, unresolved := strings.CutPrefix(c.Callee, "?."); unresolved {
		for _, word := range []string{"Run", "Start", "Serve", "Listen"} {
			if strings.HasPrefix(name, word) {
				b.open(&b.p.Listens.Complete, c.At, name+" of a type that could not be loaded")
			}
		}
	}
	lower := strings.ToLower(c.Callee)
	if c.Recv != nil { // a method that stops what it belongs to waits for nothing
		lower = strings.TrimSuffix(lower, ".shutdown")
	}
	for _, word := range []string{"signal", "graceful", "shutdown", "interrupt", "lifecycle", "sigterm", "terminat"} {
		if strings.Contains(lower, word) && lookup(c.Callee, "drain") == nil {
			b.open(&b.p.Signals.Complete, c.At, c.Callee+" may handle signals")
			b.p.Drains.Complete = false
			return
		}
	}
	if name := lastName(c.Callee); strings.HasPrefix(name, "Register") || strings.HasPrefix(name, "Configure") {
		return // it adds to the server and hands it back
	}
	for _, a := range c.Args {
		if b.hands(a) {
			b.open(&b.p.Signals.Complete, c.At, c.Callee+" is given the server")
			b.p.Drains.Complete, b.p.Listens.Complete = false, false
			return
		}
	}
}

// hands reports whether a value carries a server's life: the server, its serve or its shutdown.
func (b *builder) hands(e Expr) bool {
	switch h, _ := b.g.head(e, nil, 0); h.Op {
	case List:
		return slices.ContainsFunc(h.Args, b.hands)
	case FuncRef:
		if lookup(h.S, "serve", "drain") != nil {
			return true
		}
		if f := b.g.funcs[h.S]; f != nil && f.Parent != "" {
			return slices.ContainsFunc(f.Calls, func(c Call) bool { return lookup(c.Callee, "serve", "drain") != nil })
		}
	case Composite:
		return h.S == "net/http.Server"
	case Result:
		return h.S == "google.golang.org/grpc.NewServer"
	}
	return false
}

// beyond opens what could still be reached if calls through interfaces mean other types than the likely ones.
func (b *builder) beyond() {
	for _, f := range b.g.sorted(b.r.wide) {
		if b.r.funcs[f.ID] {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			for a := apis()[c.Callee]; a != nil; a = a.next {
				switch {
				case a.kind == "notify" || len(a.handles()) > 0:
					b.open(&b.p.Signals.Complete, c.At, "signals handled behind an interface")
				case a.kind == "serve":
					b.open(&b.p.Listens.Complete, c.At, "a server behind an interface")
				case a.kind == "drain":
					b.p.Drains.Complete = false
				case a.kind == "env" || a.kind == "envs" || a.kind == "fill" || a.kind == "automatic" || a.kind == "bind":
					b.p.Env.Complete = false
				}
			}
		}
	}
	for _, p := range b.g.parts(b.p.ImportPath) {
		if p.Errors {
			b.open(&b.p.Env.Complete, p.Main, p.Path+" does not type-check")
		}
		if slices.Contains(p.Imports, "C") || slices.Contains(p.Imports, "runtime/cgo") { // the latter once cgo has run
			b.open(&b.p.Env.Complete, p.Main, p.Path+" runs C code")
		}
		if p.Errors && p.Path == b.p.ImportPath {
			b.p.Flags.Complete = false
		}
	}
}

// packageOf returns the import path in a symbol.
func packageOf(symbol string) string {
	slash := strings.LastIndexByte(symbol, '/') + 1
	if i := strings.IndexByte(symbol[slash:], '.'); i >= 0 {
		// the last element of a path may hold dots itself: gopkg.in/yaml.v3, nats.go
		rest := symbol[slash+i+1:]
		if strings.HasPrefix(rest, "go.") || strings.HasPrefix(symbol, "gopkg.in/") && len(rest) > 1 && rest[0] == 'v' && rest[1] >= '0' && rest[1] <= '9' {
			if j := strings.IndexByte(rest, '.'); j >= 0 {
				return symbol[:slash+i+1+j]
			}
		}
		return symbol[:slash+i]
	}
	return symbol
}
