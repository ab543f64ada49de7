package analyzers_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/analyzers/environmentbuildtag"
	"github.com/factorlint/factorlint/analyzers/gomaxprocsoverride"
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/analyzers/redundantautomaxprocs"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/moduletest"
	"github.com/factorlint/factorlint/rules"
)

// TestSource holds the code that runs inside other people's drivers to what they expect of an analyzer: it does nothing when it
// is linked in, ends nobody's process, and touches neither files nor the network.
func TestSource(t *testing.T) {
	forbidden := map[string]bool{"os": true, "os/exec": true, "os/signal": true, "net": true, "net/http": true, "plugin": true, "unsafe": true, "log": true, "syscall": true}
	parsed := 0
	for _, dir := range []string{".", "../internal/gopass", "../internal/directive", "../internal/check", "../internal/workload", "../internal/suggest"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			parsed++
			for _, i := range f.Imports {
				if path, err := strconv.Unquote(i.Path.Value); err != nil || forbidden[path] {
					t.Errorf("%s: imports %s", fset.Position(i.Pos()), i.Path.Value)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if n.Recv == nil && n.Name.Name == "init" {
						t.Errorf("%s: declares init", fset.Position(n.Pos()))
					}
				case *ast.CallExpr:
					if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "panic" || id.Name == "print" || id.Name == "println") {
						t.Errorf("%s: calls %s", fset.Position(n.Pos()), id.Name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if parsed < 2*len(analyzers.All()) { // each has a file, and observe has many
		t.Errorf("only %d files found", parsed)
	}
}

func TestAnalyzers(t *testing.T) {
	all := analyzers.All()
	if err := analysis.Validate(all); err != nil {
		t.Error(err)
	}
	identifier := regexp.MustCompile(`^factorlint_[a-z0-9]+(_[a-z0-9]+)*$`)
	doc := regexp.MustCompile(`^FL\d{4} [a-z0-9-]+: \S.*\.\n\n`)
	seen := map[string]bool{}
	last := ""
	for _, a := range append(all, observe.Analyzer) {
		if !identifier.MatchString(a.Name) || seen[a.Name] {
			t.Errorf("analyzer %q: want a name of its own that is an identifier", a.Name)
		}
		seen[a.Name] = true
		if !strings.HasPrefix(a.URL, "https://") {
			t.Errorf("%s: URL %q", a.Name, a.URL)
		}
		if !a.RunDespiteErrors {
			t.Errorf("%s does not run where code has errors", a.Name)
		}
		if a == observe.Analyzer {
			continue
		}
		if !doc.MatchString(a.Doc) {
			t.Errorf("%s: documentation %.60q", a.Name, a.Doc)
		} else if id := a.Doc[:6]; id <= last {
			t.Errorf("%s (%s) stands behind %s", a.Name, id, last)
		} else {
			last = id
		}
	}
}

// TestSuite demands that what other people's drivers run is the Go rules and nothing else: a rule that looks at a Dockerfile or a
// manifest as well would be stale in their caches. Each has a package of its own that exports it as Analyzer, as Bazel's nogo wants.
func TestSuite(t *testing.T) {
	catalogue, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range catalogue {
		if r.Kind != rules.Go {
			continue
		}
		want = append(want, gopass.Name(r.Name))
		if dir := strings.ReplaceAll(r.Name, "-", ""); !exportsAnalyzer(t, dir) {
			t.Errorf("package %s declares no variable Analyzer", dir)
		}
	}
	for _, a := range analyzers.All() {
		got = append(got, a.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the suite is %q, want %q", got, want)
	}
}

// exportsAnalyzer reports whether the package in a folder declares a variable called Analyzer.
func exportsAnalyzer(t *testing.T, dir string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
			g, ok := d.(*ast.GenDecl)
			return ok && g.Tok == token.VAR && g.Specs[0].(*ast.ValueSpec).Names[0].Name == "Analyzer"
		})
	})
}

// shop is a service that violates many rules, in two packages.
var shop = moduletest.Module{
	"go.mod": "module example.com/shop\n\ngo 1.24\n",
	"main.go": `package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"

	"example.com/shop/orders"
)

func main() {
	runtime.GOMAXPROCS(runtime.NumCPU())
	if os.Getenv("APP_ENV") == "production" {
		orders.Strict = true
	}
	http.HandleFunc("/orders", orders.Handle)
	srv := &http.Server{Addr: ":8080"}
	go func() {
		if err := srv.ListenAndServe(); err != nil {
			log.Fatal(err)
		}
	}()
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, os.Interrupt)
	<-quit
	srv.Shutdown(context.Background())
}
`,
	"orders/orders.go": `package orders

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

var Strict bool

var orders = map[string][]byte{}

func Handle(w http.ResponseWriter, r *http.Request) {
	fmt.Println("order", r.URL)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	orders[r.FormValue("id")] = body
	if resp, err := http.Get(os.Getenv("STOCK_URL")); err == nil {
		resp.Body.Close()
	}
	w.Write(orders[r.FormValue("last")])
}
`,
}

// analyze runs all analyzers on a module with the driver of x/tools.
func analyze(t *testing.T, pkgs []*packages.Package) *checker.Graph {
	t.Helper()
	g, err := checker.Analyze(analyzers.All(), pkgs, &checker.Options{SanityCheck: true})
	if err != nil {
		t.Fatal(err)
	}
	for act := range g.All() {
		if act.Err != nil {
			t.Errorf("%s on %s: %v", act.Analyzer.Name, act.Package.PkgPath, act.Err)
		}
	}
	return g
}

// TestDiagnostics looks at the form of diagnostics: the rule's id stands in front of the message and in the category.
func TestDiagnostics(t *testing.T) {
	found := map[string]int{}
	for _, dir := range []string{shop.Write(t), "../testdata/repos/shop"} {
		for _, act := range analyze(t, load(t, dir)).Roots {
			for _, d := range act.Diagnostics {
				for _, bad := range malformed(act.Analyzer, d) {
					t.Errorf("%s: %s: %s", act.Package.Fset.Position(d.Pos), d.Message, bad)
				}
				found[d.Category]++
			}
		}
	}
	for _, id := range []string{"FL0301", "FL0602", "FL0701", "FL0801", "FL0902", "FL0906", "FL0907", "FL1103", "FL1301", "FL1302", "FL2001"} {
		if found[id] == 0 {
			t.Errorf("nothing is found of %s", id)
		}
	}
}

// malformed returns what is wrong with the form of a diagnostic.
func malformed(a *analysis.Analyzer, d analysis.Diagnostic) []string {
	id, text, ok := strings.Cut(d.Message, ": ")
	var out []string
	if !ok || d.Category != id || !strings.HasPrefix(a.Doc, id+" ") {
		out = append(out, fmt.Sprintf("category %q of analyzer %s", d.Category, a.Name))
	}
	if d.URL != a.URL {
		out = append(out, fmt.Sprintf("URL %q, want %q", d.URL, a.URL))
	}
	if text == "" || strings.HasSuffix(text, ".") {
		out = append(out, "no message, or one with a full stop")
	}
	if !d.Pos.IsValid() || d.End <= d.Pos {
		out = append(out, "no range")
	}
	return out
}

// TestBareDriver runs the analyzers on code that violates them as drivers do that know neither modules nor other files, such as
// Bazel's nogo.
func TestBareDriver(t *testing.T) {
	silent := []*analysis.Analyzer{ // without the module's version of Go, or the files that a build leaves out
		environmentbuildtag.Analyzer, gomaxprocsoverride.Analyzer, redundantautomaxprocs.Analyzer,
	}
	for _, a := range analyzers.All() {
		name := strings.TrimSuffix(strings.Fields(a.Doc)[1], ":")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDriver()
			for _, p := range load(t, moduletest.Violation(t, filepath.Join("..", "testdata", name+".txtar")).Write(t)) {
				if err := d.run(a, p, map[*analysis.Analyzer]any{}); err != nil {
					t.Error(err)
				}
			}
			if (len(d.diagnostics) == 0) != slices.Contains(silent, a) {
				t.Errorf("%d diagnostics", len(d.diagnostics))
			}
			for _, diag := range d.diagnostics {
				for _, bad := range malformed(a, diag) {
					t.Errorf("%s: %s", diag.Message, bad)
				}
			}
		})
	}
}

