package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A kustomization is what a kustomization.yaml says about the objects that it renders. Where it cannot be built, what
// only adds (labels, a namespace, generated ConfigMaps) is taken into account, and everything else makes the objects
// incomplete.
type kustomization struct {
	dir, file      string
	at             check.Span // its resources
	component      bool
	namespace      string
	selectorLabels map[string]string // added to selectors and pods
	templateLabels map[string]string // added to pods
	images         map[string]bool   // names of images that it rewrites
	replicas       map[string]workload.Value[int]
	generated      []*workload.ConfigMap

	files   []string // resources that are files of the tree
	bases   []string // directories that it refers to
	helpers []string // files it uses for something else: patches, transformers, data of generators
	changes bool     // it may change the objects in ways that are not read here
}

func isKustomization(file string) bool {
	switch path.Base(file) {
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}

func (l *loader) readKustomization(root node) *kustomization {
	file := root.doc.src.file
	k := &kustomization{dir: path.Dir(file), file: file, component: root.get("kind").str() == "Component", namespace: label(root.get("namespace")),
		selectorLabels: map[string]string{}, templateLabels: map[string]string{}, images: map[string]bool{},
		replicas: map[string]workload.Value[int]{}, changes: root.get("kind").str() == "Component"}
	for _, p := range root.pairs() {
		if k.at.IsZero() || p.key.str() == "resources" {
			k.at = p.key.span()
		}
		switch p.key.str() {
		case "apiVersion", "kind", "metadata", "namespace", "commonAnnotations", "namePrefix", "nameSuffix",
			"generatorOptions", "sortOptions", "buildMetadata", "validators":
		case "resources", "bases":
			l.resources(k, p.value)
		case "commonLabels":
			for key, value := range stringMap(p.value) {
				k.selectorLabels[key], k.templateLabels[key] = value, value
			}
		case "labels":
			for _, item := range p.value.items() {
				selectors := item.get("includeSelectors").str() == "true"
				for key, value := range stringMap(item.get("pairs")) {
					if selectors {
						k.selectorLabels[key] = value
					}
					if selectors || item.get("includeTemplates").str() == "true" {
						k.templateLabels[key] = value
					}
				}
			}
		case "images":
			for _, item := range p.value.items() {
				k.images[item.get("name").str()] = true
			}
		case "replicas":
			for _, item := range p.value.items() {
				count := item.get("count")
				k.replicas[item.get("name").str()] = count.number(count.span())
			}
		case "configMapGenerator", "secretGenerator":
			for _, item := range p.value.items() {
				k.generated = append(k.generated, l.generate(k.dir, item, p.key.str() == "secretGenerator"))
			}
			l.helpers(k, p.value)
		default:
			k.changes = true
			l.helpers(k, p.value)
		}
	}
	return k
}

func (l *loader) resources(k *kustomization, list node) {
	for _, item := range list.items() {
		name := inTree(k.dir, item.str())
		switch {
		case l.files[name]:
			k.files = append(k.files, name)
		case l.kustomizations[name]:
			k.bases = append(k.bases, name)
		default:
			k.changes = true // remote, ignored or missing: whatever is there is not known
		}
	}
}

// helpers notes every file and directory of the tree that a value names anywhere within.
func (l *loader) helpers(k *kustomization, n node) {
	switch {
	case n.isText():
		_, file, ok := strings.Cut(n.str(), "=") // key=path of a generator's files
		if !ok {
			file = n.str()
		}
		name := inTree(k.dir, file)
		if l.files[name] {
			k.helpers = append(k.helpers, name)
		} else if l.kustomizations[name] {
			k.bases = append(k.bases, name)
		}
	case n.isMap():
		for _, p := range n.pairs() {
			l.helpers(k, p.value)
		}
	case n.isList():
		for _, item := range n.items() {
			l.helpers(k, item)
		}
	}
}

// inTree returns a path relative to the root of the repository, or "" if it is none or leads out of the repository.
func inTree(dir, name string) string {
	if name == "" || strings.Contains(name, "://") || strings.ContainsAny(name, "\n\\") || path.IsAbs(name) || len(name) > 1024 {
		return ""
	}
	name = path.Join(dir, name)
	if name == ".." || strings.HasPrefix(name, "../") {
		return ""
	}
	return name
}

// generate reads an entry of configMapGenerator or secretGenerator. Names are those that the other objects use:
// Kustomize appends a hash to them and to every reference alike.
func (l *loader) generate(dir string, item node, secret bool) *workload.ConfigMap {
	c := &workload.ConfigMap{Name: item.get("name").str(), Namespace: item.get("namespace").str(), Secret: secret,
		At: item.get("name").span(), Data: map[string]workload.Value[string]{}, Keys: map[string]check.Span{}, Hidden: map[string]workload.Hidden{}}
	if b := item.get("behavior").str(); b != "" && b != "create" {
		c.Open = true
	}
	set := func(key string, v workload.Value[string], at check.Span) {
		if secret {
			v = workload.Unknown[string](v.At())
		}
		c.Data[key], c.Keys[key] = v, at
	}
	for _, literal := range item.get("literals").items() {
		if key, value, ok := strings.Cut(literal.str(), "="); ok {
			value = strings.Trim(value, `"'`)
			set(key, workload.Known(value, literal.span()), literal.part(0, len(key)))
			if secret {
				c.Hidden[key] = workload.Hide(value)
			}
		}
	}
	for _, file := range item.get("files").items() {
		key, _, ok := strings.Cut(file.str(), "=")
		if !ok {
			key = path.Base(file.str())
		}
		set(key, workload.Unknown[string](file.span()), file.span())
	}
	for _, env := range envFiles(item) {
		src := l.source(inTree(dir, env.str()))
		if src == nil {
			c.Open = true
			continue
		}
		readEnvs(src, set)
	}
	return c
}

// envFiles returns the files of variables that an entry names.
func envFiles(item node) []node {
	out := item.get("envs").items()
	if env := item.get("env"); env.ok() {
		out = append(out, env)
	}
	return out
}

// lacksEnvs reports whether the tree lacks one of an entry's files of variables.
func (l *loader) lacksEnvs(dir string, item node) bool {
	return slices.ContainsFunc(envFiles(item), func(env node) bool { return !l.files[inTree(dir, env.str())] })
}

// readEnvs reads a file of KEY=VALUE lines as Kustomize does: no quotes, no variables; a line without "=" takes its
// value from the environment of whoever renders.
func readEnvs(src *source, set func(key string, v workload.Value[string], at check.Span)) {
	for _, l := range src.textLines() {
		text := bytes.TrimLeft(l.text, " \t")
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		begin := l.start + len(l.text) - len(text)
		key, value, ok := strings.Cut(string(text), "=")
		at := src.span(begin, begin+len(key))
		if !ok {
			set(key, workload.Unknown[string](at), at)
			continue
		}
		set(key, workload.Known(value, src.span(begin+len(key)+1, begin+len(text))), at)
	}
}

// An arrangement sorts what the tree's kustomizations have to do with into sets. A kustomization's own objects are complete
// only if it does nothing but add to them, refers to nothing but files, and no other refers to it. Files below a
// kustomization that it does not list may be patches in some way not read here, so they are incomplete too.
type arrangement struct {
	loader *loader
	sets   []*set          // one for each kustomization, sorted by directory
	loose  map[string]*set // of the other directories below one
	owner  map[string]*set
	helper map[string]bool // files that kustomizations use for something else
}

// arrange looks at all kustomizations of the tree.
func (l *loader) arrange() *arrangement {
	a := &arrangement{loader: l, loose: map[string]*set{}, owner: map[string]*set{}, helper: map[string]bool{}}
	referred := map[string]bool{}
	for _, dir := range sortedKeys(l.overlays) {
		k := l.overlays[dir]
		for _, h := range k.helpers {
			a.helper[h] = true
		}
		for _, base := range k.bases {
			referred[base] = true
			l.rewrite(base, k.images, map[string]bool{dir: true})
		}
		s := &set{name: dir, overlay: k, incomplete: k.changes || len(k.bases) > 0}
		a.sets = append(a.sets, s)
		for _, file := range k.files {
			if other := a.owner[file]; other != nil && other != s {
				other.incomplete, s.incomplete = true, true
				continue
			}
			a.owner[file] = s
		}
	}
	for _, s := range a.sets {
		s.incomplete = s.incomplete || referred[s.name]
	}
	return a
}

// add reports whether kustomizations have to do with an object. Objects come in the order of their files.
func (a *arrangement) add(o *object) bool {
	dir, s := path.Dir(o.file), a.owner[o.file]
	switch {
	case a.helper[o.file]:
		return true
	case s == nil && !a.loader.below(dir):
		return false
	case s == nil:
		if s = a.loose[dir]; s == nil {
			s = &set{name: dir, incomplete: true}
			a.loose[dir] = s
		}
	}
	s.objects = append(s.objects, o)
	return true
}

// all returns the sets, those that Kustomize renders first.
func (a *arrangement) all(files []string) []*set {
	sets, built := a.loader.buildOverlays(files)
	for _, s := range a.sets {
		if !built[s.name] {
			sets = append(sets, s)
		}
	}
	for _, dir := range sortedKeys(a.loose) {
		sets = append(sets, a.loose[dir])
	}
	return sets
}

// below reports whether a directory or one above it holds a kustomization.
func (l *loader) below(dir string) bool {
	for ; ; dir = path.Dir(dir) {
		if l.kustomizations[dir] {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// rewrite tells a base, and the bases of it, which images an overlay rewrites.
func (l *loader) rewrite(dir string, images map[string]bool, seen map[string]bool) {
	k := l.overlays[dir]
	if k == nil || seen[dir] || len(images) == 0 {
		return
	}
	seen[dir] = true
	for name := range images {
		k.images[name] = true
	}
	for _, base := range k.bases {
		l.rewrite(base, images, seen)
	}
}
