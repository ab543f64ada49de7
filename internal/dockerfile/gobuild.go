package dockerfile

import (
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// goCommand follows go build and go install.
func (s *interp) goCommand(args []string, at check.Span) {
	wd := s.wd
	if len(args) > 1 && args[0] == "-C" {
		wd, args = s.abs(args[1]), args[2:]
	} else if len(args) > 0 && strings.HasPrefix(args[0], "-C=") {
		wd, args = s.abs(args[0][3:]), args[1:]
	}
	if len(args) == 0 {
		return
	}
	verb, rest := args[0], args[1:]
	switch verb {
	case "build", "install":
	case "run": // may do anything
		s.lost = true
		return
	default: // mod, get, test, generate, vet, …
		return
	}
	old := s.wd
	if s.wd = wd; len(rest) > 1 && rest[0] == "-C" {
		s.wd, rest = s.abs(rest[1]), rest[2:]
	}
	s.goBuild(verb, rest, at)
	s.wd = old
}

// valueFlags are go build's flags that take a value (go help build, Go 1.26).
var valueFlags = set("C p covermode coverpkg asmflags buildmode compiler gccgoflags gcflags installsuffix ldflags mod modfile overlay pgo pkgdir tags toolexec o exec")

func (s *interp) goBuild(verb string, args []string, at check.Span) {
	var (
		out, mode string
		tags      []string
		hasOut    bool
	)
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		name, value, has := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
		args = args[1:]
		if !has && valueFlags[name] && len(args) > 0 {
			value, args = args[0], args[1:]
		}
		switch name {
		case "o":
			out, hasOut = value, true
		case "tags":
			tags = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		case "buildmode":
			mode = value
		}
	}
	if marked(strings.Join(args, " ")) {
		// an unknown word may be a flag, a package or nothing
		s.lost = true
		return
	}
	if mode != "" && mode != "exe" && mode != "pie" && mode != "default" || out == "/dev/null" {
		return // a library, or nothing
	}
	if os := s.get("GOOS"); os == "windows" || os == "darwin" || os == "js" {
		return // nothing that runs in the image
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	targets, ok := s.targets(args)
	if !ok {
		s.lost = true
	}
	for _, t := range targets {
		b := workload.Binary{Package: t.dir, ImportPath: t.importPath, Tags: tags, At: at}
		b.Path = s.output(verb, out, hasOut, t.name, len(targets) > 1 || !ok)
		if b.Path != "/dev/null" {
			s.t.put(b)
		}
	}
}

// output returns where a program is written, "" if that cannot be told and /dev/null if nowhere. name is "" where
// go build takes that of the module.
func (s *interp) output(verb, out string, hasOut bool, name string, many bool) string {
	in := func(dir string) string {
		if dir == "" {
			return ""
		}
		if name == "" {
			return strings.TrimSuffix(dir, "/") + "/"
		}
		return path.Join(dir, name)
	}
	switch {
	case verb == "install":
		if bin := s.vars["GOBIN"]; bin != "" {
			return in(s.abs(bin))
		}
		gopath, _, _ := strings.Cut(s.get("GOPATH"), ":")
		if gopath = s.abs(gopath); gopath == "" {
			return ""
		}
		return in(path.Join(gopath, "bin"))
	case !hasOut && many:
		return "/dev/null" // go build of several packages only checks that they build
	case !hasOut:
		return in(s.wd)
	}
	abs := s.abs(out)
	if abs == "" {
		return ""
	}
	if many || strings.HasSuffix(out, "/") || s.t.dirs[abs] {
		s.t.dirs[abs] = true
		return in(abs)
	}
	return abs
}

// A target is a package that go build is asked for.
type target struct {
	dir, importPath string
	name            string // of the program; "" where the module's path decides
}

// targets reads the packages or files of a go build. ok is false if there may be others.
func (s *interp) targets(args []string) (out []target, ok bool) {
	if isGoFile(args[0]) {
		abs := s.abs(args[0])
		dir, found := s.t.context(path.Dir(abs))
		if abs == "" || !found {
			return nil, false
		}
		name := strings.TrimSuffix(path.Base(args[0]), ".go")
		if strings.ContainsAny(name, "*?[") { // go build takes the name of the first file
			name = ""
		}
		return []target{{dir: dir, name: name}}, true
	}
	ok = true
	for _, a := range args {
		a = strings.TrimSuffix(a, "/")
		switch {
		case strings.Contains(a, "..."):
			ok = false
		case strings.Contains(a, "@"): // a released program of somebody else's
		case a == "." || strings.HasPrefix(a, "./") || strings.HasPrefix(a, "../") || a == ".." || path.IsAbs(a):
			abs := s.abs(a)
			dir, found := s.t.context(abs)
			if abs == "" || !found {
				ok = false
				continue
			}
			name := binaryName(dir)
			if dir == "." || path.Clean(a) == "." {
				name = "" // probably the root of a module
			}
			out = append(out, target{dir: dir, name: name})
		default:
			t := target{importPath: a, name: binaryName(a)}
			if gopath, _, _ := strings.Cut(s.get("GOPATH"), ":"); gopath != "" && !marked(gopath) {
				if dir, found := s.t.context(path.Join(gopath, "src", a)); found {
					t.dir, t.importPath = dir, ""
				}
			}
			out = append(out, t)
		}
	}
	return out, ok
}

// isGoFile reports whether an argument of go build is a file, or a pattern of them: "cmd/api/*".
func isGoFile(arg string) bool {
	return strings.HasSuffix(arg, ".go") || strings.ContainsAny(path.Base(arg), "*?[") && !strings.Contains(arg, "...")
}

// binaryName returns the name that go build gives the program of a package: the last element of its path, or the one
// before if that is a version (cmd/go DefaultExecName).
func binaryName(importPath string) string {
	last := path.Base(importPath)
	if workload.IsMajorVersion(last) && path.Dir(importPath) != "." {
		return path.Base(path.Dir(importPath))
	}
	return last
}
