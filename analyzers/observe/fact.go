package observe

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// A Fact is what was observed in a package and in all that it imports, directly or not: the drivers of the go command and of
// Bazel hand a package the facts of its direct imports alone. One that hands it those of all needs no more than [Fact.Of].
type Fact struct{ observed []*observed } // in order of their paths

// AFact marks Fact as one.
func (*Fact) AFact() {}

func (f *Fact) String() string { return fmt.Sprintf("observed(%d packages)", len(f.observed)) }

// An observed is a package, as it is or encoded. What passes through a package's fact unread is neither decoded nor encoded again.
type observed struct {
	path    string
	imports []string // import paths
	pkg     func() (*Package, error)
	encoded func() ([]byte, error)
}

// gather returns the fact of a package. Of what the facts at hand tell it takes what is about the packages that this one imports: a
// driver may have more, of what the package's tests import.
func gather(p *Package, facts []analysis.PackageFact) *Fact {
	own := &observed{path: p.Path, imports: p.Imports, pkg: func() (*Package, error) { return p, nil }}
	own.encoded = sync.OnceValues(func() ([]byte, error) { return encode(p) })
	known := map[string]*observed{p.Path: own}
	for _, pf := range facts {
		if fact, ok := pf.Fact.(*Fact); ok {
			for _, o := range fact.observed {
				if known[o.path] == nil {
					known[o.path] = o
				}
			}
		}
	}
	out := &Fact{}
	var add func(path string)
	add = func(path string) {
		if o := known[path]; o != nil {
			delete(known, path)
			out.observed = append(out.observed, o)
			for _, i := range o.imports {
				add(i)
			}
		}
	}
	add(p.Path)
	slices.SortFunc(out.observed, func(a, b *observed) int { return strings.Compare(a.path, b.path) })
	return out
}

// Of returns what the fact tells about one package, without what that imports.
func (f *Fact) Of(path string) *Fact {
	return &Fact{slices.DeleteFunc(slices.Clone(f.observed), func(o *observed) bool { return o.path != path })}
}

// packages returns the packages of a fact, in order of their paths.
func (f *Fact) packages() ([]*Package, error) {
	out := make([]*Package, len(f.observed))
	for i, o := range f.observed {
		p, err := o.pkg()
		if err != nil {
			return nil, fmt.Errorf("the fact of package %s: %w", o.path, err)
		}
		out[i] = p
	}
	return out, nil
}

// An entry is an observed package in an encoded fact.
type entry struct {
	Path    string
	Imports []string
	Encoded []byte
}

// GobEncode implements [gob.GobEncoder]. Equal facts have equal encodings.
func (f *Fact) GobEncode() ([]byte, error) {
	entries := make([]entry, len(f.observed))
	for i, o := range f.observed {
		b, err := o.encoded()
		if err != nil {
			return nil, err
		}
		entries[i] = entry{o.path, o.imports, b}
	}
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(entries)
	return out.Bytes(), err
}

// GobDecode implements [gob.GobDecoder]. The packages themselves are decoded when they are asked for.
func (f *Fact) GobDecode(b []byte) error {
	var entries []entry
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&entries); err != nil {
		return err
	}
	f.observed = nil
	for _, e := range entries {
		f.observed = append(f.observed, &observed{
			path:    e.Path,
			imports: e.Imports,
			pkg:     sync.OnceValues(func() (*Package, error) { return decode(e.Encoded) }),
			encoded: func() ([]byte, error) { return e.Encoded, nil },
		})
	}
	return nil
}

// encode returns a package in gob's encoding, compressed to about a tenth: the same names and paths stand in it again and again.
func encode(p *Package) ([]byte, error) {
	var out bytes.Buffer
	w, ok := compressors.Get().(*flate.Writer)
	if !ok {
		var err error
		if w, err = flate.NewWriter(nil, flate.BestSpeed); err != nil {
			return nil, err
		}
	}
	defer compressors.Put(w)
	w.Reset(&out)
	if err := gob.NewEncoder(w).Encode(p); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// compressors are free *flate.Writer. Each has tables of more than a megabyte, which take longer to make than most packages to compress.
var compressors sync.Pool

func decode(b []byte) (*Package, error) {
	var p Package
	err := gob.NewDecoder(flate.NewReader(bytes.NewReader(b))).Decode(&p)
	return &p, err
}
