package observe

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// defines adds a flag.
func (b *builder) defines(fl workload.Flag) {
	for i := range b.p.Flags.Members {
		if o := &b.p.Flags.Members[i]; o.Name == fl.Name && o.At == fl.At {
			return
		}
	}
	b.p.Flags.Members = append(b.p.Flags.Members, fl)
}

// flag adds the flag that a call defines.
func (b *builder) flag(f *Func, c *Call, a *api) {
	if a.arg["chain"] != "" {
		return // the call at the chain's beginning has defined it
	}
	n, d := a.index("name"), a.index("default")
	if c.Mention || n < 0 || n >= len(c.Args) || d >= len(c.Args) {
		b.p.Flags.Complete = false
		return
	}
	for _, fr := range b.ways(f) {
		t := b.g.text(c.Args[n], fr, 0)
		name, ok := t.Constant()
		if !ok {
			b.p.Flags.Complete = false
			continue
		}
		fl := workload.Flag{Name: name, Default: workload.Unknown[string](c.At), At: c.At}
		if d >= 0 {
			fl.Default = workload.Unknown[string](c.Args[d].At)
			if s, ok := b.g.text(c.Args[d], fr, 0).Constant(); ok {
				fl.Default = workload.Known(s, c.Args[d].At)
			}
		}
		if a.arg["env"] == "flag" {
			fl.Env = []string{envOfFlag("", name)}
			b.read(workload.EnvRead{Name: fl.Env[0], Via: packageOf(c.Callee), Default: fl.Default, At: place(t, c.Args[n], fr)})
		}
		b.defines(fl)
	}
}

// flagType adds the flag that a literal of urfave/cli defines, and the variables that set it too.
func (b *builder) flagType(f *Func, c *Call) {
	for _, fr := range b.ways(f) {
		fl, places, complete := b.g.flagOf(c.Args[0], fr)
		if !complete {
			b.open(&b.p.Env.Complete, c.At, "a flag whose variables cannot be told")
		}
		for i, name := range fl.Env {
			b.read(workload.EnvRead{Name: name, Via: packageOf(c.Callee), Default: fl.Default, At: places[i]})
		}
		if fl.Name == "" {
			b.p.Flags.Complete = false
			continue
		}
		b.defines(fl)
	}
}

// flagOf reads a literal such as cli.StringFlag{Name: …, EnvVars: …, Value: …}. complete is false if there may be more
// variables.
func (g *Graph) flagOf(lit Expr, fr *frame) (fl workload.Flag, places []check.Span, complete bool) {
	fl, complete = workload.Flag{At: lit.At}, true
	for i, key := range lit.Keys {
		e := lit.Args[i]
		switch key {
		case "Name":
			if s, ok := g.text(e, fr, 0).Constant(); ok {
				fl.Name, _, _ = strings.Cut(s, ",") // v1 writes short names behind it
			}
		case "Value":
			if s, ok := g.text(e, fr, 0).Constant(); ok {
				fl.Default = workload.Known(s, e.At)
			}
		case "EnvVar":
			s, ok := g.text(e, fr, 0).Constant()
			complete = complete && ok
			for _, n := range strings.Split(s, ",") {
				if n = strings.TrimSpace(n); n != "" {
					fl.Env, places = append(fl.Env, n), append(places, e.At)
				}
			}
		case "EnvVars", "Sources":
			names, at, ok := g.sources(e, fr, 0)
			fl.Env, places, complete = append(fl.Env, names...), append(places, at...), complete && ok
		}
	}
	return fl, places, complete
}

// sources returns the variables in a list of names or in a chain of sources.
func (g *Graph) sources(e Expr, fr *frame, depth int) (names []string, places []check.Span, complete bool) {
	if depth > 6 {
		return nil, nil, false
	}
	h, hf := g.head(e, fr, 0)
	switch {
	case h.Op == Nil:
		return nil, nil, true
	case h.Op == List, h.Op == Result && slices.Contains([]string{"EnvVars", "EnvVar", "NewValueSourceChain"}, lastName(h.S)) && strings.HasPrefix(h.S, "github.com/urfave/cli"):
		complete = true
		for _, a := range h.Args {
			if s, ok := g.text(a, hf, 0).Constant(); ok {
				names, places = append(names, s), append(places, a.At)
				continue
			}
			n, at, ok := g.sources(a, hf, depth+1)
			names, places, complete = append(names, n...), append(places, at...), complete && ok
		}
		return names, places, complete
	case h.Op == Result && (lastName(h.S) == "File" || lastName(h.S) == "Files"):
		return nil, nil, true
	}
	return nil, nil, false
}

