package dockerfile

import (
	"slices"
	"strings"
	"sync"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"mvdan.cc/sh/v3/syntax"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Call is a simple command of a shell text.
type Call struct {
	Words      []workload.Word // the program and its arguments; an expansion is written "${NAME}", or "${}" if it is none of a variable
	At         check.Span
	Into       []string        // the program that its output is piped into, with its arguments
	Inner      []string        // the programs whose output stands in its words: $(curl …), <(curl …)
	Files      []workload.Word // files that its output is written to by redirection
	Background bool            // the shell does not wait for it
	Substitute bool            // it stands in another command's words
	Maybe      bool            // whether it runs depends on a condition
}

// Name returns the base name of the program, without exec and the like before it.
func (c *Call) Name() string {
	if args := c.Args(); len(args) > 0 {
		return baseName(args[0])
	}
	return ""
}

// Args returns the words from the program on: what runs it (exec, sudo, env A=b, su-exec user) is left out.
func (c *Call) Args() []string {
	words := make([]string, len(c.Words))
	for i, w := range c.Words {
		words[i] = w.Text
	}
	return Program(words)
}

// Program drops the programs that run their arguments from the front of a command line.
func Program(words []string) []string {
	for len(words) > 1 {
		rest := words[1:]
		switch baseName(words[0]) {
		case "exec", "command", "nohup", "setsid", "time", "eatmydata", "builtin":
		case "sudo", "nice", "env", "stdbuf", "tini", "dumb-init", "catatonit", "docker-init", "chpst":
			for len(rest) > 1 && (strings.HasPrefix(rest[0], "-") || strings.Contains(rest[0], "=")) {
				if slices.Contains([]string{"-u", "-n", "-C"}, rest[0]) {
					rest = rest[1:]
				}
				rest = rest[1:]
			}
		case "su-exec", "gosu":
			rest = rest[min(1, len(rest)-1):]
		default:
			return words
		}
		words = rest
	}
	return words
}

func baseName(word string) string { return word[strings.LastIndexByte(word, '/')+1:] }

// Commands returns the simple commands of a RUN in order, and false if its text is none of a shell that is known, or
// cannot be read.
func (f *File) Commands(in *Instruction) ([]*Call, bool) {
	cmd, _ := instruct(in.node)
	c, ok := cmd.(*instructions.RunCommand)
	if !ok {
		return nil, false
	}
	text, places, ok := f.shellText(in, c)
	if !ok {
		return nil, false
	}
	return calls(text, places)
}

// CallsOf returns the simple commands of a shell text that stands in a word.
func CallsOf(script workload.Word) ([]*Call, bool) { return calls(script.Text, script.Part) }

// calls takes a shell text apart.
func calls(text string, places func(from, to int) check.Span) ([]*Call, bool) {
	file, err := parseShell(text)
	if err != nil {
		return nil, false
	}
	w := &callWalker{places: places}
	for _, st := range file.Stmts {
		w.stmt(st, Call{})
	}
	return w.out, true
}

// Limits of a shell text. The parser and the walkers of its trees call themselves.
const (
	deepest     = 500     // commands in commands
	longestText = 1 << 18 // bytes; a list of that length is a tree as deep
)

// parseShell parses a text that is neither absurdly long nor nested absurdly deep.
func parseShell(text string) (*syntax.File, error) {
	if len(text) > longestText || depth(text) > deepest {
		return nil, syntax.ParseError{Text: "too long, or nested too deep"}
	}
	p, _ := shellParsers.Get().(*syntax.Parser)
	file, err := p.Parse(strings.NewReader(text), "")
	shellParsers.Put(p)
	return file, err
}

// shellParsers are used again: one takes more memory than most of what it reads.
var shellParsers = sync.Pool{New: func() any { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }}

// depth counts what may open a nested command and is not closed again, whatever the quotes around it.
func depth(text string) int {
	n, most := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{':
			n++
		case ')', '}':
			n = max(n-1, 0)
		}
		most = max(most, n)
	}
	return max(most, strings.Count(text, "`"), strings.Count(text, "if "), strings.Count(text, "do "))
}

// A callWalker collects calls.
type callWalker struct {
	places func(from, to int) check.Span
	out    []*Call
}

