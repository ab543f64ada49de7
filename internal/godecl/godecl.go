// Package godecl type-checks what other packages need of a package: its declarations, without the bodies of functions and
// without what only those import.
package godecl

import (
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
)

// An Importer gives the declarations of packages. It may be used by several goroutines.
type Importer struct {
	fset   *token.FileSet
	lookup func(path string) *golist.Package
	sizes  types.Sizes
	slots  chan struct{} // one is held by whoever works
	cache  *cache.Cache
	keys   keys

	mu   sync.Mutex
	pkgs map[string]func() (*types.Package, error)

	reading sync.Mutex
	read    map[string]*types.Package // what can be read from the cache, some of it only as far as others need it
	lost    map[string]bool           // what is not in the cache
	failed  atomic.Bool
}

// New returns an importer of the packages that lookup knows; it returns nil for one that it does not. What is found goes to the
// cache, and what is there is not computed again.
func New(fset *token.FileSet, sizes types.Sizes, c *cache.Cache, lookup func(path string) *golist.Package) *Importer {
	return &Importer{
		fset: fset, lookup: lookup, sizes: sizes, cache: c, slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		keys: keys{lookup: lookup, known: map[string]cache.Key{}}, pkgs: map[string]func() (*types.Package, error){},
		read: map[string]*types.Package{}, lost: map[string]bool{},
	}
}

// Failed reports whether the cache had parts of a package and not the package, so that what was imported does not fit together.
// Another importer without a cache has to start over.
func (im *Importer) Failed() bool { return im.failed.Load() }

// Import returns the declarations of a package. What does not type-check is left out; the error means that there is no such
// package, or that none of its files could be read.
func (im *Importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	im.mu.Lock()
	get := im.pkgs[path]
	if get == nil {
		get = sync.OnceValues(func() (*types.Package, error) { return im.declare(path) })
		im.pkgs[path] = get
	}
	im.mu.Unlock()
	return get()
}

func (im *Importer) declare(path string) (*types.Package, error) {
	p := im.lookup(path)
	if p == nil {
		return nil, fmt.Errorf("no such package: %s", path)
	}
	key := im.keys.of(p)
	if pkg := im.fromCache(key, path); pkg != nil {
		return pkg, nil
	}
	files := im.parse(p)
	if len(files) == 0 {
		if p.Error != nil {
			return nil, fmt.Errorf("%s", p.Error.Err)
		}
		return nil, fmt.Errorf("package %s has no Go files that can be read", path)
	}
	var wait sync.WaitGroup
	for _, dep := range imports(files) {
		wait.Go(func() { im.Import(p.Resolve(dep)) }) //nolint:errcheck // the type-checker asks again, and gets the error
	}
	wait.Wait()

	im.slots <- struct{}{}
	defer func() { <-im.slots }()
	conf := types.Config{
		Importer:                 importerFunc(func(written string) (*types.Package, error) { return im.Import(p.Resolve(written)) }),
		Error:                    func(error) {}, // a declaration that nobody here can mend
		Sizes:                    im.sizes,
		GoVersion:                goVersion(p),
		IgnoreFuncBodies:         true,
		FakeImportC:              true,
		DisableUnusedImportCheck: true,
	}
	pkg, err := conf.Check(path, im.fset, files, nil)
	if pkg == nil {
		return nil, err
	}
	im.toCache(key, pkg)
	return pkg, nil
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

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
		f, _ := parser.ParseFile(im.fset, name, nil, parser.SkipObjectResolution)
		if f != nil && f.Name != nil && f.Name.Name != "_" {
			files = append(files, f)
		}
	}
	prune(files, func(written string) string {
		if dep := im.lookup(p.Resolve(written)); dep != nil && dep.Name != "" {
			return dep.Name
		}
		return ""
	})
	return files
}
