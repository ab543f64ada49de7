package analyzers_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/internal/moduletest"
)

// load reads the packages of a module, with those they import before them.
func load(t testing.TB, dir string) []*packages.Package {
	t.Helper()
	return ordered(moduletest.Load(t, dir))
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
