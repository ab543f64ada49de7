package repository

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/look"
)

// A Seen is something that was read in a tree: it stands for what came of it.
type Seen struct {
	Name    string
	First   int64 // of a file, how many bytes were asked for at most
	Look    look.Look
	Trusted bool              // while it looks the same, the same comes of it
	Sum     [sha256.Size]byte // hash of the content, of the list of a folder, or of why there is none
}

// A record is what was read in a tree.
type record struct {
	mu   sync.Mutex
	seen map[recorded]Seen
}

type recorded struct {
	name  string
	first int64
}

func (r *record) add(s Seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[recorded]Seen{}
	}
	if _, ok := r.seen[recorded{s.Name, s.First}]; !ok { // what came of it first is what the rest was decided by
		r.seen[recorded{s.Name, s.First}] = s
	}
}

// Read returns what was read in the tree so far, by name.
func (t *Tree) Read() []Seen {
	t.record.mu.Lock()
	defer t.record.mu.Unlock()
	return slices.SortedFunc(maps.Values(t.record.seen), func(a, b Seen) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.First, b.First))
	})
}

// Same reports whether the same comes of what was read before, and returns it as it looks now. What may have changed is read again.
func (t *Tree) Same(before []Seen) (now []Seen, ok bool) {
	for _, s := range before {
		if !s.Trusted || t.looks(s.Name) != s.Look {
			again := t.see(s.Name, s.First)
			if again.Sum != s.Sum {
				return nil, false
			}
			s = again
		}
		now = append(now, s)
	}
	return now, true
}

// looks returns how a file or a folder looks.
func (t *Tree) looks(name string) look.Look {
	info, err := inFolder(t, name, (*os.Root).Stat)
	if err != nil {
		return look.Look{}
	}
	return look.Of(info)
}

// see reads a file or a folder.
func (t *Tree) see(name string, first int64) Seen {
	fail := func(why error) Seen {
		return Seen{Name: name, First: first, Sum: sha256.Sum256([]byte("error: " + cause(why).Error()))}
	}
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	info, err := inFolder(t, name, (*os.Root).Stat)
	if err != nil {
		return fail(err)
	}
	if info.IsDir() {
		entries, err := t.list(name)
		if err != nil {
			return fail(err)
		}
		var list strings.Builder
		for _, e := range entries {
			fmt.Fprintf(&list, "%s %q\n", e.Type(), e.Name())
		}
		return t.seen(name, first, look.Of(info), []byte(list.String()))
	}
	f, err := t.open(name)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	if first == t.maxSize && f.size > t.maxSize {
		return fail(&TooLarge{Path: name, Size: f.size, Limit: t.maxSize})
	}
	text, err := f.first(first)
	if err != nil {
		return fail(err)
	}
	return t.seen(name, first, f.look, text)
}

// seen returns what stands for a content that was read.
func (t *Tree) seen(name string, first int64, l look.Look, text []byte) Seen {
	return Seen{name, first, l, l.SettledBefore(t.began), sha256.Sum256(text)}
}

// Listing returns a hash of which files there are in the tree and of what else is known of it without reading them.
func (t *Tree) Listing() [sha256.Size]byte {
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "%q %q %d\n", t.Prefix, t.remote, t.maxSize))
	for _, f := range t.Files {
		h.Write(fmt.Appendf(nil, "%q %d %t\n", f.Path, f.Size, f.Tracked))
	}
	for _, name := range slices.Sorted(maps.Keys(t.ignored)) {
		h.Write(fmt.Appendf(nil, "%q\n", name))
	}
	return [sha256.Size]byte(h.Sum(nil))
}
