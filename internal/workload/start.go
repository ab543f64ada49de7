package workload

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/check"
)

// A start is the command line that a container ends up running, the wrappers around it seen through.
type start struct {
	args    []arg         // the program and its arguments; none if they cannot be told
	env     []EnvVar      // variables that the command line itself sets: FOO=bar ./app
	workDir Value[string] // in which a relative path is looked up
	via     string        // an entrypoint that runs its arguments in the end; args is what follows it
	pkg     string        // the package that "go run" or a rebuild tool builds; args[0] is it
	opaque  string        // why args cannot be told: "runs the script /entrypoint.sh"
	deploy  bool          // the manifest, not the image, says what to start
	unsure  bool          // something on the way may add variables and arguments
	others  bool          // it runs other programs first, which may read any variable
}

// An arg is one word of a command line. The rest of an open one, and whether it is one word at all, cannot be told.
type arg struct {
	text   string
	open   bool
	at     check.Span
	deploy bool // it stands in a manifest
}

// start returns what the workload's container runs. A manifest's command replaces ENTRYPOINT and drops CMD, its args
// replace CMD (core/v1 Container, compose-spec entrypoint and command). The shell form of ENTRYPOINT takes no
// arguments (Dockerfile reference).
func (w *Workload) start() start {
	var (
		st         start
		entry, cmd Value[Command]
		d, img     = w.Deploy, w.Image
	)
	entryDeploy, cmdDeploy := false, false
	if img != nil {
		entry, cmd, st.workDir = img.Entrypoint, img.Cmd, img.WorkDir
	}
	if d != nil {
		if img == nil && setsNothing(d.Image) {
			entry = Absent[Command](d.Image.At()) // such base images have no ENTRYPOINT
		}
		if c, ok := d.Entrypoint.Get(); !d.Entrypoint.Absent() && (!ok || d.Platform == Compose || len(c.Words) > 0) {
			entry, entryDeploy = d.Entrypoint, true
			cmd, cmdDeploy = Absent[Command](d.Entrypoint.At()), true
		}
		if c, ok := d.Args.Get(); !d.Args.Absent() && (!ok || d.Platform == Compose || len(c.Words) > 0) {
			cmd, cmdDeploy = d.Args, true
		}
		if !d.WorkDir.Absent() {
			st.workDir = d.WorkDir
		}
	}
	if st.workDir.Absent() {
		st.workDir = Known("/", st.workDir.At())
	}
	variables := sync.OnceValue(d.variables)
	argsOf := func(v Value[Command], deploy bool) []arg {
		c, ok := v.Get()
		if v.Absent() {
			return nil
		}
		if !ok {
			return []arg{{open: true, at: v.At(), deploy: deploy}}
		}
		words := make([]arg, 0, len(c.Words)+2)
		if c.Shell {
			shell := c.Interpreter
			if len(shell) == 0 {
				shell = []string{"/bin/sh", "-c"}
			}
			for _, word := range shell {
				words = append(words, arg{text: word, at: c.At, deploy: deploy})
			}
		}
		for _, word := range c.Words {
			a := arg{text: word.Text, at: word.At, deploy: deploy}
			if deploy && d.Platform == Kubernetes {
				a.text, a.open = variables().expand(a.text)
			}
			words = append(words, a)
		}
		return words
	}
	st.args = argsOf(entry, entryDeploy)
	if c, ok := entry.Get(); !ok || !c.Shell {
		st.args = append(st.args, argsOf(cmd, cmdDeploy)...)
	}
	if len(st.args) == 0 {
		st.opaque = "neither the image nor the deploy names a command"
		return st
	}
	st.deploy = st.args[0].deploy
	st.unwrap()
	if len(st.args) > 0 {
		st.deploy = st.args[0].deploy
	}
	return st
}

