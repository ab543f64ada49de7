// Package dockerfile reads Dockerfiles with BuildKit's parser, keeps the place of every instruction and argument, and
// tells what image each stage leaves: its configuration and the Go programs built into it.
package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A File is one Dockerfile.
type File struct {
	Path   string
	Source []byte
	Args   []*Instruction // ARGs before the first FROM
	Stages []*Stage

	// Around is what the rest of the repository tells about the image. The zero value tells nothing.
	Around Around
	Roles  check.Roles // what files are for

	src      *source
	escape   rune
	words    map[string]bool            // in instructions, but for the names that they set; once somebody asked
	spent    int                        // bytes that variables became
	followed int                        // commands of RUN
	images   map[*Stage]*workload.Image // with the defaults of all arguments, once somebody asked
}

// A Stage is a FROM and the instructions below it.
type Stage struct {
	Name         string // as written after AS, or ""
	Index        int
	At           check.Span    // the FROM instruction
	Base         workload.Word // the reference as written
	Ref          string        // with the defaults of ARGs; "${NAME}" stands for what they do not tell
	Parent       *Stage        // the stage that Ref names, or nil
	Instructions []*Instruction

	// Broken is set if an instruction, or the FROM, could not be read: then nothing is known to be missing.
	Broken bool
}

// Label returns the name of the stage, or its index where it has none.
func (s *Stage) Label() string {
	if s.Name != "" {
		return s.Name
	}
	return strconv.Itoa(s.Index)
}

// Role says what the stage is for, by its name.
func (s *Stage) Role() check.Role { return roleOfName(s.Name) }

// An Instruction is one instruction that BuildKit accepts.
type Instruction struct {
	Name   string          // in lower case: "copy"
	At     check.Span      // from its keyword to the end of its arguments, heredocs left out
	ArgsAt check.Span      // its arguments, flags left out; zero if there are none
	Exec   bool            // the arguments are a JSON array; then Words are its elements
	Words  []workload.Word // the arguments: one, the whole text, for instructions in shell form
	Pairs  []Pair          // of ENV, ARG and LABEL

	node *parser.Node
	text joined
	args int // where the arguments begin in text
}

// A Pair is a variable that ENV or ARG sets, as written: quotes and variables are still in the value.
type Pair struct {
	Name  workload.Word
	Value workload.Word
	Bare  bool // an ARG without default
}

// Parse reads a Dockerfile. It returns what could be read, and a notification for everything that could not; it
// never returns nil.
func Parse(name string, text []byte) (*File, []check.Notification) {
	f := &File{Path: name, Source: text, src: newSource(name, text), escape: parser.DefaultEscapeToken}
	if n := len(text); n > largest {
		return f, f.tooMuch(nil, "%d bytes, more than the %d", n, largest)
	}
	ast, notes := f.read()
	if ast == nil {
		return f, notes
	}
	if n := len(ast.Children); n > most {
		return f, f.tooMuch(notes, "%d instructions, more than the %d", n, most)
	}
	for _, n := range ast.Children {
		if note := f.add(n); note != nil {
			notes = append(notes, *note)
		}
	}
	if pairs := f.pairs(); pairs*len(ast.Children) > mostSeen {
		f.Args, f.Stages = nil, nil
		return f, f.tooMuch(notes, "%d variables and labels in %d instructions, more", pairs, len(ast.Children))
	}
	f.resolve()
	slices.SortStableFunc(notes, func(a, b check.Notification) int { return a.At.Compare(b.At) })
	return f, notes
}

// pairs returns how many variables and labels the instructions have.
func (f *File) pairs() (n int) {
	for _, in := range f.Args {
		n += len(in.Pairs)
	}
	for _, s := range f.Stages {
		for _, in := range s.Instructions {
			n += len(in.Pairs)
		}
	}
	return n
}

// tooMuch adds the notification that the Dockerfile has more of something than is read.
func (f *File) tooMuch(notes []check.Notification, format string, args ...any) []check.Notification {
	return append(notes, check.Notification{
		Code: "dockerfile-limit", Level: rules.Warning, At: check.Span{File: f.Path},
		Message: fmt.Sprintf("the Dockerfile has "+format+" that are read; it is left out", args...),
	})
}

