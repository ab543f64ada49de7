package kustomize

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"os"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/cache"
)

// resources returns what Kustomize makes of the kustomization of a directory in a file system that holds nothing else than what it
// is built from. What it made of the same before is taken from the cache.
func (t *Tree) resources(fsys filesys.FileSystem, dir string) ([]*Resource, error) {
	key, ok := t.key(fsys, dir)
	if ok {
		var kept []*Resource
		if text, ok := t.cache.Get(key); ok && gob.NewDecoder(bytes.NewReader(text)).Decode(&kept) == nil {
			return kept, nil
		}
	}
	made, err := build(fsys, dir)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if ok && !aliased(made) && gob.NewEncoder(&b).Encode(made) == nil {
		t.cache.Put(key, b.Bytes())
	}
	return made, nil
}

// key names what is kept of a build: by all that it is built from, and the program that builds. ok is false if nothing is to be kept.
func (t *Tree) key(fsys filesys.FileSystem, dir string) (key cache.Key, ok bool) {
	if t.cache == nil {
		return key, false
	}
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "kustomization 1 %s %q\n", cache.Build(), dir))
	err := fsys.Walk(root, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := fsys.ReadFile(name)
		h.Write(fmt.Appendf(nil, "%q %d\n%s\n", name, len(text), text))
		return err
	})
	return cache.Key(h.Sum(nil)), err == nil
}

// aliased reports whether nodes are shared, which gob would not keep.
func aliased(list []*Resource) bool {
	var has func(*yaml.Node) bool
	has = func(n *yaml.Node) bool {
		return n.Alias != nil || slices.ContainsFunc(n.Content, has)
	}
	return slices.ContainsFunc(list, func(r *Resource) bool { return has(r.Node) })
}
