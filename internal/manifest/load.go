// Package manifest reads Kubernetes manifests, kustomizations and Compose files into the deploys of workload, with
// the place of everything.
package manifest

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/inorder"
	"github.com/factorlint/factorlint/internal/workload"
)

// Load reads the manifests among files, which are the slash-separated paths of the tree that are to be looked at.
// It returns what is deployed together, sorted by name, and says what it could not read; it is quiet about files that
// do not look like manifests, and about test data and samples.
//
// What kustomizations render is kept in c, if that is not nil.
//
// Kubernetes objects that no kustomization has to do with form variants by directory. On the path to a file, the
// topmost directory whose name speaks of deployment (deploy/, k8s/, manifests/ …) is applied as a whole, as
// "kubectl apply -R" does; without such a name it is the file's own directory. Where two directories below it
// define the same object, they are alternatives, and each subdirectory is a variant of its own.
func Load(fsys fs.FS, files []string, o Options) ([]*workload.Variant, []check.Notification) {
	l := &loader{notebook: notebook{roles: o.Roles}, options: o, cache: o.Cache, fsys: fsys, files: map[string]bool{}, kustomizations: map[string]bool{}, overlays: map[string]*kustomization{},
		code: map[string]bool{}, extended: map[string]*composeFile{}, sources: map[string]*source{}, documents: map[string]node{}, decoded: map[string][]node{}}
	files = slices.Sorted(slices.Values(files))
	charts := map[string]bool{}
	for _, name := range files {
		l.files[name] = true
		switch {
		case isKustomization(name):
			l.kustomizations[path.Dir(name)] = true
		case path.Base(name) == "Chart.yaml":
			charts[path.Dir(name)] = true
		case sourceExt[path.Ext(name)]:
			for dir := path.Dir(name); !l.code[dir]; dir = path.Dir(dir) {
				l.code[dir] = true
			}
		}
	}
	candidates := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return !isCandidate(name) || inChart(name, charts) })
	for _, name := range candidates {
		if isKustomization(name) {
			l.take(l.shielded(name))
		}
	}
	candidates = slices.DeleteFunc(candidates, isKustomization)

	// What is applied together is put together as soon as the last of its files is read, and its text let go: unless a tool
	// wrote some of it, perhaps from what is rendered here.
	var compose []*composeFile
	var variants []*workload.Variant
	var late []subtree
	kustomized, subtrees := l.arrange(), newSubtrees(candidates)
	inorder.Each(candidates, l.shielded, func(m *manifest) {
		l.take(m)
		if m.compose != nil {
			compose = append(compose, m.compose)
		}
		for _, o := range m.objects {
			if !kustomized.add(o) {
				subtrees.add(o)
			}
		}
		tree := subtrees.done(m.file)
		if slices.ContainsFunc(tree.objects, (*object).isGenerated) {
			late = append(late, tree)
		} else {
			variants = append(variants, l.assemble(tree.sets())...)
		}
	})
	rendered := append(kustomized.all(files), l.renderCharts(files, charts)...)
	for _, tree := range late {
		tree.objects = l.originals(tree.objects, rendered)
		variants = append(variants, l.assemble(tree.sets())...)
	}
	variants = append(l.assemble(rendered), variants...)
	markInTree(variants)
	projects := l.projects(compose)
	for _, v := range projects {
		l.staticScrapes(v)
	}
	variants = append(variants, projects...)
	slices.SortStableFunc(variants, func(a, b *workload.Variant) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(l.notes, func(a, b check.Notification) int { return a.At.Compare(b.At) })
	return variants, slices.Compact(l.notes) // a file may be read for several projects
}

// shielded is read; a file on which that breaks down says nothing.
func (l *loader) shielded(name string) (m *manifest) {
	if broken := check.Shield(check.Span{File: name}, "reading the manifest", func() { m = l.read(name) }); broken != nil {
		return &manifest{file: name, notebook: notebook{notes: broken}}
	}
	return m
}

