package godecl

import (
	"encoding/hex"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/golist"
)

// Whatever became of the file with a package's declarations, they are there in the end: they are computed again. (An entry with a right
// checksum is believed: gcexportdata allocates whatever sizes it is told.)
func FuzzKept(f *testing.F) {
	dir := f.TempDir()
	for name, text := range map[string]string{
		"a.go": "package a\n\nimport \"example.com/b\"\n\ntype T[E any] struct{ b.B; next *T[E] }\n\nfunc (T[E]) M(x ...E) (n int, err error) { return }\n\nconst C = 1 << 3\n\nvar V = map[string]T[int]{}\n",
		"b.go": "package b\n\ntype B interface{ ~int | ~string }\n\ntype A = struct{ F func(A1) }\n\ntype A1 chan<- [3]*A1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	list := map[string]*golist.Package{
		"example.com/a": {ImportPath: "example.com/a", Name: "a", Dir: dir, GoFiles: []string{"a.go"}, Imports: []string{"example.com/b"}},
		"example.com/b": {ImportPath: "example.com/b", Name: "b", Dir: dir, GoFiles: []string{"b.go"}},
	}
	c, err := cache.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	importer := func(fresh bool) *Importer {
		return New(token.NewFileSet(), types.SizesFor("gc", runtime.GOARCH), c, fresh, nil, func(path string) *golist.Package { return list[path] })
	}
	first := importer(true)
	if _, err := first.Import("example.com/a"); err != nil || !first.Finish() {
		f.Fatal("nothing was kept", err)
	}
	key := first.of("example.com/a").key()
	kept, ok := c.Get(key)
	if !ok {
		f.Fatal("nothing was kept")
	}
	name := hex.EncodeToString(key[:])
	file := filepath.Join(c.Dir(), name[:2], name)
	whole, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(kept)
	f.Add([]byte{})
	f.Add([]byte("i\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c.Put(key, kept)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		im := importer(false)
		pkg, err := im.Import("example.com/a")
		if err != nil || pkg == nil {
			t.Fatalf("no declarations: %v", err)
		}
		if pkg.Scope().Lookup("T") == nil || pkg.Scope().Lookup("V") == nil {
			t.Errorf("the declarations are %v", pkg.Scope().Names())
		}
	})
}
