package observe

import (
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/workload"
)

// parties records whom the program talks to: other parties, backing services, the schema of a database, and what elects one
// of several processes.
func (b *builder) parties() {
	requests := b.g.requests(b.r)
	inits := b.g.initial(b.r)
	leads := sync.OnceValue(b.leads)
	b.p.Migrates.Complete, b.p.Leaders.Complete = true, true
	for _, f := range b.g.sorted(b.r.funcs) {
		_, onRequest := requests[f.ID]
		for i := range f.Calls {
			c := &f.Calls[i]
			if apis()[c.Callee] == nil {
				b.unknownParty(c)
			}
			for a := apis()[c.Callee]; a != nil; a = a.next {
				b.party(f, c, a, onRequest, inits[f.ID], leads)
			}
		}
	}
	for _, f := range b.g.sorted(b.r.wide) {
		for i := range f.Calls {
			if !b.r.funcs[f.ID] {
				b.maybe(&f.Calls[i])
			}
		}
	}
}

// party adds what a call of an API connects to, migrates or elects.
func (b *builder) party(f *Func, c *Call, a *api, onRequest, atInit bool, leads func() map[string]bool) {
	switch {
	case c.Mention:
		b.maybe(c)
	case a.kind == "client" || a.kind == "request" || a.kind == "dial":
		b.outbound(f, c, a, onRequest)
	case a.kind == "connect":
		b.backing(f, c, a, atInit)
	case a.kind == "migrate":
		b.p.Migrates.Members = append(b.p.Migrates.Members, workload.Migration{Via: c.Callee, Serving: b.serving(f, c, leads()), Locks: a.arg["locks"] != "", At: c.At})
	case a.kind == "leader" && b.elects(f, c, a):
		b.p.Leaders.Members = append(b.p.Leaders.Members, workload.Leader{Via: c.Callee, At: c.At})
	}
}

// maybe opens the sets that a function would add to if it were called.
func (b *builder) maybe(c *Call) {
	b.p.Migrates.Complete = b.p.Migrates.Complete && lookup(c.Callee, "migrate") == nil
	b.p.Leaders.Complete = b.p.Leaders.Complete && lookup(c.Callee, "leader") == nil
}

// unknownParty opens what a call into code that nobody here knows may do by its name.
func (b *builder) unknownParty(c *Call) {
	if b.g.funcs[c.Callee] != nil || c.Callee == "" || isStandardCall(c.Callee) || strings.HasPrefix(c.Callee, "var ") || b.g.packages[packageOf(c.Callee)] != nil {
		return
	}
	name := strings.ToLower(c.Callee)
	if strings.Contains(name, "migrat") {
		b.p.Migrates.Complete = false
	}
	for _, word := range []string{"leader", "elect", "lock"} {
		if strings.Contains(name, word) {
			b.p.Leaders.Complete = false
		}
	}
}

func (b *builder) outbound(f *Func, c *Call, a *api, onRequest bool) {
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		var texts []workload.Text
		if n := a.index("url"); n >= 0 && n < len(c.Args) {
			texts = []workload.Text{b.g.text(c.Args[n], fr, 0)}
		} else {
			texts = b.g.addresses(a, c.Args, fr, 0)
		}
		for _, t := range texts {
			o := workload.Outbound{Addr: t, Via: c.Callee, OnRequest: onRequest, At: c.At}
			if !slices.ContainsFunc(b.p.Outbounds.Members, func(p workload.Outbound) bool { return p.At == o.At && sameAddr(p.Addr, o.Addr) }) {
				b.p.Outbounds.Members = append(b.p.Outbounds.Members, o)
			}
		}
	}
}

func (b *builder) backing(f *Func, c *Call, a *api, atInit bool) {
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		texts := b.g.addresses(a, c.Args, fr, 0)
		if len(texts) == 0 {
			texts = []workload.Text{nil}
		}
		for _, t := range texts {
			s := workload.Backing{Kind: b.g.backingKind(a, c.Args, fr, t), Addr: t, Via: c.Callee, AtInit: atInit, At: c.At}
			if !slices.ContainsFunc(b.p.Backings.Members, func(p workload.Backing) bool { return p.At == s.At && p.Kind == s.Kind && sameAddr(p.Addr, s.Addr) }) {
				b.p.Backings.Members = append(b.p.Backings.Members, s)
			}
		}
	}
}

// addresses returns the addresses that a call of kind dial, connect or source is given: none if they cannot be told.
func (g *Graph) addresses(a *api, args []Expr, fr *frame, depth int) []workload.Text {
	if depth > 8 {
		return nil
	}
	if n := a.index("addrs"); n >= 0 {
		var out []workload.Text
		for _, arg := range args[min(n, len(args)):] {
			out = append(out, g.listed(arg, fr)...)
		}
		return out
	}
	if n := a.index("addr"); n >= 0 && n < len(args) {
		return g.listed(args[n], fr)
	}
	if n := a.index("struct"); n >= 0 && n < len(args) {
		if e, ef, ok := g.fieldOf(args[n], a.arg["field"], fr); ok {
			return g.listed(e, ef)
		}
	}
	if n := a.index("inner"); n >= 0 && n < len(args) {
		if inner, innerArgs, f := g.source(args[n], fr); inner != nil {
			return g.addresses(inner, innerArgs, f, depth+1)
		}
	}
	return nil
}

// listed returns the texts of a list, or that of a single value.
func (g *Graph) listed(e Expr, fr *frame) []workload.Text {
	h, hf := g.head(e, fr, 0)
	if h.Op != List {
		return []workload.Text{g.text(e, fr, 0)}
	}
	var out []workload.Text
	for _, a := range h.Args {
		out = append(out, g.text(a, hf, 0))
	}
	return out
}

