package speed

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/golist"
)

// A place is where a file can be edited without a change of what it means to a compiler or a cluster.
type place struct {
	file   string // absolute
	text   []byte
	at     int    // offset in text
	insert string // format of what goes there, with the number of the edit
}

// edit writes the file with the n-th edit in it, and none of the edits before.
func (p *place) edit(n int) error {
	text := slices.Concat(p.text[:p.at], fmt.Appendf(nil, p.insert, n), p.text[p.at:])
	return os.WriteFile(p.file, text, 0o644)
}

// A tree is what is measured, and where it can be edited. A place is nil where there is none.
type tree struct {
	dir      string
	packages int // of its module
	leaf     *place
	core     *place
	image    *place
	manifest *place
}

// open reads the module in dir, and what else is there.
func open(ctx context.Context, dir string) (*tree, error) {
	all, err := golist.List(ctx, golist.Request{Dir: dir, Env: os.Environ(), Patterns: []string{"./..."}})
	if err != nil {
		return nil, err
	}
	own := slices.DeleteFunc(all, func(p *golist.Package) bool { return p.DepOnly })
	t := &tree{dir: dir, packages: len(own)}
	if t.leaf, t.core, err = goPlaces(own); err != nil {
		return nil, err
	}
	if t.image, err = find(dir, func(name string, _ []byte) bool { return name == "Dockerfile" }); err != nil {
		return nil, err
	}
	workload := regexp.MustCompile(`(?m)^kind: Deployment\b`)
	t.manifest, err = find(dir, func(name string, text []byte) bool {
		return (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")) && workload.Match(text)
	})
	return t, err
}

// goPlaces returns where to edit a package that no other imports, and the one that most others import, also through others.
func goPlaces(own []*golist.Package) (leaf, core *place, err error) {
	users := importers(own)
	slices.SortStableFunc(own, func(a, b *golist.Package) int { return users[b.ImportPath] - users[a.ImportPath] })
	for _, p := range own {
		at, err := inFunction(p)
		if err != nil {
			return nil, nil, err
		}
		if core == nil {
			core = at
		}
		if at != nil && users[p.ImportPath] == 0 {
			leaf = at
		}
	}
	return leaf, core, nil
}

// importers returns how many of the packages import each of them, directly or not.
func importers(own []*golist.Package) map[string]int {
	imports := map[string][]string{}
	for _, p := range own {
		imports[p.ImportPath] = p.Imports
	}
	count := map[string]int{}
	for _, p := range own {
		seen := map[string]bool{}
		var visit func(path string)
		visit = func(path string) {
			for _, i := range imports[path] {
				if _, ok := imports[i]; ok && !seen[i] {
					seen[i] = true
					count[i]++
					visit(i)
				}
			}
		}
		visit(p.ImportPath)
	}
	return count
}

// inFunction returns the start of the first function of a package that somebody wrote by hand.
func inFunction(p *golist.Package) (*place, error) {
	for _, file := range p.Files() {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || ast.IsGenerated(f) {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				return &place{file: file, text: text, at: fset.File(f.Pos()).Offset(fn.Body.Lbrace) + 1, insert: "\n\t_ = %d\n"}, nil
			}
		}
	}
	return nil, nil
}

// find returns the end of the first file that is wanted, in the order of names.
func find(dir string, wanted func(name string, text []byte) bool) (*place, error) {
	var out *place
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "node_modules", "testdata", "vendor"}, d.Name()):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !wanted(d.Name(), text) {
			return nil
		}
		out = &place{file: file, text: text, at: len(bytes.TrimRight(text, "\n")), insert: "\n# %d"}
		return filepath.SkipAll
	})
	return out, err
}
