package godecl

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/overlay"
)

// Identity returns what stands for the declarations of a package in the keys of those that import it: what it was computed from,
// if that never changes, or else what it declares, so that an edit of a function's body changes nothing.
func (im *Importer) Identity(path string) cache.Key {
	if d := im.of(path); d != nil {
		return d.identity()
	}
	return cache.Key{}
}

func (im *Importer) identity(d *declared) cache.Key {
	if _, immutable := im.origin(d); immutable {
		return d.key()
	}
	data, ok := im.get(d)
	if !ok {
		if _, err := d.types(); err != nil || d.data == nil {
			return d.key()
		}
		data = d.data
	}
	return sha256.Sum256(data)
}

// recipe changes with what declarations are made of.
const recipe = "declarations 1"

// key returns what the declarations of a package depend on: its files, the language they are written in, and what it imports.
func (im *Importer) key(d *declared) cache.Key {
	h := sha256.New()
	p := d.listed
	text, _ := im.origin(d)
	h.Write(fmt.Appendf(nil, "%s %s %s\n%s %s\n", recipe, runtime.Version(), runtime.GOARCH, p.ImportPath, goVersion(p)))
	h.Write([]byte(text))
	for _, dep := range p.Imports {
		id := im.Identity(dep)
		h.Write(id[:])
	}
	return cache.Key(h.Sum(nil))
}

// origin says which text the files of a package have. The files of a version of a module and of a version of Go never change;
// those of a folder count by what is in them.
func (im *Importer) origin(d *declared) (text string, immutable bool) {
	p := d.listed
	m, dir := p.Module, ""
	if m != nil {
		dir = m.Dir
		if m.Replace != nil {
			m = m.Replace
		}
	}
	switch {
	case p.Standard:
		if version := im.installed(goroot(p.Dir)); version != "" {
			return fmt.Sprintf("%s\n%q %q\n", version, p.GoFiles, p.CgoFiles), true
		}
	case m != nil && m.Version != "" && strings.HasSuffix(dir, "@"+m.Version): // in the module cache
		return fmt.Sprintf("%s@%s\n%q %q\n", m.Path, m.Version, p.GoFiles, p.CgoFiles), true
	}
	return d.contents(), false
}

// installed returns what VERSION says in a Go installation, "" if nothing.
func (im *Importer) installed(dir string) string {
	if version, ok := im.versions.Load(dir); ok {
		return version.(string)
	}
	text, err := os.ReadFile(filepath.Join(dir, "VERSION"))
	if err != nil {
		text = nil
	}
	im.versions.Store(dir, string(text))
	return string(text)
}

// Contents says what is in the files of a package, "" if there is no such package.
func (im *Importer) Contents(path string) string {
	if d := im.of(path); d != nil {
		return d.contents()
	}
	return ""
}

// Contents says what is in files, by their names and hashes. Texts stand in place of what is on the disk.
func Contents(texts overlay.Files, names []string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := texts.ReadFile(name)
		fmt.Fprintf(&b, "%s %x %t\n", filepath.Base(name), sha256.Sum256(text), err == nil)
	}
	return b.String()
}

// goroot returns the folder above src of a package of the standard library.
func goroot(dir string) string {
	dir = filepath.ToSlash(dir)
	if i := strings.LastIndex(dir, "/src/"); i >= 0 {
		return filepath.FromSlash(dir[:i])
	}
	return dir
}

// get returns what the cache has of a package.
func (im *Importer) get(d *declared) (data []byte, ok bool) {
	if im.cache == nil || im.fresh {
		return nil, false
	}
	return im.cache.Get(d.key())
}

// fromCache returns the declarations of a package as the cache has them, nil if it does not.
func (im *Importer) fromCache(d *declared) *types.Package {
	data, ok := im.get(d)
	if !ok {
		return nil
	}
	path := d.listed.ImportPath
	im.reading.Lock()
	defer im.reading.Unlock()
	pkg, err := gcexportdata.Read(bytes.NewReader(data), im.fset, im.read, path)
	if err != nil {
		im.failed.Store(true)
		return nil
	}
	return pkg
}

// claim makes a package the one that entries of the cache mean which have parts of it. It has to be called before one is read: hence
// as soon as the package is known, and not when somebody asks for it.
func (im *Importer) claim(pkg *types.Package) {
	if im.cache == nil {
		return
	}
	im.reading.Lock()
	defer im.reading.Unlock()
	if im.read[pkg.Path()] != nil { // what others have of it is not what its source declares
		im.failed.Store(true)
	}
	im.read[pkg.Path()] = pkg
}

// keep prepares the declarations of a package for the cache, if those of all that it imports will be there: what is read of it
// later has parts of theirs. They have no places: then a line more above them does not change them.
func (im *Importer) keep(d *declared, pkg *types.Package) {
	if im.cache == nil {
		return
	}
	im.reading.Lock()
	lost := slices.ContainsFunc(pkg.Imports(), func(dep *types.Package) bool { return im.lost[dep.Path()] })
	im.reading.Unlock()

	var b bytes.Buffer
	if !lost && gcexportdata.Write(&b, token.NewFileSet(), pkg) == nil {
		d.data = b.Bytes()
		return
	}
	im.reading.Lock()
	im.lost[pkg.Path()] = true
	im.reading.Unlock()
}
