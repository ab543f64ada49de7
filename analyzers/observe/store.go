package observe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A store is one viper: settings by key, from defaults, files, flags and the environment.
type store struct {
	automatic bool // the environment is asked for each key
	structs   bool // for the fields of structs too
	files     bool // a file is read
	open      bool // names, or what is set, cannot be told
	prefix    string
	replace   *strings.Replacer
	keys      map[string]*key
	order     []string // of keys
	flags     bool     // every flag is a key
}

// A key is one setting of a store, of which something is known beside its name.
type key struct {
	names []string // variables that it is bound to
	bare  bool     // bound to the variable named after it
	def   *Expr
	in    *frame
	flag  string
	over  []Expr // what the program itself sets it to
	overs []*frame
	at    Expr // the argument that names it
}

// overridden reports whether the program itself may set a key to anything but what a flag of that name says.
func (k *key) overridden(g *Graph, name string) bool {
	for i, e := range k.over {
		if t := g.text(e, k.overs[i], 8); len(t) != 1 || t[0].Source != workload.FromFlag || t[0].Name != name {
			return true
		}
	}
	return false
}

// stores are the stores of a program text by the place that makes them; "" is the library's own.
type stores map[string]*store

func (s stores) at(id string) *store {
	st := s[id]
	if st == nil {
		st = &store{keys: map[string]*key{}}
		s[id] = st
	}
	return st
}

// of returns the store that a call works on, nil if that cannot be told.
func (s stores) of(id string) *store {
	if st := s[id]; st != nil || id != "?" {
		return st
	}
	var only *store
	for _, st := range s {
		if only != nil {
			return nil
		}
		only = st
	}
	return only
}

func (s *store) key(name string) *key {
	name = strings.ToLower(name)
	k := s.keys[name]
	if k == nil {
		k = &key{}
		s.keys[name] = k
		s.order = append(s.order, name)
	}
	return k
}

// hears reports whether something names a key, or a part of its path.
func (s *store) hears(name string) bool {
	for i := range name {
		if name[i] == '.' && s.keys[name[:i]] != nil {
			return true
		}
	}
	return s.keys[name] != nil
}

// variable returns the name of the variable that stands for a key.
func (s *store) variable(key string) string {
	name := strings.ToUpper(key)
	if s.prefix != "" {
		name = strings.ToUpper(s.prefix + "_" + key)
	}
	return s.replaced(name)
}

func (s *store) replaced(name string) string {
	if s.replace != nil {
		return s.replace.Replace(name)
	}
	return name
}

// variables returns the environment variables that are asked for a key, in order.
func (s *store) variables(name string) []string {
	var out []string
	if s.automatic {
		out = append(out, s.variable(name))
	}
	if k := s.keys[strings.ToLower(name)]; k != nil {
		if k.bare && !slices.Contains(out, s.variable(name)) {
			out = append(out, s.variable(name))
		}
		for _, n := range k.names {
			if n = s.replaced(n); !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// storeOf returns which store a method is called on: "" for the library's own, "?" if that cannot be told.
func (g *Graph) storeOf(recv *Expr, fr *frame) string {
	if recv == nil {
		return ""
	}
	h, _ := g.head(*recv, fr, 0)
	if h.Op == Result {
		switch a := lookup(h.S, "newstore"); {
		case a == nil:
		case a.arg["own"] != "":
			return ""
		case a.index("inner") >= 0 && len(h.Args) > 0: // a part of another store
			return "?"
		default:
			return makerID(h.At)
		}
	}
	return "?"
}

// storesOf returns the stores of the functions in a set, with what these set up in them.
func (g *Graph) storesOf(in map[string]bool) stores {
	out := stores{}
	for _, f := range g.sorted(in) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "automatic", "envprefix", "replacer", "bind", "preset", "override", "bindflag", "bindflags", "settings", "newstore", "bindstructs")
			if a == nil {
				continue
			}
			for _, fr := range g.frames(f.ID, in) {
				g.setUp(out, c, a, fr)
			}
		}
	}
	// a store whose maker is not known is the only other one, if there is one
	if lost := out["?"]; lost != nil && len(out) == 2 {
		for id, st := range out {
			if id != "?" {
				st.merge(lost)
			}
		}
		delete(out, "?")
	} else if lost != nil && len(out) > 2 {
		for _, st := range out {
			st.open = true
		}
	}
	return out
}

