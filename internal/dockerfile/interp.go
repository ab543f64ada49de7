package dockerfile

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/factorlint/factorlint/internal/check"
)

// An interp follows shell commands as far as they can be told without running them.
type interp struct {
	t      *tree
	wd     string // "" if unknown
	vars   map[string]string
	open   bool // the environment may hold variables besides vars
	at     places
	read   func(abs string) (name string, text []byte) // the file of the tree that lies at a path; text is nil if none is known to
	visit  func(words []string, at check.Span)         // is told of every command; nil for none
	args   []string                                    // positional parameters, if told is set
	told   bool
	funcs  map[string]*syntax.Stmt
	lost   bool // something ran that may have built programs
	budget int  // of commands; loops multiply them
	depth  int
}

// places tells where a stretch of a shell text stands.
type places func(from, to int) check.Span

// deepestText is how many texts and functions may call each other.
const deepestText = 8

// text follows a script.
func (s *interp) text(script string) {
	if s.depth++; s.depth > deepestText {
		s.lost = true
		return
	}
	defer func() { s.depth-- }()
	file, err := parseShell(script)
	if err != nil {
		s.lost = true
		return
	}
	s.stmts(file.Stmts)
}

func (s *interp) stmts(list []*syntax.Stmt) {
	for _, st := range list {
		s.stmt(st)
	}
}

func (s *interp) stmt(st *syntax.Stmt) {
	if s.budget--; s.budget < 0 {
		s.lost = true
		return
	}
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		s.call(c)
	case *syntax.DeclClause:
		for _, a := range c.Args {
			s.assign(a)
		}
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			s.sub(func() { s.stmt(c.X) })
			s.sub(func() { s.stmt(c.Y) })
			return
		}
		s.stmt(c.X)
		if c.Op == syntax.OrStmt {
			s.maybe(func() { s.stmt(c.Y) })
		} else {
			s.stmt(c.Y)
		}
	case *syntax.Subshell:
		s.sub(func() { s.stmts(c.Stmts) })
	case *syntax.Block:
		s.stmts(c.Stmts)
	case *syntax.IfClause:
		for ; c != nil; c = c.Else {
			s.stmts(c.Cond)
			s.maybe(func() { s.stmts(c.Then) })
		}
	case *syntax.CaseClause:
		for _, item := range c.Items {
			s.maybe(func() { s.stmts(item.Stmts) })
		}
	case *syntax.WhileClause:
		s.stmts(c.Cond)
		s.maybe(func() { s.stmts(c.Do) })
	case *syntax.ForClause:
		s.loop(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			s.stmt(c.Stmt)
		}
	case *syntax.FuncDecl:
		if s.funcs == nil {
			s.funcs = map[string]*syntax.Stmt{}
		}
		s.funcs[c.Name.Value] = c.Body
	case *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause, nil:
	default:
		s.lost = true
	}
}

// loop runs the body once for each word.
func (s *interp) loop(c *syntax.ForClause) {
	iter, ok := c.Loop.(*syntax.WordIter)
	if !ok || !iter.InPos.IsValid() {
		s.maybe(func() { s.stmts(c.Do) })
		return
	}
	var items []string
	for _, w := range iter.Items {
		items = append(items, s.words(w)...)
	}
	for _, item := range items {
		if strings.ContainsAny(item, "*?[") {
			item = mark(iter.Name.Value)
		}
		s.vars[iter.Name.Value] = item
		s.stmts(c.Do)
	}
}

// sub runs commands whose variables and working directory do not outlive them.
func (s *interp) sub(run func()) {
	wd, vars := s.wd, s.vars
	s.vars = copyOf(vars)
	run()
	s.wd, s.vars = wd, vars
}

// maybe runs commands that may as well be left out: what they change is unknown afterwards.
func (s *interp) maybe(run func()) {
	wd, vars := s.wd, copyOf(s.vars)
	run()
	if s.wd != wd {
		s.wd = ""
	}
	for k, v := range s.vars {
		if old, ok := vars[k]; !ok || old != v {
			s.vars[k] = mark(k)
		}
	}
}

