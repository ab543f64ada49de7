package golang

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/godecl"
	"github.com/factorlint/factorlint/internal/golist"
	"github.com/factorlint/factorlint/internal/gotree"
	"github.com/factorlint/factorlint/internal/overlay"
)

// Source loads without a compiler: the go command lists the packages, those of the modules are type-checked from source, and
// of what they depend on the declarations are.
type Source struct {
	GoCommand
	Cache   *cache.Cache
	Overlay overlay.Files // texts in place of what is on the disk
}

// Load implements Loader.
func (l Source) Load(ctx context.Context, r Request) (*Loaded, error) {
	if err := l.find(); err != nil {
		return nil, err
	}
	if list, ok := l.listed(r); ok {
		return l.units(list, r), nil
	}
	q := golist.Request{Dir: r.Dir, Env: l.environment(r.Dir), Tags: r.Tags, Patterns: []string{"./..."}, Overlay: maps.Clone(l.Overlay)}
	hidden := l.hidden(r.Dir, q.Env)
	q.Hidden = slices.Sorted(maps.Keys(hidden))
	mod := filepath.Join(r.Dir, "go.mod")
	if why, bad := hidden[mod]; bad {
		return nil, errors.New("its go.mod " + why)
	}
	if r.Module != "" && !l.there(mod) {
		if q.Overlay == nil {
			q.Overlay = overlay.Files{}
		}
		q.Overlay[mod] = fmt.Appendf(nil, "module %s\n\ngo 1.21\n", r.Module)
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
	own(list, r)
	if len(hidden) == 0 {
		l.keep(r, list)
		return l.units(list, r), nil
	}
	out := l.units(list, r)
	out.Whole, out.Hidden = false, hidden
	return out, nil
}

// own makes the packages of the modules beside the one that was asked for its own, as far as it needs them.
func own(list []*golist.Package, r Request) {
	for _, p := range list {
		if m := p.Module; m != nil && slices.Contains(r.Beside, m.Dir) {
			p.DepOnly = false
		}
	}
}

// there reports whether a file is on the disk or among the texts.
func (l Source) there(file string) bool {
	_, err := os.Stat(file)
	return err == nil || l.Overlay[file] != nil
}

// hidden returns the files that the go command is not to see where it lists the packages in a folder, each with the reason.
func (l Source) hidden(dir string, env []string) map[string]string {
	dirs, files, ok := sourceOf(dir, env)
	if !ok {
		dirs = []string{dir}
		for _, name := range []string{"go.mod", "go.work"} {
			files = append(files, above(dir, name))
		}
	}
	out := gotree.Unfit(dirs, files, cmp.Or(l.Top, dir))
	maps.DeleteFunc(out, func(name, _ string) bool { return l.Overlay[name] != nil })
	return out
}

// listed returns the listing of a request as the cache has it: as long as only functions differ, it is the same.
func (l Source) listed(r Request) (list []*golist.Package, ok bool) {
	if r.State == (gotree.State{}) {
		return nil, false
	}
	text, ok := l.Cache.Get(r.State.Graph)
	return list, ok && gob.NewDecoder(bytes.NewReader(text)).Decode(&list) == nil
}

// keep puts a listing into the cache, unless something is missing that may come without the state's changing: a module that is
// downloaded, for one.
func (l Source) keep(r Request, list []*golist.Package) {
	var b bytes.Buffer
	if r.State != (gotree.State{}) && whole(list) && gob.NewEncoder(&b).Encode(list) == nil {
		l.Cache.Put(r.State.Graph, b.Bytes())
	}
}

// whole reports whether the go command found everything.
func whole(list []*golist.Package) bool {
	return !slices.ContainsFunc(list, func(p *golist.Package) bool { return p.Error != nil || len(p.DepsErrors) > 0 })
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

// A sources is the type-checking of one listing.
type sources struct {
	dir     string // where it was listed
	fset    *token.FileSet
	sizes   types.Sizes
	decls   *godecl.Importer
	slots   chan struct{} // one is held by whoever works
	list    map[string]*golist.Package
	overlay overlay.Files
}

// units returns the packages of a listing that belong to the modules, as far as they were asked for.
func (l Source) units(list []*golist.Package, r Request) *Loaded {
	s := &sources{
		dir: r.Dir, fset: token.NewFileSet(), sizes: types.SizesFor("gc", runtime.GOARCH), slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		list: map[string]*golist.Package{}, overlay: l.Overlay,
	}
	for _, p := range list {
		s.list[p.ImportPath] = p
	}
	s.decls = godecl.New(s.fset, s.sizes, l.Cache, r.Fresh, l.Overlay, func(path string) *golist.Package { return s.list[path] })
	out := &Loaded{Finish: s.decls.Finish, Whole: whole(list)}
	wanted := map[string]bool{}
	var want func(path string)
	want = func(path string) {
		p := s.list[path]
		if p == nil || p.DepOnly || wanted[path] {
			return
		}
		wanted[path] = true
		u := s.unit(p)
		for _, dep := range p.Imports {
			if s.list[dep] != nil && !s.list[dep].DepOnly {
				u.Imports = append(u.Imports, dep)
				want(dep)
			}
		}
		out.Units = append(out.Units, u)
	}
	for _, p := range list {
		if r.Shard.Has(p.ImportPath) {
			want(p.ImportPath)
		}
	}
	return out
}

func (s *sources) unit(p *golist.Package) *Unit {
	u := &Unit{Package: &packages.Package{
		ID: p.ImportPath, PkgPath: p.ImportPath, Name: p.Name, Dir: p.Dir, GoFiles: p.Files(), CompiledGoFiles: p.Files(), IgnoredFiles: p.IgnoredFiles(),
		Fset: s.fset, TypesSizes: s.sizes, Module: moduleOf(p.Module),
	}}
	u.Load = sync.OnceFunc(func() { s.load(u, p) })
	u.Key = func() cache.Key { return s.key(p) }
	return u
}

// load reads and type-checks a package, after those of its own modules that it imports.
func (s *sources) load(u *Unit, p *golist.Package) {
	if p.Error != nil {
		pos := cmp.Or(p.Error.Pos, "-")
		if pos != "-" && !filepath.IsAbs(pos) {
			pos = filepath.Join(s.dir, pos)
		}
		fail(u.Package, packages.Error{Pos: pos, Msg: p.Error.Err, Kind: packages.ListError})
	}
	s.parse(u.Package)
	var wait sync.WaitGroup
	for _, dep := range p.Imports {
		wait.Go(func() { s.decls.Import(dep) }) //nolint:errcheck // the type-checker asks again, and gets the error
	}
	wait.Wait()

	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	s.types(u.Package, p)
	if u.Package.Types != nil {
		s.decls.Adopt(p.ImportPath, u.Package.Types)
	}
}

// key returns what the types, the syntax and the places of a package depend on: facts name files by where they lie.
func (s *sources) key(p *golist.Package) cache.Key {
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "%s %s %q\n%s\n%s\n%+v\n", p.ImportPath, p.Name, p.Dir, s.decls.Contents(p.ImportPath), godecl.Contents(s.overlay, p.IgnoredFiles()), p.Error))
	if m := p.Module; m != nil {
		h.Write(fmt.Appendf(nil, "%s %s %s\n", m.Path, m.Version, m.GoVersion))
	}
	for _, dep := range p.Imports {
		id := s.decls.Identity(dep)
		h.Write(fmt.Appendf(nil, "%s %x\n", dep, id))
		if d := s.list[dep]; d != nil && d.Error != nil {
			h.Write(fmt.Appendf(nil, "%+v\n", *d.Error))
		}
	}
	return cache.Key(h.Sum(nil))
}