// A chain is a flag as kingpin builds it: app.Flag("name", "help").Envar("NAME").Default("…").String().
type chain struct {
	at       check.Span // the call that names it
	name     string
	env      string
	noEnv    bool
	def      workload.Text
	required bool
	app      Expr // what it is a flag of
	frame    *frame
}

// chainOf follows a chain of calls back to the one that names the flag. ok is false for any other value.
func (g *Graph) chainOf(e Expr, fr *frame) (c chain, ok bool) {
	for range 12 {
		if e.Op == Select { // of an embedded struct
			e = e.Args[0]
			continue
		}
		h, hf := g.head(e, fr, 0)
		e, fr = h, hf
		if e.Op == Select {
			continue
		}
		a := lookup(e.S, "flagset", "flagvar", "flag", "flagvalue")
		if e.Op != Result || a == nil {
			return c, false
		}
		args := g.call(e, fr).args
		text := func(n int) workload.Text {
			if n >= len(args) {
				return nil
			}
			return g.text(args[n], fr, 0)
		}
		switch a.arg["sets"] {
		case "name":
			c.at, c.frame = e.At, fr
			c.name, ok = text(0).Constant()
			if len(e.Keys) > 0 {
				c.app = e.Args[0]
			}
			return c, ok
		case "env":
			s, known := text(0).Constant()
			if !known {
				return c, false
			}
			c.env = s
		case "noenv":
			c.noEnv = true
		case "default":
			c.def = text(0)
		case "required":
			c.required = true
		}
		if len(e.Keys) == 0 {
			return c, false
		}
		e = e.Args[0]
	}
	return c, false
}

// chainText returns the text of a flag that a chain of calls defines.
func (g *Graph) chainText(h Expr, hf *frame, opaque workload.Text) workload.Text {
	c, ok := g.chainOf(h, hf)
	if !ok {
		return opaque
	}
	t := c.def
	if t == nil {
		t = workload.Lit("", c.at)
	}
	if c.env != "" {
		t = workload.Text{{Source: workload.FromEnv, Name: c.env, Default: t, At: c.at}}
	}
	return workload.Text{{Source: workload.FromFlag, Name: c.name, Default: t, At: c.at}}
}

// flagSet adds what one call of a chain says about its flag.
func (b *builder) flagSet(f *Func, c *Call, a *api) {
	if c.Mention {
		b.p.Flags.Complete = false
		return
	}
	if a.arg["sets"] == "envs" { // every flag of the application
		b.envFlags = append(b.envFlags, site{f, c})
		return
	}
	e := Expr{Op: Result, S: c.Callee, Args: c.Args, At: c.At}
	if c.Recv != nil {
		e.Keys, e.Args = []string{"recv"}, append([]Expr{*c.Recv}, c.Args...)
	}
	for _, fr := range b.ways(f) {
		ch, ok := b.g.chainOf(e, fr)
		if !ok {
			if a.arg["sets"] == "env" {
				b.open(&b.p.Env.Complete, c.At, c.Callee+" of a computed name")
			}
			if a.arg["sets"] == "name" {
				b.p.Flags.Complete = false
			}
			continue
		}
		fl := workload.Flag{Name: ch.name, At: ch.at}
		b.defines(fl)
		i := slices.IndexFunc(b.p.Flags.Members, func(o workload.Flag) bool { return o.Name == fl.Name && o.At == fl.At })
		o := &b.p.Flags.Members[i]
		if s, ok := ch.def.Constant(); ok {
			o.Default = workload.Known(s, ch.def[0].At)
		}
		if ch.env != "" && a.arg["sets"] == "env" {
			o.Env = []string{ch.env}
			b.read(workload.EnvRead{Name: ch.env, Via: packageOf(c.Callee), Default: o.Default, At: c.Args[0].At})
		}
	}
}

