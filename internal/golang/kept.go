package golang

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/gotree"
)

// keyOf returns what is found in a module depends on: the state of its source, the build of factorlint, and which files of the tree
// are looked at.
func keyOf(in Input, m module, shard Shard, s gotree.State) cache.Key {
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "module 1\n%s\n%x\n%q %q %q %q %+v\n", in.Tool, s.Text, in.Root, m.dir, m.path, m.goVersion, shard))
	for _, f := range in.Files {
		if strings.HasSuffix(f, ".go") {
			h.Write([]byte(f + "\n"))
		}
	}
	return cache.Key(h.Sum(nil))
}

// keptModule returns what is kept of a module, nil if nothing is.
func keptModule(c *cache.Cache, key cache.Key) *Module {
	text, ok := c.Get(key)
	if !ok {
		return nil
	}
	m := &Module{}
	if json.Unmarshal(text, m) != nil {
		return nil
	}
	return m
}

// keep puts what was found in a module into the cache.
func (m *Module) keep(c *cache.Cache, key cache.Key) {
	if text, err := json.Marshal(m); err == nil {
		c.Put(key, text)
	}
}

// A kept is what the cache has of a package by its own source.
type kept struct {
	Typed, Joined bool
	Facts         []byte // see encodeFacts
	Found         []byte // a Package in JSON; if joined, it has an entry of its own
}

// key returns what is found in a package depends on, apart from the facts of what it imports. ok is false if nobody knows.
func (a *analysisRun) key(t *task) (key cache.Key, ok bool) {
	if a.cache == nil || t.unit.Key == nil {
		return key, false
	}
	unit := t.unit.Key()
	return sha256.Sum256(fmt.Appendf(nil, "package 3\n%s\n%x\n%q %q %q %q\n", a.tool, unit, a.rel(t.unit.Package.Dir), a.module.dir, a.module.path, a.module.goVersion)), true
}

// joinedKey returns what is found in a package depends on, given what that is without the facts of what it imports.
func (a *analysisRun) joinedKey(t *task, key cache.Key) cache.Key {
	h := sha256.New()
	h.Write(key[:])
	imports := a.imports(t)
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		h.Write(fmt.Appendf(nil, "%s %x\n", path, imports[path].hash))
	}
	return cache.Key(h.Sum(nil))
}

// fromCache does a task from what is kept, if that is known.
func (a *analysisRun) fromCache(t *task, key cache.Key) bool {
	text, ok := a.cache.Get(key)
	if !ok {
		return false
	}
	var k kept
	if gob.NewDecoder(bytes.NewReader(text)).Decode(&k) != nil {
		return false
	}
	if k.Joined {
		if k.Found, ok = a.cache.Get(a.joinedKey(t, key)); !ok {
			return false
		}
	}
	found := &Package{}
	if json.Unmarshal(k.Found, found) != nil {
		return false
	}
	t.found, t.typed, t.joined, t.hash = found, k.Typed, k.Joined, sha256.Sum256(k.Facts)
	t.facts = sync.OnceValues(func() (factSet, error) { return decodeFacts(k.Facts) })
	return true
}

// prepare makes what a task found ready for the cache.
func (a *analysisRun) prepare(t *task, key cache.Key) {
	facts, err := t.facts()
	if err != nil {
		return
	}
	k := kept{Typed: t.typed, Joined: t.joined}
	if k.Facts, err = encodeFacts(facts); err != nil {
		return
	}
	t.hash = sha256.Sum256(k.Facts)
	found, err := json.Marshal(t.found)
	if err != nil {
		return
	}
	entries := map[cache.Key][]byte{}
	if k.Joined {
		entries[a.joinedKey(t, key)] = found
	} else {
		k.Found = found
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(k) == nil {
		entries[key] = b.Bytes()
		t.entries = entries
	}
}

// keep puts what the tasks found into the cache.
func (a *analysisRun) keep() {
	for _, t := range a.tasks {
		for key, text := range t.entries {
			a.cache.Put(key, text)
		}
	}
}
