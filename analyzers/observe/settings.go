package observe

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/factorlint/factorlint/internal/check"
)

// A setting is one field of a struct as a library fills it.
type setting struct {
	field    string   // symbol
	names    []string // environment variables; the first that is set counts
	flag     string   // the flag that fills it too, without dashes
	required bool     // filling the struct fails without it
	def      string
	hasDef   bool
	zero     string // what an untouched field holds, as text
	many     bool   // the field stands in a list: names are only beginnings
	at       check.Span
}

// A filling is one call that fills a struct, as far as it decides on names.
type filling struct {
	prefix     string
	byName     bool   // fields without a tag are named after themselves
	noDefault  bool   // a field without a default is required
	optional   bool   // no field is required
	envFlags   string // the environment variable of each flag begins with this
	envOfFlags bool
}

// A scope is what the structs around a field add to its name.
type scope struct {
	prefix string   // of variables
	flags  string   // of flags
	path   []string // names of the fields around
	maybe  bool     // behind a pointer that may be nil
	all    bool     // every field is required
}

// A reader walks through a struct in the manner of one library.
type reader struct {
	g        *Graph
	fill     filling
	dialect  func(r *reader, s *Struct, f *Field, in scope) (inner scope, descend bool)
	out      []setting
	complete bool
	open     []string // the structs around
}

// dialects are the ways in which libraries read tags, by the name that apis.txt gives them.
func dialects(name string) func(*reader, *Struct, *Field, scope) (scope, bool) {
	switch name {
	case "kelsey":
		return (*reader).kelsey
	case "caarlos":
		return (*reader).caarlos
	case "sethvargo":
		return (*reader).sethvargo
	case "cleanenv":
		return (*reader).cleanenv
	case "vrischmann":
		return (*reader).vrischmann
	case "conf":
		return (*reader).conf
	case "kong":
		return (*reader).kong
	case "goflags":
		return (*reader).goflags
	case "goarg":
		return (*reader).goarg
	case "netflix":
		return (*reader).netflix
	case "envdecode":
		return (*reader).envdecode
	case "codingconcepts":
		return (*reader).codingconcepts
	case "gozero":
		return (*reader).gozero
	case "mapstructure":
		return (*reader).mapstructure
	}
	return nil
}

// settings returns what a library of a dialect fills a struct with. complete is false if there may be more.
func (g *Graph) settings(dialect, typ string, fill filling) (out []setting, complete bool) {
	r := &reader{g: g, fill: fill, dialect: dialects(dialect), complete: true}
	if r.dialect == nil {
		return nil, false
	}
	r.walk(typ, scope{prefix: fill.prefix})
	return r.out, r.complete
}

func (r *reader) walk(typ string, in scope) {
	s := r.g.structs[typ]
	if s == nil || len(r.open) > 8 || slices.Contains(r.open, typ) {
		r.complete = r.complete && slices.Contains(r.open, typ) // a struct that holds itself ends at a nil pointer
		return
	}
	r.open = append(r.open, typ)
	for i := range s.Fields {
		f := &s.Fields[i]
		n := len(r.out)
		inner, descend := r.dialect(r, s, f, in)
		if descend && f.Type != "" && !f.Leaf {
			if f.Many {
				r.complete = false
			} else {
				r.walk(f.Type, inner)
			}
		}
		for j := n; j < len(r.out); j++ {
			r.out[j].required = r.out[j].required && !in.maybe && !r.fill.optional
		}
	}
	r.open = r.open[:len(r.open)-1]
}

func (r *reader) add(s *Struct, f *Field, st setting) {
	st.field, st.at, st.zero = s.Name+"."+f.Name, f.At, f.Zero
	if st.at.IsZero() {
		st.at = r.g.places[st.field]
	}
	if t, ok := r.g.tags[st.field]; ok {
		st.at = t.At
	}
	st.names = slices.DeleteFunc(st.names, func(n string) bool { return n == "" })
	if len(st.names) > 1 || st.flag != "" {
		st.required = false // something else will do as well
	}
	r.out = append(r.out, st)
}

