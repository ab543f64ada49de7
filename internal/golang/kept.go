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

// A kept is what the cache has of a package.
type kept struct {
	Found []byte // a Package in JSON
	Facts []byte // see encodeFacts
	Typed bool
}

// key returns what is found in a package depends on. ok is false if nobody knows.
func (a *analysisRun) key(t *task, imports map[string]*task) (key cache.Key, ok bool) {
	if a.cache == nil || t.unit.Key == nil {
		return key, false
	}
	h := sha256.New()
	unit := t.unit.Key()
	h.Write(fmt.Appendf(nil, "%s\n%x\n%q %q %q %q\n", a.tool, unit, a.rel(t.unit.Package.Dir), a.module.dir, a.module.path, a.module.goVersion))
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		h.Write(fmt.Appendf(nil, "%s %x\n", path, imports[path].hash))
	}
	return cache.Key(h.Sum(nil)), true
}

// fromCache does a task from what is kept, if that is known.
func (a *analysisRun) fromCache(t *task, key cache.Key) bool {
	text, ok := a.cache.Get(key)
	if !ok {
		return false
	}
	var k kept
	found := &Package{}
	if gob.NewDecoder(bytes.NewReader(text)).Decode(&k) != nil || json.Unmarshal(k.Found, found) != nil {
		return false
	}
	t.found, t.typed, t.hash = found, k.Typed, sha256.Sum256(k.Facts)
	t.facts = sync.OnceValues(func() (factSet, error) { return decodeFacts(k.Facts) })
	return true
}

// prepare makes what a task found ready for the cache.
func (t *task) prepare(key cache.Key) {
	facts, err := t.facts()
	if err != nil {
		return
	}
	k := kept{Typed: t.typed}
	if k.Facts, err = encodeFacts(facts); err != nil {
		return
	}
	t.hash = sha256.Sum256(k.Facts)
	if k.Found, err = json.Marshal(t.found); err != nil {
		return
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(k) == nil {
		t.key, t.text = key, b.Bytes()
	}
}

// keep puts what the tasks found into the cache.
func (a *analysisRun) keep() {
	for _, t := range a.tasks {
		if t.text != nil {
			a.cache.Put(t.key, t.text)
		}
	}
}