func (s *store) merge(o *store) {
	s.automatic, s.structs, s.files, s.open = s.automatic || o.automatic, s.structs || o.structs, s.files || o.files, s.open || o.open
	s.flags = s.flags || o.flags
	if o.prefix != "" {
		s.open = s.open || s.prefix != "" && s.prefix != o.prefix
		s.prefix = o.prefix
	}
	if o.replace != nil {
		s.replace = o.replace
	}
	for _, name := range o.order {
		if s.keys[name] == nil {
			s.order = append(s.order, name)
		}
		s.keys[name] = o.keys[name]
	}
}

// setUp notes what one call does to its store.
func (g *Graph) setUp(all stores, c *Call, a *api, fr *frame) {
	if a.kind == "newstore" {
		if a.arg["own"] != "" || a.index("inner") >= 0 {
			return
		}
		st := all.at(makerID(c.At))
		if len(c.Args) > 0 { // options
			st.open = true
		}
		return
	}
	st := all.at(g.storeOf(c.Recv, fr))
	if c.Mention {
		st.open = true
		return
	}
	text := func(attr string) (string, bool) {
		n := a.index(attr)
		if n < 0 || n >= len(c.Args) {
			return "", false
		}
		return g.text(c.Args[n], fr, 0).Constant()
	}
	switch a.kind {
	case "automatic":
		st.automatic = true
		return
	case "bindstructs":
		st.structs = true
		return
	case "settings":
		st.files = true
		return
	case "bindflags":
		st.flags = true
		return
	case "envprefix":
		p, ok := text("name")
		st.open = st.open || !ok || st.prefix != "" && st.prefix != p
		st.prefix = p
		return
	case "replacer":
		if r := g.replacer(c.Args, fr); r != nil {
			st.replace = r
		} else {
			st.open = true
		}
		return
	}
	name, ok := text("key")
	if !ok {
		st.open = true
		return
	}
	k := st.key(name)
	k.at = c.Args[a.index("key")]
	switch a.kind {
	case "bind":
		k.bare = k.bare || len(c.Args) == 1
		for _, e := range c.Args[1:] {
			n, ok := g.text(e, fr, 0).Constant()
			if !ok {
				st.open = true
				return
			}
			if !slices.Contains(k.names, n) {
				k.names = append(k.names, n)
			}
		}
	case "preset":
		if n := a.index("default"); n < len(c.Args) {
			k.def, k.in = &c.Args[n], fr
		}
	case "override":
		if len(c.Args) > 1 {
			k.over, k.overs = append(k.over, c.Args[1]), append(k.overs, fr)
		}
	case "bindflag":
		k.flag = name
		if n := a.index("flag"); n < len(c.Args) {
			if h, hf := g.head(c.Args[n], fr, 0); h.Op == Result && lastName(h.S) == "Lookup" && len(h.Args) > 0 {
				if flag, ok := g.text(h.Args[len(h.Args)-1], hf, 0).Constant(); ok {
					k.flag = flag
				}
			}
		}
	}
}

// replacer returns what strings.NewReplacer makes of constants, nil for anything else.
func (g *Graph) replacer(args []Expr, fr *frame) *strings.Replacer {
	if len(args) != 1 {
		return nil
	}
	h, hf := g.head(args[0], fr, 0)
	if h.Op != Result || h.S != "strings.NewReplacer" {
		return nil
	}
	list := h.Args
	if len(list) == 1 && list[0].Op == List {
		list = list[0].Args
	}
	var pairs []string
	for _, e := range list {
		s, ok := g.text(e, hf, 0).Constant()
		if !ok {
			return nil
		}
		pairs = append(pairs, s)
	}
	if len(pairs)%2 != 0 {
		return nil
	}
	return strings.NewReplacer(pairs...)
}

