package observe

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// env adds the variable that a call reads, under each name that reached code calls it with.
func (b *builder) env(f *Func, c *Call, a *api) {
	n := a.index("name")
	if a.index("expand") >= 0 {
		n = a.index("expand")
	}
	if n < 0 || c.Mention || n >= len(c.Args) {
		b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
		return
	}
	for _, fr := range b.ways(f) {
		t := b.g.text(c.Args[n], fr, 0)
		name, ok := t.Constant()
		if !ok {
			b.open(&b.p.Env.Complete, c.At, c.Callee+" of a computed name")
			continue
		}
		if a.index("expand") >= 0 {
			for _, name := range references(name) {
				b.read(workload.EnvRead{Name: name, Via: packageOf(c.Callee), At: place(t, c.Args[n], fr)})
			}
			continue
		}
		if name == "" {
			continue
		}
		read := workload.EnvRead{Name: name, Via: packageOf(c.Callee), At: place(t, c.Args[n], fr)}
		read.Default = b.fallback(c, a, name, fr)
		if b.needs(f, c, a, fr) {
			read.Required = workload.Known(true, read.At)
		}
		b.read(read)
	}
}

// ways returns the ways in which reached code calls a function that reads names: every one, since each may be another name.
func (b *builder) ways(f *Func) []*frame {
	const most = 2048
	out := b.g.ways(f.ID, b.r.funcs, 0, most)
	if len(out) == most {
		b.open(&b.p.Env.Complete, f.At, "a function that reads names and is called in too many ways")
		b.p.Flags.Complete = false
	}
	return out
}

// place returns where a name stands that a call gets: the constant itself, or, if it is put together, the argument of the
// outermost call that a part of it comes from.
func place(t workload.Text, arg Expr, fr *frame) check.Span {
	if len(t) == 1 && !t[0].At.IsZero() {
		return t[0].At
	}
	at := arg.At
	for up := fr; up != nil && up.site != nil; up = up.up {
		for _, a := range up.site.Args {
			if slices.ContainsFunc(t, func(p workload.Part) bool { return within(p.At, a.At) }) {
				at = a.At
			}
		}
	}
	return at
}

