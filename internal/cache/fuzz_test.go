package cache

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Whatever became of the file of an entry, what is read is what was put there, or nothing, and then the file is gone.
func FuzzGet(f *testing.F) {
	f.Add([]byte("what was computed"), []byte("x"), 3, 40)
	f.Add([]byte{}, []byte{}, 0, 0)
	f.Add([]byte("abc"), []byte("abc"), 0, 3)
	f.Fuzz(func(t *testing.T, data, patch []byte, from, to int) {
		c, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		c.Put(key(1), data)
		name := c.file(key(1))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		from = min(max(from, 0), len(text))
		to = min(max(to, from), len(text))
		spoilt := bytes.Join([][]byte{text[:from], patch, text[to:]}, nil)
		if err := os.WriteFile(name, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		got, ok := c.Get(key(1))
		switch {
		case ok != bytes.Equal(spoilt, text):
			t.Errorf("an entry was read: %t", ok)
		case ok && !bytes.Equal(got, data):
			t.Errorf("%q was read and %q written", got, data)
		}
		if _, err := os.Lstat(name); ok != (err == nil) {
			t.Errorf("read %t, and the file %s: %v", ok, filepath.Base(name), err)
		}
	})
}