// unwrap goes through the programs that run their arguments, until it comes to one that does not.
func (st *start) unwrap() {
	const deepest = 8 // wrappers within wrappers; real ones need three
	for range deepest {
		if len(st.args) == 0 {
			st.giveUp("names no program after its wrappers")
			return
		}
		first, rest := st.args[0], st.args[1:]
		if first.open {
			st.giveUp("the name of the program cannot be told")
			return
		}
		switch name := path.Base(first.text); {
		case name == "sh" || name == "bash" || name == "ash" || name == "dash":
			script, ok := shellScript(rest)
			if !ok {
				st.giveUp("runs a shell script")
				return
			}
			list, ok := commands(script)
			if !ok {
				st.giveUp("runs shell text that is more than simple commands")
				return
			}
			st.last(list)
		case name == "tini" || name == "tini-static" || name == "dumb-init" || name == "catatonit" || name == "docker-init":
			st.args = afterOptions(rest, "-p", "-e", "-r", "--rewrite")
		case name == "env":
			st.args = st.assignments(afterOptions(rest, "-u", "-C"))
		case (name == "su-exec" || name == "gosu") && len(rest) > 0:
			st.args = rest[1:]
		case name == "nohup" || name == "setsid":
			st.args = rest
		case name == "go" && len(rest) > 0 && rest[0].text == "run":
			st.pkg, st.args = goPackage(rest[1:])
			if st.pkg == "" {
				st.giveUp("runs a package that cannot be told")
			}
			return
		case name == "CompileDaemon":
			st.compileDaemon(rest)
			return
		case slices.Contains(rebuilders, name):
			st.unsure = true
			return
		case strings.Contains(name, "entrypoint") && len(rest) > 0 && !rest[0].open && !strings.HasPrefix(rest[0].text, "-"):
			st.via, st.unsure, st.args = first.text, true, rest
		case path.Ext(name) == ".sh" || path.Ext(name) == ".bash":
			st.giveUp("runs the script " + first.text)
			return
		default:
			return
		}
		if st.opaque != "" {
			return
		}
	}
	st.giveUp("its wrappers are too deep")
}

func (st *start) giveUp(why string) {
	if len(st.args) > 0 {
		st.deploy = st.args[0].deploy
	}
	st.args, st.opaque, st.unsure = nil, why, true
}

// rebuilders are programs that build and restart another whenever its source changes.
var rebuilders = []string{"air", "reflex", "realize", "nodemon", "modd", "fresh", "gow", "watchexec", "entr", "dlv", "gin"}

// last makes the last of a script's commands the command line. Those before it run and end.
func (st *start) last(list [][]arg) {
	for i, words := range list {
		rest := st.assignments(words)
		switch {
		case len(rest) == 0:
			st.unsure = true // FOO=bar alone
			continue
		case rest[0].text == "exec" && !rest[0].open:
			st.args = rest[1:]
			return
		case i == len(list)-1:
			st.args = rest
			return
		case rest[0].open:
			st.unsure = true
			continue
		}
		switch rest[0].text {
		case "cd":
			st.workDir = changeDir(st.workDir, rest[1:])
		case "export", "source", ".", "eval", "unset", "read":
			st.unsure = true
		default:
			st.others = st.others || !slices.Contains(plain, path.Base(rest[0].text))
		}
	}
	st.args = nil
}

// assignments takes FOO=bar words from the front of a command.
func (st *start) assignments(words []arg) []arg {
	for len(words) > 0 {
		name, value, ok := strings.Cut(words[0].text, "=")
		if !ok || !isVariable(name) {
			break
		}
		v := Known(value, words[0].at)
		if words[0].open {
			v = Unknown[string](words[0].at)
		}
		st.env = append(st.env, EnvVar{Name: name, Value: v, At: words[0].at})
		words = words[1:]
	}
	return words
}

