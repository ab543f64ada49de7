package makefile

import (
	"maps"
	"strings"
)

// A parser goes through the lines of a Makefile and of those that it includes.
type parser struct {
	*File
	current []*rule  // whose recipe the next lines are
	branch  []branch // the conditionals around the line
}

// A branch is a conditional: whether its lines count, and whether that can be told.
type branch struct {
	taken, done bool
	unclear     bool
}

func (p *parser) read(name, text string) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if p.lines++; p.lines > maxLines {
			return
		}
		at, line := i+1, lines[i]
		recipe := strings.HasPrefix(line, "\t") && p.current != nil
		for continued(line) && i+1 < len(lines) {
			i++
			if recipe {
				line += "\n" + strings.TrimPrefix(lines[i], "\t")
			} else {
				line = strings.TrimRight(strings.TrimSuffix(line, `\`), " \t") + " " + strings.TrimLeft(lines[i], " \t")
			}
		}
		if recipe {
			if p.counts() {
				p.recipe(line[1:], name, at)
			}
			continue
		}
		line = strings.TrimSpace(comment(line))
		if variable, ok := strings.CutPrefix(line, "define "); ok {
			var body []string
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "endef"; i++ {
				body = append(body, lines[i])
			}
			p.assign(p.vars, strings.TrimRight(variable, " =:?"), "=", strings.Join(body, "\n"))
			continue
		}
		if line != "" {
			p.line(line, name, at)
		}
	}
}

// continued reports whether a line ends in a backslash that is not itself quoted.
func continued(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}

// comment cuts a line before its comment.
func comment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] != '\\') {
			return line[:i]
		}
	}
	return line
}

func (p *parser) recipe(text, name string, line int) {
	for _, r := range p.current {
		r.recipe = append(r.recipe, recipeLine{text, name, line})
		r.defined = true
	}
}

// counts reports whether the conditionals around a line let it count.
func (p *parser) counts() bool {
	for _, b := range p.branch {
		if !b.taken {
			return false
		}
	}
	return true
}

// line reads a line that is no recipe's.
func (p *parser) line(line, name string, at int) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if p.conditional(word, rest) || !p.counts() {
		return
	}
	switch word {
	case "include", "-include", "sinclude":
		p.include(p.expand(rest, nil, 0))
		return
	case "export", "override", "private":
		p.line(rest, name, at)
		return
	case "unexport", "undefine", "vpath":
		return
	}
	if variable, op, value, ok := assignment(line); ok {
		p.assign(p.vars, p.expand(variable, nil, 0), op, value)
		return
	}
	p.rule(line, name, at)
}

// include reads other Makefiles. What goes up or away from the directory is for the reader to refuse.
func (p *parser) include(names string) {
	for _, name := range strings.Fields(names) {
		if p.includes++; p.o.Read == nil || p.includes > maxIncludes {
			return
		}
		if text := p.o.Read(name); text != nil {
			p.current = nil
			p.read(name, string(text))
		}
	}
}

// conditional reads ifeq and the like.
func (p *parser) conditional(word, rest string) bool {
	last := len(p.branch) - 1
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		p.branch = append(p.branch, p.condition(word, rest))
	case "else":
		if last < 0 {
			return true
		}
		b := p.branch[last]
		next := branch{taken: !b.done || b.unclear, done: true, unclear: b.unclear}
		if kind, cond, _ := strings.Cut(rest, " "); strings.HasPrefix(kind, "if") && (!b.done || b.unclear) {
			next = p.condition(kind, strings.TrimSpace(cond))
			next.unclear = next.unclear || b.unclear
			next.done = next.done || b.done
		}
		p.branch[last] = next
	case "endif":
		if last >= 0 {
			p.branch = p.branch[:last]
		}
	default:
		return false
	}
	return true
}

// condition judges a condition. Of what cannot be told both branches are read, and what they set is not known.
func (p *parser) condition(kind, text string) branch {
	var left, right string
	switch kind {
	case "ifdef", "ifndef":
		v, ok := p.vars[strings.TrimSpace(text)]
		if left = v.text; !ok && p.o.Env == nil {
			return branch{taken: true, unclear: true}
		}
	default:
		left, right = operands(text)
		left, right = p.expand(left, nil, 0), p.expand(right, nil, 0)
		if p.open(left) || p.open(right) {
			return branch{taken: true, unclear: true}
		}
	}
	taken := (left == right) == (kind == "ifeq" || kind == "ifndef")
	return branch{taken: taken, done: taken}
}

// open reports whether an expanded text holds what cannot be told.
func (p *parser) open(text string) bool {
	return p.o.Unknown != "" && strings.Contains(text, p.o.Unknown[:1])
}

// operands splits "(a,b)" or "'a' 'b'".
func operands(text string) (left, right string) {
	if inner, ok := strings.CutPrefix(text, "("); ok {
		args := arguments(strings.TrimSuffix(inner, ")"))
		if len(args) == 2 {
			return strings.TrimSpace(args[0]), strings.TrimSpace(args[1])
		}
		return text, ""
	}
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == '\'' || r == '"' })
	for _, f := range fields {
		if strings.TrimSpace(f) == "" {
			continue
		}
		if left == "" {
			left = f
		} else {
			right = f
		}
	}
	return left, right
}

// assignment splits "NAME ?= value".
func assignment(line string) (name, op, value string, ok bool) {
	i := strings.IndexByte(line, '=')
	for _, stop := range []string{"$(", "${"} { // $(call f,a=b): the sign belongs to something else
		if at := strings.Index(line, stop); at >= 0 && at < i {
			return "", "", "", false
		}
	}
	if i <= 0 {
		return "", "", "", false
	}
	end := i
	for end > 0 && strings.IndexByte(":?+!", line[end-1]) >= 0 {
		end--
	}
	name = strings.TrimSpace(line[:end])
	if name == "" || strings.ContainsAny(name, " \t:;#") {
		return "", "", "", false
	}
	return name, line[end : i+1], strings.TrimSpace(line[i+1:]), true
}

// assign sets a variable. vars are those of the file, or of one target.
func (p *parser) assign(vars map[string]variable, name, op, value string) {
	if _, set := p.o.Set[name]; set {
		return
	}
	old, known := vars[name]
	if !known {
		old, known = p.vars[name]
	}
	next := variable{text: value}
	switch op {
	case "?=":
		if known {
			return
		}
		if p.o.Env != nil {
			if v, ok := p.o.Env(name); ok {
				next = variable{text: v, immediate: true}
			}
		}
	case "+=":
		if old.immediate {
			value = p.expand(value, nil, 0)
		}
		if next = (variable{text: p.o.Unknown, immediate: true}); p.spend(len(old.text) / 16) {
			next = variable{text: strings.TrimLeft(old.text+" "+value, " "), immediate: old.immediate}
		}
	case "!=":
		next = variable{text: p.o.Unknown, immediate: true}
	case "=":
	default:
		next = variable{text: p.expand(value, nil, 0), immediate: true}
	}
	for _, b := range p.branch {
		if b.unclear && known && next != old {
			next = variable{text: p.o.Unknown, immediate: true}
		}
	}
	if len(next.text) <= maxExpanded {
		vars[name] = next
	}
}

// rule reads "targets: needs", with its first command behind a semicolon and static patterns.
func (p *parser) rule(line, name string, at int) {
	line, command, inline := strings.Cut(line, ";")
	targets, needs, ok := cutColon(line)
	if !ok {
		p.current = nil
		p.define(line)
		return
	}
	needs = strings.TrimPrefix(needs, ":")
	own := map[string]variable{}
	if variable, op, value, ok := assignment(strings.TrimSpace(needs)); ok {
		p.assign(own, variable, op, value)
		needs = ""
	} else if strings.HasPrefix(needs, "=") {
		return
	}
	pattern, rest, static := cutColon(needs)
	if static {
		needs = rest
	}
	needs = strings.ReplaceAll(needs, "|", " ")
	p.current = nil
	for _, target := range strings.Fields(p.expand(targets, nil, 0)) {
		r := &rule{target: target, vars: own}
		if p.spend(len(needs) / 16) {
			r.needs = strings.Fields(p.expand(needs, nil, 0))
		}
		if static {
			r.stem, _ = match(strings.TrimSpace(pattern), target)
			for i := range r.needs {
				r.needs[i] = strings.ReplaceAll(r.needs[i], "%", r.stem)
			}
		}
		if target == ".ONESHELL" {
			p.oneShell = true
		}
		if len(p.rules) == maxRules {
			return
		}
		p.rules = append(p.rules, r)
		p.current = append(p.current, r)
	}
	if inline {
		p.recipe(command, name, at)
	}
}

// define reads $(eval $(call template,…)): the rules that a template writes.
func (p *parser) define(line string) {
	text := strings.TrimSpace(p.expand(line, nil, 0))
	if text == "" || !strings.Contains(line, "$(eval") && !strings.Contains(line, "${eval") {
		return
	}
	if p.includes++; p.includes <= maxIncludes {
		inner := parser{File: p.File, branch: p.branch}
		inner.read("", text)
	}
}

// clone returns a copy of variables.
func clone(vars map[string]variable) map[string]variable {
	c := maps.Clone(vars)
	if c == nil {
		c = map[string]variable{}
	}
	return c
}

// cutColon splits a line at its first colon that stands in no reference.
func cutColon(s string) (before, after string, ok bool) {
	n := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{':
			n++
		case ')', '}':
			n--
		case ':':
			if n == 0 {
				return s[:i], s[i+1:], true
			}
		}
	}
	return s, "", false
}
