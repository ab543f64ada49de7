package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/makefile"
	"github.com/factorlint/factorlint/internal/workload"
)

// Limits of what is followed, loops and what is called counted.
const (
	maxCommands     = 5000    // of one shell text
	maxFileCommands = 50_000  // of all that a Dockerfile runs
	maxAllCommands  = 100_000 // of all other texts of a repository
)

// A Follower goes through the shell texts of a repository.
type Follower struct {
	around Around
	left   int // commands that may still be followed
}

// NewFollower returns one for a repository.
func NewFollower(a Around) *Follower { return &Follower{a, maxAllCommands} }

// A Text is shell text of the repository: a script, the recipe of a Makefile, a step of a workflow.
type Text struct {
	Script string
	Dir    string // that it runs in, relative to the root; "" if that cannot be told
	At     func(from, to int) check.Span
	Vars   map[string]string // variables that are known
	Args   []string          // positional parameters, if Called
	Called bool
}

// A Ran is a command that a shell text runs. What cannot be told of a word is written "${NAME}".
type Ran struct {
	Words []string
	Dir   string // that it runs in, relative to the root; "" if that cannot be told
	At    check.Span
	Var   func(name string) string // the value of a shell variable, written like a word
}

// Follow goes through a shell text and what it calls of the tree's scripts and Makefiles, as far as can be told without running
// anything. It calls visit with each simple command and returns the Go programs that are built: Path and Package are relative to
// the root.
func (f *Follower) Follow(t Text, visit func(Ran)) []workload.Binary {
	tree := newTree("/")
	tree.sources = []mapping{{at: "/", from: "."}}
	budget := min(maxCommands, f.left)
	s := &interp{t: tree, vars: copyOf(t.Vars), open: true, at: t.At, args: t.Args, told: t.Called, budget: budget}
	if t.Dir != "" {
		s.wd = path.Join("/", t.Dir)
	}
	s.read = func(abs string) (string, []byte) {
		name := strings.TrimPrefix(abs, "/")
		if !f.around.Has(name) {
			return "", nil
		}
		return name, f.around.Read(name)
	}
	s.visit = func(words []string, at check.Span) {
		r := Ran{At: at, Dir: rootRelative(s.wd), Var: func(name string) string { return unmark(s.get(name)) }}
		for _, w := range words {
			r.Words = append(r.Words, unmark(w))
		}
		visit(r)
	}
	s.text(t.Script)
	f.left -= budget - max(s.budget, 0)
	var bins []workload.Binary
	for _, b := range tree.bins {
		if b.Path != "" && !marked(b.Path) {
			b.Path = strings.TrimPrefix(b.Path, "/")
			bins = append(bins, b)
		}
	}
	return bins
}

// rootRelative makes a path below "/" relative to it; "" stays.
func rootRelative(abs string) string {
	if abs == "/" {
		return "."
	}
	return strings.TrimPrefix(abs, "/")
}

// FollowMakefile goes through every recipe of a Makefile like Follow.
func (f *Follower) FollowMakefile(name string, visit func(Ran)) []workload.Binary {
	dir := path.Dir(name)
	m := makefile.Parse(name, f.around.Read(name), makefile.Options{Unknown: mark(""), Undefined: mark, Read: func(included string) []byte {
		if marked(included) || !f.around.Has(path.Join(dir, included)) {
			return nil
		}
		return f.around.Read(path.Join(dir, included))
	}})
	var bins []workload.Binary
	for _, c := range m.All() {
		bins = append(bins, f.Follow(Text{Script: c.Text, Dir: dir, At: lineOf(c)}, visit)...)
	}
	return bins
}

// lineOf places everything in a command of a Makefile at its line.
func lineOf(c makefile.Command) places {
	at := check.Span{File: c.File, Start: check.Pos{Line: c.Line, Col: 1}, End: check.Pos{Line: c.Line, Col: 1}}
	return func(int, int) check.Span { return at }
}

// placesIn returns the places in a script that is called at a place. What a Dockerfile runs has the place of its RUN.
func (s *interp) placesIn(name string, text []byte, at check.Span) places {
	if s.visit == nil {
		return func(int, int) check.Span { return at }
	}
	src := newSource(name, text)
	return src.span
}

// A makeCall is a command line of make.
type makeCall struct {
	dir   string // of -C
	file  string // of -f
	set   map[string]string
	goals []string
}

func readMakeCall(args []string) makeCall {
	c := makeCall{set: map[string]string{}}
	for i := 0; i < len(args); i++ {
		name, value, ok := strings.Cut(args[i], "=")
		switch {
		case slices.Contains([]string{"-C", "--directory", "-f", "--file", "--makefile"}, name):
			if !ok && i+1 < len(args) {
				i++
				value = args[i]
			}
			if strings.HasSuffix(name, "C") || name == "--directory" {
				c.dir = value
			} else {
				c.file = value
			}
		case strings.HasPrefix(name, "-"):
		case ok:
			c.set[strings.TrimRight(name, ":?")] = value
		default:
			c.goals = append(c.goals, args[i])
		}
	}
	return c
}

// runMake follows what make runs.
func (s *interp) runMake(args []string, at check.Span) {
	c := readMakeCall(args)
	wd := s.wd
	if c.dir != "" {
		wd = s.abs(c.dir)
	}
	name, text := s.makefile(wd, c.file)
	if text == nil || slices.ContainsFunc(c.goals, marked) {
		s.lost = true
		return
	}
	const cost = 100 // commands that reading a Makefile counts for, besides its length
	s.budget -= cost + len(text)>>10
	o := makefile.Options{Set: c.set, Unknown: mark(""), Undefined: s.get,
		Env: func(name string) (string, bool) { v, ok := s.vars[name]; return v, ok },
		Read: func(included string) []byte {
			if marked(included) {
				return nil
			}
			_, text := s.read(path.Join(wd, included))
			return text
		}}
	commands, ok := makefile.Parse(name, text, o).Goal(c.goals...)
	s.lost = s.lost || !ok
	old := s.wd
	s.wd = wd
	for _, command := range commands {
		places := lineOf(command)
		if s.visit == nil {
			places = func(int, int) check.Span { return at }
		}
		s.inner(command.Text, places)
	}
	s.wd = old
}

// makefile returns the Makefile that make reads in a directory.
func (s *interp) makefile(dir, file string) (name string, text []byte) {
	if s.read == nil || dir == "" || marked(file) {
		return "", nil
	}
	names := []string{"GNUmakefile", "makefile", "Makefile"}
	if file != "" {
		names = []string{file}
	}
	for _, n := range names {
		if name, text = s.read(path.Join(dir, n)); text != nil {
			return name, text
		}
	}
	return "", nil
}
