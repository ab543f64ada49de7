package gopass

import (
	"path/filepath"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/directive"
)

// sources tells of each package what a finding in one of its files takes, for the packages that import it. Drivers that cache
// by package do not hold the files of what they import; without this, where a finding stands, and whether a comment silences
// it, would depend on what the cache held. Its result is a [known].
var sources = &analysis.Analyzer{
	Name:             "factorlint_sources",
	Doc:              "know the lines and the suppression comments of a package's files (reports no problem)",
	URL:              "https://pkg.go.dev/github.com/factorlint/factorlint/internal/gopass",
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[known](),
	FactTypes:        []analysis.Fact{(*Sources)(nil)},
	Run:              readSources,
}

// Sources is the fact about the files of a package.
type Sources struct {
	Module     string // path of the package's module, as far as the driver tells
	Files      []Source
	Directives []directive.Directive
}

// AFact marks Sources as a fact.
func (*Sources) AFact() {}

// A Source is a file.
type Source struct {
	Name  string // as the file set had it
	Size  int    // in bytes
	Lines []int  // offset at which each line begins
}

// known is the files and comments of the packages that a package imports, directly or not. The files are found by the names
// that places have; their own names, and those in the comments, are those of this run.
type known struct {
	files      map[string]Source
	directives []directive.Directive
}

func readSources(p *analysis.Pass) (any, error) {
	k := known{files: map[string]Source{}}
	if observe.IsForeign(p) {
		return k, nil
	}
	for _, f := range p.AllPackageFacts() {
		if s, ok := f.Fact.(*Sources); ok && f.Package != p.Pkg {
			k.add(s, folder(p, s.Module, f.Package.Path()))
		}
	}
	if p = judged(p); len(p.Files) > 0 {
		own := &Sources{Directives: directives(p)}
		if p.Module != nil {
			own.Module = p.Module.Path
		}
		for _, f := range p.Files {
			file := p.Fset.File(f.FileStart)
			own.Files = append(own.Files, Source{file.Name(), file.Size(), file.Lines()})
		}
		p.ExportPackageFact(own)
	}
	return k, nil
}

// add adds the files of a package that lies in a folder; "" means that it lies where it lay when the fact was made.
func (k *known) add(s *Sources, dir string) {
	now := map[string]string{}
	for _, f := range s.Files {
		was := f.Name
		if dir != "" {
			f.Name = filepath.Join(dir, filepath.Base(was))
		}
		now[was] = f.Name
		k.files[filepath.ToSlash(was)] = f
	}
	for _, d := range s.Directives {
		d.At.File = now[d.At.File]
		k.directives = append(k.directives, d)
	}
}

// folder returns where a package of the same module as that of the pass lies now: caches outlive a move of the module. It is ""
// for packages of other modules, and where the driver tells no module.
func folder(p *analysis.Pass, module, pkg string) string {
	if p.Module == nil || module == "" || module != p.Module.Path || len(p.Files) == 0 {
		return ""
	}
	here := filepath.ToSlash(filepath.Dir(p.Fset.File(p.Files[0].FileStart).Name()))
	root, ok := strings.CutSuffix(here, strings.TrimPrefix(p.Pkg.Path(), module))
	if !ok {
		return ""
	}
	return filepath.FromSlash(root + strings.TrimPrefix(pkg, module))
}

func directives(p *analysis.Pass) []directive.Directive {
	var out []directive.Directive
	for _, f := range p.Files {
		out = append(out, Directives(p.Fset, f)...)
	}
	return out
}
