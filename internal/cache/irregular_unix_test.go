//go:build unix

package cache

import (
	"os"
	"syscall"
	"testing"
)

// Who can write to the folder of the cache may lay a device or a FIFO there, or a file of gigabytes: to read those would take forever.
func TestIrregular(t *testing.T) {
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i, spoil := range []func(name string) error{
		func(name string) error { return os.Symlink("/dev/zero", name) },
		func(name string) error { return syscall.Mkfifo(name, 0o600) },
		func(name string) error { return os.Mkdir(name, 0o700) },
		func(name string) error {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(name, largest+1)
		},
	} {
		k := Key{byte(i)}
		c.Put(k, []byte("text"))
		if text, ok := c.Get(k); !ok || string(text) != "text" {
			t.Fatalf("%d: %q, %t", i, text, ok)
		}
		if err := os.Remove(c.file(k)); err != nil {
			t.Fatal(err)
		}
		if err := spoil(c.file(k)); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Get(k); ok {
			t.Errorf("%d: it was read", i)
		}
		c.Put(k, []byte("text"))
		if text, ok := c.Get(k); !ok || string(text) != "text" {
			t.Errorf("%d: it was not replaced: %q, %t", i, text, ok)
		}
	}
}
