package golang

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/godecl"
	"github.com/factorlint/factorlint/internal/golist"
)

// Source loads without a compiler: the go command lists the packages, those of the modules are type-checked from source, and
// of what they depend on the declarations are.
type Source struct {
	Env   []string // the environment to filter; os.Environ if nil
	Cache *cache.Cache
}

// Load implements Loader.
func (l Source) Load(ctx context.Context, r Request) ([]*packages.Package, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("the go command is not on PATH")
	}
	q := golist.Request{Dir: r.Dir, Env: GoList{Env: l.Env}.environment(r.Dir), Tags: r.Tags, Patterns: append([]string{"./..."}, r.Patterns...)}
	if _, err := os.Stat(filepath.Join(r.Dir, "go.mod")); err != nil && r.Module != "" {
		q.GoMod = fmt.Sprintf("module %s\n\ngo 1.21\n", r.Module)
	}
	list, err := golist.List(ctx, q)
	if err == nil {
		err = hopeless(list)
	}
	if err != nil && strings.Contains(err.Error(), "go.work") { // a module beside the workspace
		q.Env = append(q.Env, "GOWORK=off")
		if list, err = golist.List(ctx, q); err == nil {
			err = hopeless(list)
		}
	}
	if err != nil {
		return nil, err
	}
	if pkgs, ok := typeCheck(list, r.Shard, l.Cache); ok {
		return pkgs, nil
	}
	pkgs, _ := typeCheck(list, r.Shard, nil)
	return pkgs, nil
}

// hopeless returns the error of a listing that holds nothing to analyse.
func hopeless(list []*golist.Package) error {
	own := 0
	for _, p := range list {
		if !p.DepOnly {
			own++
		}
	}
	for _, p := range list {
		if !p.DepOnly && p.Error != nil && len(p.Files()) == 0 && (own == 1 || strings.Contains(p.Error.Err, "go.work")) {
			return errors.New(p.Error.Err)
		}
	}
	return nil
}

// A checked is the type-checking of one listing.
type checked struct {
	fset  *token.FileSet
	sizes types.Sizes
	decls *godecl.Importer
	slots chan struct{} // one is held by whoever works
	own   map[string]*ownPackage
}

// An ownPackage is a package that is analysed.
type ownPackage struct {
	listed *golist.Package
	loaded *packages.Package
	check  func() // type-checks it, once
}

// typeCheck returns the packages of a listing that belong to the modules, as far as a shard needs them. ok is false if the
// cache holds what does not fit together.
func typeCheck(list []*golist.Package, shard Shard, store *cache.Cache) (out []*packages.Package, ok bool) {
	byPath := map[string]*golist.Package{}
	for _, p := range list {
		if old := byPath[p.ImportPath]; old == nil || old.Error != nil { // that a package may not be imported is an error of a second one
			byPath[p.ImportPath] = p
		}
	}
	c := &checked{
		fset: token.NewFileSet(), sizes: types.SizesFor("gc", runtime.GOARCH), slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		own: map[string]*ownPackage{},
	}
	c.decls = godecl.New(c.fset, c.sizes, store, func(path string) *golist.Package { return byPath[path] })
	var want func(path string)
	want = func(path string) {
		p := byPath[path]
		if p == nil || p.DepOnly || c.own[path] != nil {
			return
		}
		o := &ownPackage{listed: p}
		o.check = sync.OnceFunc(func() { c.check(o) })
		c.own[path] = o
		for _, dep := range p.Imports {
			want(dep)
		}
	}
	for _, p := range list {
		if shard.Has(p.ImportPath) {
			want(p.ImportPath)
		}
	}
	var wait sync.WaitGroup
	for _, o := range c.own {
		wait.Go(o.check)
	}
	wait.Wait()
	for _, p := range list {
		if o := c.own[p.ImportPath]; o != nil && o.listed == p {
			for written := range o.loaded.Imports {
				if dep := c.own[p.Resolve(written)]; dep != nil {
					o.loaded.Imports[written] = dep.loaded
				} else {
					delete(o.loaded.Imports, written)
				}
			}
			out = append(out, o.loaded)
		}
	}
	return out, !c.decls.Failed()
}