// fieldOf returns what a field of a struct holds: where it is built, or where it is assigned later, if that is one place.
func (g *Graph) fieldOf(e Expr, name string, fr *frame) (Expr, *frame, bool) {
	h, hf := g.head(e, fr, 0)
	if h.Op != Composite {
		return Expr{}, nil, false
	}
	var later []stored
	for _, v := range g.values[h.S+"."+name] {
		if !v.lit {
			later = append(later, v)
		}
	}
	i := slices.Index(h.Keys, name)
	switch {
	case i >= 0 && len(later) == 0:
		return h.Args[i], hf, true
	case i < 0 && len(later) == 1 && !later[0].def:
		return later[0].value, nil, true
	}
	return Expr{}, nil, false
}

// source returns the call of kind source that made a value, through methods that set something else and hand it back.
func (g *Graph) source(e Expr, fr *frame) (a *api, args []Expr, f *frame) {
	for range 12 {
		h, hf := g.head(e, fr, 0)
		if h.Op != Result {
			return nil, nil, nil
		}
		if a := lookup(h.S, "source"); a != nil {
			return a, g.call(h, hf).args, hf
		}
		if len(h.Keys) == 0 || len(h.Args) == 0 {
			return nil, nil, nil
		}
		e, fr = h.Args[0], hf
	}
	return nil, nil, nil
}

// backingKind returns what a backing service is: as the API says, by the driver, or by the scheme of its address.
func (g *Graph) backingKind(a *api, args []Expr, fr *frame, addr workload.Text) string {
	if of := a.arg["of"]; of != "" {
		return of
	}
	if n := a.index("driver"); n >= 0 && n < len(args) {
		name, _ := g.text(args[n], fr, 0).Constant()
		return kindOf(name)
	}
	if n := a.index("inner"); n >= 0 && n < len(args) {
		if inner, _, _ := g.source(args[n], fr); inner != nil {
			return inner.arg["of"]
		}
	}
	if scheme, _, ok := strings.Cut(shape(addr), "://"); ok {
		return kindOf(scheme)
	}
	return "sql"
}

// kindOf returns the database that a driver or the scheme of an address is for.
func kindOf(driver string) string {
	switch driver {
	case "postgres", "postgresql", "pgx", "pgx/v5", "pgx5", "cloudsqlpostgres", "pq":
		return "postgres"
	case "sqlite", "sqlite3":
		return "sqlite"
	case "mssql", "sqlserver", "azuresql":
		return "sqlserver"
	case "mysql", "clickhouse", "mongodb", "cassandra":
		return driver
	}
	return "sql"
}

// elects reports whether a call of kind leader elects, which may depend on a field.
func (b *builder) elects(f *Func, c *Call, a *api) bool {
	n := a.index("struct")
	if n < 0 {
		return true
	}
	if n >= len(c.Args) {
		return false
	}
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		e, ef, ok := b.g.fieldOf(c.Args[n], a.arg["field"], fr)
		if !ok {
			h, _ := b.g.head(c.Args[n], fr, 0)
			if h.Op == Composite && !slices.Contains(h.Keys, a.arg["field"]) && !b.g.reassigned(h.S+"."+a.arg["field"]) {
				continue // it is false
			}
			b.p.Leaders.Complete = false
			continue
		}
		switch v, ok := b.g.text(e, ef, 0).Constant(); {
		case v == "true":
			return true
		case !ok:
			b.p.Leaders.Complete = false
		}
	}
	return false
}

// initial returns the functions that run while packages are initialised, before main begins.
func (g *Graph) initial(r *reach) map[string]bool {
	out := map[string]bool{}
	var todo []string
	for _, f := range g.sorted(r.funcs) {
		if p := g.owner[f]; f.ID == p.Path+".init" || strings.HasPrefix(f.ID, p.Path+".init@") {
			todo = append(todo, f.ID)
		}
	}
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		f := g.funcs[id]
		if f == nil || out[id] {
			continue
		}
		out[id] = true
		for i := range f.Calls {
			if c := &f.Calls[i]; !c.Mention && !c.Go && c.Guard == "" && !c.Dynamic {
				todo = append(todo, c.Callee)
			}
		}
	}
	return out
}

// serving reports whether a call is made on every way to the call that serves: its function, or one that leads to it, goes on
// to serve.
func (b *builder) serving(f *Func, c *Call, leads map[string]bool) bool {
	seen := map[string]bool{}
	var on func(f *Func, c *Call) bool
	on = func(f *Func, c *Call) bool {
		if c.Cond || c.Guard != "" || c.Mention || c.After {
			return false
		}
		for i := range f.Calls {
			o := &f.Calls[i]
			if o != c && o.Guard == "" && o.At.Start.Offset > c.At.Start.Offset && (leads[o.Callee] || lookup(o.Callee, "serve") != nil) {
				return true
			}
		}
		if seen[f.ID] {
			return false
		}
		seen[f.ID] = true
		return slices.ContainsFunc(b.g.callers[f.ID], func(s site) bool { return b.r.funcs[s.fn.ID] && on(s.fn, s.call) })
	}
	return on(f, c)
}

// leads returns the functions that may end up serving.
func (b *builder) leads() map[string]bool {
	out := map[string]bool{}
	funcs := b.g.sorted(b.r.funcs)
	for grown := true; grown; {
		grown = false
		for _, f := range funcs {
			if !out[f.ID] && slices.ContainsFunc(f.Calls, func(c Call) bool { return out[c.Callee] || lookup(c.Callee, "serve") != nil }) {
				out[f.ID], grown = true, true
			}
		}
	}
	return out
}