func (s *sources) parse(p *packages.Package) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	for _, name := range p.GoFiles {
		f, err := parseFile(s.fset, name, s.overlay)
		if err != nil {
			fail(p, err)
		}
		if f != nil {
			p.Syntax = append(p.Syntax, f)
		}
	}
}

// parseFile parses a Go file. Line directives do not count: whoever writes them could lay a place into any file.
func parseFile(fset *token.FileSet, name string, texts overlay.Files) (*ast.File, error) {
	const mode = parser.AllErrors | parser.ParseComments
	src, err := texts.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(src, []byte("/*line ")) || bytes.Contains(src, []byte("//line ")) {
		src = bytes.Clone(src)
		scratch := token.NewFileSet()
		f, err := parser.ParseFile(scratch, name, src, mode)
		if f == nil {
			return nil, err
		}
		for _, g := range f.Comments {
			for _, c := range g.List {
				if at := scratch.PositionFor(c.Pos(), false).Offset; strings.HasPrefix(c.Text[2:], "line ") {
					src[at+2] = '_' // no directive any more, and as long as it was
				}
			}
		}
	}
	return parser.ParseFile(fset, name, src, mode)
}

func (s *sources) types(p *packages.Package, listed *golist.Package) {
	if len(p.Syntax) == 0 {
		return
	}
	importer := godecl.ImporterFor(s.decls, listed)
	if what := godecl.Excessive(p.Syntax, godecl.Found(importer)); what != "" {
		fail(p, types.Error{Fset: s.fset, Pos: p.Syntax[0].Package, Msg: what + " to be type-checked"})
		p.IllTyped = true
		return
	}
	p.TypesInfo = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{
		Importer:    importer,
		Error:       func(err error) { fail(p, err) },
		Sizes:       s.sizes,
		FakeImportC: true,
	}
	if m := listed.Module; m != nil && m.GoVersion != "" {
		conf.GoVersion = "go" + m.GoVersion
	}
	pkg, err := conf.Check(p.PkgPath, s.fset, p.Syntax, p.TypesInfo)
	p.Types = pkg
	if err != nil && len(p.Errors) == 0 {
		fail(p, err)
	}
	if len(listed.CgoFiles) > 0 { // the types of what is C are not known
		fail(p, types.Error{Fset: s.fset, Pos: p.Syntax[len(p.Syntax)-1].Package, Msg: `what import "C" declares is not known`})
	}
	p.IllTyped = len(p.Errors) > 0
}

// fail records what parser, type-checker or go command have against a package.
func fail(p *packages.Package, err error) {
	var (
		parse scanner.ErrorList
		typed types.Error
		read  *fs.PathError
		told  packages.Error
	)
	switch {
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
