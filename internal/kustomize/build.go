package kustomize

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A Build is what a kustomization renders.
type Build struct {
	Resources []*Resource
	Taken     []*Kustomization // itself, last, and those that it takes in, in the order in which they are applied
}

// A Resource is a rendered object. The lines and columns of its nodes mean nothing.
type Resource struct {
	Node      *yaml.Node
	File      string // that it comes from: a manifest, or the kustomization whose generator made it or that nothing else is known of
	Generated bool
	Plain     string // its name without the hash of its content; other objects that refer to it use the same
}

// root is where the tree lies in the file system that Kustomize sees.
const root = "/tree"

// Build renders the kustomization of a directory.
func (t *Tree) Build(dir string) (*Build, error) {
	top, err := t.Read(dir)
	if err != nil {
		return nil, err
	}
	b := &Build{}
	if err := t.collect(b, top, map[string]bool{}, 0); err != nil {
		return nil, err
	}
	if err := t.afford(b, top); err != nil {
		return nil, err
	}
	memory, err := t.memory(b, top)
	if err != nil {
		return nil, err
	}
	if b.Resources, err = t.resources(memory, dir); err != nil {
		return nil, top.fault("kustomize-build", "", "the kustomization cannot be built: %s", short(err.Error()))
	}
	for _, r := range b.Resources {
		r.File = cmp.Or(r.File, top.File)
	}
	b.dropHashes()
	return b, nil
}

// build renders the kustomization of a directory.
func build(fsys filesys.FileSystem, dir string) ([]*Resource, error) {
	m, err := run(fsys, path.Join(root, dir))
	if err != nil {
		return nil, err
	}
	var made []*Resource
	for _, r := range m.Resources() {
		out := &Resource{Node: r.YNode()}
		o, err := r.GetOrigin()
		switch {
		case err != nil || o == nil: // a patch took the annotation away
		case o.Path != "":
			out.File = path.Join(dir, o.Path)
		default:
			out.File, out.Generated = path.Join(dir, o.ConfiguredIn), true
		}
		if kind := r.GetKind(); out.Generated && (kind == "ConfigMap" || kind == "Secret") {
			out.Plain = hashSuffix.ReplaceAllString(r.GetName(), "")
		}
		made = append(made, out)
	}
	return made, nil
}

// collect lists a kustomization after those that it takes in.
func (t *Tree) collect(b *Build, k *Kustomization, open map[string]bool, depth int) error {
	switch {
	case open[k.Dir]:
		return k.fault("kustomize-cycle", "", "the kustomization takes itself in, over others or directly")
	case depth > maxLevels:
		return k.fault("kustomize-limit", "", "more than %d kustomizations take each other in and were not built", maxLevels)
	}
	if slices.Contains(b.Taken, k) {
		return nil
	}
	open[k.Dir] = true
	for _, dir := range slices.Concat(k.Bases, k.Components) {
		below, err := t.Read(dir)
		if err != nil {
			return err
		}
		if err := t.collect(b, below, open, depth+1); err != nil {
			return err
		}
	}
	delete(open, k.Dir)
	b.Taken = append(b.Taken, k)
	return nil
}

// memory returns a file system with the files that a build needs, and no others.
func (t *Tree) memory(b *Build, top *Kustomization) (filesys.FileSystem, error) {
	m := filesys.MakeFsInMemory()
	for _, k := range b.Taken {
		spec := *k.spec
		if k == top {
			spec.BuildMetadata = []string{types.OriginAnnotations}
		}
		text, err := json.Marshal(spec) // which is YAML as well
		if err != nil {
			return nil, k.fault("kustomize-build", "", "the kustomization cannot be read: %v", err)
		}
		if err := m.WriteFile(path.Join(root, k.Dir, "kustomization.yaml"), text); err != nil {
			return nil, err
		}
		for name, text := range k.stands {
			if err := m.WriteFile(path.Join(root, name), []byte(text)); err != nil {
				return nil, k.fault("kustomize-missing", path.Base(name), "the kustomization cannot be built: %v", err)
			}
		}
		for _, name := range slices.Concat(k.Files, k.needed) {
			if IsFile(name) {
				return nil, k.fault("kustomize-build", "", "the kustomization cannot be built: it names %q as a file", name)
			}
			data, err := t.content(name)
			if err == nil {
				err = m.WriteFile(path.Join(root, name), bytes.TrimPrefix(data, []byte("\uFEFF")))
			}
			if err != nil {
				return nil, k.fault("kustomize-missing", path.Base(name), "the kustomization cannot be built: %v", err)
			}
		}
	}
	return m, nil
}

// run shields from panics of Kustomize, which meet input that nobody thought of.
func run(fsys filesys.FileSystem, dir string) (m resmap.ResMap, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("its library broke down: %v", r)
		}
	}()
	// A file of the tree may stand anywhere in it: who builds often allows that, and no other file is there to be read.
	o := &krusty.Options{Reorder: krusty.ReorderOptionNone, LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}
	m, err = krusty.MakeKustomizer(o).Run(fsys, dir)
	if err != nil && literals.MatchString(err.Error()) {
		err = errors.New(literals.ReplaceAllString(err.Error(), "a literal is not of the form key=value"))
	}
	return m, err
}

// literals matches what Kustomize says of the literals of a generator, with all of them: they may be secrets.
var literals = regexp.MustCompile(`(?s)literal sources? .*`)

// hashSuffix matches what Kustomize appends to the names of generated objects.
var hashSuffix = regexp.MustCompile(`-[2456789bcdfghkmt]{10}$`)

// dropHashes gives generated objects, and whatever refers to them, names that do not change with their content.
func (b *Build) dropHashes() {
	plain := map[string]string{}
	for _, r := range b.Resources {
		if name := yaml.NewRNode(r.Node).GetName(); r.Plain != "" && r.Plain != name {
			plain[name] = r.Plain
		}
	}
	vars := map[string]bool{}
	for _, k := range b.Taken {
		for _, name := range k.Vars {
			vars["$("+name+")"] = true
		}
	}
	if len(plain)+len(vars) == 0 {
		return
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			if name, ok := plain[n.Value]; ok {
				n.Value = name
			}
			for v := range vars { // as a variable that nobody has resolved
				n.Value = strings.ReplaceAll(n.Value, v, "${"+v[2:len(v)-1]+"}")
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	for _, r := range b.Resources {
		walk(r.Node)
	}
}

func short(s string) string {
	const most = 300
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), root+"/", "")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + " …"
	}
	return s
}
