package observe

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/internal/workload"
)

// TestKnownAPIs uses every API that starts, stops or takes work in a small program and looks at what observe makes of it.
// testdata/apis.txt says how it is written.
func TestKnownAPIs(t *testing.T) {
	text, err := os.ReadFile("testdata/apis.txt")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	used := map[string]bool{}
	for i, group := range groups(string(text)) {
		var targets []string
		for _, head := range group.heads {
			targets = append(targets, w.declare(t, head, group.decls, i))
		}
		for _, use := range group.uses {
			body, want, ok := strings.Cut(use, " => ")
			if !ok {
				t.Fatalf("no => in %s", use)
			}
			for _, target := range targets {
				g := w.observe(t, target, body)
				for _, f := range g.funcs {
					for _, c := range f.Calls {
						used[strings.TrimPrefix(c.Callee, "var ")] = true
					}
				}
				t.Run(target, func(t *testing.T) {
					if have := summary(g.Program("example.com/p")); have != want {
						t.Errorf("%s\nhave %s\nwant %s", body, have, want)
					}
				})
			}
		}
	}
	for symbol, a := range apis() {
		switch a.kind {
		case "serve", "listen", "notify", "lifecycle", "drain", "worker", "serverless", "attended":
			if !used[symbol] {
				t.Errorf("nothing uses %s", symbol)
			}
		}
	}
}

// A group is packages of the same declarations and uses of them.
type group struct {
	heads       []string
	decls, uses []string
}

func groups(text string) []group {
	var out []group
	for _, line := range strings.Split(text, "\n") {
		head, isHead := strings.CutPrefix(line, "== ")
		use, isUse := strings.CutPrefix(line, "> ")
		last := len(out) - 1
		switch {
		case isHead && (last < 0 || len(out[last].uses)+len(out[last].decls) > 0):
			out = append(out, group{heads: []string{head}})
		case isHead:
			out[last].heads = append(out[last].heads, head)
		case isUse:
			out[last].uses = append(out[last].uses, use)
		case last >= 0 && line != "":
			out[last].decls = append(out[last].decls, line)
		}
	}
	return out
}

// A world is the packages that a program may import.
type world struct {
	fset  *token.FileSet
	std   types.Importer
	stubs map[string]*types.Package
	names map[string]string // of the package last declared under each path
}

func newWorld(t *testing.T) *world {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps,
		Env:  append(os.Environ(), "GOOS=linux"),
	}, "context", "crypto/tls", "net", "net/http", "net/http/fcgi", "os", "os/signal", "syscall", "time")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	packages.Visit(pkgs, nil, func(p *packages.Package) { files[p.PkgPath] = p.ExportFile })
	fset := token.NewFileSet()
	return &world{fset: fset, stubs: map[string]*types.Package{}, names: map[string]string{},
		std: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })}
}

// Import implements types.Importer.
func (w *world) Import(path string) (*types.Package, error) {
	if p := w.stubs[path]; p != nil {
		return p, nil
	}
	return w.std.Import(path)
}

// declare makes a package of declarations and returns its path. Without any it is one of the standard library's.
func (w *world) declare(t *testing.T, head string, decls []string, n int) string {
	t.Helper()
	target, name, named := strings.Cut(head, " ")
	if !named {
		name = path.Base(target)
	}
	w.names[target] = name
	if len(decls) > 0 {
		body := strings.Join(decls, "\n")
		imports := regexp.MustCompile(`(?m)^import .*$`).FindAllString(body, -1)
		body = regexp.MustCompile(`(?m)^import .*$`).ReplaceAllString(body, "")
		_, w.stubs[target], _ = w.check(t, target, fmt.Sprintf("stub%d.go", n),
			"package "+name+"\n"+strings.Join(imports, "\n")+"\n"+w.imports(body, "")+body)
	}
	return target
}

// imports returns the import declarations for the packages that code names.
func (w *world) imports(body, target string) string {
	out := ""
	for _, p := range []string{"context", "net", "net/http", "os", "os/signal", "syscall", "time"} {
		if p != target && regexp.MustCompile(`\b`+path.Base(p)+`\.`).MatchString(body) {
			out += "import \"" + p + "\"\n"
		}
	}
	return out
}

func (w *world) check(t *testing.T, path, file, source string) (*ast.File, *types.Package, *types.Info) {
	t.Helper()
	f, err := parser.ParseFile(w.fset, file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}}
	p, err := (&types.Config{Importer: w}).Check(path, w.fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return f, p, info
}

// observe runs the analyzer on a program with these statements in main.
func (w *world) observe(t *testing.T, target, body string) *Graph {
	t.Helper()
	decl := ""
	for name, value := range map[string]string{
		"ctx": "ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)\n\tdefer cancel()\n",
		"lis": "lis, _ := net.Listen(\"tcp\", \":9090\")\n",
		"h":   "var h http.Handler = http.NewServeMux()\n",
	} {
		if regexp.MustCompile(`\b` + name + `\b`).MatchString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(body, "")) {
			decl += "\t" + value
		}
	}
	source := "func main() {\n" + decl + "\t" + body + "\n}\n"
	head := "package main\n" + w.imports(source, target)
	head += fmt.Sprintf("import %s %q\n", w.names[target], target)
	if stub := w.stubs[target]; stub != nil {
		for _, p := range stub.Imports() {
			if name := w.names[p.Path()]; name != "" && w.stubs[p.Path()] != nil && regexp.MustCompile(`\b`+name+`\.`).MatchString(body) {
				head += fmt.Sprintf("import %s %q\n", name, p.Path())
			}
		}
	}
	return w.run(t, head+source)
}

// run runs the analyzer on the source of a program.
func (w *world) run(t *testing.T, source string) *Graph {
	t.Helper()
	f, p, info := w.check(t, "example.com/p", "main.go", source)
	result, err := Analyzer.Run(&analysis.Pass{Analyzer: Analyzer, Fset: w.fset, Files: []*ast.File{f}, Pkg: p, TypesInfo: info,
		ExportPackageFact: func(analysis.Fact) {}, AllPackageFacts: func() []analysis.PackageFact { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return result.(*Graph)
}

// summary writes what a program is on one line.
func summary(p *workload.Program) string {
	words := []string{string(p.Class)}
	for _, l := range p.Listens.Members {
		words = append(words, show(l.Addr))
	}
	var names []string
	for _, s := range p.Signals.Members {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	words = append(words, names...)
	if p.Signals.Open() {
		words = append(words, "…")
	}
	var drains []string
	for _, d := range p.Drains.Members {
		if v, ok := d.Deadline.Get(); ok {
			drains = append(drains, v.String())
		} else if d.Deadline.Absent() {
			drains = append(drains, "for ever")
		} else {
			drains = append(drains, "?")
		}
	}
	if p.Drains.Open() {
		drains = append(drains, "…")
	}
	if len(drains) > 0 {
		words = append(append(words, "drains"), drains...)
	}
	return strings.Join(words, " ")
}