func copyOf(m map[string]string) map[string]string {
	c := make(map[string]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func (s *interp) assign(a *syntax.Assign) {
	if a.Name == nil || a.Naked {
		return
	}
	value := ""
	if a.Value != nil {
		value = s.word(a.Value)
	}
	if a.Append {
		value = s.get(a.Name.Value) + value
	}
	if len(value) > longest {
		value = mark(a.Name.Value)
	}
	s.vars[a.Name.Value] = value
}

// call follows a simple command.
func (s *interp) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			s.assign(a)
		}
		return
	}
	var args []string
	for _, w := range c.Args {
		args = append(args, s.words(w)...)
	}
	vars := s.vars
	if len(c.Assigns) > 0 { // for this command alone
		s.vars = copyOf(vars)
		for _, a := range c.Assigns {
			s.assign(a)
		}
	}
	at := s.at(int(c.Args[0].Pos().Offset()), int(c.Args[len(c.Args)-1].End().Offset()))
	s.command(args, at)
	if len(c.Assigns) > 0 {
		s.vars = vars
	}
}

// command does what a command with these words does, as far as it moves or builds Go programs.
func (s *interp) command(args []string, at check.Span) {
	if len(args) == 0 {
		return
	}
	rest := args[1:]
	if s.visit != nil {
		s.visit(args, at)
	}
	if body := s.funcs[args[0]]; body != nil && s.depth < deepestText {
		s.depth++
		s.called(rest, func() { s.stmt(body) })
		s.depth--
		return
	}
	switch name := path.Base(args[0]); name {
	case "shift":
		s.args = s.args[min(1, len(s.args)):]
	case "cd", "pushd":
		s.cd(rest)
	case "export", "readonly", "local", "declare":
		for _, a := range rest {
			if k, v, ok := strings.Cut(a, "="); ok {
				s.vars[k] = v
			}
		}
	case "unset":
		for _, k := range rest {
			s.vars[k] = ""
		}
	case "exec", "command", "sudo", "nice", "nohup", "time", "eatmydata":
		s.command(rest, at)
	case "env":
		vars := copyOf(s.vars)
		for len(rest) > 0 && (strings.Contains(rest[0], "=") || strings.HasPrefix(rest[0], "-")) {
			k, v, _ := strings.Cut(rest[0], "=")
			s.vars[k] = v
			rest = rest[1:]
		}
		s.command(rest, at)
		s.vars = vars
	case "sh", "bash", "ash", "dash":
		if i := slices.IndexFunc(rest, isDashC); i >= 0 && i+1 < len(rest) && !marked(rest[i+1]) {
			s.inner(rest[i+1], func(int, int) check.Span { return at })
			return
		}
		for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
			rest = rest[1:]
		}
		s.lost = len(rest) == 0 || !s.script(rest[0], rest[1:], at) || s.lost
	case "go", "xx-go":
		s.goCommand(rest, at)
	case "make", "gmake":
		s.runMake(rest, at)
	case "mkdir":
		for _, a := range rest {
			if p := s.abs(a); p != "" && !strings.HasPrefix(a, "-") {
				s.t.dirs[p] = true
			}
		}
	case "cp", "mv", "install", "ln":
		s.move(name, rest)
	case "rm":
		for _, a := range rest {
			if p := s.abs(a); p != "" && !strings.HasPrefix(a, "-") {
				s.t.remove(p)
			}
		}
	default:
		if strings.Contains(args[0], "/") && s.script(args[0], rest, at) {
			return
		}
		s.lost = s.lost || !buildsNothing[name]
	}
}

// inner follows another text, whose variables and working directory do not outlive it.
func (s *interp) inner(text string, at places) {
	old := s.at
	s.at = at
	s.sub(func() { s.text(text) })
	s.at = old
}