// settings adds the variables that stores of settings ask for.
func (b *builder) settings() {
	all := b.g.bare().storesOf(b.r.funcs)
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "value", "unmarshal", "newstore")
			if a == nil || a.kind == "newstore" && a.index("inner") < 0 || a.kind == "unmarshal" && a.index("key") >= 0 {
				continue
			}
			for _, fr := range b.ways(f) {
				b.setting(all, c, a, fr)
			}
		}
	}
	for _, id := range sortedKeys(all) {
		st := all[id]
		for _, name := range st.order {
			k := st.keys[name]
			for _, n := range k.names {
				b.read(workload.EnvRead{Name: st.replaced(n), Via: viper, Default: b.g.keyDefault(st, name), At: k.at.At})
			}
			if k.bare {
				b.read(workload.EnvRead{Name: st.variable(name), Via: viper, Default: b.g.keyDefault(st, name), At: k.at.At})
			}
		}
	}
}

const viper = "github.com/spf13/viper"

// setting adds the variables that one call asks a store for.
func (b *builder) setting(all stores, c *Call, a *api, fr *frame) {
	id := b.g.storeOf(c.Recv, fr)
	st := all.of(id)
	if st == nil && (id != "?" || len(all) == 0) {
		return // nothing has set it up
	}
	if st == nil || st.open {
		if st == nil || st.automatic {
			b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
		}
		return
	}
	switch {
	case a.kind == "newstore" || c.Mention:
		if st.automatic {
			b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
		}
	case a.kind == "value":
		n := a.index("key")
		if n >= len(c.Args) {
			return
		}
		t := b.g.text(c.Args[n], fr, 0)
		name, ok := t.Constant()
		if !ok {
			if st.automatic {
				b.open(&b.p.Env.Complete, c.At, c.Callee+" of a computed key")
			}
			return
		}
		b.asks(st, name, place(t, c.Args[n], fr))
		if st.automatic {
			b.read(workload.EnvRead{Name: st.variable(name), Via: viper, Default: b.g.keyDefault(st, name), At: place(t, c.Args[n], fr)})
		}
	case st.automatic:
		for _, name := range st.order { // those it has heard of
			k := st.keys[name]
			b.asks(st, name, k.at.At)
			if k.bare || len(k.names) > 0 {
				continue
			}
			b.read(workload.EnvRead{Name: st.variable(name), Via: viper, Default: b.g.keyDefault(st, name), At: k.at.At})
		}
		if st.flags {
			for _, fl := range b.p.Flags.Members {
				b.asks(st, fl.Name, fl.At)
				b.read(workload.EnvRead{Name: st.variable(fl.Name), Via: viper, Default: fl.Default, At: fl.At})
			}
			if !b.p.Flags.Complete {
				b.open(&b.p.Env.Complete, c.At, c.Callee+" reads the variables of flags that cannot be told")
			}
		}
		if a.index("into") >= 0 {
			b.structKeys(st, c, a, fr)
		}
	}
}

// asks adds a key that the program asks a store for, if the environment can give it.
func (b *builder) asks(st *store, name string, at check.Span) {
	if names := st.variables(name); len(names) > 0 {
		b.p.Settings = append(b.p.Settings, workload.Setting{Key: name, Env: names, At: at})
	}
}

// structKeys adds the keys of the fields of a struct that a store fills. Of those that nothing has told the store of, it asks
// the environment only if the file may name them.
func (b *builder) structKeys(st *store, c *Call, a *api, fr *frame) {
	settings, complete := b.g.keysOf(c, a, fr)
	heard := st.files || st.structs
	if !complete && heard {
		b.open(&b.p.Env.Complete, c.At, c.Callee+" reads names that cannot be told")
	}
	for _, s := range settings {
		name := s.names[0]
		switch {
		case st.hears(name), st.flags && slices.ContainsFunc(b.p.Flags.Members, func(f workload.Flag) bool { return f.Name == name }):
		case heard:
			b.asks(st, name, s.at)
			b.read(workload.EnvRead{Name: st.variable(name), Via: viper, At: s.at})
		default:
			b.p.Settings = append(b.p.Settings, workload.Setting{Key: name, At: s.at})
		}
	}
}