// TestNothingToAnalyze runs the analyzers on packages without files, as drivers have them for ignored or generated code.
func TestNothingToAnalyze(t *testing.T) {
	d := newDriver()
	for _, p := range load(t, shop.Write(t)) {
		p.Syntax = nil
		results := map[*analysis.Analyzer]any{}
		for _, a := range analyzers.All() {
			if err := d.run(a, p, results); err != nil {
				t.Error(err)
			}
		}
	}
	for _, diag := range d.diagnostics {
		t.Errorf("%s", diag.Message)
	}
}

// TestFactsAreDeterministic compares the encoded facts of runs that share nothing: drivers that cache them by content, as Bazel
// does, would else analyse again and again what has not changed.
func TestFactsAreDeterministic(t *testing.T) {
	dir := shop.Write(t)
	for name, dir := range map[string]string{"violations": dir, "shop": "../testdata/repos/shop", "observe": "observe"} {
		var want map[string][]byte
		for _, procs := range []int{1, runtime.NumCPU(), 4} {
			old := runtime.GOMAXPROCS(procs)
			got := facts(t, load(t, dir))
			runtime.GOMAXPROCS(old)
			if len(got) == 0 {
				t.Fatalf("%s: no facts", name)
			}
			if want == nil {
				want = got
			}
			for key, b := range want {
				if !bytes.Equal(b, got[key]) {
					t.Errorf("%s: the fact of %s is encoded in %d bytes with one processor and in %d others with %d", name, key, len(b), len(got[key]), procs)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %d facts with one processor, %d with %d", name, len(want), len(got), procs)
			}
		}
	}
}

// facts returns the encoded facts of packages, by package and type.
func facts(t *testing.T, pkgs []*packages.Package) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for act := range analyze(t, pkgs).All() {
		for _, pf := range act.AllPackageFacts() {
			var b bytes.Buffer
			if err := gob.NewEncoder(&b).Encode(pf.Fact); err != nil {
				t.Fatal(err)
			}
			key := fmt.Sprintf("%s %T", pf.Package.Path(), pf.Fact)
			if old, ok := out[key]; ok && !bytes.Equal(old, b.Bytes()) {
				t.Errorf("%s: two facts", key)
			}
			out[key] = b.Bytes()
		}
	}
	return out
}
