package observe

import (
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Graph is several packages seen as one program text: a package and, if it is joined, those of its module that it imports.
type Graph struct {
	joined   bool
	packages map[string]*Package
	funcs    map[string]*Func
	owner    map[*Func]*Package
	callers  map[string][]site   // calls of a function by name
	values   map[string][]stored // what is stored in a field or package variable
	tags     map[string]Tag      // tags of fields that a library may fill
	places   map[string]check.Span
	structs  map[string]*Struct // shapes of the structs that calls fill
	fills    map[string]bool    // fields that may be filled otherwise than from the environment and from settings
	types    []Type

	filledBy func() map[string][]setting       // by symbol of the field, what libraries fill it with
	stores   func() stores                     // the stores of settings of the whole program text
	flags    func() map[string][]workload.Flag // the flags of the whole program text that are read by name

	// computed once however many rules ask, by import path of the main package
	programs sync.Map // func() *workload.Program
	reaches  sync.Map // func() *reach
	fitting  sync.Map // []implementation, by the *Call they are for
}

// A site is one call and the function it stands in.
type site struct {
	fn   *Func
	call *Call
}

// A stored is a value and the function in which it is stored.
type stored struct {
	value Expr
	fn    string
	def   bool // only where nothing is stored yet
	over  bool // only where it is not empty
	lit   bool // as part of a composite literal

	chosen bool // something else than an error decides whether it is stored
}

func newGraph(pkgs []*Package) *Graph {
	g := &Graph{
		packages: map[string]*Package{}, funcs: map[string]*Func{}, owner: map[*Func]*Package{},
		callers: map[string][]site{}, values: map[string][]stored{}, tags: map[string]Tag{}, structs: map[string]*Struct{},
		fills: map[string]bool{}, places: map[string]check.Span{},
	}
	g.filledBy = sync.OnceValue(g.allSettings)
	g.stores = sync.OnceValue(func() stores { return g.bare().storesOf(g.all()) })
	g.flags = sync.OnceValue(g.allFlags)
	slices.SortFunc(pkgs, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	for _, p := range pkgs {
		g.packages[p.Path] = p
		g.types = append(g.types, p.Types...)
		for _, t := range p.Tags {
			g.tags[t.Field] = t
		}
		for _, f := range p.Places {
			g.places[f.Field] = f.At
		}
		for i := range p.Structs {
			if s := &p.Structs[i]; g.structs[s.Name] == nil {
				g.structs[s.Name] = s
			}
		}
		for _, f := range p.Filled {
			g.fills[f] = true
		}
		for _, a := range p.Assigns {
			g.values[a.To] = append(g.values[a.To], stored{value: a.Value, fn: a.Func, def: a.IfEmpty, over: a.IfFull, chosen: a.Chosen})
			g.fields(a.Value, a.Func)
		}
		for _, f := range p.Funcs {
			g.funcs[f.ID] = f
			g.owner[f] = p
			for i := range f.Calls {
				c := &f.Calls[i]
				if !c.Mention {
					g.callers[c.Callee] = append(g.callers[c.Callee], site{f, c})
				}
				for _, a := range c.Args {
					g.fields(a, f.ID)
				}
				if c.Recv != nil {
					g.fields(*c.Recv, f.ID)
				}
			}
			for _, r := range f.Returns {
				for _, e := range r {
					g.fields(e, f.ID)
				}
			}
		}
	}
	for _, f := range g.funcs {
		for i := range f.Calls {
			for _, fill := range f.Calls[i].Fills {
				if !g.reads(f.Calls[i].Callee, fill.Arg, 0) {
					g.markFilled(fill.Type, 0)
				}
			}
		}
	}
	return g
}

// all returns the identities of all functions.
func (g *Graph) all() map[string]bool {
	all := make(map[string]bool, len(g.funcs))
	for id := range g.funcs {
		all[id] = true
	}
	return all
}

// reads reports whether a function does nothing with the struct that it is given but have it filled by libraries that apis.txt
// knows, and these from nothing but the environment, flags and settings.
func (g *Graph) reads(callee string, arg, depth int) bool {
	if apis()[callee] != nil {
		a := lookup(callee, "fill")
		return a != nil && a.arg["file"] == "" || lookup(callee, "unmarshal") != nil
	}
	f := g.funcs[callee]
	if f == nil || depth > 3 {
		return false
	}
	if arg < 0 { // a type parameter
		for i := range f.Calls {
			for _, fill := range f.Calls[i].Fills {
				if fill.Type == "#"+strconv.Itoa(-1-arg) && !g.reads(f.Calls[i].Callee, fill.Arg, depth+1) {
					return false
				}
			}
		}
		return true
	}
	for i := range f.Calls {
		for j, a := range f.Calls[i].Args {
			if a.Op == Param && a.S == f.ID && a.N == arg && !g.reads(f.Calls[i].Callee, j, depth+1) {
				return false
			}
		}
	}
	return true
}

// markFilled notes that the fields of a struct, and of those in it, may be filled in a way that nobody knows.
func (g *Graph) markFilled(typ string, depth int) {
	s := g.structs[typ]
	if s == nil || depth > 8 {
		return
	}
	for _, f := range s.Fields {
		g.fills[typ+"."+f.Name] = true
		if f.Type != "" {
			g.markFilled(f.Type, depth+1)
		}
	}
}

// ordered returns the packages in order of their paths.
func (g *Graph) ordered() []*Package {
	out := make([]*Package, 0, len(g.packages))
	for _, p := range g.packages {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// fields records what composite literals inside e store in fields.
func (g *Graph) fields(e Expr, fn string) {
	if e.Op == Composite {
		for i, key := range e.Keys {
			sym := e.S + "." + key
			s := stored{value: e.Args[i], fn: fn, lit: true}
			if !slices.ContainsFunc(g.values[sym], func(o stored) bool { return o.value.At == s.value.At && o.fn == fn }) {
				g.values[sym] = append(g.values[sym], s)
			}
		}
	}
	for _, a := range e.Args {
		g.fields(a, fn)
	}
}

// Joined reports whether the graph has what is imported, as far as there are facts. If not, these make no difference.
func (g *Graph) Joined() bool { return g.joined }

// Packages returns the packages, in order of their paths.
func (g *Graph) Packages() []*Package {
	return slices.SortedFunc(maps.Values(g.packages), func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
}

// IsGenerated reports whether a program wrote a file of one of the packages.
func (g *Graph) IsGenerated(file string) bool {
	for _, p := range g.packages {
		if slices.ContainsFunc(p.Sources, func(s Source) bool { return s.Generated && s.Name == file }) {
			return true
		}
	}
	return false
}

// A reach is what a main function may run.
type reach struct {
	g      *Graph
	funcs  map[string]bool // through calls, mentions and interfaces with one implementation
	wide   map[string]bool // through interfaces with several as well; holds funcs
	before map[string]bool // of funcs, without what follows a call that serves until shutdown
	sync   map[string]bool // of funcs, those that the main goroutine itself runs
	always map[string]bool // by plain calls on every way through their callers

	once     sync.Once
	requests map[string]int // of [Graph.requests]
}

// reach returns what the main function of a package reaches, initialisation included. Callers share it.
func (g *Graph) reach(path string) *reach {
	f, _ := g.reaches.LoadOrStore(path, sync.OnceValue(func() *reach { return g.explore(path) }))
	return f.(func() *reach)()
}

func (g *Graph) explore(path string) *reach {
	r := &reach{g: g, always: map[string]bool{}}
	start := g.starts(path)
	r.funcs = r.walk(start, false, every)
	r.before = r.walk(start, false, func(c *Call) bool { return !c.After })
	r.sync = r.walk(start, false, synchronous)
	r.wide = r.walk(start, true, every)
	todo := []string{path + ".main"}
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		f := g.funcs[id]
		if f == nil || r.always[id] {
			continue
		}
		r.always[id] = true
		for _, c := range f.Calls {
			if !c.Mention && !c.Cond && c.Guard == "" && !c.Dynamic {
				todo = append(todo, c.Callee)
			}
		}
	}
	return r
}

func every(*Call) bool { return true }

// synchronous reports whether the caller waits for what it calls: no goroutine, and no function passed to something
// that may run it in one. A command's function is run by the command library while main waits.
func synchronous(c *Call) bool {
	return !c.Go && (!c.Mention || c.Guard != "" || strings.HasPrefix(c.Callee, "var "))
}

// starts returns the functions that run by themselves: main, and the initialisation of what main's package imports.
func (g *Graph) starts(path string) []string {
	out := []string{path + ".main"}
	for _, p := range g.parts(path) {
		for _, f := range p.Funcs {
			if f.ID == p.Path+".init" || strings.HasPrefix(f.ID, p.Path+".init@") {
				out = append(out, f.ID)
			}
		}
	}
	return out
}

// parts returns the packages that a main package is made of, each behind those that it imports.
func (g *Graph) parts(main string) []*Package {
	var out []*Package
	seen := map[string]bool{}
	var visit func(string)
	visit = func(path string) {
		p := g.packages[path]
		if p == nil || seen[path] {
			return
		}
		seen[path] = true
		for _, i := range p.Imports {
			visit(i)
		}
		out = append(out, p)
	}
	visit(main)
	return out
}

// walk returns the functions reached from start by the edges that pass. With wide, a call through an interface reaches
// every type that fits; without, only the one that must be meant.
func (r *reach) walk(start []string, wide bool, passes func(*Call) bool) map[string]bool {
	var (
		seen     = map[string]bool{}
		made     = map[string]bool{}
		todo     = slices.Clone(start)
		guarded  []string
		executed bool
		dynamic  []*Call
		fits     = map[*Call][]implementation{}
	)
	for {
		for len(todo) > 0 {
			id := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			f := r.g.funcs[id]
			if f == nil || seen[id] {
				continue
			}
			seen[id] = true
			for _, t := range f.Makes {
				made[t] = true
			}
			for i := range f.Calls {
				c := &f.Calls[i]
				if !passes(c) {
					continue
				}
				if a := lookup(c.Callee, "execute"); a != nil {
					executed = true
					if a.arg["tagged"] != "" {
						for _, n := range r.g.tagged() {
							todo = append(todo, n.runs...)
						}
					}
				}
				switch {
				case c.Guard != "" && !executed:
					guarded = append(guarded, c.Callee)
				case c.Dynamic:
					dynamic = append(dynamic, c)
				default:
					todo = append(todo, c.Callee)
				}
			}
		}
		if executed {
			todo, guarded = append(todo, guarded...), nil
		}
		for _, c := range dynamic {
			if fits[c] == nil {
				fits[c] = r.g.fits(c)
			}
			for _, m := range implementations(fits[c], made, wide) {
				if r.g.funcs[m] != nil && !seen[m] {
					todo = append(todo, m)
				}
			}
		}
		if len(todo) == 0 {
			return seen
		}
	}
}

// An implementation is a type that has what an interface asks for, and its method for one call.
type implementation struct{ typ, method string }

// fits returns the types that a call through an interface may meet; never nil.
func (g *Graph) fits(c *Call) []implementation {
	if known, ok := g.fitting.Load(c); ok {
		return known.([]implementation)
	}
	out := g.fit(c)
	g.fitting.Store(c, out)
	return out
}

func (g *Graph) fit(c *Call) []implementation {
	out := []implementation{}
	if len(c.Methods) == 0 {
		return out
	}
	name := c.Callee[strings.LastIndexByte(c.Callee, '.')+1:]
types:
	for _, t := range g.types {
		target := ""
		for _, m := range c.Methods {
			sym, ok := t.method(m)
			if !ok {
				continue types
			}
			if strings.HasPrefix(m, name+"func(") {
				target = sym
			}
		}
		out = append(out, implementation{t.Name, target})
	}
	return out
}

// implementations returns the methods that a call through an interface may mean: all with wide; otherwise the one
// of the only type that fits, or of the only such type that reached code makes.
func implementations(fits []implementation, made map[string]bool, wide bool) []string {
	var all, reached []string
	for _, i := range fits {
		all = append(all, i.method)
		if made[i.typ] {
			reached = append(reached, i.method)
		}
	}
	switch {
	case wide || len(all) == 1:
		return all
	case len(reached) == 1:
		return reached
	}
	return nil
}

// sorted returns the members of a set of functions in order of place, so that what is built from them is
// deterministic.
func (g *Graph) sorted(set map[string]bool) []*Func {
	out := make([]*Func, 0, len(set))
	for id := range set {
		out = append(out, g.funcs[id])
	}
	sort.Slice(out, func(i, j int) bool {
		if c := out[i].At.Compare(out[j].At); c != 0 {
			return c < 0
		}
		return out[i].ID < out[j].ID
	})
	return out
}
