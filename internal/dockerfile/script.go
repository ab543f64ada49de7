package dockerfile

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/factorlint/factorlint/internal/workload"
)

// A Script is what a shell is given to run as the process of a container, and what becomes of that shell.
type Script struct {
	Shell   workload.Shell // the shell that runs it
	Word    workload.Word  // its text
	Fate    Fate
	Program string   // the program that the script ends in or consists of, "" if that is no plain word
	Words   []string // if the script is one simple command of plain words: these
	Start   int      // if it is one simple command: where its first word begins in the text; else -1
	OneShot bool     // nothing in it serves: an interactive shell, a test run, echo
}

// A Fate is what a shell does while the program of its script runs.
type Fate int

// Fates, measured with dash 0.5.12, bash 5.2 and BusyBox ash 1.35.
const (
	Unclear  Fate = iota // cannot be told
	Traps                // the script handles signals itself
	Execs                // the script execs the program
	Replaced             // the shell replaces itself by the last simple command, unasked
	Depends              // whether it does depends on the shell or its version
	Stays                // the shell waits for the program and passes no signal on
)

// ScriptOf returns the script that a command hands to a shell: one in shell form, or one of the form sh -c script.
// sh is what /bin/sh is in the image. ok is false if no shell that is known runs it.
func ScriptOf(c workload.Command, sh workload.Shell) (s Script, ok bool) {
	argv := c.Words
	if c.Shell {
		argv = nil
		for _, w := range c.Interpreter {
			argv = append(argv, workload.Word{Text: w})
		}
		if len(argv) == 0 {
			argv = []workload.Word{{Text: "/bin/sh"}, {Text: "-c"}}
		}
		argv = append(argv, c.Words...)
	}
	if len(argv) > 0 && (path.Base(argv[0].Text) == "env" || path.Base(argv[0].Text) == "busybox") {
		argv = argv[1:]
	}
	if len(argv) < 3 {
		return s, false
	}
	switch shellOf(argv[0].Text) {
	case "sh":
		s.Shell = sh
	case "bash":
		s.Shell = workload.Bash
	case "ash":
		s.Shell = workload.Ash
	case "dash":
		s.Shell = workload.Dash
	default:
		return s, false
	}
	i := slices.IndexFunc(argv, func(w workload.Word) bool { return isDashC(w.Text) })
	if i < 0 || i+1 >= len(argv) {
		return s, false
	}
	s.Word = argv[i+1]
	s.judge()
	return s, true
}

// judge fills in everything that the text tells.
func (s *Script) judge() {
	s.Start = -1
	file, err := parseShell(s.Word.Text)
	if err != nil || len(file.Stmts) == 0 {
		return
	}
	s.Fate = s.list(file.Stmts)
	s.OneShot = true
	var (
		last    *syntax.CallExpr
		several bool // commands run side by side: none of them is the program
	)
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		case *syntax.FuncDecl:
			s.Fate = Unclear
		case *syntax.Stmt:
			several = several || n.Background
		case *syntax.BinaryCmd:
			several = several || n.Op == syntax.Pipe || n.Op == syntax.PipeAll
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				return true
			}
			words := plainWords(n.Args)
			if len(words) > 0 && words[0] == "trap" {
				s.Fate = Traps
			}
			if len(words) == 0 || !isBuiltin(words[0]) {
				last = n
				s.OneShot = s.OneShot && endsByItself(words)
			}
		}
		return true
	})
	if last == nil {
		return
	}
	if words := plainWords(last.Args[:1]); len(words) == 1 && !several {
		s.Program = words[0]
	}
	only := file.Stmts[0]
	if call, ok := only.Cmd.(*syntax.CallExpr); ok && call == last && len(file.Stmts) == 1 && !only.Background && !only.Negated && len(call.Assigns) == 0 && s.Program != "" {
		s.Start = int(call.Args[0].Pos().Offset())
		if len(only.Redirs) == 0 {
			if words := plainWords(call.Args); len(words) == len(call.Args) {
				s.Words = words
			}
		}
	}
}

