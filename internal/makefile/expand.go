package makefile

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// expand replaces variables and functions. auto holds what only a recipe knows.
func (f *File) expand(s string, auto map[string]variable, depth int) string {
	if !strings.Contains(s, "$") {
		return s
	}
	if !f.spend(1) || depth > deepest {
		return f.o.Unknown
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "$")
		b.WriteString(before)
		if !found || rest == "" {
			break
		}
		switch c := rest[0]; c {
		case '$':
			b.WriteByte('$')
			s = rest[1:]
		case '(', '{':
			end := closing(rest)
			if end < 0 {
				return b.String() + f.o.Unknown
			}
			b.WriteString(f.reference(rest[1:end], auto, depth+1))
			s = rest[end+1:]
		default:
			b.WriteString(f.value(rest[:1], auto, depth+1))
			s = rest[1:]
		}
	}
	f.spend(b.Len())
	return b.String()
}

// spend takes steps of those that a Makefile may cost. It returns false when they are used up.
func (f *File) spend(steps int) bool {
	f.steps = min(f.steps+max(steps, 0), maxExpanded+1)
	return f.steps <= maxExpanded
}

// closing returns the index of what closes the bracket that s begins with.
func closing(s string) int {
	open, shut := s[0], byte(')')
	if open == '{' {
		shut = '}'
	}
	n := 0
	for i := range len(s) {
		switch s[i] {
		case open:
			n++
		case shut:
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}

// reference is what stands in $(…): a variable, one with a substitution, or a function.
func (f *File) reference(s string, auto map[string]variable, depth int) string {
	name, args, call := strings.Cut(s, " ")
	if call && !strings.ContainsAny(name, "$:") {
		return f.function(name, strings.TrimLeft(args, " \t"), auto, depth)
	}
	name, subst, has := strings.Cut(s, ":")
	from, to, ok := strings.Cut(subst, "=")
	if has && ok {
		if !strings.Contains(from, "%") {
			from, to = "%"+from, "%"+to
		}
		return f.patsubst(f.expand(from, auto, depth), f.expand(to, auto, depth), f.value(f.expand(name, auto, depth), auto, depth))
	}
	return f.value(f.expand(s, auto, depth), auto, depth)
}

// value returns a variable's.
func (f *File) value(name string, auto map[string]variable, depth int) string {
	v, ok := auto[name]
	if !ok {
		v, ok = f.vars[name]
	}
	switch {
	case ok && v.immediate:
		if !f.spend(len(v.text)) {
			return f.o.Unknown
		}
		return v.text
	case ok:
		return f.expand(v.text, auto, depth+1)
	}
	switch name {
	case "MAKE":
		return "make"
	case "CURDIR":
		return "."
	case "comma":
		return ","
	}
	if f.o.Env != nil {
		if v, ok := f.o.Env(name); ok {
			return v
		}
	}
	if name == "PWD" {
		return "."
	}
	if f.o.Undefined != nil {
		return f.o.Undefined(name)
	}
	return ""
}

// arguments splits a function's arguments at the commas that stand in no reference.
func arguments(s string) []string {
	var out []string
	n, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{':
			n++
		case ')', '}':
			n--
		case ',':
			if n == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}

// function evaluates a function of make. Those that ask the machine cannot be told.
func (f *File) function(name, text string, auto map[string]variable, depth int) string {
	raw := arguments(text)
	arg := func(i int) string {
		if i >= len(raw) {
			return ""
		}
		return f.expand(raw[i], auto, depth)
	}
	each := func(list string, change func(string) string) string {
		words := strings.Fields(list)
		for i, w := range words {
			if words[i] = change(w); !f.spend(len(words[i])) {
				return f.o.Unknown
			}
		}
		return strings.Join(words, " ")
	}
	switch name {
	case "strip":
		return strings.Join(strings.Fields(f.expand(text, auto, depth)), " ")
	case "subst":
		return f.subst(arg(0), arg(1), arg(2))
	case "patsubst":
		return f.patsubst(arg(0), arg(1), arg(2))
	case "addprefix":
		return each(arg(1), func(w string) string { return arg(0) + w })
	case "addsuffix":
		return each(arg(1), func(w string) string { return w + arg(0) })
	case "notdir":
		return each(arg(0), path.Base)
	case "dir":
		return each(arg(0), func(w string) string { return w[:strings.LastIndexByte(w, '/')+1] })
	case "basename":
		return each(arg(0), func(w string) string { return strings.TrimSuffix(w, path.Ext(w)) })
	case "abspath", "realpath":
		return arg(0)
	case "sort":
		words := strings.Fields(arg(0))
		slices.Sort(words)
		return strings.Join(slices.Compact(words), " ")
	case "filter", "filter-out":
		patterns, words := strings.Fields(arg(0)), strings.Fields(arg(1))
		if !f.spend(len(patterns) * len(words)) {
			return f.o.Unknown
		}
		words = slices.DeleteFunc(words, func(w string) bool {
			return slices.ContainsFunc(patterns, func(p string) bool { _, ok := match(p, w); return ok }) == (name == "filter-out")
		})
		return strings.Join(words, " ")
	case "firstword", "lastword", "word":
		return pick(name, arg, len(raw))
	case "if":
		if cond := strings.TrimSpace(arg(0)); f.o.Unknown != "" && strings.Contains(cond, f.o.Unknown[:1]) {
			return f.o.Unknown
		} else if cond != "" {
			return arg(1)
		}
		return arg(2)
	case "or":
		for i := range raw {
			if v := strings.TrimSpace(arg(i)); v != "" {
				return v
			}
		}
		return ""
	case "foreach":
		return f.foreach(raw, auto, depth)
	case "call":
		return f.call(raw, auto, depth)
	case "eval":
		return f.expand(text, auto, depth)
	case "info", "warning", "error":
		return ""
	case "shell":
		if strings.TrimSpace(text) == "pwd" {
			return "."
		}
	}
	return f.o.Unknown
}

// pick is firstword, lastword and word.
func pick(name string, arg func(int) string, args int) string {
	words := strings.Fields(arg(args - 1))
	n := 1
	switch name {
	case "lastword":
		n = len(words)
	case "word":
		n, _ = strconv.Atoi(strings.TrimSpace(arg(0)))
	}
	if n < 1 || n > len(words) {
		return ""
	}
	return words[n-1]
}

func (f *File) foreach(raw []string, auto map[string]variable, depth int) string {
	if len(raw) < 3 {
		return f.o.Unknown
	}
	inner, body := clone(auto), strings.Join(raw[2:], ",")
	var out []string
	for _, w := range strings.Fields(f.expand(raw[1], auto, depth)) {
		if !f.spend(len(body)) {
			return f.o.Unknown
		}
		inner[strings.TrimSpace(f.expand(raw[0], auto, depth))] = variable{text: w, immediate: true}
		out = append(out, f.expand(body, inner, depth+1))
	}
	sep := " "
	if strings.Contains(raw[2], "eval") {
		sep = "\n"
	}
	return strings.Join(out, sep)
}

// call expands a variable with $(1), $(2), … set.
func (f *File) call(raw []string, auto map[string]variable, depth int) string {
	name := strings.TrimSpace(f.expand(raw[0], auto, depth))
	inner := clone(auto)
	for i := 1; i < 10; i++ {
		value := ""
		if i < len(raw) {
			value = f.expand(raw[i], auto, depth)
		}
		inner[strconv.Itoa(i)] = variable{text: value, immediate: true}
	}
	return f.value(name, inner, depth+1)
}

// subst replaces one text by another.
func (f *File) subst(from, to, text string) string {
	if from == "" {
		return text
	}
	if !f.spend(len(text) + strings.Count(text, from)*len(to)) {
		return f.o.Unknown
	}
	return strings.ReplaceAll(text, from, to)
}

// patsubst replaces the words that match a pattern.
func (f *File) patsubst(from, to, text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if stem, ok := match(from, w); ok {
			if !f.spend(len(to) + strings.Count(to, "%")*len(stem)) {
				return f.o.Unknown
			}
			words[i] = strings.ReplaceAll(to, "%", stem)
		}
	}
	return strings.Join(words, " ")
}
