package golang

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/analyzers/observe"
)

// Facts of one package, by their types.
type factSet map[reflect.Type]analysis.Fact

// An outcome is what an analyzer makes of a package.
type outcome struct {
	analyzer    *analysis.Analyzer
	diagnostics []analysis.Diagnostic
	result      any
	err         error
}

// suite returns every analyzer of a Go rule, each behind those that it requires.
var suite = sync.OnceValue(func() []*analysis.Analyzer {
	var (
		out  []*analysis.Analyzer
		seen = map[*analysis.Analyzer]bool{}
		add  func(*analysis.Analyzer)
	)
	add = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, r := range a.Requires {
			add(r)
		}
		out = append(out, a)
	}
	add(observe.Analyzer)
	for _, a := range analyzers.All() {
		add(a)
	}
	return out
})

// An analyzed is what the analyzers make of a package.
type analyzed struct {
	outcomes []outcome
	facts    factSet // of the package alone: no fact depends on another
	joined   bool    // the outcomes depend on the facts of imported packages
}

// analyze runs the analyzers of all rules on a package, given the facts of all packages that it imports, directly or not, and what
// reads files.
func analyze(p *packages.Package, imported []analysis.PackageFact, readFile func(string) ([]byte, error)) analyzed {
	var (
		out     = analyzed{facts: factSet{}}
		results = map[*analysis.Analyzer]any{}
		failed  = map[*analysis.Analyzer]error{}
	)
	for _, a := range suite() {
		o := outcome{analyzer: a}
		for _, r := range a.Requires {
			if failed[r] != nil {
				o.err = fmt.Errorf("failed prerequisites: %s", r.Name)
			}
		}
		if o.err == nil {
			pass := newPass(p, a, results)
			pass.ReadFile = readFile
			pass.Report = func(d analysis.Diagnostic) { o.diagnostics = append(o.diagnostics, d) }
			pass.ExportPackageFact = out.export(p.PkgPath)
			pass.AllPackageFacts = out.all(a, p, imported)
			o.result, o.err = a.Run(pass)
		}
		if a == observe.Analyzer {
			g, ok := o.result.(*observe.Graph)
			out.joined = !ok || g.Joined()
		}
		results[a], failed[a] = o.result, o.err
		out.outcomes = append(out.outcomes, o)
	}
	return out
}

// export returns what takes the facts of a package.
func (r *analyzed) export(path string) func(analysis.Fact) {
	return func(f analysis.Fact) {
		if o, ok := f.(*observe.Fact); ok { // importers are given the rest as well
			f = o.Of(path)
		}
		r.facts[reflect.TypeOf(f)] = f
	}
}

// all returns what gives an analyzer all facts at hand. What it finds depends on them then; observe says itself whether it does.
func (r *analyzed) all(a *analysis.Analyzer, p *packages.Package, imported []analysis.PackageFact) func() []analysis.PackageFact {
	return func() []analysis.PackageFact {
		r.joined = r.joined || a != observe.Analyzer
		all := slices.Clone(imported)
		for _, f := range r.facts {
			all = append(all, analysis.PackageFact{Package: p.Types, Fact: f})
		}
		return all
	}
}

func newPass(p *packages.Package, a *analysis.Analyzer, results map[*analysis.Analyzer]any) *analysis.Pass {
	pass := &analysis.Pass{
		Analyzer: a, Fset: p.Fset, Files: p.Syntax, OtherFiles: p.OtherFiles, IgnoredFiles: p.IgnoredFiles,
		Pkg: p.Types, TypesInfo: p.TypesInfo, TypesSizes: p.TypesSizes, TypeErrors: p.TypeErrors,
		ResultOf:          map[*analysis.Analyzer]any{},
		ImportObjectFact:  func(types.Object, analysis.Fact) bool { return false }, // no analyzer has facts of objects
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
	}
	if m := p.Module; m != nil {
		pass.Module = &analysis.Module{Path: m.Path, Version: m.Version, GoVersion: m.GoVersion}
	}
	for _, r := range a.Requires {
		pass.ResultOf[r] = results[r]
	}
	return pass
}

// A writtenFact is a fact in gob's encoding.
type writtenFact struct {
	Type string
	Data []byte
}

// encodeFacts returns facts as bytes: equal facts as equal bytes.
func encodeFacts(s factSet) ([]byte, error) {
	var list []writtenFact
	for t, f := range s {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(f); err != nil {
			return nil, err
		}
		list = append(list, writtenFact{t.String(), b.Bytes()})
	}
	slices.SortFunc(list, func(a, b writtenFact) int { return strings.Compare(a.Type, b.Type) })
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(list)
	return out.Bytes(), err
}

// decodeFacts reads what encodeFacts wrote.
func decodeFacts(text []byte) (factSet, error) {
	var list []writtenFact
	if err := gob.NewDecoder(bytes.NewReader(text)).Decode(&list); err != nil {
		return nil, err
	}
	known := map[string]reflect.Type{}
	for _, a := range suite() {
		for _, f := range a.FactTypes {
			known[reflect.TypeOf(f).String()] = reflect.TypeOf(f)
		}
	}
	out := factSet{}
	for _, w := range list {
		t := known[w.Type]
		if t == nil {
			return nil, fmt.Errorf("no such fact: %s", w.Type)
		}
		f := reflect.New(t.Elem()).Interface().(analysis.Fact)
		if err := gob.NewDecoder(bytes.NewReader(w.Data)).Decode(f); err != nil {
			return nil, err
		}
		out[t] = f
	}
	return out, nil
}