// Limits of a Dockerfile. Stages copy from each other, so the work grows faster than their number.
const (
	largest  = 1 << 20 // bytes
	most     = 2000    // instructions
	mostSeen = 1 << 20 // variables and labels, times instructions: every one may see all
)

// read runs BuildKit's parser, which stops at the first line it cannot read: that line is blanked and the rest read
// again, so that it costs only itself.
func (f *File) read() (*parser.Node, []check.Notification) {
	const attempts = 50 // each reads the whole file
	var notes []check.Notification
	text := bytes.Clone(f.Source)
	for range attempts {
		res, err := parse(text)
		if err == nil {
			f.escape = res.EscapeToken
			f.src.escape = byte(res.EscapeToken)
			return res.AST, notes
		}
		first, last := lines(err)
		if strings.Contains(err.Error(), "file with no instructions") {
			if len(notes) == 0 {
				notes = append(notes, check.Notification{
					Code: "dockerfile-empty", Level: rules.Note, At: check.Span{File: f.Path},
					Message: "the Dockerfile has no instructions",
				})
			}
			return nil, notes
		}
		notes = append(notes, f.notify(max(first, 1), err))
		if !f.blank(text, first, last) {
			break
		}
	}
	return nil, notes
}

func parse(text []byte) (res *parser.Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the parser failed: %v", v)
		}
	}()
	return parser.Parse(bytes.NewReader(text))
}

// lines returns the lines (1-based) that an error of BuildKit is about, or 0.
func lines(err error) (first, last int) {
	var at *parser.LocationError
	if !errors.As(err, &at) || len(at.Locations) == 0 || len(at.Locations[0]) == 0 {
		return 0, 0
	}
	r := at.Locations[0]
	return r[0].Start.Line, r[len(r)-1].End.Line
}

// blank turns lines of text into comments of the same length. It reports whether anything changed: errors about
// parser directives name the line before theirs.
func (f *File) blank(text []byte, first, last int) bool {
	for _, end := range []int{last, last + 1} {
		changed := false
		for n := max(first, 1); n <= min(max(end, 1), len(f.src.starts)); n++ {
			stop := len(text)
			if n < len(f.src.starts) {
				stop = f.src.starts[n] - 1
			}
			for i := f.src.starts[n-1]; i < stop; i++ {
				if text[i] != '#' {
					text[i], changed = '#', true
				}
			}
		}
		if changed {
			return true
		}
	}
	return false
}

// add puts one node of BuildKit's tree where it belongs.
func (f *File) add(n *parser.Node) *check.Notification {
	cmd, err := instruct(n)
	in := f.instruction(n)
	_, isFrom := cmd.(*instructions.Stage)
	isFrom = isFrom || in.Name == "from"
	if isFrom { // a bad FROM begins a stage all the same: what follows does not belong to the one before
		f.Stages = append(f.Stages, f.stage(in, cmd, err))
	}
	if err != nil {
		if len(f.Stages) > 0 {
			f.Stages[len(f.Stages)-1].Broken = true
		}
		note := f.notify(n.StartLine, err)
		return &note
	}
	if err := f.unquotable(in); err != nil { // the build fails where it expands the word
		note := f.notify(n.StartLine, err)
		if len(f.Stages) > 0 {
			f.Stages[len(f.Stages)-1].Broken = true
		}
		return &note
	}
	switch {
	case isFrom:
	case len(f.Stages) > 0:
		s := f.Stages[len(f.Stages)-1]
		s.Instructions = append(s.Instructions, in)
	case in.Name == "arg":
		f.Args = append(f.Args, in)
	default:
		note := f.notify(n.StartLine, errors.New(strings.ToUpper(in.Name)+" stands before the first FROM"))
		return &note
	}
	return nil
}

// unquotable returns the error that BuildKit finds when it expands the words of an instruction: a quote or a brace without
// its other half.
func (f *File) unquotable(in *Instruction) error {
	var words []string
	switch in.Name {
	case "env", "arg", "label":
		for _, p := range in.Pairs {
			words = append(words, p.Name.Text, p.Value.Text)
		}
	case "from", "workdir", "user", "stopsignal", "expose", "volume", "copy", "add":
		for _, w := range in.Words {
			words = append(words, w.Text)
		}
	}
	for _, w := range words {
		if !strings.ContainsAny(w, "\"'${") {
			continue
		}
		if _, err := shell.NewLex(f.escape).ProcessWordWithMatches(w, &scope{open: true}); err != nil {
			return err
		}
	}
	return nil
}