// script follows a shell script of the tree. It reports whether there is one.
func (s *interp) script(file string, args []string, at check.Span) bool {
	abs := s.abs(file)
	if s.read == nil || abs == "" {
		return false
	}
	name, text := s.read(abs)
	if text == nil || !isShellScript(name, text) {
		return false
	}
	s.budget -= len(text) >> 10 // reading counts too
	s.called(args, func() { s.inner(string(text), s.placesIn(name, text, at)) })
	return true
}

// isDashC reports whether an option of a shell takes the script: -c, -ec, -lc.
func isDashC(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && strings.HasSuffix(arg, "c")
}

// buildsNothing are commands that leave no Go program of this tree behind.
var buildsNothing = set(`: true false test [ [[ set shift exit return wait trap ulimit umask echo printf cat tee head tail
	ls pwd which type hash date sleep touch chmod chown chgrp stat file find grep egrep sed awk cut tr sort uniq wc diff basename
	dirname readlink realpath tar gzip gunzip unzip zip xz bzip2 curl wget git svn hg gpg openssl ssh ssh-keyscan ssh-keygen
	apk apt apt-get apt-key apt-cache aptitude dpkg dpkg-reconfigure yum dnf microdnf rpm zypper pacman tdnf xx-apk xx-apt xx-apt-get
	xx-info xx-verify add-apt-repository update-ca-certificates update-alternatives ldconfig locale-gen ldd strip upx setcap getcap
	sha256sum sha512sum md5sum sha1sum uname hostname id whoami adduser addgroup useradd groupadd usermod groupmod deluser passwd
	chpasswd su-exec gosu npm npx yarn pnpm node corepack pip pip3 poetry pipenv uv gem bundle composer mvn gradle cargo rustup
	swag buf protoc protoc-gen-go sqlc templ wire mockgen mockery gofmt golangci-lint gosec govulncheck staticcheck
	dlv air unset alias source . let read getopts strings sync kill ps nproc seq expr yes`)

func (s *interp) cd(args []string) {
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "-P" || a == "-L" || a == "--" })
	if len(args) != 1 || args[0] == "-" {
		s.wd = ""
		return
	}
	s.wd = s.abs(args[0])
}

// abs makes a path of a command absolute; "" if that cannot be told.
func (s *interp) abs(p string) string {
	wd := s.t.wd
	s.t.wd = s.wd
	out := s.t.abs(p)
	s.t.wd = wd
	if out != "/" {
		out = strings.TrimSuffix(out, "/")
	}
	return out
}

// move is cp, mv, install and ln.
func (s *interp) move(name string, args []string) {
	var paths []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case name == "install" && (a == "-d" || a == "-D"):
			continue
		case name == "install" && (a == "-m" || a == "-o" || a == "-g" || a == "--mode"):
			i++
		case a == "-t" || strings.HasPrefix(a, "--target-directory"):
			s.lost = s.lost || len(s.t.bins) > 0
			return
		case !strings.HasPrefix(a, "-"):
			paths = append(paths, a)
		}
	}
	if name == "ln" && len(paths) == 1 {
		paths = append(paths, ".")
	}
	if len(paths) < 2 {
		return
	}
	dest := paths[len(paths)-1]
	at := s.abs(dest)
	if at == "" {
		s.lost = s.lost || len(s.t.bins) > 0
		return
	}
	srcs := paths[:len(paths)-1]
	into := strings.HasSuffix(dest, "/") || len(srcs) > 1 || s.t.dirs[at]
	for _, src := range srcs {
		from := s.abs(src)
		if name == "ln" && !path.IsAbs(src) && from != "" {
			from = path.Join(path.Dir(at), src)
			if into {
				from = path.Join(at, src)
			}
		}
		if from == "" {
			s.lost = s.lost || !isData(src)
			continue
		}
		if name == "ln" && s.t.dirs[from] {
			continue
		}
		s.t.copyOne(s.t, strings.TrimSuffix(from, "/."), at, into, !strings.HasSuffix(src, "/."))
		if name == "mv" && from != at {
			s.t.remove(from)
		}
	}
}