// plainWords returns the leading words that hold nothing for the shell to expand.
func plainWords(args []*syntax.Word) []string {
	var out []string
	for _, w := range args {
		var b strings.Builder
		for _, p := range w.Parts {
			switch p := p.(type) {
			case *syntax.Lit:
				if strings.ContainsAny(p.Value, "*?[]{}~\\`") {
					return out
				}
				b.WriteString(p.Value)
			case *syntax.SglQuoted:
				if p.Dollar {
					return out
				}
				b.WriteString(p.Value)
			case *syntax.DblQuoted:
				for _, q := range p.Parts {
					lit, ok := q.(*syntax.Lit)
					if !ok || strings.Contains(lit.Value, `\`) {
						return out
					}
					b.WriteString(lit.Value)
				}
			default:
				return out
			}
		}
		out = append(out, b.String())
	}
	return out
}

// list tells the fate of the shell that runs statements one after another.
func (s *Script) list(stmts []*syntax.Stmt) Fate {
	for i, st := range stmts {
		if st.Background {
			return Stays
		}
		if i+1 < len(stmts) && execs(st) {
			return Execs
		}
	}
	fate := s.tail(stmts[len(stmts)-1])
	if len(stmts) > 1 {
		fate = s.afterOthers(fate)
	}
	return fate
}

// afterOthers is the fate when the last command is not the first: bash replaces itself there only since 5.1.
func (s *Script) afterOthers(f Fate) Fate {
	if f == Replaced && s.Shell == workload.Bash {
		return Depends
	}
	return f
}

// tail tells the fate of the shell by its last statement.
func (s *Script) tail(st *syntax.Stmt) Fate {
	if st.Background || st.Negated {
		return Stays
	}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		return s.simple(st, c)
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			return Stays
		}
		y := s.afterOthers(s.tail(c.Y))
		if c.Op == syntax.OrStmt && y != Stays {
			return Unclear // the program may be on either side
		}
		if execs(c.X) {
			return Execs
		}
		return y
	case *syntax.Block:
		if f := s.list(c.Stmts); f != Replaced || s.Shell != workload.Bash {
			return f
		}
		return Stays
	case *syntax.Subshell:
		if s.Shell == workload.Ash {
			return s.list(c.Stmts)
		}
		return Stays
	case *syntax.IfClause:
		worst := Execs
		for ; c != nil; c = c.Else {
			f := s.list(c.Then)
			if f == Replaced && s.Shell == workload.Bash {
				f = Stays
			}
			if f == Unclear {
				return Unclear
			}
			worst = max(worst, f)
		}
		return worst
	case *syntax.WhileClause, *syntax.ForClause:
		return Stays
	}
	return Unclear
}

func (s *Script) simple(st *syntax.Stmt, c *syntax.CallExpr) Fate {
	if len(c.Args) == 0 {
		return Unclear
	}
	words := plainWords(c.Args)
	switch {
	case execs(st):
		return Execs
	case len(words) > 0 && isBuiltin(words[0]): // the program came before
		return Stays
	}
	switch s.Shell {
	case workload.Dash:
		return Stays
	case workload.Ash:
		return Replaced
	case workload.Bash:
		if len(st.Redirs) > 0 {
			return Stays
		}
		return Replaced
	}
	return Depends
}

// execs reports whether a statement ends in exec with a program.
func execs(st *syntax.Stmt) bool {
	if st.Background {
		return false
	}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		return len(c.Args) > 1 && c.Args[0].Lit() == "exec"
	case *syntax.BinaryCmd:
		return c.Op == syntax.AndStmt && execs(c.Y)
	case *syntax.Block:
		return len(c.Stmts) > 0 && execs(c.Stmts[len(c.Stmts)-1])
	}
	return false
}

func isBuiltin(name string) bool { return builtins[name] }

// builtins are commands that a shell runs itself, and keywords.
var builtins = set(`. : [ [[ alias bg break cd command continue declare echo eval exec exit export false fg getopts hash jobs kill let
	local printf pwd read readonly return set shift shopt source test times trap true type typeset ulimit umask unalias unset wait`)

// endsByItself reports whether a command is plainly no service.
func endsByItself(words []string) bool {
	if len(words) == 0 {
		return false
	}
	args := words[1:]
	has := func(names ...string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(names, a) })
	}
	switch name := path.Base(words[0]); name {
	case "sh", "bash", "ash", "zsh", "dash":
		return len(args) == 0 || strings.HasPrefix(args[0], "-") && !slices.ContainsFunc(args, isDashC) && len(args) == 1
	case "ls", "env", "printenv", "sleep", "cat", "date", "id", "whoami", "uname", "tail", "cp", "mv", "mkdir", "rm", "chown", "chmod",
		"pytest", "tox", "rspec", "ginkgo", "newman", "k6", "golangci-lint", "migrate", "goose", "flyway", "liquibase", "dbmate":
		return true
	case "go":
		return has("test", "vet", "build", "version", "generate", "mod", "fmt")
	case "npm", "yarn", "pnpm", "make", "cargo", "mvn", "gradle", "bundle", "dotnet", "python", "python3":
		return has("test", "lint", "check", "build", "tests", "e2e", "pytest")
	}
	return len(args) > 0 && has("--help", "-h", "--version", "version", "help")
}
