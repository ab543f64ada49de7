package observe

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A node is one command of a tree that a library of commands executes.
type node struct {
	name   string // "" for the root, or if it cannot be told
	known  bool   // name can be told
	up     check.Span
	at     check.Span
	runs   []string // functions
	all    bool     // runs are all that it runs
	inside bool     // other nodes are below it
	root   bool     // it is executed itself
	tag    bool     // the tree is no value: what is above it may be left out
}

func receiver(c *Call) []Expr {
	if c.Recv == nil {
		return nil
	}
	return []Expr{*c.Recv}
}

// commands describes the tree of commands that the program executes: what the program is when it is started by each.
func (b *builder) commands() {
	b.p.Commands.Complete = true
	executed, tagged := false, false
	roots := map[check.Span]bool{}
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if a := lookup(c.Callee, "execute"); a != nil {
				executed, tagged = true, tagged || a.arg["tagged"] != ""
				for _, fr := range b.g.frames(f.ID, b.r.funcs) {
					for _, e := range append(c.Args[:len(c.Args):len(c.Args)], receiver(c)...) {
						h, _ := b.g.head(e, fr, 0)
						roots[h.At] = true
					}
				}
			}
		}
	}
	if !executed {
		return
	}
	var nodes []*node
	for _, f := range b.g.sorted(b.r.funcs) {
		nodes = append(nodes, b.nodes(f)...)
	}
	for _, n := range nodes {
		n.root = roots[n.at]
	}
	b.adopt(nodes)
	if tagged {
		nodes = append(nodes, b.g.tagged()...)
	}
	all := map[string]bool{}
	for _, n := range nodes {
		path, ok := b.path(nodes, n)
		if !ok {
			b.p.Commands.Complete = false
			continue
		}
		s := workload.Subcommand{Path: path, Class: workload.Uncertain, At: n.at}
		switch {
		case len(n.runs) > 0:
			funcs, sync := b.r.walk(n.runs, false, every), b.r.walk(n.runs, false, synchronous)
			for id := range funcs {
				all[id] = true
			}
			if s.Class = b.class(funcs, sync); !n.all && s.Class == workload.Job {
				s.Class = workload.Uncertain
			}
		case n.all && n.inside:
			s.Class = workload.CLI // it prints its help
		}
		b.p.Commands.Members = append(b.p.Commands.Members, s)
	}
	slices.SortFunc(b.p.Commands.Members, func(x, y workload.Subcommand) int {
		return cmp.Or(strings.Compare(x.Path, y.Path), x.At.Compare(y.At))
	})
	if b.p.Commands.Complete {
		b.judge(all)
	}
}

// judge settles what the program is by what its commands are, if nothing serves or takes work beside those: what one command
// does says nothing about another.
func (b *builder) judge(all map[string]bool) {
	if b.p.Class != workload.Server && b.p.Class != workload.Worker && (b.p.Class != workload.CLI || b.attended(b.r.funcs, "always")) {
		return
	}
	for _, s := range b.serves {
		if !all[s.fn] {
			return
		}
	}
	for _, c := range b.consumes {
		if !all[c.fn] {
			return
		}
	}
	for _, class := range []workload.Class{workload.Server, workload.Worker, workload.Uncertain, workload.CLI} {
		if slices.ContainsFunc(b.p.Commands.Members, func(s workload.Subcommand) bool { return s.Class == class }) {
			b.p.Class = class
			return
		}
	}
}

// attended reports whether functions do what is done for a person in front of the program.
func (b *builder) attended(funcs map[string]bool, attribute string) bool {
	for id := range funcs {
		if slices.ContainsFunc(b.g.funcs[id].Calls, func(c Call) bool {
			a := lookup(c.Callee, "attended")
			return a != nil && (attribute == "" || a.arg[attribute] != "")
		}) {
			return true
		}
	}
	return false
}