// check loads one package, after those that it imports.
func (c *checked) check(o *ownPackage) {
	p := o.listed
	o.loaded = &packages.Package{
		ID: p.ImportPath, PkgPath: p.ImportPath, Name: p.Name, Dir: p.Dir, GoFiles: p.Files(), CompiledGoFiles: p.Files(),
		Fset: c.fset, TypesSizes: c.sizes, Imports: map[string]*packages.Package{}, Module: moduleOf(p.Module),
	}
	if p.Error != nil {
		o.fail(packages.Error{Pos: cmp.Or(p.Error.Pos, "-"), Msg: p.Error.Err, Kind: packages.ListError})
	}
	c.slots <- struct{}{}
	c.parse(o)
	<-c.slots

	var wait sync.WaitGroup
	for _, dep := range p.Imports {
		o.loaded.Imports[dep] = nil
		wait.Go(func() { c.importPackage(dep) }) //nolint:errcheck // the type-checker asks again, and gets the error
	}
	wait.Wait()

	c.slots <- struct{}{}
	defer func() { <-c.slots }()
	c.types(o)
}

func (c *checked) importPackage(path string) (*types.Package, error) {
	if o := c.own[path]; o != nil {
		o.check()
		if o.loaded.Types == nil {
			return nil, fmt.Errorf("package %s has no Go files that can be read", path)
		}
		return o.loaded.Types, nil
	}
	return c.decls.Import(path)
}

func (c *checked) parse(o *ownPackage) {
	for _, name := range o.loaded.GoFiles {
		f, err := parser.ParseFile(c.fset, name, nil, parser.AllErrors|parser.ParseComments)
		if err != nil {
			o.fail(err)
		}
		if f != nil {
			o.loaded.Syntax = append(o.loaded.Syntax, f)
		}
	}
}

func (c *checked) types(o *ownPackage) {
	if len(o.loaded.Syntax) == 0 {
		return
	}
	o.loaded.TypesInfo = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{
		Importer:    importerFunc(func(written string) (*types.Package, error) { return c.importPackage(o.listed.Resolve(written)) }),
		Error:       o.fail,
		Sizes:       c.sizes,
		FakeImportC: true,
	}
	if m := o.listed.Module; m != nil && m.GoVersion != "" {
		conf.GoVersion = "go" + m.GoVersion
	}
	pkg, err := conf.Check(o.loaded.PkgPath, c.fset, o.loaded.Syntax, o.loaded.TypesInfo)
	o.loaded.Types = pkg
	if err != nil && len(o.loaded.Errors) == 0 {
		o.fail(err)
	}
	if len(o.listed.CgoFiles) > 0 { // the types of what is C are not known
		o.fail(types.Error{Fset: c.fset, Pos: o.loaded.Syntax[len(o.listed.GoFiles)].Package, Msg: `what import "C" declares is not known`})
	}
	o.loaded.IllTyped = len(o.loaded.Errors) > 0
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// fail records what parser, type-checker or go command have against a package.
func (o *ownPackage) fail(err error) {
	var (
		parse scanner.ErrorList
		typed types.Error
		read  *fs.PathError
		told  packages.Error
	)
	switch p := o.loaded; {
	case errors.As(err, &told):
		p.Errors = append(p.Errors, told)
	case errors.As(err, &parse):
		for _, e := range parse {
			p.Errors = append(p.Errors, packages.Error{Pos: e.Pos.String(), Msg: e.Msg, Kind: packages.ParseError})
		}
	case errors.As(err, &typed):
		p.TypeErrors = append(p.TypeErrors, typed)
		p.Errors = append(p.Errors, packages.Error{Pos: typed.Fset.Position(typed.Pos).String(), Msg: typed.Msg, Kind: packages.TypeError})
	case errors.As(err, &read):
		p.Errors = append(p.Errors, packages.Error{Pos: read.Path + ":1", Msg: read.Err.Error(), Kind: packages.ParseError})
	default:
		p.Errors = append(p.Errors, packages.Error{Pos: "-", Msg: err.Error(), Kind: packages.UnknownError})
	}
}

func moduleOf(m *golist.Module) *packages.Module {
	if m == nil {
		return nil
	}
	return &packages.Module{
		Path: m.Path, Version: m.Version, Replace: moduleOf(m.Replace), Main: m.Main, Indirect: m.Indirect, Dir: m.Dir, GoMod: m.GoMod, GoVersion: m.GoVersion,
	}
}
