// Package gotree tells the states of trees of Go source apart, by what the go command and the type-checker read of them. Of a file
// that looks from outside as it did, what is in it is known from the time before.
package gotree

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/look"
	"github.com/factorlint/factorlint/internal/repository"
)

// A State stands for the state of some trees.
type State struct {
	Text  cache.Key // differs where any file differs that is read
	Graph cache.Key // differs where the packages may be others, or import something else: not where only functions differ
}

// Read returns the state of folders with everything below them that the go command reads: what it does not, are folders called
// testdata or beginning with a dot or an underscore, and folders with a go.mod of their own. Files are further ones that count. What is
// known of files is kept in c; without a cache each is read. The error is about a folder or file that cannot be read.
func Read(c *cache.Cache, dirs, files []string) (State, error) {
	text, graph := sha256.New(), sha256.New()
	for _, dir := range dirs {
		r := newReader(c, dir)
		if err := walk(dir, r.add); err != nil {
			return State{}, err
		}
		name := fmt.Appendf(nil, "%q\n", dir)
		text.Write(name)
		graph.Write(name)
		r.sum(text, graph)
		r.save()
	}
	for _, name := range files {
		content, err := repository.ReadRegular(name, repository.MaxFileSize)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return State{}, err
		}
		line := fmt.Appendf(nil, "%q %t %x\n", name, err == nil, sha256.Sum256(content))
		text.Write(line)
		graph.Write(line)
	}
	return State{cache.Key(text.Sum(nil)), cache.Key(graph.Sum(nil))}, nil
}

// A file is what is known of one file.
type file struct {
	Name       string // relative to the folder
	Look       look.Look
	Text, Head [sha256.Size]byte // hashes of all of it, and of what decides about packages and imports
}

// A reader reads one folder.
type reader struct {
	cache *cache.Cache
	dir   string
	began time.Time
	known map[string]file
	files []file
	fresh bool // something is known now that was not before
}

func newReader(c *cache.Cache, dir string) *reader {
	r := &reader{cache: c, dir: dir, began: time.Now(), known: map[string]file{}}
	var files []file
	if text, ok := c.Get(r.key()); ok && gob.NewDecoder(bytes.NewReader(text)).Decode(&files) == nil {
		for _, f := range files {
			r.known[f.Name] = f
		}
	}
	return r
}

// key names the entry of what is known of the folder's files. Such an entry is written over, as the report of a run is; any other says the same for ever.
func (r *reader) key() cache.Key { return sha256.Sum256([]byte("files 1 " + r.dir)) }

// walk visits the files below a folder that the go command reads.
func walk(dir string, visit func(name string) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		full := filepath.Join(dir, name)
		switch {
		case e.IsDir():
			if skipped(name) || exists(filepath.Join(full, "go.mod")) {
				continue
			}
			if name == "vendor" && !exists(filepath.Join(full, "modules.txt")) {
				continue
			}
			if err := walk(full, visit); err != nil {
				return err
			}
		case IsRead(name):
			if err := visit(full); err != nil {
				return err
			}
		}
	}
	return nil
}

func skipped(dir string) bool {
	return dir == "testdata" || strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_")
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// IsRead reports whether the go command reads a file of that name.
func IsRead(name string) bool {
	switch name {
	case "go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt":
		return true
	}
	return strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}

// add adds a file. A symbolic link counts as what it leads to; one that leads nowhere is no file to the go command.
func (r *reader) add(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	rel, err := filepath.Rel(r.dir, name)
	if err != nil {
		return err
	}
	f := file{Name: rel, Look: look.Of(info)}
	if strings.HasSuffix(name, "_test.go") {
		r.files = append(r.files, f) // that it is there is all that counts
		return nil
	}
	if old, ok := r.known[rel]; ok && old.Look == f.Look {
		r.files = append(r.files, old)
		return nil
	}
	if info.Size() > repository.MaxFileSize { // see Unfit
		f.Text = sha256.Sum256(fmt.Append(nil, f.Look))
		f.Head = f.Text
		r.files = append(r.files, f)
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	f.Text = sha256.Sum256(text)
	f.Head = head(name, text, f.Text)
	r.files = append(r.files, f)
	r.fresh = true
	return nil
}

// sum writes what is in the files.
func (r *reader) sum(text, graph hash.Hash) {
	for _, f := range r.files {
		text.Write(fmt.Appendf(nil, "%q %x\n", f.Name, f.Text))
		graph.Write(fmt.Appendf(nil, "%q %x\n", f.Name, f.Head))
	}
}

// save keeps what is known. What changed just now is left out: it may change once more without looking different.
func (r *reader) save() {
	if !r.fresh && len(r.files) == len(r.known) {
		return
	}
	var files []file
	for _, f := range r.files {
		if f.Look.SettledBefore(r.began) {
			files = append(files, f)
		}
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(files) == nil {
		r.cache.Put(r.key(), b.Bytes())
	}
}

// head returns the hash of what decides in which packages a Go file is and what it imports; of any other file, and of one that
// cannot be read so far, that of all of it.
func head(name string, text []byte, all [sha256.Size]byte) [sha256.Size]byte {
	if filepath.Ext(name) != ".go" {
		return all
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return all
	}
	h := sha256.New()
	for _, g := range f.Comments { // build constraints, and what import "C" tells the C compiler
		if g.Pos() < f.Package || isC(f, g) {
			for _, c := range g.List {
				h.Write([]byte(c.Text + "\n"))
			}
		}
	}
	h.Write(fmt.Appendf(nil, "package %s\n", f.Name.Name))
	for _, i := range f.Imports {
		h.Write(fmt.Appendf(nil, "%s\n", i.Path.Value))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// isC reports whether comments are the preamble of an import of "C".
func isC(f *ast.File, g *ast.CommentGroup) bool {
	for _, d := range f.Decls {
		if gen, ok := d.(*ast.GenDecl); ok {
			if gen.Doc == g {
				return true
			}
			for _, s := range gen.Specs {
				if i, ok := s.(*ast.ImportSpec); ok && i.Doc == g {
					return true
				}
			}
		}
	}
	return false
}
