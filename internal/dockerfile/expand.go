package dockerfile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/factorlint/factorlint/internal/workload"
)

// What cannot be told is written between two private-use characters in the middle of the text, so that the rest of
// "debian:12-$TARGETARCH" can still be judged.
const (
	markOpen  = "\ue000"
	markClose = "\ue001"
)

// Limits of variables: A=$A$A doubles one.
const (
	longest      = 1 << 12 // bytes of a variable, and of a word with variables
	mostInWord   = 64      // variables in a word
	mostExpanded = 1 << 26 // bytes that the words of a file become
)

// nested matches what is replaced by, or within, what a variable holds: ${A//x/$A} multiplies the two.
var nested = regexp.MustCompile(`\$\{\w+/[^}]*\$`)

// affordable reports whether a word with variables is one that its file may still expand.
func (f *File) affordable(word string) bool {
	return len(word) <= longest && strings.Count(word, "$") <= mostInWord && f.spent <= mostExpanded && !nested.MatchString(word)
}

func mark(name string) string { return markOpen + name + markClose }

func marked(s string) bool { return strings.Contains(s, markOpen) }

var marks = strings.NewReplacer(markOpen, "${", markClose, "}")

// unmark writes the unknown parts as a person would: "debian:12-${TARGETARCH}".
func unmark(s string) string { return marks.Replace(s) }

// A scope is the variables that an instruction can use.
type scope struct {
	env  map[string]string // set by ENV
	args map[string]string // declared by ARG
	open bool              // a base image may set any other variable
}

func (s *scope) Get(name string) (string, bool) {
	if v, ok := s.env[name]; ok { // ENV wins over ARG of the same name
		return v, true
	}
	if v, ok := s.args[name]; ok {
		return v, true
	}
	if s.open || proxyArgs[strings.ToUpper(name)] {
		return mark(name), true
	}
	return "", false
}

// Keys is part of shell.EnvGetter.
func (s *scope) Keys() []string {
	var out []string
	for k := range s.env {
		out = append(out, k)
	}
	for k := range s.args {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// expand replaces the variables of a word and removes its quotes. The result is marked where it cannot be told.
func (f *File) expand(word string, s *scope) string {
	if f.isPlain(word) {
		return word
	}
	if strings.Contains(word, "$") && !f.affordable(word) {
		return mark("")
	}
	lex := shell.NewLex(f.escape)
	res, err := lex.ProcessWordWithMatches(word, s)
	if err != nil {
		return mark("")
	}
	if f.spent += len(res.Result); len(res.Result) > longest {
		return mark("")
	}
	if marked(res.Result) {
		return res.Result
	}
	for name := range res.Matched { // ${A:+b} hides that A is unknown
		if v, _ := s.Get(name); marked(v) {
			return mark(name)
		}
	}
	return res.Result
}

// isPlain reports whether a word stands for itself, as most do: BuildKit's lexer takes a kilobyte of memory for each.
func (f *File) isPlain(word string) bool {
	for i := range len(word) {
		if c := word[i]; c < ' ' || c > '~' || strings.IndexByte("$\"'<", c) >= 0 || rune(c) == f.escape {
			return false
		}
	}
	return len(word) <= longest
}

// platformArgs are set by BuildKit for every build
// (https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope).
var platformArgs = []string{
	"TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
	"BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT",
}

// proxyArgs can be used without a declaration
// (https://docs.docker.com/reference/dockerfile/#predefined-args).
var proxyArgs = map[string]bool{"HTTP_PROXY": true, "HTTPS_PROXY": true, "FTP_PROXY": true, "NO_PROXY": true, "ALL_PROXY": true}

// globals returns the ARGs before the first FROM. given overrides their defaults.
func (f *File) globals(given map[string]workload.Value[string]) *scope {
	s := &scope{args: map[string]string{}}
	for _, name := range platformArgs {
		s.args[name] = mark(name)
	}
	for _, in := range f.Args {
		f.declare(in, s, nil, given)
	}
	return s
}

// declare enters the names of an ARG into s. outer is the global scope, whose values an ARG without default takes.
func (f *File) declare(in *Instruction, s, outer *scope, given map[string]workload.Value[string]) {
	for _, p := range in.Pairs {
		name := f.expand(p.Name.Text, s)
		value := mark(name) // nobody knows what --build-arg gives
		if outer != nil {
			if v, ok := outer.args[name]; ok {
				value = v
			}
		}
		if !p.Bare {
			value = f.expand(p.Value.Text, s)
		}
		if g, ok := given[name]; ok && !g.Absent() {
			value = mark(name)
			if v, known := g.Get(); known {
				value = v
			}
		}
		s.args[name] = value
	}
}

// resolve finds the base of every stage with the defaults of the file's ARGs.
func (f *File) resolve() {
	g := f.globals(nil)
	for _, s := range f.Stages {
		ref, parent := f.base(s, g)
		s.Ref, s.Parent = unmark(ref), parent
	}
}

// base returns what a stage is built from: the reference, marked where it cannot be told, and the earlier stage that
// it names, if it does.
func (f *File) base(s *Stage, g *scope) (string, *Stage) {
	if s.Base.Text == "" {
		return mark(""), nil
	}
	ref := f.expand(s.Base.Text, g)
	if ref == "" {
		ref = mark("")
	}
	return ref, f.named(ref, s.Index)
}

// named returns the stage of that name among those before index; the last one wins, and letters' case does not count.
func (f *File) named(name string, index int) *Stage {
	for _, s := range slices.Backward(f.Stages[:index]) {
		if s.Name != "" && strings.EqualFold(s.Name, name) {
			return s
		}
	}
	return nil
}

// Find returns the stage of that name or index, the last stage if target is "", and nil if there is none.
func (f *File) Find(target string) *Stage {
	if len(f.Stages) == 0 {
		return nil
	}
	if target == "" {
		return f.Stages[len(f.Stages)-1]
	}
	return f.source(target, len(f.Stages))
}

// source returns the stage that COPY --from or --target means: by name, else by index.
func (f *File) source(name string, index int) *Stage {
	if s := f.named(name, index); s != nil {
		return s
	}
	for _, s := range f.Stages[:index] {
		if name == strconv.Itoa(s.Index) {
			return s
		}
	}
	return nil
}

// Chain returns the stages that make up the image of a target, from the one on an external base to the target
// itself, with the defaults of the file's ARGs.
func (f *File) Chain(target string) []*Stage {
	var out []*Stage
	for s := f.Find(target); s != nil; s = s.Parent {
		out = append(out, s)
	}
	slices.Reverse(out)
	return out
}
