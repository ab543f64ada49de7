package repository_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/factorlint/factorlint/internal/repository"
)

// What was read counts, also what was not there, and nothing else does.
func TestSame(t *testing.T) {
	files := map[string]string{"a.txt": "a", "b.txt": "bb", "big.txt": "12345678901", "dir/c.txt": "c", "link.txt": "-> a.txt", "unread.txt": "u"}
	for _, c := range []struct {
		name, text string // a file that is written, or with the text "" removed
		same       bool
	}{
		{"unread.txt", "other", true},
		{"a.txt", "a", true},
		{"a.txt", "x", false},
		{"a.txt", "", false},
		{"b.txt", "bbb", true}, // only its first byte was read
		{"b.txt", "xb", false},
		{"big.txt", "2345678901", false},
		{"big.txt", "12345678902", true}, // it was not read
		{"missing.txt", "here", false},
		{"dir/d.txt", "d", false},
		{"dir/c.txt", "other", true}, // only its name was
	} {
		dir := write(t, files)
		tree, _, err := repository.Open(dir, repository.Options{MaxFileSize: 10})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		for _, name := range []string{"link.txt", "big.txt", "missing.txt", "../a.txt"} {
			tree.ReadFile(name) //nolint:errcheck // some cannot be read
		}
		if _, err := tree.Head("b.txt", 1); err != nil {
			t.Fatal(err)
		}
		if _, err := fs.ReadDir(tree.FS(), "dir"); err != nil {
			t.Fatal(err)
		}
		before := tree.Read()
		if _, ok := tree.Same(before); !ok {
			t.Error("what is as it was is not the same")
		}
		if file := filepath.Join(dir, c.name); c.text == "" {
			err = os.Remove(file)
		} else {
			err = os.WriteFile(file, []byte(c.text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := tree.Same(before); ok != c.same {
			t.Errorf("%s with %q: the same %t, want %t", c.name, c.text, ok, c.same)
		}
	}
}
