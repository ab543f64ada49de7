// Package cache keeps what is costly to compute in files, each named by a hash of all that it was computed from. An entry is
// there, or it is computed again; it may be replaced as a whole. Several processes may use a cache at a time.
package cache

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Key names an entry.
type Key [sha256.Size]byte

// A Cache is a folder of entries. The nil Cache holds nothing and keeps nothing.
type Cache struct{ dir string }

// Open returns the cache in a folder, which is made if there is none. Others than the user cannot read it.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Cache{dir}, nil
}

// Build tells the running program from other builds of it: by the size and the time of its file.
func Build() string {
	if file, err := os.Executable(); err == nil {
		if info, err := os.Stat(file); err == nil {
			return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		}
	}
	return ""
}

// Dir returns the folder that the cache is in.
func (c *Cache) Dir() string { return c.dir }

// Default returns the cache in the user's folder for caches. The error means that the user has none.
func Default() (*Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	return Open(filepath.Join(dir, "factorlint"))
}

func (c *Cache) file(k Key) string {
	name := hex.EncodeToString(k[:])
	return filepath.Join(c.dir, name[:2], name)
}

// fresh is how long an entry counts as used just now: its time need not be set again.
const fresh = time.Hour

// largest is how many bytes an entry may have.
const largest = 256 << 20

// Get returns an entry. An entry that was cut off or altered is none, and is removed; so is what is no regular file.
func (c *Cache) Get(k Key) (data []byte, ok bool) {
	if c == nil {
		return nil, false
	}
	name := c.file(k)
	info, err := os.Lstat(name)
	if err != nil {
		return nil, false
	}
	if !info.Mode().IsRegular() || info.Size() > largest {
		c.remove(name)
		return nil, false
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, false
	}
	n := len(text) - sha256.Size
	if n < 0 {
		c.remove(name)
		return nil, false
	}
	if sum := sha256.Sum256(text[:n]); !bytes.Equal(sum[:], text[n:]) {
		c.remove(name)
		return nil, false
	}
	if time.Since(info.ModTime()) > fresh {
		now := time.Now()
		os.Chtimes(name, now, now) //nolint:errcheck // at worst it is evicted early
	}
	return text[:n:n], true
}

// unfinished begins the names of files that are being written.
const unfinished = "factorlint-new-"

// Put adds an entry. That it could not be written is no error: it is computed again next time.
func (c *Cache) Put(k Key, data []byte) {
	if c == nil {
		return
	}
	name := c.file(k)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), unfinished)
	if err != nil {
		return
	}
	sum := sha256.Sum256(data)
	_, err1 := f.Write(data)
	_, err2 := f.Write(sum[:])
	if errors.Join(err1, err2, f.Close()) != nil || os.Rename(f.Name(), name) != nil {
		c.remove(f.Name())
	}
}

func (c *Cache) remove(name string) {
	os.Remove(name) //nolint:errcheck // another process may have been faster
}

// Trim removes the entries that were not used for longest until the rest takes at most limit bytes, and what killed processes
// left behind. What else lies in the folder stays. It looks at most once in an hour.
func (c *Cache) Trim(limit int64) {
	if c == nil {
		return
	}
	mark := Key(sha256.Sum256([]byte("trimmed")))
	if info, err := os.Stat(c.file(mark)); err == nil && time.Since(info.ModTime()) < fresh {
		return
	}
	c.Put(mark, nil)
	entries, abandoned := c.entries()
	total := int64(0)
	for _, e := range entries {
		total += e.size
	}
	for _, e := range entries {
		if total > limit && e.name != c.file(mark) {
			c.remove(e.name)
			total -= e.size
		}
	}
	for _, name := range abandoned {
		c.remove(name)
	}
}

// An entry is a file of the cache.
type entry struct {
	name string
	size int64
	used time.Time
}

// entries returns the entries, that which was not used for longest first, and the files of those that were never finished.
func (c *Cache) entries() (list []entry, abandoned []string) {
	names, err := filepath.Glob(filepath.Join(c.dir, "[0-9a-f][0-9a-f]", "*"))
	if err != nil {
		return nil, nil
	}
	for _, name := range names {
		info, err := os.Lstat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		switch base := filepath.Base(name); {
		case len(base) == hex.EncodedLen(sha256.Size) && strings.HasPrefix(base, filepath.Base(filepath.Dir(name))):
			list = append(list, entry{name, info.Size(), info.ModTime()})
		case strings.HasPrefix(base, unfinished) && time.Since(info.ModTime()) > fresh:
			abandoned = append(abandoned, name)
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.name, b.name)) })
	return list, abandoned
}
