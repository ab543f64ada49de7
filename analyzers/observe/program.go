package observe

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

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
	b.beyond()
	b.classify()
	b.commands()
	return b.p
}

// A builder collects what a program does.
type builder struct {
	g *Graph
	r *reach
	p *workload.Program

	serves   []serve
	consumes []consume
	polls    []string        // functions that take one piece of work
	used     map[string]bool // functions and variables of libraries that are called or mentioned
}

func (b *builder) function(f *Func) {
	for i := range f.Calls {
		c := &f.Calls[i]
		a := apis()[c.Callee]
		if a == nil {
			b.unknown(c)
			continue
		}
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
		case "flag", "flagvar":
			b.flag(f, c, a)
		case "worker":
			b.worker(f, c, a)
		}
		if a.arg["drains"] == "yes" || b.uses(a.list("drains")) {
			b.p.Drains.Complete = false
		}
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
			for _, fr := range b.g.frames(f.ID, b.r.funcs, 0) {
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

func (b *builder) drain(f *Func, c *Call, a *api) {
	d := workload.Drain{Work: a.arg["of"] == "worker", Server: packageOf(c.Callee), Method: c.Callee[strings.LastIndexByte(c.Callee, '.')+1:], At: c.At, Budget: c.At, Func: f.ID}
	d.Parallel = !b.r.sync[f.ID] || c.Go
	if c.Mention {
		b.p.Drains.Members = append(b.p.Drains.Members, d)
		return
	}
	for _, fr := range b.g.frames(f.ID, b.r.funcs, 0) {
		d := d
		switch {
		case a.index("ctx") >= 0 && a.index("ctx") < len(c.Args):
			d.Deadline, d.Budget = b.g.deadline(c.Args[a.index("ctx")], fr, 0)
		case a.index("wait") >= 0 && a.index("wait") < len(c.Args):
			d.Deadline = b.g.duration(c.Args[a.index("wait")], fr, 0)
		default:
			d.Deadline = workload.Absent[time.Duration](c.At)
		}
		for _, s := range f.Calls {
			if s.Callee == "time.Sleep" && !s.Cond && s.At.Start.Offset < d.Budget.Start.Offset && s.At.File == d.Budget.File && len(s.Args) == 1 {
				if t, ok := b.g.duration(s.Args[0], fr, 0).Get(); ok {
					d.After += t
				}
			}
		}
		if !slices.ContainsFunc(b.p.Drains.Members, func(o workload.Drain) bool { return o.At == d.At && o.Budget == d.Budget }) {
			b.p.Drains.Members = append(b.p.Drains.Members, d)
		}
	}
}

func (b *builder) env(f *Func, c *Call, a *api) {
	n := a.index("name")
	if n < 0 || c.Mention || n >= len(c.Args) {
		b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
		return
	}
	for _, fr := range b.g.frames(f.ID, b.r.funcs, 0) {
		t := b.g.text(c.Args[n], fr, 0)
		name, ok := t.Constant()
		if !ok {
			b.open(&b.p.Env.Complete, c.At, c.Callee+" of a computed name")
			continue
		}
		read := workload.EnvRead{Name: name, Via: packageOf(c.Callee), At: c.At}
		always := b.r.always[f.ID] && !c.Cond && b.unconditional(fr)
		if fr != nil && t[0].At != c.Args[n].At { // read on behalf of a caller
			for up := fr; up != nil; up = up.up {
				if at := t[0].At; within(at, up.site.At) {
					read.At = up.site.At
				}
			}
		}
		if c.Fatal && always {
			read.Required = workload.Known(true, read.At)
		}
		i := slices.IndexFunc(b.p.Env.Members, func(o workload.EnvRead) bool { return o.Name == read.Name && o.At == read.At })
		if i < 0 {
			b.p.Env.Members = append(b.p.Env.Members, read)
		} else if _, required := read.Required.Get(); required {
			b.p.Env.Members[i] = read
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

func (b *builder) flag(f *Func, c *Call, a *api) {
	n, d := a.index("name"), a.index("default")
	if c.Mention || n >= len(c.Args) || d >= len(c.Args) {
		b.p.Flags.Complete = false
		return
	}
	for _, fr := range b.g.frames(f.ID, b.r.funcs, 0) {
		name, ok := b.g.text(c.Args[n], fr, 0).Constant()
		if !ok {
			b.p.Flags.Complete = false
			continue
		}
		fl := workload.Flag{Name: name, Default: workload.Unknown[string](c.Args[d].At), At: c.At}
		if s, ok := b.g.text(c.Args[d], fr, 0).Constant(); ok {
			fl.Default = workload.Known(s, c.Args[d].At)
		}
		b.p.Flags.Members = append(b.p.Flags.Members, fl)
	}
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
			a := apis()[c.Callee]
			if a == nil {
				continue
			}
			switch {
			case a.kind == "notify" || len(a.handles()) > 0:
				b.open(&b.p.Signals.Complete, c.At, "signals handled behind an interface")
			case a.kind == "serve":
				b.open(&b.p.Listens.Complete, c.At, "a server behind an interface")
			case a.kind == "drain":
				b.p.Drains.Complete = false
			case a.kind == "env":
				b.p.Env.Complete = false
			}
		}
	}
	for _, p := range b.g.packages {
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
