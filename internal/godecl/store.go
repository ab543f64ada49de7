package godecl

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/golist"
)

// fromCache returns the declarations of a package as the cache has them, nil if it does not.
func (im *Importer) fromCache(key cache.Key, path string) *types.Package {
	data, ok := im.cache.Get(key)
	im.reading.Lock()
	defer im.reading.Unlock()
	if !ok {
		if im.read[path] != nil { // what others have of it would not be what its source declares
			im.failed.Store(true)
		}
		return nil
	}
	pkg, err := gcexportdata.Read(bytes.NewReader(data), im.fset, im.read, path)
	if err != nil {
		im.failed.Store(true)
		return nil
	}
	return pkg
}

// toCache keeps the declarations of a package, if those of all that it imports are kept: what is read of it later has parts of
// theirs.
func (im *Importer) toCache(key cache.Key, pkg *types.Package) {
	if im.cache == nil {
		return
	}
	im.reading.Lock()
	if im.read[pkg.Path()] != nil {
		im.failed.Store(true)
	}
	im.read[pkg.Path()] = pkg
	lost := slices.ContainsFunc(pkg.Imports(), func(dep *types.Package) bool { return im.lost[dep.Path()] })
	im.reading.Unlock()

	var b bytes.Buffer
	if !lost && gcexportdata.Write(&b, im.fset, pkg) == nil {
		im.cache.Put(key, b.Bytes())
		return
	}
	im.reading.Lock()
	im.lost[pkg.Path()] = true
	im.reading.Unlock()
}

// keys computes what the declarations of packages depend on.
type keys struct {
	lookup func(path string) *golist.Package

	mu    sync.Mutex
	known map[string]cache.Key
}

// of returns the key of a package: its files, the language they are written in, and the keys of what it imports. The files of
// a version of a module and of a version of Go never change; those of a folder count by what is in them.
func (k *keys) of(p *golist.Package) cache.Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.compute(p)
}

func (k *keys) compute(p *golist.Package) cache.Key {
	if key, ok := k.known[p.ImportPath]; ok {
		return key
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s\n%s %s\n", recipe, runtime.Version(), runtime.GOARCH, p.ImportPath, goVersion(p))
	origin(h, p)
	for _, dep := range p.Imports {
		if d := k.lookup(p.Resolve(dep)); d != nil && d != p {
			key := k.compute(d)
			h.Write(key[:])
		}
	}
	key := cache.Key(h.Sum(nil))
	k.known[p.ImportPath] = key
	return key
}

// recipe changes with what declarations are made of.
const recipe = "declarations 1"

// origin writes what says which text the files of a package have.
func origin(w io.Writer, p *golist.Package) {
	m, dir := p.Module, ""
	if m != nil {
		dir = m.Dir
		if m.Replace != nil {
			m = m.Replace
		}
	}
	switch {
	case p.Standard:
		if text, err := os.ReadFile(filepath.Join(goroot(p.Dir), "VERSION")); err == nil {
			fmt.Fprintf(w, "%s\n%q %q\n", text, p.GoFiles, p.CgoFiles)
			return
		}
	case m != nil && m.Version != "" && strings.HasSuffix(dir, "@"+m.Version): // in the module cache
		fmt.Fprintf(w, "%s@%s\n%q %q\n", m.Path, m.Version, p.GoFiles, p.CgoFiles)
		return
	}
	for _, name := range p.Files() {
		text, err := os.ReadFile(name)
		fmt.Fprintf(w, "%s %x %t\n", filepath.Base(name), sha256.Sum256(text), err == nil)
	}
}

// goroot returns the folder above src of a package of the standard library.
func goroot(dir string) string {
	dir = filepath.ToSlash(dir)
	if i := strings.LastIndex(dir, "/src/"); i >= 0 {
		return filepath.FromSlash(dir[:i])
	}
	return dir
}