func instruct(n *parser.Node) (cmd any, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the parser failed: %v", v)
		}
	}()
	return instructions.ParseInstruction(n)
}

func (f *File) stage(in *Instruction, cmd any, err error) *Stage {
	s := &Stage{Index: len(f.Stages), At: in.At, Broken: err != nil}
	if from, ok := cmd.(*instructions.Stage); ok && err == nil && len(in.Words) > 0 {
		s.Base = in.Words[0]
		if from.Name != "" {
			s.Name = in.Words[len(in.Words)-1].Text
		}
	}
	return s
}

// instruction finds the places of a node's parts. Where the text is not what BuildKit read, the places are whole
// lines.
func (f *File) instruction(n *parser.Node) *Instruction {
	j := f.src.join(n.StartLine)
	in := &Instruction{Name: strings.ToLower(n.Value), node: n, text: j}
	end := len(strings.TrimRight(j.text, " \t\r\v\f"))
	in.At = j.span(0, end)
	if in.At.IsZero() || j.text != n.Original {
		in.At = f.src.line(n.StartLine)
		in.ArgsAt = in.At
		in.text = joined{src: f.src}
		return in
	}
	start, end := j.args(j.keyword())
	in.args = start
	if start >= end {
		return in
	}
	in.ArgsAt = j.span(start, end)
	switch in.Name {
	case "env", "arg", "label":
		in.Pairs = pairs(j, start, end, in.Name != "arg")
		in.Words = j.words(start, end, true)
		return in
	case "healthcheck": // NONE, or CMD and a command
		in.Words = []workload.Word{j.word(start, j.endOfWord(start, false))}
		if start = j.skip(j.endOfWord(start, false)); start >= end {
			return in
		}
		fallthrough
	case "run", "cmd", "entrypoint", "shell":
		in.Exec = n.Attributes["json"]
		if words, ok := j.array(start, end); in.Exec && ok {
			in.Words = append(in.Words, words...)
		} else {
			in.Words = append(in.Words, j.word(start, end))
		}
		return in
	case "user", "workdir", "stopsignal", "maintainer", "onbuild":
		in.Words = []workload.Word{j.word(start, end)}
		return in
	}
	if words, ok := j.array(start, end); n.Attributes["json"] && ok {
		in.Exec, in.Words = true, words
	} else {
		in.Words = j.words(start, end, false)
	}
	return in
}

// pairs reads the variables of ENV, LABEL and ARG. The old form "ENV name value with spaces" is recognised by the
// first word, as BuildKit does.
func pairs(j joined, start, end int, old bool) []Pair {
	words := j.words(start, end, true)
	if old && !strings.Contains(words[0].Text, "=") {
		stop := j.endOfWord(start, false)
		return []Pair{{Name: j.word(start, stop), Value: j.word(j.skip(stop), end)}}
	}
	var out []Pair
	for i := j.skip(start); i < end; {
		stop := min(j.endOfWord(i, true), end)
		eq := strings.IndexByte(j.text[i:stop], '=')
		if eq < 0 {
			out = append(out, Pair{Name: j.word(i, stop), Bare: true})
		} else {
			out = append(out, Pair{Name: j.word(i, i+eq), Value: j.word(i+eq+1, stop)})
		}
		i = j.skip(stop)
	}
	return out
}

// notify describes an error of BuildKit's. Its text may quote the line, and the line may hold a secret: quoted parts
// are left out.
func (f *File) notify(line int, err error) check.Notification {
	at := f.src.line(line)
	text := err.Error()
	var unknown *instructions.UnknownInstructionError
	if errors.As(err, &unknown) {
		text = "unknown instruction"
		if w := unknown.Instruction; len(w) <= 20 && strings.Trim(strings.ToUpper(w), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			text += " " + w
		}
	}
	if i, k := strings.IndexByte(text, '"'), strings.LastIndexByte(text, '"'); k > i {
		text = text[:i] + "…" + text[k+1:]
	}
	return check.Notification{
		Code: "dockerfile-syntax", Level: rules.Warning, At: at,
		Message: "this instruction cannot be read and is left out: " + text,
	}
}
