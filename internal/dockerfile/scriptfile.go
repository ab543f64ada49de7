package dockerfile

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A ScriptFile is a shell script of the repository that an image starts.
type ScriptFile struct {
	Path string
	Args []workload.Word // what it is called with

	src  *source
	file *syntax.File
}

// ScriptFile returns the script that a command line runs: /entrypoint.sh api, sh entrypoint.sh. It is nil if that is none
// of the repository's, or none for a shell that is known.
func (f *File) ScriptFile(img *workload.Image, words []workload.Word) *ScriptFile {
	here := false                                        // a shell looks for its script in the working directory
	for len(words) > 0 && shellOf(words[0].Text) != "" { // sh -e script
		words, here = words[1:], true
		for len(words) > 0 && strings.HasPrefix(words[0].Text, "-") {
			if isDashC(words[0].Text) {
				return nil
			}
			words = words[1:]
		}
	}
	if len(words) == 0 {
		return nil
	}
	name := words[0].Text
	if here && !strings.Contains(name, "/") {
		name = "./" + name
	}
	for _, at := range Located(img, name) {
		o, ok := f.Origin(img, at)
		if !ok || o.File == "" {
			continue
		}
		text := f.Around.Read(o.File)
		if !isShellScript(o.File, text) {
			return nil
		}
		file, err := parseShell(string(text))
		if err != nil {
			return nil
		}
		return &ScriptFile{Path: o.File, Args: words[1:], src: newSource(o.File, text), file: file}
	}
	return nil
}

// isShellScript reports whether a file is a script for a shell that is known, by its first line or its name.
func isShellScript(name string, text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	prog, bang := strings.CutPrefix(strings.TrimSpace(string(line)), "#!")
	prog = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(prog), "/usr/bin/env "), "-S ")
	return bang && shellOf(prog) != "" || !bang && path.Ext(name) == ".sh"
}

// Calls returns the simple commands of the script in order.
func (s *ScriptFile) Calls() []*Call {
	w := &callWalker{places: s.src.span}
	for _, st := range s.file.Stmts {
		w.stmt(st, Call{})
	}
	return w.out
}

// Last returns the command that the script ends in and for which its shell waits, without passing on any signal. It is nil
// if the script execs a program, sets a trap, or if its end cannot be told. insert is where exec would make the program
// take the shell's place, if nothing else has to change.
func (s *ScriptFile) Last() (last *Call, insert check.Span) {
	own := map[string]bool{} // functions
	unclear := false
	syntax.Walk(s.file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.FuncDecl:
			own[n.Name.Value] = true
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				break
			}
			switch first := n.Args[0].Lit(); first {
			case "trap":
				unclear = true
			case "exec":
				unclear = unclear || len(n.Args) > 1
			case ".", "source": // may set a trap, or exec
				unclear = unclear || len(n.Args) < 2 || !strings.Contains(literal(n.Args[1]), "env")
			}
		}
		return true
	})
	stmts := s.file.Stmts
	for len(stmts) > 0 && isCall(stmts[len(stmts)-1], "exit") {
		stmts = stmts[:len(stmts)-1]
	}
	if unclear || len(stmts) == 0 {
		return nil, insert
	}
	st := stmts[len(stmts)-1]
	if isCall(st, "wait") {
		for _, b := range slices.Backward(stmts[:len(stmts)-1]) {
			if b.Background {
				return s.only(b, own), insert
			}
		}
		return nil, insert
	}
	if st.Background || st.Negated {
		return nil, insert
	}
	simple := len(stmts) == len(s.file.Stmts)
	for {
		b, ok := st.Cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		switch b.Op {
		case syntax.AndStmt:
			st = b.Y
		case syntax.Pipe, syntax.PipeAll:
			st, simple = b.X, false
		default:
			return nil, insert
		}
	}
	last = s.only(st, own)
	if call, ok := st.Cmd.(*syntax.CallExpr); ok && last != nil && simple && len(call.Assigns) == 0 && !isBuiltin(call.Args[0].Lit()) { // no file is called command
		at := int(call.Args[0].Pos().Offset())
		insert = s.src.span(at, at)
	}
	return last, insert
}

// only returns the call that a statement consists of, if it may be a program that runs for long.
func (s *ScriptFile) only(st *syntax.Stmt, own map[string]bool) *Call {
	if _, ok := st.Cmd.(*syntax.CallExpr); !ok {
		return nil
	}
	w := &callWalker{places: s.src.span}
	w.stmt(st, Call{})
	if len(w.out) == 0 || !MayServe(w.out[0]) || own[w.out[0].Name()] {
		return nil
	}
	return w.out[0]
}

// MayServe reports whether a command may be a program that runs until it is stopped.
func MayServe(c *Call) bool {
	args := c.Args()
	if len(args) == 0 {
		return false
	}
	name := baseName(args[0])
	if strings.Contains(name, "$") && args[0] != "${@}" {
		return false
	}
	if runners[name] {
		return len(args) > 1 && !slices.Contains([]string{"install", "ci", "i", "add", "get", "sync"}, args[1]) && !endsByItself(args)
	}
	return !isBuiltin(name) && !buildsNothing[name] && !endsByItself(args)
}

// runners are tools of a build that start programs as well.
var runners = set("npm npx yarn pnpm node bundle poetry uv cargo mvn gradle")

func isCall(st *syntax.Stmt, name string) bool {
	call, ok := st.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) > 0 && call.Args[0].Lit() == name
}
