package observe

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// states adds what the program keeps in itself between requests. The set stays open: a program may keep things in places that
// are not looked at.
func (b *builder) states() {
	all := b.g.sessions(b.p, b.r)
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Mention {
				continue
			}
			for a := apis()[c.Callee]; a != nil; a = a.next {
				all = b.state(all, f, c, a)
			}
		}
	}
	b.p.States.Members = append(append(all, b.g.kept(b.r)...), b.g.queues(b.r)...)
}

// state adds what a call of an API keeps. A database counts where it is opened on every way to serving: many programs leave
// the choice to their configuration.
func (b *builder) state(all []workload.State, f *Func, c *Call, a *api) []workload.State {
	embedded := a.kind == "embedded" || a.arg["state"] == "database"
	switch {
	case embedded && b.g.chosen(c, a.index("driver"), a, f, b.r) && b.sure(f, c):
		all = append(all, workload.State{Kind: "embedded database", Name: c.Callee, At: named(c)})
	case a.kind == "schedule" || a.arg["state"] == "schedule":
		all = append(all, workload.State{Kind: "schedule", Name: c.Callee, At: named(c)})
	case a.kind == "ticker":
		if _, ok := b.g.requests(b.r)[f.ID]; !ok {
			all = append(all, workload.State{Kind: "ticker", Name: c.Callee, At: named(c)})
		}
	}
	return all
}

// sure reports whether a call is made on every way to serving.
func (b *builder) sure(f *Func, c *Call) bool {
	if b.certain == nil {
		b.certain = b.g.certain(b.p, b.r)
	}
	return b.certain[f.ID] && !c.Cond && !c.Early
}

// named returns the called name of a call with what it is selected from: "memstore.NewStore".
func named(c *Call) check.Span {
	at := c.At
	at.End = c.Name.End
	return at
}

// chosen reports whether the argument n of a call is one of the words of its choice; true without such an argument.
func (g *Graph) chosen(c *Call, n int, a *api, f *Func, r *reach) bool {
	if n < 0 {
		return true
	}
	for _, fr := range g.frames(f.ID, r.funcs) {
		if n < len(c.Args) && !a.isChoice(g.text(c.Args[n], fr, 0)) {
			return false
		}
	}
	return true
}

// isChoice reports whether a text is one of the words of the API's choice.
func (a *api) isChoice(t workload.Text) bool {
	s, ok := t.Constant()
	return ok && slices.Contains(strings.Split(a.arg["choice"], ","), s)
}

// LocalSessions returns the stores that keep the sessions of the server under analysis in its memory or its local files
// whatever is set, in order of place. The pass must require [Analyzer].
func LocalSessions(pass *analysis.Pass) []workload.State { return states(pass, "session") }

// PackageState returns the containers in package variables into which the server under analysis puts what requests bring, and
// in which other requests look for it. The pass must require [Analyzer].
func PackageState(pass *analysis.Pass) []workload.State { return states(pass, "map") }

func states(pass *analysis.Pass, kind string) []workload.State {
	p := ProgramOf(pass)
	if p == nil || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	var out []workload.State
	for _, s := range p.States.Members {
		if s.Kind == kind {
			out = append(out, s)
		}
	}
	return out
}

// sessions returns the stores that keep sessions locally on every way to serving. Where code may choose another store, it is
// taken to do so where there are several replicas.
func (g *Graph) sessions(p *workload.Program, r *reach) []workload.State {
	var out []workload.State
	var always map[string]bool
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "sessions")
			told := func(s workload.State) bool { return s.Name == c.Callee }
			if a == nil || c.Mention || a.arg["each"] != "" && slices.ContainsFunc(out, told) || !g.keepsLocally(c, a, f, r) {
				continue
			}
			if always == nil {
				always = g.certain(p, r)
			}
			if always[f.ID] && !c.Cond && !c.Early && !g.replaced(c, r) {
				out = append(out, workload.State{Kind: "session", Name: c.Callee, At: named(c)})
			}
		}
	}
	return append(out, g.sessionFields(r)...)
}

// sessionFields returns the fields that choose a local store of sessions by a word.
func (g *Graph) sessionFields(r *reach) []workload.State {
	var out []workload.State
	for _, path := range slices.Sorted(maps.Keys(g.packages)) {
		for _, as := range g.packages[path].Assigns {
			a := lookup(as.To, "sessions")
			if a == nil || as.Cond || !r.funcs[as.Func] || !a.isChoice(g.text(as.Value, nil, 0)) {
				continue
			}
			if len(g.values[as.To]) == 1 {
				out = append(out, workload.State{Kind: "session", Name: as.To, At: as.Value.At})
			}
		}
	}
	return out
}

// keepsLocally reports whether a call makes a local store of sessions in each of the ways it is made.
func (g *Graph) keepsLocally(c *Call, a *api, f *Func, r *reach) bool {
	for _, symbol := range strings.Split(a.arg["unless"], ",") {
		if symbol == "" {
			continue
		}
		if g.assigned(symbol, r.funcs) || slices.ContainsFunc(g.callers[symbol], func(s site) bool { return r.wide[s.fn.ID] }) {
			return false
		}
	}
	n := a.index("opts")
	if n < 0 {
		return true
	}
	if n >= len(c.Args) {
		return a.arg["asked"] == ""
	}
	for _, fr := range g.frames(f.ID, r.funcs) {
		arg := c.Args[n]
		if field := a.arg["field"]; field != "" {
			h, hf := g.head(arg, fr, 0)
			if h.Op != Composite {
				return false
			}
			i := slices.Index(h.Keys, field)
			if i < 0 {
				if a.arg["asked"] != "" {
					return false
				}
				continue
			}
			arg, fr = h.Args[i], hf
		}
		h, _ := g.head(arg, fr, 0)
		local := a.isChoice(g.text(arg, fr, 0)) || h.Op == Nil && a.arg["asked"] == "" || a.arg["choice"] == "storage" && h.Op == Result && lookup(h.S, "storage") != nil
		if !local {
			return false
		}
	}
	return true
}