// flagsFromEnv adds the variables that stand for all flags of the program.
func (b *builder) flagsFromEnv() {
	for _, s := range b.envFlags {
		a := lookup(s.call.Callee, "envflags", "flagset")
		prefix, ok := "", true
		switch n := a.index("prefix"); {
		case s.call.Mention:
			ok = false
		case n >= 0 && n < len(s.call.Args):
			prefix, ok = b.g.text(s.call.Args[n], nil, 0).Constant()
		case a.kind == "flagset": // the application's name
			prefix, ok = b.application(s)
		}
		if !ok || !b.p.Flags.Complete {
			b.open(&b.p.Env.Complete, s.call.At, s.call.Callee+" reads the variables of flags that cannot be told")
		}
		if !ok {
			continue
		}
		for i := range b.p.Flags.Members {
			fl := &b.p.Flags.Members[i]
			if a.kind == "flagset" && len(fl.Env) > 0 {
				continue
			}
			name := envOfFlag(strings.ToUpper(prefix), fl.Name)
			fl.Env = append(fl.Env, name)
			b.read(workload.EnvRead{Name: name, Via: packageOf(s.call.Callee), Default: fl.Default, At: fl.At})
		}
	}
}

// application returns the name of the kingpin application that a call belongs to, as a prefix.
func (b *builder) application(s site) (string, bool) {
	if s.call.Recv == nil {
		return "", false
	}
	h, hf := b.g.head(*s.call.Recv, nil, 0)
	for h.Op == Result && lookup(h.S, "flagset") == nil && len(h.Keys) > 0 {
		h, hf = b.g.head(h.Args[0], hf, 0)
	}
	if h.Op != Result || lastName(h.S) != "New" || len(h.Args) == 0 {
		return "", false
	}
	name, ok := b.g.text(h.Args[0], hf, 0).Constant()
	return strings.ReplaceAll(strings.ReplaceAll(name, "-", "_"), ".", "_"), ok
}

// allFlags returns the flags of the program text that are read by name, by name.
func (g *Graph) allFlags() map[string][]workload.Flag {
	out := map[string][]workload.Flag{}
	bare := g.bare()
	add := func(fl workload.Flag) {
		if fl.Name != "" && !slices.ContainsFunc(out[fl.Name], func(o workload.Flag) bool { return o.At == fl.At }) {
			out[fl.Name] = append(out[fl.Name], fl)
		}
	}
	for _, f := range g.sorted(g.all()) {
		for i := range f.Calls {
			c := &f.Calls[i]
			switch a := lookup(c.Callee, "flagtype", "flag", "flagvar"); {
			case a == nil:
			case a.kind == "flagtype":
				fl, _, complete := bare.flagOf(c.Args[0], nil)
				if !complete {
					fl.Env, fl.Default = nil, workload.Value[string]{}
				}
				add(fl)
			case c.Mention || a.index("name") < 0 || a.index("name") >= len(c.Args):
			default:
				name, _ := bare.text(c.Args[a.index("name")], nil, 0).Constant()
				fl := workload.Flag{Name: name, At: c.At}
				if d := a.index("default"); d >= 0 && d < len(c.Args) {
					if s, ok := bare.text(c.Args[d], nil, 0).Constant(); ok {
						fl.Default = workload.Known(s, c.Args[d].At)
					}
				}
				add(fl)
			}
		}
	}
	return out
}

// valueText returns the text of a setting or a flag that is read by its name.
func (g *Graph) valueText(h Expr, hf *frame, a *api, depth int, opaque workload.Text) workload.Text {
	if a.arg["chain"] != "" {
		return g.chainText(h, hf, opaque)
	}
	frame := g.call(h, hf)
	n := max(a.index("key"), a.index("name"))
	if n < 0 || n >= len(frame.args) {
		return opaque
	}
	name, ok := g.text(frame.args[n], hf, depth).Constant()
	if !ok {
		return opaque
	}
	if a.kind == "value" {
		all := g.stores()
		id := g.storeOf(frame.recv, hf)
		st := all.of(id)
		if st == nil && (id != "?" || len(all) == 0) {
			st = &store{}
		}
		if t, ok := g.keyText(st, name, h, depth); ok {
			return t
		}
		return opaque
	}
	flags := g.flags()[name]
	if len(flags) != 1 {
		return opaque
	}
	t := workload.Lit("", flags[0].At)
	if s, ok := flags[0].Default.Get(); ok {
		t = workload.Lit(s, flags[0].Default.At())
	}
	for _, n := range slices.Backward(flags[0].Env) {
		t = workload.Text{{Source: workload.FromEnv, Name: n, Default: t, At: flags[0].At}}
	}
	return workload.Text{{Source: workload.FromFlag, Name: name, Default: t, At: h.At}}
}