func (f *Field) get(key string) string { return reflect.StructTag(f.Tag).Get(key) }

func (f *Field) lookup(key string) (string, bool) { return reflect.StructTag(f.Tag).Lookup(key) }

// isStruct reports whether a field holds a struct that libraries look into.
func (f *Field) isStruct() bool { return f.Type != "" && !f.Leaf && !f.Many }

func isTrue(s string) bool {
	switch s {
	case "1", "t", "T", "true", "TRUE", "True":
		return true
	}
	return false
}

// kelsey is kelseyhightower/envconfig v1.4.
func (r *reader) kelsey(s *Struct, f *Field, in scope) (scope, bool) {
	if isTrue(f.get("ignored")) {
		return in, false
	}
	alt := strings.ToUpper(f.get("envconfig"))
	key := f.Name
	if isTrue(f.get("split_words")) {
		key = splitWords(f.Name)
	}
	if alt != "" {
		key = alt
	}
	if in.prefix != "" {
		key = in.prefix + "_" + key
	}
	key = strings.ToUpper(key)
	if f.isStruct() {
		inner := in
		if !f.Embedded {
			inner.prefix = key
		}
		return inner, true
	}
	st := setting{names: []string{key}, required: isTrue(f.get("required"))}
	if st.def = f.get("default"); st.def != "" {
		st.hasDef, st.required = true, false
	}
	if alt != "" && alt != key {
		st.names = append(st.names, alt)
	}
	r.add(s, f, st)
	return in, false
}

var (
	words    = regexp.MustCompile(`([^A-Z]+|[A-Z]+[^A-Z]+|[A-Z]+)`)
	acronyms = regexp.MustCompile(`([A-Z]+)([A-Z][^A-Z]+)`)
)

// splitWords puts underscores between the words of a field's name, as kelseyhightower/envconfig does.
func splitWords(name string) string {
	var out []string
	for _, w := range words.FindAllString(name, -1) {
		if m := acronyms.FindStringSubmatch(w); len(m) == 3 {
			out = append(out, m[1], m[2])
		} else {
			out = append(out, w)
		}
	}
	return strings.Join(out, "_")
}

// caarlos is caarlos0/env v6 to v11.
func (r *reader) caarlos(s *Struct, f *Field, in scope) (scope, bool) {
	name, opts, _ := strings.Cut(f.get("env"), ",")
	inner := in
	inner.prefix += f.get("envPrefix")
	if f.Type != "" && !f.Leaf && f.Pointer { // left alone unless somebody makes it
		inner.maybe = in.maybe || !slices.Contains(strings.Split(opts, ","), "init")
	}
	if name == "-" {
		return in, false
	}
	if name == "" && r.fill.byName && !f.isStruct() {
		name = envName(f.Name)
	}
	if name == "" {
		return inner, true
	}
	st := setting{names: []string{in.prefix + name}, required: r.fill.noDefault}
	for _, o := range strings.Split(opts, ",") {
		st.required = st.required || o == "required" || o == "notEmpty"
	}
	if st.def, st.hasDef = f.lookup("envDefault"); st.hasDef && st.def != "" {
		st.required = false
	} else if st.hasDef && !strings.Contains(opts, "notEmpty") {
		st.required = false
	}
	r.add(s, f, st)
	return inner, f.isStruct()
}

// envName returns the variable that caarlos0/env makes of a field's name.
func envName(name string) string {
	var out []rune
	in := []rune(name)
	for i, c := range in {
		if c == '_' {
			continue
		}
		if len(out) > 0 && unicode.IsUpper(c) && len(in) > i+1 && (unicode.IsLower(in[i+1]) || unicode.IsLower(in[i-1])) {
			out = append(out, '_')
		}
		out = append(out, unicode.ToUpper(c))
	}
	return string(out)
}