// certain returns the functions that run on every way to serving the main traffic: those that are reached without a
// condition, or by one on which serving itself depends.
func (g *Graph) certain(p *workload.Program, r *reach) map[string]bool {
	main := map[check.Span]bool{}
	for _, l := range p.Listens.Members {
		if l.Role == workload.MainTraffic {
			main[l.At] = true
		}
	}
	users := map[string][]string{} // functions that call or mention one
	serves := map[string]bool{}
	var todo []string
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			users[c.Callee] = append(users[c.Callee], f.ID)
			if main[c.At] {
				todo = append(todo, f.ID)
			}
		}
	}
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		if !serves[id] {
			serves[id] = true
			todo = append(todo, users[id]...)
		}
	}
	return r.walk(g.starts(p.ImportPath), false, func(c *Call) bool { return !c.Cond || serves[c.Callee] })
}

// replaced reports whether what a call makes is one of several things where it is kept, passed on or returned.
func (g *Graph) replaced(c *Call, r *reach) bool {
	t := tracer{at: c.At, from: map[string]bool{}}
	for changed := true; changed; {
		changed = false
		for _, f := range g.sorted(r.funcs) {
			for _, vals := range f.Returns {
				for _, v := range vals {
					if t.carries(v) && !t.from[f.ID] {
						t.from[f.ID], changed = true, true
						if len(f.Returns) > 1 {
							return true
						}
					}
				}
			}
		}
	}
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			if slices.ContainsFunc(f.Calls[i].Args, t.alternative) || f.Calls[i].Recv != nil && t.alternative(*f.Calls[i].Recv) {
				return true
			}
		}
		for _, vals := range f.Returns {
			if slices.ContainsFunc(vals, t.alternative) {
				return true
			}
		}
	}
	for _, vals := range g.values {
		mine, others := 0, 0
		for _, v := range vals {
			switch {
			case !r.funcs[v.fn] || v.value.Op == Nil:
			case t.alternative(v.value):
				return true
			case t.carries(v.value):
				mine++
			default:
				others++
			}
		}
		if mine > 0 && others > 0 {
			return true
		}
	}
	return false
}

// A tracer follows what one call makes.
type tracer struct {
	at   check.Span
	from map[string]bool // functions that return it
}

// carries reports whether a value is what the call made, directly or as the result of a function that returns it.
func (t *tracer) carries(e Expr) bool {
	if e.Op == Result && (e.At == t.at || t.from[e.S]) {
		return true
	}
	return (e.Op == Phi || e.Op == Default) && slices.ContainsFunc(e.Args, t.carries)
}

// alternative reports whether a value holds a choice between what the call made and something else.
func (t *tracer) alternative(e Expr) bool {
	if e.Op == Phi || e.Op == Default {
		mine, others := 0, 0
		for _, a := range e.Args {
			switch {
			case t.carries(a):
				mine++
			case a.Op != Nil:
				others++
			}
		}
		if mine > 0 && others > 0 {
			return true
		}
	}
	return slices.ContainsFunc(e.Args, t.alternative)
}

// kept returns the containers in package variables into which the way of a request puts what comes from the request, from which
// it takes nothing out, and in which it looks.
func (g *Graph) kept(r *reach) []workload.State {
	way := g.requests(r)
	looked := map[string]bool{}
	for id := range way {
		for _, t := range g.funcs[id].Touches {
			if t.How == Get {
				looked[t.Of] = true
			}
		}
	}
	return g.singled(r, way, "map", func(f *Func, t Touch) bool {
		drops := func(o Touch) bool { return o.Of == t.Of && o.How == Drop }
		return t.How == Put && t.Fed && looked[t.Of] && !slices.ContainsFunc(f.Touches, drops)
	})
}

// queues returns the channels on which the way of a request leaves work for goroutines beside it.
func (g *Graph) queues(r *reach) []workload.State {
	way := g.requests(r)
	workers := map[string]bool{}
	for _, f := range g.sorted(r.funcs) {
		if _, ok := way[f.ID]; ok {
			continue
		}
		for _, t := range f.Touches {
			if t.How == Receive {
				workers[t.Of] = true
			}
		}
	}
	return g.singled(r, way, "queue", func(_ *Func, t Touch) bool { return t.How == Send && workers[t.Of] })
}

// singled returns what the touches on the way of a request that pick chooses are about, each once, as states of a kind.
func (g *Graph) singled(r *reach, way map[string]int, kind string, pick func(*Func, Touch) bool) []workload.State {
	told := map[string]bool{}
	var out []workload.State
	for _, f := range g.sorted(r.funcs) {
		if _, ok := way[f.ID]; !ok {
			continue
		}
		for _, t := range f.Touches {
			if !told[t.Of] && pick(f, t) {
				told[t.Of] = true
				out = append(out, workload.State{Kind: kind, Name: t.Of, At: t.At})
			}
		}
	}
	return out
}
