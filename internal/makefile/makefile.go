// Package makefile reads Makefiles as far as they tell which commands make would run. Nothing is run.
package makefile

import (
	"path"
	"slices"
	"strings"
)

// Limits of one Makefile with what it includes.
const (
	maxLines    = 20_000
	maxRules    = 2_000
	maxIncludes = 50
	maxExpanded = 1 << 20 // steps: of expansions, with a step for each byte that they write, and of looking for rules
	deepest     = 40      // expansions within expansions, goals within goals
)

// Options is what surrounds a Makefile.
type Options struct {
	Set       map[string]string                         // variables of make's command line; they win over the file's
	Env       func(name string) (value string, ok bool) // the environment, as far as it is known; nil for none
	Undefined func(name string) string                  // stands for a variable that nothing sets; nil for ""
	Unknown   string                                    // stands for what cannot be told: $(shell …)
	Read      func(name string) []byte                  // reads what is included, relative to the directory make runs in; nil for nothing
}

// A File is a Makefile that was read.
type File struct {
	o        Options
	vars     map[string]variable
	rules    []*rule
	oneShell bool
	steps    int // taken of maxExpanded
	lines    int
	includes int
}

type variable struct {
	text      string
	immediate bool // text is expanded already
}

// A rule is one target with its recipe.
type rule struct {
	target, stem string // stem is $* where a static pattern gave the target
	needs        []string
	recipe       []recipeLine
	vars         map[string]variable // of this target
	defined      bool                // it has a recipe, even an empty one
}

type recipeLine struct {
	text string
	file string
	line int
}

// A Command is one line of a recipe, expanded: a text for the shell. Lines are run by a shell each, unless .ONESHELL is set.
type Command struct {
	Text string
	File string // the Makefile that holds it
	Line int
}

// Parse reads a Makefile of that name.
func Parse(name string, text []byte, o Options) *File {
	f := &File{o: o, vars: map[string]variable{}}
	for k, v := range o.Set {
		f.vars[k] = variable{text: v, immediate: true}
	}
	p := parser{File: f}
	p.read(name, string(text))
	return f
}

// Goal returns the commands that make runs for goals, those of what they need first; without goals, for the first target. ok
// is false if a goal is none of the file's.
func (f *File) Goal(goals ...string) (commands []Command, ok bool) {
	if len(goals) == 0 {
		first := slices.IndexFunc(f.rules, func(r *rule) bool { return !strings.HasPrefix(r.target, ".") && !strings.Contains(r.target, "%") })
		if first < 0 {
			return nil, false
		}
		goals = []string{f.rules[first].target}
	}
	done := map[string]bool{}
	for _, g := range goals {
		if f.find(g) == nil {
			return nil, false
		}
		f.make(g, done, 0, &commands)
	}
	return commands, true
}

func (f *File) make(goal string, done map[string]bool, depth int, out *[]Command) {
	if done[goal] || depth > deepest {
		return
	}
	done[goal] = true
	for _, r := range f.all(goal) {
		for _, n := range r.needs {
			f.make(n, done, depth+1, out)
		}
	}
	if r := f.find(goal); r != nil {
		*out = append(*out, f.commands(r, goal)...)
	}
}

// All returns the commands of every recipe: of a pattern, one for each target that it is known to be used for.
func (f *File) All() []Command {
	uses := map[*rule][]string{} // of patterns
	seen := map[string]bool{}
	for _, r := range f.rules {
		for _, name := range append(slices.Clip(r.needs), r.target) {
			if seen[name] || strings.Contains(name, "%") {
				continue
			}
			seen[name] = true
			if p := f.find(name); p != nil && p.target != name {
				uses[p] = append(uses[p], name)
			}
		}
	}
	var out []Command
	for _, r := range f.rules {
		switch {
		case !strings.Contains(r.target, "%"):
			out = append(out, f.commands(r, r.target)...)
		case len(uses[r]) == 0:
			out = append(out, f.commands(r, f.o.Unknown)...)
		}
		for _, name := range uses[r] {
			out = append(out, f.commands(r, name)...)
		}
	}
	return out
}

// all returns the rules of a target, with and without recipe.
func (f *File) all(target string) []*rule {
	var out []*rule
	f.spend(1 + len(f.rules)/16)
	for _, r := range f.rules {
		if r.target == target {
			out = append(out, r)
		}
	}
	return out
}

// find returns the rule whose recipe makes a target: its own, else that of a pattern; a rule without recipe if there is none.
func (f *File) find(target string) *rule {
	var found *rule
	if !f.spend(1 + len(f.rules)/16) {
		return nil
	}
	for _, r := range f.rules {
		if r.target == target && (found == nil || r.defined) {
			found = r
		}
	}
	if found != nil && found.defined {
		return found
	}
	for _, r := range f.rules {
		if _, ok := match(r.target, target); ok && strings.Contains(r.target, "%") {
			return r
		}
	}
	return found
}

// match returns what the % of a pattern stands for in a target.
func match(pattern, target string) (stem string, ok bool) {
	before, after, has := strings.Cut(pattern, "%")
	if !has {
		return "", pattern == target
	}
	if len(target) < len(before)+len(after) || !strings.HasPrefix(target, before) || !strings.HasSuffix(target, after) {
		return "", false
	}
	return target[len(before) : len(target)-len(after)], true
}

// commands expands a recipe for one target.
func (f *File) commands(r *rule, target string) []Command {
	if !f.spend(len(r.needs) + len(r.recipe)) {
		return nil
	}
	stem := r.stem
	if stem == "" {
		stem, _ = match(r.target, target)
	}
	first := ""
	if len(r.needs) > 0 {
		first = strings.ReplaceAll(r.needs[0], "%", stem)
	}
	auto := map[string]variable{"@": {target, true}, "*": {stem, true}, "<": {first, true},
		"^": {strings.ReplaceAll(strings.Join(r.needs, " "), "%", stem), true}, "@D": {path.Dir(target), true}, "@F": {path.Base(target), true}}
	for _, same := range f.all(r.target) {
		for k, v := range same.vars {
			if _, set := f.o.Set[k]; !set {
				auto[k] = v
			}
		}
	}
	var out []Command
	for _, l := range r.recipe {
		text := strings.TrimLeft(l.text, " \t@-+")
		text = strings.TrimLeft(f.expand(text, auto, 0), " \t@-+")
		switch {
		case text == "":
		case f.oneShell && len(out) > 0:
			out[len(out)-1].Text += "\n" + text
		default:
			out = append(out, Command{Text: text, File: l.file, Line: l.line})
		}
	}
	return out
}
