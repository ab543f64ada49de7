package gotree

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/look"
)

// Whatever is kept of a folder's files, that of the files which look otherwise by now does not count: the state is the one that is
// read without a cache. The entry is well-formed to the cache itself, as another version of factorlint may leave it.
func FuzzKept(f *testing.F) {
	f.Add([]byte{}, "package p\n")
	f.Add([]byte("no gob"), "//go:build x\n\npackage p\n\nimport \"C\"\n")
	dir := f.TempDir()
	c, err := cache.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module m\n", "a.go": "package m\n"} {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			f.Fatal(err)
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(name, old, old); err != nil {
			f.Fatal(err)
		}
	}
	time.Sleep(look.Settled)
	if _, err := Read(c, []string{dir}, nil); err != nil {
		f.Fatal(err)
	}
	if kept, ok := c.Get((&reader{dir: dir}).key()); ok {
		f.Add(kept, "package q\n")
	}
	f.Fuzz(func(t *testing.T, kept []byte, text string) {
		c.Put((&reader{dir: dir}).key(), kept)
		if err := os.WriteFile(filepath.Join(dir, "new.go"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Read(c, []string{dir}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Read(nil, []string{dir}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if known := newReader(c, dir).known; len(known) > 3 {
			t.Errorf("%d files are kept of a folder with three", len(known))
		}
		if len(kept) == 0 && got != want {
			t.Errorf("without anything kept the state is %+v, want %+v", got, want)
		}
	})
}