// sethvargo is sethvargo/go-envconfig.
func (r *reader) sethvargo(s *Struct, f *Field, in scope) (scope, bool) {
	parts := strings.Split(f.get("env"), ",")
	st := setting{required: in.all}
	if name := strings.TrimSpace(parts[0]); name != "" {
		st.names = []string{in.prefix + name}
	}
	inner := in
	for i, o := range parts[1:] {
		o = strings.TrimLeft(o, " ")
		if v, ok := cutFold(o, "default="); ok {
			st.def, st.hasDef = strings.Join(append([]string{v}, parts[i+2:]...), ","), true
			break
		}
		if v, ok := cutFold(o, "prefix="); ok {
			inner.prefix = in.prefix + v
		}
		if strings.EqualFold(o, "required") {
			st.required, inner.all = true, true
		}
		if strings.EqualFold(o, "noinit") {
			inner.maybe = true
		}
	}
	if len(st.names) > 0 {
		r.add(s, f, st)
	}
	return inner, f.isStruct()
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return "", false
}

// cleanenv is ilyakaznacheev/cleanenv.
func (r *reader) cleanenv(s *Struct, f *Field, in scope) (scope, bool) {
	if f.isStruct() && !f.Pointer {
		in.prefix += f.get("env-prefix")
		return in, true
	}
	st := setting{}
	st.def, st.hasDef = f.lookup("env-default")
	_, st.required = f.lookup("env-required")
	if env := f.get("env"); env != "" {
		for _, n := range strings.Split(env, ",") {
			st.names = append(st.names, in.prefix+n)
		}
		r.add(s, f, st)
	}
	return in, false
}

// vrischmann is vrischmann/envconfig. Without a name of its own, a field has four.
func (r *reader) vrischmann(s *Struct, f *Field, in scope) (scope, bool) {
	tag := f.get("envconfig")
	if tag == "-" {
		return in, false
	}
	inner := in
	inner.path = append(slices.Clone(in.path), f.Name)
	if f.Embedded {
		inner.path = in.path
	}
	if f.isStruct() {
		return inner, true
	}
	st := setting{required: true}
	name := ""
	for i, o := range strings.Split(tag, ",") {
		if v, ok := strings.CutPrefix(o, "default="); ok {
			st.def, st.hasDef, st.required = v, true, false
		} else if o == "optional" {
			st.required = false
		} else if i == 0 || name == "" {
			name = o
		}
	}
	if name != "" {
		st.names = []string{name}
	} else {
		path := inner.path
		if in.prefix != "" {
			path = append([]string{in.prefix}, path...)
		}
		joined := strings.Join(path, "_")
		split := make([]string, len(path))
		for i, p := range path {
			split[i] = strings.Join(camelSplit(p), "_")
		}
		for _, n := range []string{strings.ToUpper(strings.Join(split, "_")), strings.ToUpper(joined), strings.ToLower(strings.Join(split, "_")), strings.ToLower(joined)} {
			if !slices.Contains(st.names, n) {
				st.names = append(st.names, n)
			}
		}
	}
	r.add(s, f, st)
	return in, false
}

// conf is ardanlabs/conf. A flag will do in place of each variable.
func (r *reader) conf(s *Struct, f *Field, in scope) (scope, bool) {
	tag := f.get("conf")
	if tag == "-" {
		return in, false
	}
	inner := in
	inner.path = append(slices.Clone(in.path), camelSplit(f.Name)...)
	if f.isStruct() {
		if f.Embedded {
			inner.path = in.path
		}
		return inner, true
	}
	st, env, flag := setting{}, strings.Join(inner.path, "_"), strings.ToLower(strings.Join(inner.path, "-"))
	for _, o := range strings.Split(tag, ",") {
		key, value, _ := strings.Cut(o, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "default":
			st.def, st.hasDef = value, true
		case "env":
			env = value
		case "flag":
			flag = value
		}
	}
	if in.prefix != "" {
		env = in.prefix + "_" + env
	}
	st.names, st.flag = []string{strings.ToUpper(env)}, flag
	r.add(s, f, st)
	return in, false
}

