package cache

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func key(i int) Key { return sha256.Sum256(fmt.Append(nil, i)) }

func open(t *testing.T) *Cache {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "cache"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCache(t *testing.T) {
	c := open(t)
	if _, ok := c.Get(key(1)); ok {
		t.Error("an empty cache has an entry")
	}
	for i, want := range [][]byte{[]byte("one"), {}} {
		c.Put(key(i), want)
		if got, ok := c.Get(key(i)); !ok || !bytes.Equal(got, want) {
			t.Errorf("entry %d: %q, %t, want %q", i, got, ok, want)
		}
	}
	var none *Cache
	none.Put(key(1), nil)
	if _, ok := none.Get(key(1)); ok {
		t.Error("no cache has an entry")
	}
}

// An entry that is not what was put there is none, and goes.
func TestCorrupt(t *testing.T) {
	c := open(t)
	for i, spoil := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:len(b)-1] },
		func(b []byte) []byte { return b[:3] },
		func([]byte) []byte { return nil },
		func(b []byte) []byte { b[0] ^= 1; return b },
		func(b []byte) []byte { return append(b, 'x') },
	} {
		c.Put(key(i), []byte("what was computed"))
		name := c.file(key(i))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, spoil(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Get(key(i)); ok {
			t.Errorf("spoilt entry %d is read as %q", i, got)
		}
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("spoilt entry %d is still there: %v", i, err)
		}
	}
}

func TestTrim(t *testing.T) {
	c := open(t)
	const n, size = 10, 1000
	for i := range n {
		c.Put(key(i), make([]byte, size))
		used := time.Now().Add(time.Duration(i-n) * 24 * time.Hour)
		if err := os.Chtimes(c.file(key(i)), used, used); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := c.Get(key(0)); !ok { // is used now, and so the youngest
		t.Fatal("entry 0 is gone")
	}
	dir := filepath.Dir(c.file(key(0)))
	abandoned := filepath.Join(dir, unfinished+"1")
	foreign := []string{filepath.Join(c.Dir(), "letter.txt"), filepath.Join(dir, "letter.txt"), filepath.Join(dir, "new-1")}
	old := time.Now().Add(-2 * fresh)
	for _, name := range append(foreign, abandoned) {
		if err := os.WriteFile(name, make([]byte, 100*size), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	c.Trim(5*(size+sha256.Size) + sha256.Size) // and the mark
	for i := range n {
		if _, ok := c.Get(key(i)); ok != (i == 0 || i > 5) {
			t.Errorf("entry %d is there: %t", i, ok)
		}
	}
	if _, err := os.Stat(abandoned); !os.IsNotExist(err) {
		t.Errorf("what a killed process left is still there: %v", err)
	}
	for _, name := range foreign {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("a file that is none of the cache's is gone: %v", err)
		}
	}
	c.Trim(0)
	if _, ok := c.Get(key(9)); !ok {
		t.Error("trimmed twice within an hour")
	}
}

// Whoever reads sees whole entries only, however many write.
func TestConcurrent(t *testing.T) {
	c := open(t)
	var wait sync.WaitGroup
	for w := range 8 {
		wait.Go(func() {
			for i := range 50 {
				want := bytes.Repeat([]byte{byte(i)}, 10_000)
				if w%2 == 0 {
					c.Put(key(i), want)
				} else if got, ok := c.Get(key(i)); ok && !bytes.Equal(got, want) {
					t.Errorf("entry %d is not what was put there", i)
				}
			}
		})
	}
	wait.Wait()
}