// compileDaemon reads the command line of github.com/githubnemo/CompileDaemon: --build holds the go command.
func (st *start) compileDaemon(words []arg) {
	for i, w := range words {
		name, value, ok := strings.Cut(strings.TrimLeft(w.text, "-"), "=")
		if !ok && i+1 < len(words) {
			value, w = words[i+1].text, words[i+1]
		}
		if name != "build" || w.open {
			continue
		}
		list, ok := commands(arg{text: value, at: w.at})
		if !ok || len(list) != 1 || len(list[0]) < 2 || list[0][0].text != "go" || list[0][1].text != "build" {
			break
		}
		pkg, args := goPackage(list[0][2:])
		if pkg == "" {
			break
		}
		st.pkg, st.args, st.unsure = pkg, args[:1], true
		return
	}
	st.giveUp("runs a rebuild tool")
}

// goPackage returns the package that the words after "go build" or "go run" name, as they name it but for the name of
// a file, and the words from there on. pkg is "" if it cannot be told.
func goPackage(words []arg) (pkg string, rest []arg) {
	words = afterOptions(words, "-o", "-ldflags", "-tags", "-gcflags", "-asmflags", "-mod", "-modfile", "-p", "-exec", "-buildmode", "-C")
	if len(words) == 0 || words[0].open || words[0].text == "" {
		return "", nil
	}
	pkg = words[0].text
	if strings.HasSuffix(pkg, ".go") {
		pkg = path.Dir(pkg)
		for len(words) > 1 && strings.HasSuffix(words[1].text, ".go") && path.Dir(words[1].text) == pkg {
			words = words[1:]
		}
	}
	return pkg, words
}

// afterOptions drops leading options, "--" with them. The options in valued take the next word as their value.
func afterOptions(words []arg, valued ...string) []arg {
	for len(words) > 0 && !words[0].open && strings.HasPrefix(words[0].text, "-") {
		if words[0].text == "--" {
			return words[1:]
		}
		if slices.Contains(valued, words[0].text) && len(words) > 1 {
			words = words[1:]
		}
		words = words[1:]
	}
	return words
}

// shellScript returns the text that a shell is given with -c.
func shellScript(words []arg) (script arg, ok bool) {
	for i := 0; i < len(words) && !words[i].open; i++ {
		flags, isFlags := strings.CutPrefix(words[i].text, "-")
		if !isFlags || strings.HasPrefix(flags, "-") {
			break
		}
		if strings.Contains(flags, "o") {
			i++ // -o pipefail
		}
		if strings.Contains(flags, "c") && i+1 < len(words) {
			return words[i+1], !words[i+1].open
		}
	}
	return arg{}, false
}

// commands splits shell text into simple commands joined by "&&", ";" or line ends. ok is false if there is
// anything else in it: pipes, redirections, substitutions, compound commands.
func commands(script arg) (list [][]arg, ok bool) {
	var (
		s      = script.text
		cmd    []arg
		text   strings.Builder
		inWord bool
		open   bool // text is what is known of the word before an expansion
	)
	add := func(lit string) {
		if inWord = true; !open {
			text.WriteString(lit)
		}
	}
	endWord := func() {
		if inWord {
			cmd = append(cmd, arg{text.String(), open, script.at, script.deploy})
		}
		text.Reset()
		inWord, open = false, false
	}
	endCommand := func() bool {
		endWord()
		if len(cmd) > 0 {
			list = append(list, cmd)
		}
		compound := len(cmd) > 0 && slices.Contains(keywords, cmd[0].text)
		cmd = nil
		return !compound
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\r':
			endWord()
		case '\\':
			if i++; i < len(s) && s[i] != '\n' {
				add(s[i : i+1])
			}
		case '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return nil, false
			}
			add(s[i+1 : i+1+end])
			i += end + 1
		case '"':
			add("")
			for i++; ; i++ {
				if i >= len(s) || s[i] == '`' {
					return nil, false
				}
				if s[i] == '"' {
					break
				}
				switch {
				case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("$`\"\\\n", s[i+1]) >= 0:
					if i++; s[i] != '\n' {
						add(s[i : i+1])
					}
				case s[i] == '$':
					n, ok := parameter(s[i:])
					if !ok {
						return nil, false
					}
					if n > 1 {
						open = true
					} else {
						add("$")
					}
					i += n - 1
				default:
					add(s[i : i+1])
				}
			}
		case '$':
			n, ok := parameter(s[i:])
			if !ok {
				return nil, false
			}
			add("")
			if n > 1 {
				open = true
			} else {
				add("$")
			}
			i += n - 1
		case '*', '?', '[':
			add("")
			open = true
		case '~':
			if add(""); text.Len() == 0 {
				open = true
			} else {
				add("~")
			}
		case '#':
			if inWord {
				add("#")
				continue
			}
			for i+1 < len(s) && s[i+1] != '\n' {
				i++
			}
		case ';', '\n':
			if !endCommand() {
				return nil, false
			}
		case '&':
			if i+1 >= len(s) || s[i+1] != '&' || !endCommand() {
				return nil, false
			}
			i++
		case '`', '|', '<', '>', '(', ')', '{', '}':
			return nil, false
		default:
			add(s[i : i+1])
		}
	}
	if !endCommand() || len(list) == 0 {
		return nil, false
	}
	return list, true
}

