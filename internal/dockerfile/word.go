package dockerfile

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// get returns the value of a variable or parameter, marked where it cannot be told.
func (s *interp) get(name string) string {
	if v, ok := s.vars[name]; ok {
		return v
	}
	if v, ok := s.positional(name); ok {
		return v
	}
	if name == "PWD" && s.wd != "" {
		return s.wd
	}
	if s.open || name == "PWD" || name == "HOME" || name == "HOSTNAME" || name == "PATH" {
		return mark(name)
	}
	return ""
}

// positional returns $1, $2, …, $@, $* and $#, if it is known what the text is called with.
func (s *interp) positional(name string) (value string, ok bool) {
	if !s.told {
		return "", false
	}
	switch name {
	case "@", "*":
		return strings.Join(s.args, " "), true
	case "#":
		return strconv.Itoa(len(s.args)), true
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 1 {
		return "", false
	}
	if n > len(s.args) {
		return "", true
	}
	return s.args[n-1], true
}

// called runs something with positional parameters of its own.
func (s *interp) called(args []string, run func()) {
	old, told := s.args, s.told
	s.args, s.told = args, true
	run()
	s.args, s.told = old, told
}

// word expands a word to one text, marked where it cannot be told.
func (s *interp) word(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		text, _ := s.part(p)
		b.WriteString(text)
	}
	return b.String()
}

// words expands a word as an argument: an unquoted variable is split at white space.
func (s *interp) words(w *syntax.Word) []string {
	var (
		out     []string
		cur     strings.Builder
		started bool
	)
	for _, p := range w.Parts {
		text, split := s.part(p)
		if !split {
			cur.WriteString(text)
			started = true
			continue
		}
		for i, field := range strings.Fields(text) {
			if i > 0 {
				out = append(out, cur.String())
				cur.Reset()
			}
			cur.WriteString(field)
			started = true
		}
	}
	if started {
		out = append(out, cur.String())
	}
	return out
}

// part expands a part of a word. split says that the result is subject to word splitting.
func (s *interp) part(p syntax.WordPart) (text string, split bool) {
	switch p := p.(type) {
	case *syntax.Lit:
		return unescape(p.Value), false
	case *syntax.SglQuoted:
		return p.Value, false
	case *syntax.DblQuoted:
		var b strings.Builder
		for _, q := range p.Parts {
			if lit, ok := q.(*syntax.Lit); ok {
				b.WriteString(unescape(lit.Value))
				continue
			}
			t, _ := s.part(q)
			b.WriteString(t)
		}
		return b.String(), false
	case *syntax.ParamExp:
		return s.param(p), true
	case *syntax.CmdSubst:
		return s.subst(p), false
	}
	return mark(""), false
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (s *interp) param(p *syntax.ParamExp) string {
	if p.Param == nil {
		return mark("")
	}
	name := p.Param.Value
	if p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0 || p.NestedParam != nil {
		return mark(name)
	}
	v := s.get(name)
	if p.Exp == nil || marked(v) {
		return v
	}
	alt := ""
	if p.Exp.Word != nil {
		alt = s.word(p.Exp.Word)
	}
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if v == "" {
			return alt
		}
		return v
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if v == "" {
			return ""
		}
		return alt
	}
	return mark(name)
}

// subst knows the command substitutions that stand in paths.
func (s *interp) subst(c *syntax.CmdSubst) string {
	if len(c.Stmts) != 1 {
		return mark("")
	}
	call, ok := c.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok {
		return mark("")
	}
	var args []string
	for _, w := range call.Args {
		args = append(args, s.words(w)...)
	}
	switch {
	case len(args) == 1 && args[0] == "pwd" && s.wd != "":
		return s.wd
	case slices.Equal(args, []string{"go", "env", "GOPATH"}):
		return s.get("GOPATH")
	case len(args) == 2 && args[0] == "basename" && !marked(args[1]):
		return path.Base(args[1])
	case len(args) == 2 && args[0] == "dirname" && !marked(args[1]):
		return path.Dir(args[1])
	}
	return mark("")
}