// keysOf returns the keys under which a call fills a struct from a store.
func (g *Graph) keysOf(c *Call, a *api, fr *frame) (out []setting, complete bool) {
	types := g.fillTypes(c, a.index("into"), fr)
	if len(types) == 0 {
		return nil, false
	}
	for _, e := range c.Args[a.index("into")+1:] { // options may use other tags
		if h, _ := g.head(e, fr, 0); h.Op != Result || lastName(h.S) != "DecodeHook" {
			return nil, false
		}
	}
	complete = true
	for _, typ := range types {
		s, whole := g.settings("mapstructure", typ, filling{})
		out, complete = append(out, s...), complete && whole
	}
	return out, complete
}

// keyDefault returns the default of a key, if it is a constant.
func (g *Graph) keyDefault(st *store, name string) workload.Value[string] {
	if k := st.keys[strings.ToLower(name)]; k != nil && k.def != nil {
		if s, ok := g.text(*k.def, k.in, 0).Constant(); ok {
			return workload.Known(s, k.def.At)
		}
	}
	if st.flags {
		if all := g.flags()[name]; len(all) == 1 {
			return all[0].Default
		}
	}
	return workload.Value[string]{}
}

// keyText returns the text of a key: the environment, then the file, then its default.
func (g *Graph) keyText(st *store, name string, at Expr, depth int) (workload.Text, bool) {
	if st == nil || st.open {
		return nil, false
	}
	t := workload.Lit("", at.At)
	k := st.keys[strings.ToLower(name)]
	switch {
	case k != nil && k.overridden(g, name):
		return nil, false
	case k != nil && k.def != nil:
		t = g.text(*k.def, k.in, depth)
	}
	flag := ""
	if k != nil && k.flag != "" {
		flag = k.flag
	} else if st.flags && len(g.flags()[name]) > 0 {
		flag = name
	}
	if flag != "" && (k == nil || k.def == nil) {
		t = nil
		if all := g.flags()[flag]; len(all) == 1 {
			if s, ok := all[0].Default.Get(); ok {
				t = workload.Lit(s, all[0].At)
			}
		}
	}
	if st.files {
		t = workload.Text{{Source: workload.FromSetting, Name: name, Default: t, At: at.At}}
	}
	for _, n := range slices.Backward(st.variables(name)) {
		t = workload.Text{{Source: workload.FromEnv, Name: n, Default: t, At: at.At}}
	}
	if flag != "" {
		t = workload.Text{{Source: workload.FromFlag, Name: flag, Default: t, At: at.At}}
	}
	return t, true
}

// unmarshalled returns the text in a field that a store fills. ok is false if none does, or more than one.
func (g *Graph) unmarshalled(field string, depth int) (workload.Text, bool) {
	if g.fills[field] || slices.ContainsFunc(g.values[field], func(v stored) bool { return !v.over }) {
		return nil, false
	}
	owner := field[:strings.LastIndexByte(field, '.')]
	if g.structs[owner] == nil {
		return nil, false
	}
	var (
		st   *store
		name string
		at   Expr
	)
	all := g.stores()
	for _, f := range g.sorted(g.unmarshallers()) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "unmarshal")
			if a == nil || c.Mention || a.index("key") >= 0 {
				continue
			}
			for _, fr := range g.frames(f.ID, g.all()) {
				settings, _ := g.keysOf(c, a, fr)
				for _, s := range settings {
					if s.field != field {
						continue
					}
					o := all.of(g.storeOf(c.Recv, fr))
					if o == nil || name != "" && name != s.names[0] {
						return nil, false
					}
					st, name, at = o, s.names[0], Expr{At: s.at}
				}
			}
		}
	}
	if st == nil {
		return nil, false
	}
	if k := st.keys[name]; k == nil && !st.files && !st.structs {
		return nil, false // a key that the store has not heard of
	}
	return g.keyText(st, name, at, depth)
}

// unmarshallers returns the functions that fill structs from stores.
func (g *Graph) unmarshallers() map[string]bool {
	out := map[string]bool{}
	for callee, sites := range g.callers {
		if lookup(callee, "unmarshal") != nil {
			for _, s := range sites {
				out[s.fn.ID] = true
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// makerID names a store by the call that makes it.
func makerID(at check.Span) string { return at.File + ":" + strconv.Itoa(at.Start.Offset) }
