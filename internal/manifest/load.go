// Package manifest reads Kubernetes manifests, kustomizations and Compose files into the deploys of workload, with
// the place of everything.
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// Load reads the manifests among files, which are the slash-separated paths of the tree that are to be looked at.
// It returns what is deployed together, sorted by name, and says what it could not read; it is quiet about files that
// do not look like manifests, and about test data and samples.
//
// Kubernetes objects that no kustomization has to do with form variants by directory. On the path to a file, the
// topmost directory whose name speaks of deployment (deploy/, k8s/, manifests/ …) is applied as a whole, as
// "kubectl apply -R" does; without such a name it is the file's own directory. Where two directories below it
// define the same object, they are alternatives, and each subdirectory is a variant of its own.
func Load(fsys fs.FS, files []string) ([]*workload.Variant, []check.Notification) {
	l := &loader{fsys: fsys, files: map[string]bool{}, kustomizations: map[string]bool{}, overlays: map[string]*kustomization{},
		code: map[string]bool{}, extended: map[string]*composeFile{}, sources: map[string]*source{}, documents: map[string]node{}, decoded: map[string][]node{},
		retagged: map[string]bool{}}
	files = slices.Sorted(slices.Values(files))
	charts := map[string]bool{}
	for _, name := range files {
		l.files[name] = true
		l.tiltfile(name)
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
	var compose []*composeFile
	for _, name := range files {
		if !isCandidate(name) || inChart(name, charts) {
			continue
		}
		if f := l.read(name); f != nil {
			compose = append(compose, f)
		}
	}

	var variants []*workload.Variant
	sets, rest := l.arrange(files)
	sets = append(sets, l.renderCharts(files, charts)...)
	for _, s := range append(sets, bySubtree(rest)...) {
		if len(s.objects) > maxObjects {
			l.warn("yaml-limit", check.Span{File: s.objects[maxObjects].file}, "more than %d objects are deployed together from %s; the rest was not judged", maxObjects, s.name)
			s.objects, s.incomplete = s.objects[:maxObjects], true
		}
		v := s.variant()
		if len(v.Deploys)+len(v.Services)+len(v.Scalers)+len(v.ConfigMaps)+len(v.Ingresses)+len(v.Previews) > 0 {
			variants = append(variants, v)
		}
	}
	l.markRetagged(variants)
	markInTree(variants)
	variants = append(variants, l.projects(compose)...)
	slices.SortStableFunc(variants, func(a, b *workload.Variant) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(l.notes, func(a, b check.Notification) int { return a.At.Compare(b.At) })
	return variants, slices.Compact(l.notes) // a file may be read for several projects
}

// A loader holds what is known of the tree.
type loader struct {
	fsys           fs.FS
	files          map[string]bool
	kustomizations map[string]bool // directories that hold one
	code           map[string]bool // directories that hold source code, or one below them does
	overlays       map[string]*kustomization
	objects        []*object               // relevant ones, by file
	extended       map[string]*composeFile // files read because a service extends one of theirs
	sources        map[string]*source      // templates and values files of charts
	documents      map[string]node         // of values files
	decoded        map[string][]node       // documents of what kustomizations take in
	setImages      map[string]bool         // images that "kustomize edit set image" is called for; nil if not looked for yet
	setAnyImage    bool
	retagged       map[string]bool // names of images that Skaffold or Tilt builds
	notes          []check.Notification
}

// sourceExt are extensions of source code that a service is developed in.
var sourceExt = map[string]bool{".go": true, ".js": true, ".jsx": true, ".ts": true, ".tsx": true, ".vue": true, ".py": true,
	".rb": true, ".php": true, ".java": true, ".kt": true, ".rs": true, ".cs": true}

// note files a notification, unless it is about a test's or a sample's file: those may be broken on purpose.
func (l *loader) note(n check.Notification) {
	if check.RoleOf(n.At.File) == check.Product {
		l.notes = append(l.notes, n)
	}
}

func (l *loader) warn(code string, at check.Span, format string, args ...any) {
	l.note(check.Notification{Code: code, Level: rules.Warning, At: at, Message: fmt.Sprintf(format, args...)})
}

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

// readFile returns a file whole, or an error if it is larger than the file system reads.
func (l *loader) readFile(name string) ([]byte, error) { return fs.ReadFile(l.fsys, name) }

var (
	apiVersionKey = regexp.MustCompile(`(?m)(?:^|[{,])[ \t]*(?:- )?["']?apiVersion["']?[ \t]*:`)
	kindKey       = regexp.MustCompile(`(?m)(?:^|[{,])[ \t]*(?:- )?["']?kind["']?[ \t]*:`)
	crd           = regexp.MustCompile(`(?m)^kind:[ \t]*["']?CustomResourceDefinition\b`)
	betaCRD       = regexp.MustCompile(`(?m)^apiVersion:[ \t]*["']?apiextensions\.k8s\.io/v1beta1\b`)
	servicesKey   = regexp.MustCompile(`(?m)^["']?services["']?[ \t]*:`)
	imageKey      = regexp.MustCompile(`(?m)(?:^|[{,])[ \t]*["']?(?:image|build)["']?[ \t]*:`)
)

// looksKubernetes reports whether text is worth decoding as Kubernetes objects. Resource definitions are not, unless their
// API version is the removed one: they are big and deploy nothing.
func looksKubernetes(text []byte) bool {
	return apiVersionKey.Match(text) && kindKey.Match(text) && (!crd.Match(text) || betaCRD.Match(text))
}

func looksCompose(text []byte) bool {
	return servicesKey.Match(text) && imageKey.Match(text)
}

// hasMarkup reports whether text has the marks of a template engine.
func hasMarkup(text []byte) bool {
	return bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("{%")) || bytes.Contains(text, []byte("<%"))
}

// read reads one file. Kubernetes objects and kustomizations are kept in l; a Compose file is returned.
func (l *loader) read(name string) *composeFile {
	data, err := l.readFile(name)
	whole := check.Span{File: name}
	named := isCompose(name) || isKustomization(name)
	switch {
	case err != nil:
		if named {
			l.warn("manifest-read", whole, "the manifest cannot be read: %v", reason(err))
		} else if big := oversized(nil); path.Ext(name) != ".json" && errors.As(err, &big) {
			l.note(check.Notification{Code: "yaml-limit", Level: rules.Note, At: whole, Message: "if this is a manifest, it was not judged: " + reason(err).Error()})
		}
		return nil
	case len(data) > maxFile:
		if named || looksKubernetes(data) || looksCompose(data) {
			l.warn("yaml-limit", whole, "the manifest is bigger than %d MiB and was not judged", maxFile>>20)
		}
		return nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		if text := bytes.ReplaceAll(data[2:], []byte{0}, nil); named || looksKubernetes(text) || looksCompose(text) {
			l.warn("yaml-encoding", whole, "the manifest is encoded as UTF-16 and was not judged; only UTF-8 is read")
		}
		return nil
	case !named && !looksKubernetes(data) && !looksCompose(data):
		return nil
	}
	docs, ok := split(newSource(name, data))
	if !ok {
		l.warn("yaml-limit", whole, "the manifest has more than %d documents; the rest was not judged", maxDocuments)
	}
	for _, d := range docs {
		if f := l.readDocument(d, named); f != nil {
			return f // Compose reads one document
		}
	}
	return nil
}

// An oversized is the error of a file that is larger than the file system reads.
type oversized interface {
	error
	Oversized() int64 // its size in bytes
}

// reason returns an error of the file system without the path that it repeats.
func reason(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

func (l *loader) readDocument(d *document, named bool) *composeFile {
	name := d.src.file
	if !named && !looksKubernetes(d.text) && !looksCompose(d.text) {
		return nil
	}
	root, fault := d.decode()
	if fault != nil {
		if !hasMarkup(d.text) {
			l.note(*fault)
		}
		return nil
	}
	if root.isTemplate() {
		return nil
	}
	switch {
	case isKustomization(name):
		if l.overlays[path.Dir(name)] == nil && root.isMap() {
			l.overlays[path.Dir(name)] = l.readKustomization(root)
		}
	case isCompose(name), hasComposeShape(root):
		l.repeatedKeys(root, "Docker Compose refuses the file")
		return l.composeFile(root)
	default:
		l.repeatedKeys(root, "only the last was judged")
		for _, o := range objects(root) {
			if o.isRelevant() {
				l.objects = append(l.objects, o)
			}
			l.artifacts(o)
		}
	}
	return nil
}

// repeatedKeys says which keys stand twice in one mapping: decoders accept that in silence. Variables with two values
// are left to a rule.
func (l *loader) repeatedKeys(root node, consequence string) {
	const most = 20 // notifications about one document
	found := 0
	var walk func(n node, variables bool)
	walk = func(n node, variables bool) {
		seen := map[string]node{}
		for _, p := range n.own() {
			if found == most {
				return
			}
			key := p.key.str()
			if first, ok := seen[key]; ok && p.key.isText() && (!variables || first.str() == p.value.str()) {
				found++
				l.warn("yaml-duplicate-key", p.key.span(), "the key %.80q is given twice in one mapping: %s", key, consequence)
			}
			seen[key] = p.value
			if p.value.use == nil { // an anchor is looked at where it stands
				walk(p.value, key == "environment")
			}
		}
		for _, item := range n.items() {
			if item.use == nil {
				walk(item, false)
			}
		}
	}
	walk(root, false)
}

// bySubtree sorts plain objects into variants, as Load says.
func bySubtree(objects []*object) []*set {
	roots := map[string][]*object{}
	var names []string
	for _, o := range objects {
		root := applied(path.Dir(o.file))
		if roots[root] == nil {
			names = append(names, root)
		}
		roots[root] = append(roots[root], o)
	}
	var out []*set
	for _, name := range names {
		out = append(out, alternatives(name, roots[name])...)
	}
	return out
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
