package gopass

import (
	"path"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/rules"
)

// imported is what the facts of imported packages tell of their files. Drivers that cache by package do not hold these files: without
// the facts, where a finding stands, and whether a comment silences it, would depend on what a cache held.
type imported struct {
	files      map[string]observe.Source // by the names that places have; their own names are those that the files have now
	directives []directive.Directive     // of all these files
}

func newPass(p *analysis.Pass, r *rules.Rule, result *Result) *Pass {
	out := &Pass{Pass: p, rule: r, result: result, imported: sync.OnceValue(func() imported { return readImported(p) })}
	for _, f := range p.Files {
		out.off = append(out.off, directive.ScanGo(p.Fset, f)...)
	}
	return out
}

func readImported(p *analysis.Pass) imported {
	out := imported{files: map[string]observe.Source{}}
	g, ok := p.ResultOf[observe.Analyzer].(*observe.Graph)
	if !ok {
		return out
	}
	for _, pkg := range g.Packages() {
		if pkg.Path == p.Pkg.Path() {
			continue
		}
		dir := folder(p, pkg)
		for _, s := range pkg.Sources {
			was := s.Name
			if dir != "" {
				s.Name = path.Join(dir, path.Base(was))
			}
			s.Name = filepath.FromSlash(s.Name)
			out.files[was] = s
			for _, d := range s.Directives {
				d.At.File = s.Name
				out.directives = append(out.directives, d)
			}
		}
	}
	return out
}

// folder returns, slash-separated, where a package of the same module as that of the pass lies now: caches outlive a move of the module. It is ""
// for packages of other modules, and where the driver tells no module.
func folder(p *analysis.Pass, pkg *observe.Package) string {
	if p.Module == nil || pkg.Module == "" || pkg.Module != p.Module.Path || len(p.Files) == 0 {
		return ""
	}
	here := filepath.ToSlash(filepath.Dir(p.Fset.File(p.Files[0].FileStart).Name()))
	root, ok := strings.CutSuffix(here, strings.TrimPrefix(p.Pkg.Path(), pkg.Module))
	if !ok {
		return ""
	}
	return root + strings.TrimPrefix(pkg.Path, pkg.Module)
}