// references returns the names that a text refers to as $NAME or ${NAME}.
func references(text string) []string {
	var out []string
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		if name := m[1] + m[2]; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

var reference = regexp.MustCompile(`\$(?:\{(\w+)\}|(\w+))`)

// needs reports whether the program refuses to start without the variable that a call reads.
func (b *builder) needs(f *Func, c *Call, a *api, fr *frame) bool {
	switch {
	case !b.always(f, c, fr):
		return false
	case c.Fatal, a.arg["must"] != "":
		return true
	case c.Missing:
		return b.upFails(f, fr)
	case a.arg["fails"] != "":
		return b.fails(f, c, fr)
	case a.index("required") >= 0 && a.index("required") < len(c.Args): // and somebody asks for it later
		s, ok := b.g.text(c.Args[a.index("required")], fr, 0).Constant()
		return ok && s == "true" && b.parses(packageOf(c.Callee)+".Parse")
	}
	return false
}

// parses reports whether the program always calls a function, and ends where that fails.
func (b *builder) parses(callee string) bool {
	for _, s := range b.g.callers[callee] {
		for _, fr := range b.g.frames(s.fn.ID, b.r.funcs) {
			if b.always(s.fn, s.call, fr) && b.fails(s.fn, s.call, fr) {
				return true
			}
		}
	}
	return false
}

// always reports whether a call is made on every way through a run of the program.
func (b *builder) always(f *Func, c *Call, fr *frame) bool {
	return b.r.always[f.ID] && !c.Cond && b.unconditional(fr)
}

// fails reports whether the program ends where a call returns an error.
func (b *builder) fails(f *Func, c *Call, fr *frame) bool {
	switch {
	case !c.Failed.IsZero(), c.Outcome == OutcomeFatal, c.Outcome == OutcomeFatalErr:
		return true
	case c.Passes:
		return b.upFails(f, fr)
	}
	return false
}

// upFails reports whether the program ends where a function returns an error to the caller of a frame.
func (b *builder) upFails(f *Func, fr *frame) bool {
	if fr == nil || fr.fn != f.ID || fr.site == nil {
		return false
	}
	up := b.g.funcs[fr.from]
	return up != nil && b.fails(up, fr.site, fr.up)
}

// fallback returns what a program uses where a variable is not set, if that is a constant: the read's own argument, what
// replaces its result, or what one of the functions on the way to it returns instead.
func (b *builder) fallback(c *Call, a *api, name string, fr *frame) workload.Value[string] {
	var t workload.Text
	if n := a.index("default"); n >= 0 && n < len(c.Args) {
		t = b.g.text(c.Args[n], fr, 0)
	} else if c.Default != nil {
		t = b.g.text(*c.Default, fr, 0)
	}
	for up := fr; t == nil && up != nil && up.site != nil; up = up.up {
		e := Expr{Op: Result, S: up.site.Callee, Args: up.site.Args, At: up.site.At}
		if up.site.Recv != nil {
			e.Keys, e.Args = []string{"recv"}, append([]Expr{*up.site.Recv}, e.Args...)
		}
		if whole := b.g.text(e, up.up, 0); len(whole) == 1 && whole[0].Source == workload.FromEnv && whole[0].Name == name && !empty(whole[0].Default) {
			t = whole[0].Default
		}
	}
	if s, ok := t.Constant(); ok && s != "" {
		return workload.Known(s, t[0].At)
	}
	return workload.Value[string]{}
}

// read adds a variable. What is known about the same place already is kept.
func (b *builder) read(read workload.EnvRead) {
	i := slices.IndexFunc(b.p.Env.Members, func(o workload.EnvRead) bool { return o.Name == read.Name && o.At == read.At })
	if i < 0 {
		b.p.Env.Members = append(b.p.Env.Members, read)
		return
	}
	o := &b.p.Env.Members[i]
	if _, known := o.Required.Get(); !known {
		o.Required = read.Required
	}
	if _, known := o.Default.Get(); !known {
		o.Default = read.Default
	}
}

// envs adds the variables whose names begin with a prefix.
func (b *builder) envs(f *Func, c *Call, a *api) {
	n := a.index("prefix")
	if c.Mention || n < 0 || n >= len(c.Args) {
		b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
		return
	}
	for _, fr := range b.ways(f) {
		arg := c.Args[n]
		if h, hf := b.g.head(arg, fr, 0); h.Op == Composite {
			i := slices.Index(h.Keys, "Prefix")
			if i < 0 || slices.Contains(h.Keys, "EnvironFunc") {
				b.open(&b.p.Env.Complete, c.At, c.Callee+" reads the whole environment")
				continue
			}
			arg, fr = h.Args[i], hf
		}
		t := b.g.text(arg, fr, 0)
		prefix, ok := t.Constant()
		if !ok || prefix == "" {
			b.open(&b.p.Env.Complete, c.At, c.Callee+" reads the whole environment")
			continue
		}
		b.read(workload.EnvRead{Name: prefix, Prefix: true, Via: packageOf(c.Callee), At: place(t, arg, fr)})
	}
}

// fill adds the variables and flags from which a call fills a struct.
func (b *builder) fill(f *Func, c *Call, a *api) {
	if c.Mention {
		b.open(&b.p.Env.Complete, c.At, c.Callee+" is passed on")
		return
	}
	for _, fr := range b.ways(f) {
		all, complete := b.g.fillings(c, a, fr)
		if !complete {
			b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
			if a.arg["flags"] != "" {
				b.p.Flags.Complete = false
			}
		}
		fatal := b.always(f, c, fr) && (a.arg["must"] != "" || b.fails(f, c, fr)) && a.arg["file"] == "" && !b.fromFile(c, a, fr)
		for _, st := range all {
			def := workload.Value[string]{}
			if st.hasDef {
				def = workload.Known(st.def, st.at)
			}
			if st.flag != "" && a.arg["flags"] != "" {
				b.defines(workload.Flag{Name: st.flag, Default: def, Env: st.names, At: st.at})
			}
			for _, name := range st.names {
				read := workload.EnvRead{Name: name, Prefix: st.many, Via: packageOf(c.Callee), Default: def, At: st.at}
				if st.required && fatal {
					read.Required = workload.Known(true, st.at)
				}
				b.read(read)
			}
		}
	}
}

// libraries adds the packages of others that the program calls, of projects that apis.txt does not know. One that by its
// name is about configuration may read any variable.
func (b *builder) libraries() {
	known := map[string]bool{}
	for symbol := range apis() {
		known[project(symbol)] = true
	}
	for _, symbol := range sortedKeys(b.used) {
		p := packageOf(symbol)
		if !known[project(symbol)] && b.g.packages[p] == nil && !isStandardCall(symbol) && strings.Contains(p, "/") && !slices.Contains(b.p.Libraries, p) {
			b.p.Libraries = append(b.p.Libraries, p)
			if configuresOthers(p) {
				b.open(&b.p.Env.Complete, b.p.At, p+" may read any variable")
			}
		}
	}
}

// configuresOthers reports whether a package's path says that it is there to configure programs. A package that is just called
// config, within a project about something else, configures that.
func configuresOthers(path string) bool {
	elems := strings.Split(path, "/")
	project := 1
	if host := elems[0]; host == "github.com" || host == "gitlab.com" || host == "bitbucket.org" {
		project = 2
	}
	for i, elem := range elems {
		own := elem != "config" && elem != "conf" && elem != "configs"
		if i == project && !own || i >= project && own && configWord.MatchString(elem) {
			return true
		}
	}
	return false
}

var configWord = regexp.MustCompile(`onfig|conf|(^|[-_.])(go|dot)?env(s|y|subst|parse|load|$|[-_.])`)

// fromFile reports whether another call may fill the same struct from a file first.
func (b *builder) fromFile(c *Call, a *api, fr *frame) bool {
	for _, typ := range b.g.fillTypes(c, a.index("into"), fr) {
		s := b.g.structs[typ]
		if s == nil || slices.ContainsFunc(s.Fields, func(f Field) bool { return b.g.fills[typ+"."+f.Name] }) {
			return true
		}
	}
	return false
}

// fillTypes returns the structs that an argument of a call may point to when it is called in the way of a frame; none if
// that cannot be told.
func (g *Graph) fillTypes(c *Call, arg int, fr *frame) []string {
	if arg < 0 && len(c.Fills) == 0 {
		return nil
	}
	for range 8 {
		i := slices.IndexFunc(c.Fills, func(fl Fill) bool { return fl.Arg == arg || arg < 0 && fl.Arg == -1 })
		if i >= 0 {
			typ := c.Fills[i].Type
			if !strings.HasPrefix(typ, "#") {
				return []string{typ}
			}
			if fr == nil || fr.site == nil {
				return nil
			}
			arg = -1 - int(typ[1]-'0')
			c, fr = fr.site, fr.up
			continue
		}
		if arg < 0 || arg >= len(c.Args) || c.Args[arg].Op != Param || fr == nil || fr.site == nil || fr.fn != c.Args[arg].S {
			return nil
		}
		arg = c.Args[arg].N
		c, fr = fr.site, fr.up
	}
	return nil
}

// fillings returns what a call of kind fill fills its struct with.
func (g *Graph) fillings(c *Call, a *api, fr *frame) (out []setting, complete bool) {
	types := g.fillTypes(c, a.index("into"), fr)
	fill, ok := g.filling(c, a, fr)
	if len(types) == 0 || !ok {
		return nil, false
	}
	complete = true
	for _, typ := range types {
		all, whole := g.settings(a.arg["tags"], typ, fill)
		out, complete = append(out, all...), complete && whole
	}
	return out, complete
}

// filling returns the options of a call that fills a struct. ok is false if they cannot be told.
func (g *Graph) filling(c *Call, a *api, fr *frame) (fill filling, ok bool) {
	if n := a.index("prefix"); n >= 0 && n < len(c.Args) {
		if fill.prefix, ok = g.text(c.Args[n], fr, 0).Constant(); !ok {
			return fill, false
		}
	}
	if fill.prefix != "" && a.arg["tags"] == "kelsey" {
		fill.prefix = strings.ToUpper(fill.prefix)
	}
	if n := a.index("options"); n >= 0 {
		for _, e := range c.Args[min(n, len(c.Args)):] {
			if !g.option(&fill, e, fr) {
				return fill, false
			}
		}
	}
	return fill, true
}

// option reads one option of a call that fills a struct: a struct of options, a way to look variables up, or a call that
// makes an option.
func (g *Graph) option(fill *filling, e Expr, fr *frame) bool {
	h, hf := g.head(e, fr, 0)
	switch h.Op {
	case Composite:
		for i, key := range h.Keys {
			t := g.text(h.Args[i], hf, 0)
			s, constant := t.Constant()
			switch key {
			case "Prefix", "EnvPrefix":
				if !constant {
					return false
				}
				fill.prefix = s
			case "UseFieldNameByDefault":
				fill.byName = fill.byName || s == "true"
			case "RequiredIfNoDef", "DefaultRequired":
				fill.noDefault = fill.noDefault || s == "true"
			case "AllOptional":
				fill.optional = fill.optional || s != "false"
			case "Lookuper":
				if !g.option(fill, h.Args[i], hf) {
					return false
				}
			case "Environment", "TagName", "PrefixTagName", "DefaultValueTagName", "IgnoreEnv", "AllowUnexported":
				return false
			}
		}
		return true
	case Result:
		switch lastName(h.S) {
		case "PrefixLookuper":
			if len(h.Args) != 2 {
				return false
			}
			p, ok := g.text(h.Args[0], hf, 0).Constant()
			fill.prefix += p
			return ok && g.option(fill, h.Args[1], hf)
		case "OsLookuper":
			return true
		case "MapLookuper", "MultiLookuper":
			return false
		case "DefaultEnvars":
			if len(h.Args) != 1 {
				return false
			}
			p, ok := g.text(h.Args[0], hf, 0).Constant()
			fill.envOfFlags, fill.envFlags = true, strings.ToUpper(p)
			return ok
		}
		return lookup(h.S, "env", "fill") == nil
	case Nil, FuncRef, Const:
		return true
	case List:
		return !slices.ContainsFunc(h.Args, func(e Expr) bool { return !g.option(fill, e, hf) })
	}
	return h.Op != Param
}

// allSettings returns what libraries fill the fields of the program text with, by symbol of the field.
func (g *Graph) allSettings() map[string][]setting {
	g = g.bare()
	out := map[string][]setting{}
	all := g.all()
	for _, f := range g.sorted(all) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "fill")
			if a == nil || c.Mention {
				continue
			}
			for _, fr := range g.frames(f.ID, all) {
				settings, _ := g.fillings(c, a, fr)
				for _, st := range settings {
					out[st.field] = append(out[st.field], st)
				}
			}
		}
	}
	return out
}