// stmt walks a statement; in tells what is so of every call in it.
func (w *callWalker) stmt(st *syntax.Stmt, in Call) {
	if st == nil {
		return
	}
	in.Background = in.Background || st.Background
	for _, r := range st.Redirs {
		if file, ok := w.written(r); ok {
			in.Files = append(slices.Clip(in.Files), file)
		}
	}
	list := func(stmts []*syntax.Stmt) {
		for _, st := range stmts {
			w.stmt(st, in)
		}
	}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		w.call(c, in)
	case *syntax.BinaryCmd:
		left := in
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			left.Into = []string{"${}"}
			for y := c.Y; y != nil; { // the leftmost command of the right side
				if b, ok := y.Cmd.(*syntax.BinaryCmd); ok {
					y = b.X
					continue
				}
				if call, ok := y.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
					words := make([]string, len(call.Args))
					for i, a := range call.Args {
						words[i] = literal(a)
					}
					left.Into = Program(words)
				}
				break
			}
		}
		w.stmt(c.X, left)
		in.Maybe = in.Maybe || c.Op == syntax.OrStmt
		w.stmt(c.Y, in)
	case *syntax.Subshell:
		list(c.Stmts)
	case *syntax.Block:
		list(c.Stmts)
	case *syntax.IfClause:
		list(c.Cond)
		for in.Maybe = true; c != nil; c = c.Else {
			list(c.Then)
		}
	case *syntax.CaseClause:
		in.Maybe = true
		for _, item := range c.Items {
			list(item.Stmts)
		}
	case *syntax.WhileClause:
		list(c.Cond)
		in.Maybe = true
		list(c.Do)
	case *syntax.ForClause:
		list(c.Do)
	case *syntax.TimeClause:
		w.stmt(c.Stmt, in)
	case *syntax.FuncDecl:
		in.Maybe = true
		w.stmt(c.Body, in)
	}
}

func (w *callWalker) call(c *syntax.CallExpr, in Call) {
	if len(c.Args) > 0 {
		call := in
		for _, a := range c.Args {
			call.Words = append(call.Words, workload.Word{Text: literal(a), At: w.at(a)})
		}
		call.At = w.places(int(c.Args[0].Pos().Offset()), int(c.Args[len(c.Args)-1].End().Offset()))
		w.out = append(w.out, &call)
		for _, a := range c.Args {
			w.inner(a, &call)
		}
	}
	for _, a := range c.Assigns {
		if a.Value != nil {
			w.inner(a.Value, &Call{})
		}
	}
}

// inner collects the commands in the words of another.
func (w *callWalker) inner(word *syntax.Word, outer *Call) {
	syntax.Walk(word, func(n syntax.Node) bool {
		var stmts []*syntax.Stmt
		switch n := n.(type) {
		case *syntax.CmdSubst:
			stmts = n.Stmts
		case *syntax.ProcSubst:
			stmts = n.Stmts
		default:
			return true
		}
		first := len(w.out)
		for _, st := range stmts {
			w.stmt(st, Call{Substitute: true})
		}
		for _, c := range w.out[first:] {
			outer.Inner = append(outer.Inner, c.Name())
		}
		return false
	})
}

// written returns the file that a redirection writes to.
func (w *callWalker) written(r *syntax.Redirect) (workload.Word, bool) {
	switch r.Op {
	case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
		if r.Word != nil {
			return workload.Word{Text: literal(r.Word), At: w.at(r.Word)}, true
		}
	}
	return workload.Word{}, false
}

func (w *callWalker) at(n syntax.Node) check.Span {
	return w.places(int(n.Pos().Offset()), int(n.End().Offset()))
}

// literal writes a word without its quotes, expansions as "${NAME}".
func literal(w *syntax.Word) string {
	var b strings.Builder
	writeParts(&b, w.Parts)
	return b.String()
}

func writeParts(b *strings.Builder, parts []syntax.WordPart) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			writeParts(b, p.Parts)
		case *syntax.ParamExp:
			name := ""
			if p.Param != nil {
				name = p.Param.Value
			}
			b.WriteString("${" + name + "}")
		default:
			b.WriteString("${}")
		}
	}
}
