package observe

import (
	"slices"
	"strings"
	"unicode"
)

// kong is alecthomas/kong. A flag will do in place of each variable.
func (r *reader) kong(s *Struct, f *Field, in scope) (scope, bool) {
	if _, own := f.lookup("kong"); own {
		r.complete = false // a notation of its own
		return in, false
	}
	_, cmd := f.lookup("cmd")
	_, embed := f.lookup("embed")
	_, arg := f.lookup("arg")
	_, ignored := f.lookup("-")
	inner := in
	inner.prefix += f.get("envprefix")
	inner.flags += f.get("prefix")
	switch {
	case f.get("kong") == "-" || ignored:
		return in, false
	case cmd || embed || f.Embedded || f.isStruct():
		return inner, f.Type != ""
	}
	st := setting{flag: in.flags + f.get("name")}
	if f.get("name") == "" {
		st.flag = in.flags + strings.ToLower(strings.Join(camelSplit(f.Name), "-"))
	}
	st.def, st.hasDef = f.lookup("default")
	env, has := f.lookup("env")
	for _, n := range strings.FieldsFunc(env, func(c rune) bool { return c == ',' || unicode.IsSpace(c) }) {
		if n != "-" {
			st.names = append(st.names, inner.prefix+n)
		}
	}
	if !has && r.fill.envOfFlags && !arg {
		st.names = []string{envOfFlag(r.fill.envFlags, st.flag)}
	}
	if len(st.names) > 0 || !arg {
		r.add(s, f, st)
	}
	return in, false
}

// envOfFlag returns the variable that stands for a flag.
func envOfFlag(prefix, flag string) string {
	name := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", "/", "_").Replace(flag))
	if prefix != "" {
		name = prefix + "_" + name
	}
	return name
}

// goflags is jessevdk/go-flags. A flag will do in place of each variable.
func (r *reader) goflags(s *Struct, f *Field, in scope) (scope, bool) {
	_, group := f.lookup("group")
	_, command := f.lookup("command")
	if f.get("no-flag") != "" {
		return in, false
	}
	if group || command || f.isStruct() {
		inner := in
		if ns := f.get("env-namespace"); ns != "" {
			inner.prefix += ns + "_"
		}
		if ns := f.get("namespace"); ns != "" {
			inner.flags += ns + "."
		}
		return inner, f.isStruct()
	}
	st := setting{flag: f.get("long")}
	if st.flag != "" {
		st.flag = in.flags + st.flag
	} else if st.flag = f.get("short"); st.flag == "" {
		return in, false
	}
	st.def, st.hasDef = f.lookup("default")
	if env := f.get("env"); env != "" {
		st.names = []string{in.prefix + env}
	}
	r.add(s, f, st)
	return in, false
}

// goarg is alexflint/go-arg. A flag will do in place of each variable, except where there is none.
func (r *reader) goarg(s *Struct, f *Field, in scope) (scope, bool) {
	tag := f.get("arg")
	if tag == "-" {
		return in, false
	}
	if f.Embedded {
		return in, f.isStruct()
	}
	st := setting{flag: strings.ToLower(f.Name)}
	positional, noFlag := false, false
	for _, o := range strings.Split(tag, ",") {
		o = strings.TrimSpace(o)
		key, value, _ := strings.Cut(o, ":")
		switch {
		case strings.HasPrefix(o, "--"):
			st.flag = o[2:]
			noFlag = st.flag == ""
		case strings.HasPrefix(key, "subcommand"):
			return in, f.isStruct()
		case key == "positional":
			positional = true
		case key == "required":
			st.required = true
		case key == "env" && value != "":
			st.names = []string{r.fill.prefix + value}
		case key == "env":
			st.names = []string{r.fill.prefix + strings.ToUpper(f.Name)}
		}
	}
	st.def, st.hasDef = f.lookup("default")
	if noFlag {
		st.flag = ""
	}
	if positional && !slices.ContainsFunc(st.names, func(n string) bool { return n != "" }) {
		return in, false
	}
	if positional {
		st.required = false
	}
	r.add(s, f, st)
	return in, false
}