// camelSplit returns the words of a field's name: "APIHost" has two.
func camelSplit(name string) []string {
	class := func(c rune) int {
		switch {
		case unicode.IsLower(c):
			return 1
		case unicode.IsUpper(c):
			return 2
		case unicode.IsDigit(c):
			return 3
		}
		return 4
	}
	var out []string
	in, last := []rune(name), 0
	for i := 1; i < len(in); i++ {
		now, before := class(in[i]), class(in[i-1])
		switch {
		case now == before:
		case before == 2 && now != 3:
			if i-last > 1 {
				out, last = append(out, string(in[last:i-1])), i-1
			}
		default:
			out, last = append(out, string(in[last:i])), i
		}
	}
	if len(in) == 0 {
		return nil
	}
	return append(out, string(in[last:]))
}

// netflix is Netflix/go-env.
func (r *reader) netflix(s *Struct, f *Field, in scope) (scope, bool) {
	st := setting{}
	for _, o := range strings.Split(f.get("env"), ",") {
		key, value, ok := strings.Cut(o, "=")
		switch {
		case !ok && key != "":
			st.names = append(st.names, key)
		case strings.EqualFold(key, "default"):
			st.def, st.hasDef = value, value != ""
		case strings.EqualFold(key, "required"):
			st.required = strings.EqualFold(value, "true")
		}
	}
	st.required = st.required && !st.hasDef
	if len(st.names) > 0 {
		r.add(s, f, st)
	}
	return in, f.isStruct() && !f.Pointer
}

// envdecode is joeshaw/envdecode.
func (r *reader) envdecode(s *Struct, f *Field, in scope) (scope, bool) {
	parts := strings.Split(f.get("env"), ",")
	st := setting{names: []string{parts[0]}}
	for _, o := range parts[1:] {
		if v, ok := strings.CutPrefix(o, "default="); ok {
			st.def, st.hasDef = v, true
		} else if strings.HasPrefix(o, "required") {
			st.required = true
		}
	}
	in.maybe = in.maybe || f.Pointer
	if parts[0] != "" && !f.isStruct() {
		r.add(s, f, st)
	}
	return in, f.isStruct()
}

// codingconcepts is codingconcepts/env.
func (r *reader) codingconcepts(s *Struct, f *Field, in scope) (scope, bool) {
	if f.isStruct() {
		return in, true
	}
	st := setting{names: []string{f.get("env")}, required: isTrue(f.get("required"))}
	st.def, st.hasDef = f.lookup("default")
	st.required = st.required && !st.hasDef
	if st.names[0] != "" {
		r.add(s, f, st)
	}
	return in, false
}

// gozero is the configuration of zeromicro/go-zero: a file whose fields may name a variable.
func (r *reader) gozero(s *Struct, f *Field, in scope) (scope, bool) {
	_, opts, _ := strings.Cut(f.get("json"), ",")
	st := setting{}
	for _, o := range strings.Split(opts, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(o), "=")
		switch key {
		case "env":
			st.names = []string{value}
		case "default":
			st.def, st.hasDef = value, true
		}
	}
	if len(st.names) > 0 {
		r.add(s, f, st)
	}
	return in, f.isStruct()
}

// mapstructure gives the keys under which viper fills a struct, in names.
func (r *reader) mapstructure(s *Struct, f *Field, in scope) (scope, bool) {
	name, opts, _ := strings.Cut(f.get("mapstructure"), ",")
	if name == "-" || strings.Contains(opts, "remain") {
		return in, false
	}
	if name == "" {
		name = f.Name
	}
	inner := in
	inner.path = append(slices.Clone(in.path), strings.ToLower(name))
	if strings.Contains(opts, "squash") {
		inner.path = in.path
	}
	if f.isStruct() {
		return inner, true
	}
	r.add(s, f, setting{names: []string{strings.Join(inner.path, ".")}})
	return in, false
}