// assemble puts the objects of sets together. What deploys nothing is left out.
func (l *loader) assemble(sets []*set) []*workload.Variant {
	var out []*workload.Variant
	for _, s := range sets {
		if len(s.objects) > maxObjects {
			l.warn("yaml-limit", check.Span{File: s.objects[maxObjects].file}, "more than %d objects are deployed together from %s; the rest was not judged", maxObjects, s.name)
			s.objects, s.incomplete = s.objects[:maxObjects], true
		}
		v := s.variant(&l.notebook)
		if len(v.Deploys)+len(v.Services)+len(v.Scalers)+len(v.ConfigMaps)+len(v.Ingresses)+len(v.Previews) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// take files what a manifest says about more than itself.
func (l *loader) take(m *manifest) {
	l.notes = append(l.notes, m.notes...)
	for _, root := range m.kustomizations {
		if dir := path.Dir(m.file); l.overlays[dir] == nil && root.isMap() {
			l.overlays[dir] = l.readKustomization(root)
		}
	}
}

// Options are what a user knows better than the tree tells, and where renderings are kept.
type Options struct {
	Cache          *cache.Cache // of what is rendered; nil for none
	Roles          check.Roles  // what files are for
	Renderings     []Rendering  // of charts; one that is named is rendered in these ways alone
	Kustomizations []string     // folders of those to build; none for all that no other takes in
}

// A Rendering is a chart, by its folder, with values files that are laid over its own one after the other.
type Rendering struct {
	Chart  string
	Values []string
}

// A loader holds what is known of the tree.
type loader struct {
	notebook
	options        Options
	fsys           fs.FS
	cache          *cache.Cache // of what is rendered; nil for none
	files          map[string]bool
	kustomizations map[string]bool // directories that hold one
	code           map[string]bool // directories that hold source code, or one below them does
	overlays       map[string]*kustomization
	extended       map[string]*composeFile // files read because a service extends one of theirs
	sources        map[string]*source      // templates and values files of charts
	documents      map[string]node         // of values files
	decoded        map[string][]node       // documents of what kustomizations take in
	setImages      map[string]bool         // images that "kustomize edit set image" is called for; nil if not looked for yet
	setAnyImage    bool
}

// sourceExt are extensions of source code that a service is developed in.
var sourceExt = map[string]bool{".go": true, ".js": true, ".jsx": true, ".ts": true, ".tsx": true, ".vue": true, ".py": true,
	".rb": true, ".php": true, ".java": true, ".kt": true, ".rs": true, ".cs": true}

// inChart reports whether a file is part of a chart: a template, a value, a chart within.
func inChart(name string, charts map[string]bool) bool {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if charts[dir] {
			rest := strings.TrimPrefix(name, dir+"/")
			first, _, below := strings.Cut(rest, "/")
			switch {
			case below && slices.Contains([]string{"templates", "charts", "crds", "ci"}, first):
				return true
			case !below && strings.HasPrefix(first, "values"):
				return true
			}
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

func isCandidate(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return isKustomization(name)
}

// source reads a file whole, or returns nil: it is not in the tree, too big or cannot be read.
func (l *loader) source(name string) *source {
	if !l.files[name] {
		return nil
	}
	data, err := l.readFile(name)
	if err != nil || len(data) > maxFile {
		return nil
	}
	return newSource(name, data)
}

// A subtree is the plain objects below a directory that is applied as a whole.
type subtree struct {
	root    string
	objects []*object
}

// sets sorts the objects into sets, as Load says.
func (t subtree) sets() []*set {
	if len(t.objects) == 0 {
		return nil
	}
	return alternatives(t.root, t.objects)
}

// subtrees sort plain objects by the directory that is applied as a whole.
type subtrees struct {
	unread  map[string]int // how many files below the directory have not been read
	objects map[string][]*object
}

func newSubtrees(files []string) *subtrees {
	t := &subtrees{unread: map[string]int{}, objects: map[string][]*object{}}
	for _, name := range files {
		t.unread[applied(path.Dir(name))]++
	}
	return t
}

func (t *subtrees) add(o *object) {
	root := applied(path.Dir(o.file))
	t.objects[root] = append(t.objects[root], o)
}

// done says that a file was read. It returns the objects of its directory if no file is missing from them any more.
func (t *subtrees) done(file string) subtree {
	root := applied(path.Dir(file))
	t.unread[root]--
	if t.unread[root] > 0 {
		return subtree{}
	}
	objects := t.objects[root]
	delete(t.objects, root)
	return subtree{root, objects}
}

// applied returns the directory that is applied as a whole when the manifests of dir are.
func applied(dir string) string {
	elems := strings.Split(dir, "/")
	for i, elem := range elems {
		elem = strings.ToLower(elem)
		for _, prefix := range []string{"deploy", "k8s", "kube", "manifest"} {
			if strings.HasPrefix(elem, prefix) {
				return strings.Join(elems[:i+1], "/")
			}
		}
	}
	return dir
}

// commonDir returns the deepest directory that all objects are below.
func commonDir(objects []*object) string {
	dir := path.Dir(objects[0].file)
	for _, o := range objects[1:] {
		for dir != "." && !strings.HasPrefix(o.file, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	return dir
}

// alternatives splits the objects below a directory if two of its directories define the same one.
func alternatives(dir string, objects []*object) []*set {
	type id struct{ group, kind, namespace, name string }
	definedIn := map[id]string{}
	conflict := false
	for _, o := range objects {
		key := id{o.group(), o.kind, o.namespace, o.name}
		in, ok := definedIn[key]
		conflict = conflict || ok && in != path.Dir(o.file)
		definedIn[key] = path.Dir(o.file)
	}
	if !conflict {
		return []*set{{name: commonDir(objects), objects: objects}}
	}
	var (
		own   []*object
		out   []*set
		below = map[string][]*object{}
		names []string
	)
	for _, o := range objects {
		in := path.Dir(o.file)
		if in == dir {
			own = append(own, o)
			continue
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(in, dir+"/"), "/")
		if below[first] == nil {
			names = append(names, first)
		}
		below[first] = append(below[first], o)
	}
	if len(own) > 0 {
		out = append(out, &set{name: dir, objects: own})
	}
	for _, name := range names {
		out = append(out, alternatives(path.Join(dir, name), below[name])...)
	}
	return out
}
