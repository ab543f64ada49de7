package manifest

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A patch is one document that a kustomization merges into objects, or the operations that it applies to them.
type patch struct {
	root   node
	target node // of the entry in the kustomization; not there if the document names its target itself
}

// patches returns the patches of a kustomization.
func (r *rebuild) patches(dir string) []*patch {
	if out, ok := r.cached[dir]; ok {
		return out
	}
	var out []*patch
	add := func(roots []node, target node) {
		for _, root := range roots {
			out = append(out, &patch{root: root, target: target})
		}
	}
	for _, root := range r.spec(dir) {
		for _, item := range root.get("patchesStrategicMerge").items() {
			if name := inTree(dir, item.str()); r.loader.files[name] {
				add(r.loader.roots(name), node{})
			} else {
				add(inline(item), node{})
			}
		}
		for _, field := range []string{"patches", "patchesJson6902"} {
			for _, item := range root.get(field).items() {
				if file := item.get("path"); file.isText() {
					add(r.loader.roots(inTree(dir, file.str())), item.get("target"))
				} else {
					add(inline(item.get("patch")), item.get("target"))
				}
			}
		}
	}
	r.cached[dir] = out
	return out
}

// spec returns the kustomization of a folder, if there is one: Kustomize reads one document.
func (r *rebuild) spec(dir string) []node {
	roots := r.loader.roots(r.taken[dir].File)
	return roots[:min(1, len(roots))]
}

// inline returns the documents of a text that stands in a scalar. Their places are those in the file.
func inline(n node) []node {
	if !n.isText() {
		return nil
	}
	src := newSource(n.doc.src.file, []byte(n.str()))
	src.within = &within{scalar: n}
	if n.y.Style&yaml.LiteralStyle != 0 {
		src.within.align(src)
	}
	return documents(src)
}

// A within tells where the text of a scalar stands in its file.
type within struct {
	scalar node
	lines  []int // offset in the file of each line of the text; nil if that cannot be told
}

// align finds the lines of a block scalar.
func (w *within) align(src *source) {
	outer := w.scalar.doc.src
	from, _ := w.scalar.token()
	first := outer.pos(from).Line // the line behind the indicator's
	indent := -1
	for i := range src.lines {
		if first+i >= len(outer.lines) {
			w.lines = nil
			return
		}
		begin := outer.lines[first+i]
		line := firstLine(outer.data[begin:])
		text := firstLine(src.data[src.lines[i]:])
		if indent < 0 && len(text) > 0 {
			indent = len(line) - len(bytes.TrimLeft(line, " ")) - (len(text) - len(bytes.TrimLeft(text, " ")))
		}
		at := begin + min(max(indent, 0), len(line))
		if !bytes.HasPrefix(outer.data[at:], text) {
			w.lines = nil
			return
		}
		w.lines = append(w.lines, at)
	}
}

func (w *within) span(src *source, from, to int) check.Span {
	a, b := src.pos(from), src.pos(to)
	if w.lines == nil || a.Line != b.Line {
		return w.scalar.span()
	}
	begin := w.lines[a.Line-1]
	return w.scalar.doc.src.span(begin+a.Col-1, begin+b.Col-1)
}

// selects reports whether a patch is meant for an object that had the name that it has in its file, and has another
// since.
func (p *patch) selects(o *object, original string) bool {
	if !p.target.ok() {
		return p.root.get("kind").str() == o.kind && between(p.root.get("metadata", "name").str(), original, o.name)
	}
	if kind := p.target.get("kind"); kind.ok() && !whole(kind.str(), o.kind) {
		return false
	}
	if group := p.target.get("group"); group.ok() && !whole(group.str(), o.group()) {
		return false
	}
	if name := p.target.get("name"); name.ok() && !whole(name.str(), o.name) && !whole(name.str(), original) && !between(name.str(), original, o.name) {
		return false
	}
	for _, key := range []string{"labelSelector", "annotationSelector"} {
		s := p.target.get(key)
		if !s.ok() {
			continue
		}
		match := yaml.NewRNode(o.root.y).MatchesLabelSelector
		if key == "annotationSelector" {
			match = yaml.NewRNode(o.root.y).MatchesAnnotationSelector
		}
		if ok, err := match(s.str()); err != nil || !ok {
			return false
		}
	}
	return true
}

// between reports whether a name is one that an object had on the way from its original name to its final one.
func between(name, original, final string) bool {
	return name == original || name == final || name != "" && strings.Contains(final, name) && strings.Contains(name, original)
}

// whole reports whether a pattern matches a text from end to end.
func whole(pattern, text string) bool {
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	return pattern == text || err == nil && re.MatchString(text)
}

// An operation is one of a JSON patch.
type operation struct {
	path    []string // what is left of it
	at      node     // the path as it stands there
	value   node
	inserts bool // it adds, and does not replace
}

func (p *patch) operations() []operation {
	var out []operation
	for _, item := range p.root.items() {
		op, at, value := item.get("op").str(), item.get("path"), item.pair("value").value
		if op != "add" && op != "replace" || !strings.HasPrefix(at.str(), "/") || value.y == nil {
			continue
		}
		keys := strings.Split(at.str()[1:], "/")
		for i, key := range keys {
			keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
		}
		out = append(out, operation{keys, at, value, op == "add"})
	}
	return out
}

// An edit is an entry of a kustomization's images or replicas.
type edit struct{ images, replicas []node }

func (r *rebuild) edits(dir string) edit {
	var out edit
	for _, root := range r.loader.roots(r.taken[dir].File) {
		out.images = slices.Concat(root.get("images").items(), root.get("imageTags").items())
		out.replicas = root.get("replicas").items()
		break
	}
	return out
}

// image returns what the entries make of a reference, and the place that decides it.
func (e edit) image(ref string) (string, node) {
	var at node
	for _, item := range e.images {
		if item.get("name").str() != workload.ImageName(ref) {
			continue
		}
		name, tag, digest := item.get("newName"), item.get("newTag"), item.get("digest")
		rest := strings.TrimPrefix(ref, workload.ImageName(ref))
		switch {
		case digest.ok():
			rest, at = "@"+digest.str(), digest
			if tag.ok() {
				rest = ":" + tag.str() + rest
			}
		case tag.ok():
			rest, at = ":"+tag.str(), tag
		case name.ok():
			at = name
		}
		if suffix := item.get("tagSuffix"); suffix.ok() {
			rest, at = rest+suffix.str(), suffix
		}
		if name.ok() {
			ref = name.str() + rest
		} else {
			ref = workload.ImageName(ref) + rest
		}
	}
	return ref, at
}

// count returns the number of replicas that the entries give an object.
func (e edit) count(o *object, original string) node {
	var out node
	for _, item := range e.replicas {
		if between(item.get("name").str(), original, o.name) {
			out = item.get("count")
		}
	}
	return out
}

// generators returns the entries that make a generated object, in the order in which they are applied.
func (r *rebuild) generators(chain []string, secret bool, name string) []node {
	field := "configMapGenerator"
	if secret {
		field = "secretGenerator"
	}
	var out []node
	for _, dir := range chain {
		for _, root := range r.spec(dir) {
			for _, item := range root.get(field).items() {
				if own := item.get("name").str(); own != "" && strings.Contains(name, own) {
					out = append(out, item)
				}
			}
		}
	}
	exact := slices.ContainsFunc(out, func(item node) bool { return item.get("name").str() == name })
	if exact {
		out = slices.DeleteFunc(out, func(item node) bool { return item.get("name").str() != name })
	}
	return out
}

func dirOf(n node) string { return path.Dir(n.doc.src.file) }
