package analyzers_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"
)

// load reads the packages of a module. Those of other modules are known by their types alone, as in every driver that keeps
// facts by package.
func load(t testing.TB, dir string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir,
		Env: append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOOS=linux"),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedModule | packages.NeedExportFile,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	own := map[*packages.Package]bool{}
	for _, p := range pkgs {
		own[p] = true
		for _, e := range p.Errors {
			t.Fatalf("%s: %v", p.PkgPath, e)
		}
	}
	for _, p := range pkgs {
		for path, dep := range p.Imports {
			if !own[dep] {
				delete(p.Imports, path)
			}
		}
	}
	return ordered(pkgs)
}

// ordered returns packages with those they import before them.
func ordered(pkgs []*packages.Package) []*packages.Package {
	var out []*packages.Package
	seen := map[*packages.Package]bool{}
	var visit func(*packages.Package)
	visit = func(p *packages.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, dep := range p.Imports {
			visit(dep)
		}
		out = append(out, p)
	}
	for _, p := range pkgs {
		visit(p)
	}
	return out
}

// write writes the files of a module into a new folder.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A driver runs analyzers with as little as some drivers give them: no module, no way to read files, no ignored files, no
// facts of objects.
type driver struct {
	facts       map[factKey]analysis.Fact
	diagnostics []analysis.Diagnostic
}

type factKey struct {
	pkg *types.Package
	typ reflect.Type
}

// run runs an analyzer on a package, and before it, unless results has them, those that it requires.
func (d *driver) run(a *analysis.Analyzer, p *packages.Package, results map[*analysis.Analyzer]any) error {
	if _, ok := results[a]; ok {
		return nil
	}
	pass := &analysis.Pass{
		Analyzer: a, Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo, TypesSizes: p.TypesSizes,
		ResultOf: map[*analysis.Analyzer]any{},
		Report:   func(diag analysis.Diagnostic) { d.diagnostics = append(d.diagnostics, diag) },
		ImportPackageFact: func(pkg *types.Package, fact analysis.Fact) bool {
			have, ok := d.facts[factKey{pkg, reflect.TypeOf(fact)}]
			if ok {
				reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(have).Elem())
			}
			return ok
		},
		AllPackageFacts: func() []analysis.PackageFact {
			var out []analysis.PackageFact
			for k, f := range d.facts {
				if slices.ContainsFunc(a.FactTypes, func(o analysis.Fact) bool { return reflect.TypeOf(o) == k.typ }) {
					out = append(out, analysis.PackageFact{Package: k.pkg, Fact: f})
				}
			}
			return out
		},
	}
	pass.ExportPackageFact = func(fact analysis.Fact) { d.facts[factKey{p.Types, reflect.TypeOf(fact)}] = fact }
	for _, r := range a.Requires {
		if err := d.run(r, p, results); err != nil {
			return err
		}
		pass.ResultOf[r] = results[r]
	}
	result, err := a.Run(pass)
	if err != nil {
		return fmt.Errorf("%s on %s: %w", a.Name, p.PkgPath, err)
	}
	results[a] = result
	return nil
}

func newDriver() *driver { return &driver{facts: map[factKey]analysis.Fact{}} }

// lines returns how many lines of code packages have.
func lines(pkgs []*packages.Package) int {
	n := 0
	for _, p := range pkgs {
		for _, f := range p.Syntax {
			n += p.Fset.File(ast.Node(f).Pos()).LineCount()
		}
	}
	return n
}