// nodes returns the commands that a function makes.
func (b *builder) nodes(f *Func) []*node {
	var out []*node
	for _, e := range f.Commands {
		a := lookup(e.S, "command")
		if a == nil {
			continue
		}
		n := &node{at: e.At, all: true, known: a.arg["called"] == ""}
		for i, key := range e.Keys {
			switch {
			case slices.Contains(a.list("called"), key):
				for _, fr := range b.g.frames(f.ID, b.r.funcs) {
					if s, ok := b.g.text(e.Args[i], fr, 0).Constant(); ok {
						n.name, _, _ = strings.Cut(s, " ")
						n.known = true
					}
				}
			case slices.Contains(a.list("does"), key):
				if h, _ := b.g.head(e.Args[i], nil, 0); h.Op == FuncRef {
					n.runs = append(n.runs, h.S)
				} else {
					n.all = false
				}
			}
		}
		for _, key := range a.list("does") {
			n.all = n.all && !b.g.reassigned(e.S+"."+key)
		}
		out = append(out, n)
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		a := lookup(c.Callee, "subcommand")
		if a == nil || a.index("name") < 0 || a.index("name") >= len(c.Args) {
			continue
		}
		n := &node{at: c.At, tag: true}
		n.name, n.known = b.g.text(c.Args[a.index("name")], nil, 0).Constant()
		if c.Recv != nil {
			if h, _ := b.g.head(*c.Recv, nil, 0); h.Op == Result && lookup(h.S, "subcommand") != nil {
				n.up = h.At
			}
		}
		out = append(out, n)
	}
	return out
}

// adopt says of each node below which it is.
func (b *builder) adopt(nodes []*node) {
	at := map[check.Span]*node{}
	for _, n := range nodes {
		at[n.at] = n
	}
	put := func(below Expr, fr *frame, up *node) {
		for _, e := range b.elements(below, fr) {
			if n := at[e.At]; n != nil && n != up {
				n.up, up.inside = up.at, true
			} else if n == nil {
				b.p.Commands.Complete = false
			}
		}
	}
	for _, f := range b.g.sorted(b.r.funcs) {
		for _, fr := range b.g.frames(f.ID, b.r.funcs) {
			for _, e := range f.Commands {
				if a := lookup(e.S, "command"); a != nil && at[e.At] != nil {
					for i, key := range e.Keys {
						if slices.Contains(a.list("holds"), key) {
							put(e.Args[i], fr, at[e.At])
						}
					}
				}
			}
			for i := range f.Calls {
				c := &f.Calls[i]
				a := lookup(c.Callee, "subcommand")
				if a == nil || a.index("node") < 0 || c.Recv == nil {
					continue
				}
				up, _ := b.g.head(*c.Recv, fr, 0)
				if at[up.At] == nil {
					b.p.Commands.Complete = false
					continue
				}
				at[up.At].inside = true
				for _, arg := range c.Args {
					put(arg, fr, at[up.At])
				}
			}
		}
	}
}

// elements returns what a list holds, or the value itself, each as far as it can be followed.
func (b *builder) elements(e Expr, fr *frame) []Expr {
	h, hf := b.g.head(e, fr, 0)
	if h.Op != List {
		return []Expr{h}
	}
	var out []Expr
	for _, a := range h.Args {
		v, _ := b.g.head(a, hf, 0)
		out = append(out, v)
	}
	return out
}

// path returns the words that choose a command. The root's own name is none of them.
func (b *builder) path(nodes []*node, n *node) (path string, ok bool) {
	for range 8 {
		i := slices.IndexFunc(nodes, func(o *node) bool { return !n.up.IsZero() && o.at == n.up })
		if n.root || i < 0 && n.inside && !n.tag && !slices.ContainsFunc(nodes, func(o *node) bool { return o.root }) {
			return strings.TrimSpace(path), true
		}
		if i < 0 && !n.tag {
			return "", false // nothing that is executed holds it
		}
		if !n.known || n.name == "" {
			return "", false
		}
		path = n.name + " " + path
		if i < 0 {
			return strings.TrimSpace(path), true
		}
		n = nodes[i]
	}
	return "", false
}

// tagged returns the commands that stand in struct tags, in the manner of kong: a field tagged cmd, whose type has a method
// Run.
func (g *Graph) tagged() []*node {
	var (
		out   []*node
		types []string
		own   []string
	)
	for _, p := range g.ordered() {
		for _, t := range p.Tags {
			tag := reflect.StructTag(t.Tag)
			if _, ok := tag.Lookup("cmd"); !ok {
				continue
			}
			name := tag.Get("name")
			if name == "" {
				name = kebab(lastName(t.Field))
			}
			n := &node{name: name, known: true, at: t.At, all: true, tag: true}
			if run := t.Type + ".Run"; g.funcs[run] != nil {
				n.runs = []string{run}
			}
			out, types, own = append(out, n), append(types, t.Type), append(own, t.Field[:strings.LastIndexByte(t.Field, '.')])
		}
	}
	for i, n := range out {
		if j := slices.Index(types, own[i]); j >= 0 {
			n.up, out[j].inside = out[j].at, true
		}
	}
	return out
}

// kebab writes a name of Go as words of a command line: "serve-http" for ServeHTTP.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 && (name[i-1] >= 'a' && name[i-1] <= 'z' || i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z') {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
