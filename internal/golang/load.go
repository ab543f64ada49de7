package golang

import (
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/internal/gotree"
	"github.com/factorlint/factorlint/internal/repository"
)

// A module is a folder of Go packages.
type module struct {
	dir       string // relative to the root
	file      string // its go.mod, or a Go file where it has none
	path      string
	goVersion string
	requires  []string // paths of the modules it requires
	replaces  []string // those of them that it takes from a folder
}

// modules finds the modules of a tree: every folder with a go.mod, and, where Go files belong to none, the topmost
// folder of those, as a module of the path by which its packages import each other.
func modules(in Input) []module {
	var (
		out    []module
		orphan []string
	)
	for _, f := range in.Files {
		if path.Base(f) != "go.mod" {
			continue
		}
		m := module{dir: path.Dir(f), file: f}
		if src, err := in.read(f); err == nil {
			mf, err := modfile.Parse(f, src, nil)
			if err != nil { // written for a newer Go, maybe
				mf, err = modfile.ParseLax(f, src, nil)
			}
			if err == nil {
				if mf.Module != nil {
					m.path = mf.Module.Mod.Path
				}
				if mf.Go != nil {
					m.goVersion = mf.Go.Version
				}
				for _, r := range mf.Require {
					m.requires = append(m.requires, r.Mod.Path)
				}
				for _, r := range mf.Replace {
					if modfile.IsDirectoryPath(r.New.Path) {
						m.replaces = append(m.replaces, r.Old.Path)
					}
				}
			}
		}
		out = append(out, m)
	}
	for _, f := range in.Files {
		if strings.HasSuffix(f, ".go") && !slices.ContainsFunc(out, func(m module) bool { return below(f, m.dir) }) {
			orphan = append(orphan, f)
		}
	}
	if len(orphan) > 0 {
		m := module{dir: ".", file: orphan[0]}
		if !insideModule(in.Root) {
			m.path = importedAs(in, orphan)
		}
		out = append(out, m)
	}
	return out
}

// used returns the folders of the modules that the workspaces of a tree list.
func used(in Input) []string {
	var out []string
	for _, f := range in.Files {
		if path.Base(f) != "go.work" {
			continue
		}
		src, err := in.read(f)
		if err != nil {
			continue
		}
		if w, err := modfile.ParseWork(f, src, nil); err == nil {
			for _, u := range w.Use {
				out = append(out, path.Join(path.Dir(f), filepath.ToSlash(u.Path)))
			}
		}
	}
	return out
}

// absolute returns the path of a file of the tree.
func (in Input) absolute(file string) string {
	return filepath.Join(in.Root, filepath.FromSlash(file))
}

// read is the function of that name for a file of the tree, with the texts.
func (in Input) read(file string) ([]byte, error) {
	name := in.absolute(file)
	if text, ok := in.Overlay[name]; ok {
		return text, nil
	}
	return read(name)
}

// read reads a file that decides about modules; the error may say that it is no regular file, or too large.
func read(name string) ([]byte, error) { return repository.ReadRegular(name, repository.MaxFileSize) }

func below(file, dir string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }

// insideModule reports whether root lies inside a module, so that the go command finds its go.mod by itself.
func insideModule(root string) bool { return above(filepath.Dir(root), "go.mod") != "" }

// importedAs guesses the import path of a folder without go.mod from the imports of its own files: the prefix P for
// which P/sub is imported and sub is a folder with Go files, or the path by which the folder's own package is imported
// from below.
func importedAs(in Input, files []string) string {
	var (
		dirs  = map[string]bool{}
		own   string // name of the package in the folder itself
		votes = map[string]int{}
		fset  = token.NewFileSet()
		paths = map[string][]string{} // of each file, what it imports
	)
	for _, f := range files {
		text, err := in.read(f)
		if err != nil {
			continue
		}
		src, err := parser.ParseFile(fset, f, text, parser.ImportsOnly)
		if err != nil {
			continue
		}
		if d := path.Dir(f); d != "." {
			dirs[d] = true
		} else if !strings.HasSuffix(f, "_test.go") {
			own = src.Name.Name
		}
		for _, i := range src.Imports {
			if p, err := strconv.Unquote(i.Path.Value); err == nil {
				paths[f] = append(paths[f], p)
			}
		}
	}
	for f, imports := range paths {
		for _, p := range imports {
			for d := range dirs {
				if prefix, ok := strings.CutSuffix(p, "/"+d); ok {
					votes[prefix]++
				}
			}
			if path.Dir(f) != "." && path.Base(p) == own && strings.Contains(p, "/") {
				votes[p]++
			}
		}
	}
	best := ""
	for p, n := range votes {
		if n > votes[best] || n == votes[best] && p < best {
			best = p
		}
	}
	if best == "" {
		return "main.local"
	}
	return best
}

