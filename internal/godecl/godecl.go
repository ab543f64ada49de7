// Package godecl type-checks what other packages need of a package: its declarations, without the bodies of functions and
// without what only those import.
package godecl

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/golist"
	"github.com/factorlint/factorlint/internal/overlay"
)

// An Importer gives the declarations of packages. It may be used by several goroutines.
type Importer struct {
	fset    *token.FileSet
	lookup  func(path string) *golist.Package
	sizes   types.Sizes
	slots   chan struct{} // one is held by whoever works
	cache   *cache.Cache
	fresh   bool // nothing is taken from it
	overlay overlay.Files

	mu       sync.Mutex
	pkgs     map[string]*declared
	versions sync.Map // of Go installations, by their folders

	reading sync.Mutex
	read    map[string]*types.Package // what can be read from the cache, some of it only as far as others need it
	lost    map[string]bool           // what cannot be kept
	failed  atomic.Bool
}

// A declared is a package and what is known of it, each once somebody asks.
type declared struct {
	listed   *golist.Package
	contents func() string    // see Contents
	key      func() cache.Key // what its declarations are computed from
	identity func() cache.Key // see Importer.Identity
	types    func() (*types.Package, error)
	adopted  *types.Package
	data     []byte // for the cache; once types has returned
}

// New returns an importer of the packages that lookup knows; it returns nil for one that it does not. What is found goes to the
// cache, and what is there is not computed again, unless everything is to be fresh. Texts stand in place of what is on the disk.
func New(fset *token.FileSet, sizes types.Sizes, c *cache.Cache, fresh bool, texts overlay.Files, lookup func(path string) *golist.Package) *Importer {
	return &Importer{
		fset: fset, lookup: lookup, sizes: sizes, cache: c, fresh: fresh, overlay: texts, slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		pkgs: map[string]*declared{}, read: map[string]*types.Package{}, lost: map[string]bool{},
	}
}

// Finish puts what was found into the cache. It reports whether that was possible: if the cache had parts of a package and not the
// package, what was imported does not fit together, and another importer, a fresh one, has to start over.
func (im *Importer) Finish() bool {
	if im.failed.Load() {
		return false
	}
	for _, d := range im.pkgs {
		if d != nil && d.data != nil {
			im.cache.Put(d.key(), d.data)
		}
	}
	return true
}

// Import returns the declarations of a package. What does not type-check is left out; the error means that there is no such
// package, or that none of its files could be read.
func (im *Importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	d := im.of(path)
	if d == nil {
		return nil, fmt.Errorf("no such package: %s", path)
	}
	return d.types()
}

// Adopt gives a package that was type-checked in whole for its declarations. It has to be called before anybody asks for them.
func (im *Importer) Adopt(path string, pkg *types.Package) {
	if d := im.of(path); d != nil {
		d.adopted = pkg
		im.claim(pkg)
	}
}

func (im *Importer) of(path string) *declared {
	im.mu.Lock()
	defer im.mu.Unlock()
	d, ok := im.pkgs[path]
	if !ok {
		if p := im.lookup(path); p != nil {
			d = &declared{listed: p}
			d.contents = sync.OnceValue(func() string { return Contents(im.overlay, p.Files()) })
			d.key = sync.OnceValue(func() cache.Key { return im.key(d) })
			d.identity = sync.OnceValue(func() cache.Key { return im.identity(d) })
			d.types = sync.OnceValues(func() (*types.Package, error) { return im.load(d) })
		}
		im.pkgs[path] = d
	}
	return d
}

// load returns the declarations of a package from where they are at hand.
func (im *Importer) load(d *declared) (*types.Package, error) {
	if d.adopted != nil {
		im.keep(d, d.adopted)
		return d.adopted, nil
	}
	if pkg := im.fromCache(d); pkg != nil {
		return pkg, nil
	}
	pkg, err := im.declare(d.listed)
	if err == nil {
		im.claim(pkg)
		im.keep(d, pkg)
	}
	return pkg, err
}

func (im *Importer) declare(p *golist.Package) (pkg *types.Package, err error) {
	defer func() { // whoever waits for the package is to learn that there is none
		if recover() != nil {
			pkg, err = nil, fmt.Errorf("package %s cannot be type-checked", p.ImportPath)
		}
	}()
	files := im.parse(p)
	if len(files) == 0 {
		if p.Error != nil {
			return nil, errors.New(p.Error.Err)
		}
		return nil, fmt.Errorf("package %s has no Go files that can be read", p.ImportPath)
	}
	var wait sync.WaitGroup
	importer := ImporterFor(im, p)
	for _, written := range imports(files) {
		wait.Go(func() { importer.Import(written) }) //nolint:errcheck // the type-checker asks again, and gets the error
	}
	wait.Wait()

	im.slots <- struct{}{}
	defer func() { <-im.slots }()
	if what := Excessive(files, Found(importer)); what != "" {
		return nil, errors.New(what)
	}
	conf := types.Config{
		Importer:                 importer,
		Error:                    func(error) {}, // a declaration that nobody here can mend
		Sizes:                    im.sizes,
		GoVersion:                goVersion(p),
		IgnoreFuncBodies:         true,
		FakeImportC:              true,
		DisableUnusedImportCheck: true,
	}
	pkg, err = conf.Check(p.ImportPath, im.fset, files, nil)
	if pkg == nil {
		return nil, err
	}
	return pkg, nil
}

// ImporterFor returns what the type-checker asks for the imports of a package.
func ImporterFor(im *Importer, p *golist.Package) types.Importer { return importerFor{im, p} }

type importerFor struct {
	*Importer
	p *golist.Package
}

func (i importerFor) Import(written string) (*types.Package, error) {
	path, err := i.p.Resolve(written)
	if err != nil {
		return nil, err
	}
	return i.Importer.Import(path)
}

// Found returns the packages that an importer gives, nil for those that it does not.
func Found(from types.Importer) func(path string) *types.Package {
	return func(path string) *types.Package {
		pkg, err := from.Import(path)
		if err != nil {
			return nil
		}
		return pkg
	}
}

// goVersion returns the language version of a package, "" for the newest.
func goVersion(p *golist.Package) string {
	if p.Module == nil || p.Module.GoVersion == "" {
		return ""
	}
	return "go" + p.Module.GoVersion
}

// parse returns the files of a package, as far as they can be read, without what nobody else needs.
func (im *Importer) parse(p *golist.Package) []*ast.File {
	im.slots <- struct{}{}
	defer func() { <-im.slots }()
	var files []*ast.File
	for _, name := range p.Files() {
		f, _ := parser.ParseFile(im.fset, name, im.overlay.Source(name), parser.SkipObjectResolution)
		if f != nil && f.Name != nil && f.Name.Name != "_" {
			files = append(files, f)
		}
	}
	prune(files, func(written string) string {
		if path, err := p.Resolve(written); err == nil {
			if dep := im.lookup(path); dep != nil {
				return dep.Name
			}
		}
		return ""
	})
	return files
}