// keywords are the words that begin a compound command.
var keywords = []string{"if", "for", "while", "until", "case", "function", "select", "time", "!", "[["}

// parameter returns the length of the parameter expansion that s begins with, 1 if its dollar sign stands for
// itself. ok is false for what is not a parameter: $(command).
func parameter(s string) (n int, ok bool) {
	if len(s) < 2 {
		return 1, true
	}
	switch c := s[1]; {
	case c == '(' || c == '\'' || c == '"':
		return 0, false
	case c == '{':
		end := strings.IndexByte(s, '}')
		return end + 1, end > 0
	case strings.IndexByte("@*#?-$!0123456789", c) >= 0:
		return 2, true
	}
	n = 1
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	return n, true
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isVariable(s string) bool {
	if s == "" || '0' <= s[0] && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return true
}

func changeDir(from Value[string], to []arg) Value[string] {
	if len(to) != 1 || to[0].open {
		return Unknown[string](from.At())
	}
	if path.IsAbs(to[0].text) {
		return Known(path.Clean(to[0].text), to[0].at)
	}
	dir, ok := from.Get()
	if !ok {
		return from
	}
	return Known(path.Join(dir, to[0].text), to[0].at)
}

// isForeign reports whether the name of a started file says that it is no Go program of the user's: a tool of the
// base image, an interpreter, another language's file.
func isForeign(name string) bool {
	switch path.Ext(name) {
	case ".py", ".js", ".mjs", ".rb", ".pl", ".php", ".jar":
		return true
	}
	base := path.Base(name)
	return slices.Contains(slices.Concat(plain, foreign, rebuilders), base) || strings.HasPrefix(base, "python") || strings.HasPrefix(base, "php-fpm")
}

// plain are commands that take nothing from the environment that is a service's: parts of the shell and basic tools.
var plain = strings.Fields(`
	: [ basename cat chmod chown cp cut dig dirname echo false find getent grep gunzip gzip head hostname id ln ls mkdir mv nc netstat
	nslookup ping printf ps pwd rm sed seq set sleep sort stat tail tar tee telnet test top touch tr trap true ulimit umask uname
	unzip wait wc whoami`)

var foreign = strings.Fields(`
	apk apt-get awk aws bash bundle busybox curl date gcloud git go httpd java jq kafka-topics kubectl make mongo mongod mongosh
	mysql mysqladmin mysqld nginx node npm npx perl pg_isready php pip pnpm postgres printenv psql redis-cli redis-server ruby sh
	uvicorn gunicorn wget xargs yarn`)
