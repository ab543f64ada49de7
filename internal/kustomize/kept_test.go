package kustomize

import (
	"bytes"
	"encoding/gob"
	"maps"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/cache"
)

func tree(files map[string]string, c *cache.Cache) *Tree {
	fsys := fstest.MapFS{}
	var names []string
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		names = append(names, name)
	}
	return New(fsys, names, func([]byte) (Weight, error) { return Weight{Objects: 1}, nil }, c)
}

// rendered returns what a build gives: the file, the name without hash and the YAML of each object.
func rendered(t *testing.T, tr *Tree) (out []string) {
	t.Helper()
	b, err := tr.Build("over")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Resources {
		text, err := yaml.Marshal(r.Node)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r.File+" "+r.Plain+"\n"+string(text))
	}
	return out
}

// What was built before is taken from the cache as long as nothing differs that it was built from.
func TestKept(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"base/kustomization.yaml": "resources: [a.yaml]\nconfigMapGenerator:\n- name: c\n  literals: [A=1]\n",
		"base/a.yaml":             "# a comment\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations: {x: \"1\"}\nspec: {type: ClusterIP}\n",
		"over/kustomization.yaml": "resources: [../base]\npatches:\n- path: patch.yaml\n",
		"over/patch.yaml":         "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: NodePort}\n",
	}
	want := rendered(t, tree(files, nil))
	for _, when := range []string{"first", "again"} {
		if diff := cmp.Diff(want, rendered(t, tree(files, store))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}

	// what is found in the cache is what is returned
	tr := tree(files, store)
	top, err := tr.Read("over")
	if err != nil {
		t.Fatal(err)
	}
	b := &Build{}
	if err := tr.collect(b, top, map[string]bool{}, 0); err != nil {
		t.Fatal(err)
	}
	memory, err := tr.memory(b, top)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := tr.key(memory, "over")
	if !ok {
		t.Fatal("nothing is kept")
	}
	var planted bytes.Buffer
	if err := gob.NewEncoder(&planted).Encode([]*Resource{{Node: &yaml.Node{Kind: yaml.ScalarNode, Value: "planted"}}}); err != nil {
		t.Fatal(err)
	}
	store.Put(key, planted.Bytes())
	if got := rendered(t, tree(files, store)); len(got) != 1 || got[0] != path.Join("over", "kustomization.yaml")+" \nplanted\n" {
		t.Errorf("rendered anew: %q", got)
	}
	for _, name := range []string{"base/a.yaml", "base/kustomization.yaml", "over/patch.yaml"} {
		changed := maps.Clone(files)
		changed[name] = strings.NewReplacer("ClusterIP", "LoadBalancer", "NodePort", "ExternalName", "A=1", "A=2").Replace(files[name])
		if got := rendered(t, tree(changed, store)); len(got) != len(want) {
			t.Errorf("%s differs, and what was kept is taken: %q", name, got)
		}
	}
}

// Nodes that are shared are not kept: the cache would give copies.
func TestAliased(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte("a: &x {b: 1}\nc: *x\n"), &doc); err != nil {
		t.Fatal(err)
	}
	if !aliased([]*Resource{{Node: &doc}}) {
		t.Error("an alias is not noticed")
	}
}