// filledText returns the text in a field that a library fills from the environment or a flag; ok is false if it does not, or
// not always from the same.
func (g *Graph) filledText(field string, depth int) (t workload.Text, ok bool) {
	all := g.filledBy()[field]
	if len(all) == 0 {
		return nil, false
	}
	st := all[0]
	for _, o := range all[1:] {
		if !slices.Equal(o.names, st.names) || o.flag != st.flag {
			return nil, false
		}
	}
	if !g.fills[field] {
		t = workload.Lit(cmp.Or(st.def, st.zero), st.at)
		if !st.hasDef { // left as it was
			switch vals := slices.DeleteFunc(slices.Clone(g.values[field]), func(v stored) bool { return v.over }); {
			case len(vals) == 0:
			case len(vals) == 1 && (vals[0].lit || vals[0].def):
				t = g.text(vals[0].value, nil, depth)
			default:
				return nil, false
			}
		}
	}
	for _, v := range g.values[field] {
		if !v.lit && !v.def && !v.over {
			return nil, false
		}
	}
	for _, n := range slices.Backward(st.names) {
		t = workload.Text{{Source: workload.FromEnv, Name: n, Default: t, At: st.at}}
	}
	if st.flag != "" {
		t = workload.Text{{Source: workload.FromFlag, Name: st.flag, Default: t, At: st.at}}
	}
	return t, len(st.names) > 0 || st.flag != ""
}

// bare returns a graph that does not ask what libraries fill: by it that is found out.
func (g *Graph) bare() *Graph {
	return &Graph{
		packages: g.packages, funcs: g.funcs, owner: g.owner, callers: g.callers, values: g.values, tags: g.tags, structs: g.structs,
		fills: g.fills, types: g.types, places: g.places,
		filledBy: func() map[string][]setting { return nil }, stores: func() stores { return nil }, flags: func() map[string][]workload.Flag { return nil },
	}
}