// GoList loads through the go command: it lists packages and compiles what they depend on into the build cache; the
// module's own packages are type-checked from source. Nothing of the repository is run. It is slow and sure: tests hold Source
// against it.
type GoList struct{ GoCommand }

// Load implements Loader.
func (l GoList) Load(ctx context.Context, r Request) (*Loaded, error) {
	pkgs, err := l.packages(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &Loaded{Finish: func() bool { return true }}
	own := map[*packages.Package]bool{}
	for _, p := range pkgs {
		own[p] = true
	}
	for _, p := range pkgs {
		u := &Unit{Package: p, Load: func() {}}
		for _, dep := range p.Imports {
			if own[dep] {
				u.Imports = append(u.Imports, dep.PkgPath)
			}
		}
		out.Units = append(out.Units, u)
	}
	return out, nil
}

// State implements Loader. What the go command has compiled is not known here.
func (GoList) State(Request) (s gotree.State, ok bool) { return s, false }

func (l GoList) packages(ctx context.Context, r Request) ([]*packages.Package, error) {
	if err := l.find(); err != nil {
		return nil, err
	}
	env := l.environment(r.Dir)
	pkgs, err := loadPackages(ctx, r, env)
	if err != nil && strings.Contains(err.Error(), "go.work") { // a module beside the workspace
		pkgs, err = loadPackages(ctx, r, append(env, "GOWORK=off"))
	}
	return pkgs, err
}

func loadPackages(ctx context.Context, r Request, env []string) ([]*packages.Package, error) {
	cfg := &packages.Config{
		Context: ctx,
		Dir:     r.Dir,
		Env:     env,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedModule | packages.NeedExportFile,
	}
	if len(r.Tags) > 0 {
		cfg.BuildFlags = []string{"-tags=" + strings.Join(r.Tags, ",")}
	}
	if _, err := os.Stat(filepath.Join(r.Dir, "go.mod")); err != nil && r.Module != "" {
		cfg.Overlay = map[string][]byte{filepath.Join(r.Dir, "go.mod"): fmt.Appendf(nil, "module %s\n\ngo 1.21\n", r.Module)}
	}
	patterns, err := beside(*cfg, r.Beside)
	if err != nil {
		return nil, err
	}
	if r.Shard.Of > 1 {
		if patterns, err = needed(*cfg, patterns, r.Shard); err != nil || len(patterns) == 0 {
			return nil, err
		}
	}
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, err
	}
	for _, p := range pkgs {
		if len(p.GoFiles) == 0 && len(p.Errors) > 0 && (len(pkgs) == 1 || strings.Contains(p.Errors[0].Msg, "go.work")) {
			return nil, errors.New(p.Errors[0].Msg)
		}
	}
	return pkgs, nil
}

// beside returns the pattern of all packages, and the import paths of those in the folders of other modules that they need.
func beside(cfg packages.Config, dirs []string) ([]string, error) {
	patterns := []string{"./..."}
	if len(dirs) == 0 {
		return patterns, nil
	}
	cfg.Mode = packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedModule
	pkgs, err := packages.Load(&cfg, patterns...)
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		if p.Module != nil && slices.Contains(dirs, p.Module.Dir) {
			patterns = append(patterns, p.PkgPath)
		}
	})
	return patterns, err
}

// needed returns the import paths of the packages of a shard and of those that they import, as far as they match the patterns.
func needed(cfg packages.Config, patterns []string, shard Shard) ([]string, error) {
	cfg.Mode = packages.NeedName | packages.NeedImports | packages.NeedModule
	pkgs, err := packages.Load(&cfg, patterns...)
	if err != nil {
		return nil, err
	}
	own := map[string]*packages.Package{}
	for _, p := range pkgs {
		own[p.PkgPath] = p
	}
	seen := map[string]bool{}
	var add func(path string)
	add = func(path string) {
		if p := own[path]; p != nil && !seen[path] {
			seen[path] = true
			for dep := range p.Imports {
				add(dep)
			}
		}
	}
	for _, p := range pkgs {
		if shard.Has(p.PkgPath) {
			add(p.PkgPath)
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}
