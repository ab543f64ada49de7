package manifest

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/kustomize"
	"github.com/factorlint/factorlint/internal/workload"
)

// A place is where a value of a rendered object stands: a node of a file, or a span.
type place struct {
	node node
	span check.Span
}

func (p place) at() check.Span {
	if p.node.y != nil {
		return p.node.span()
	}
	return p.span
}

// A version is what one document says about an object, looked at from somewhere within: the object as it stands in its
// file, and each patch.
type version struct {
	at   node        // what it says here
	key  node        // the key that it says it under
	ops  []operation // of a JSON patch, that lead below here
	edit *edit       // of a kustomization, or nil; it applies everywhere
}

// A placer finds the places of one object.
type placer struct {
	object   *object
	original node   // as it stands in its file, if it does
	oldName  string // its name there
	name     place  // where that stands: the place of all that has no better one
	places   map[*yaml.Node]place
	loader   *loader
	steps    *int // that may still be taken for all objects
}

// place fills in the places of an object that was rendered.
func (r *rebuild) place(o *object, res *kustomize.Resource) {
	p := &placer{object: o, places: o.root.doc.places, loader: r.loader, steps: &r.steps}
	p.name.span.File = res.File
	chain := r.chain(r.holder(res))
	var versions []version
	if res.Generated {
		r.generated(p, chain) // an entry looks like no object: there are no versions of it
	} else if root, ok := r.original(o, res.File); ok {
		p.original, p.oldName = root, root.get("metadata", "name").str()
		p.name.node = root.get("metadata", "name")
		if !p.name.node.isText() {
			p.name.node = root.get("kind")
		}
		versions = append(versions, version{at: root})
	}
	for _, dir := range chain {
		for _, patch := range r.patches(dir) {
			if !patch.selects(o, p.oldName) {
				continue
			}
			if patch.root.isList() {
				versions = append(versions, version{ops: patch.operations()})
			} else {
				versions = append(versions, version{at: patch.root})
			}
		}
		e := r.edits(dir)
		versions = append(versions, version{edit: &e})
	}
	p.placeNames(o)
	p.walk(o.root.y, nil, versions)
	p.places[nil] = p.name
}

// placeNames places what tells the object from others: in a patch with a target of its own, these are mere words.
func (p *placer) placeNames(o *object) {
	if name := o.root.get("metadata", "name"); name.y != nil {
		p.places[name.y] = p.name
	}
	for _, key := range []string{"apiVersion", "kind"} {
		if n := o.root.get(key); n.y != nil && p.original.y != nil {
			p.put(n.y, p.original.get(key))
		}
	}
}

// original returns an object as it stands in its file: of the same kind, with the longest name that is part of the
// rendered one.
func (r *rebuild) original(o *object, file string) (node, bool) {
	var best node
	longest, found := -1, false
	for _, root := range r.loader.roots(file) {
		for _, c := range objects(root) {
			if c.kind == o.kind && len(c.name) > longest && strings.Contains(o.name, c.name) {
				best, longest, found = c.root, len(c.name), true
			}
		}
	}
	return best, found
}

// generated places what the entries of generators say.
func (r *rebuild) generated(p *placer, chain []string) {
	o := p.object
	for _, item := range r.generators(chain, o.kind == "Secret", o.name) {
		if p.name.node.y == nil {
			p.name.node, p.oldName = item.get("name"), item.get("name").str()
		}
		c := r.loader.generate(dirOf(item), item, o.kind == "Secret")
		o.open = o.open || r.loader.lacksEnvs(dirOf(item), item)
		for _, field := range []string{"data", "binaryData"} {
			for _, pair := range o.root.get(field).own() {
				if key, ok := c.Keys[pair.key.str()]; ok {
					p.places[pair.key.y] = place{span: key}
					p.places[pair.value.y] = place{span: c.Data[pair.key.str()].At()}
				}
			}
		}
	}
}

// walk places a node and all below it.
func (p *placer) walk(y *yaml.Node, path []string, versions []version) {
	if *p.steps -= len(versions) + 1; *p.steps < 0 {
		return
	}
	switch y.Kind {
	case yaml.MappingNode:
		p.put(y, first(versions))
		for i := 0; i+1 < len(y.Content); i += 2 {
			key, value := y.Content[i], y.Content[i+1]
			below := step(versions, key.Value)
			p.put(key, firstKey(below))
			p.walk(value, append(path, key.Value), below)
		}
	case yaml.SequenceNode:
		p.put(y, first(versions))
		if *p.steps -= len(y.Content) * itemSteps(versions); *p.steps < 0 {
			return
		}
		for i, item := range y.Content {
			p.walk(item, append(path, "*"), stepItem(versions, item, i, len(y.Content)))
		}
	case yaml.ScalarNode:
		p.put(y, p.decides(y, path, versions))
	}
}

// put notes a place unless there is one.
func (p *placer) put(y *yaml.Node, at node) {
	if _, ok := p.places[y]; !ok && at.y != nil {
		p.places[y] = place{node: at}
	}
}

// first returns what the first version says: a patch that repeats it does not move it.
func first(versions []version) node {
	for _, l := range versions {
		if l.at.y != nil {
			return l.at
		}
	}
	return node{}
}

func firstKey(versions []version) node {
	for _, l := range versions {
		if l.key.y != nil {
			return l.key
		}
	}
	return node{}
}

// decides goes through the versions as Kustomize does, and returns the last that changed a scalar, if it has the value
// that was rendered then. A name may have got more before and after it since.
func (p *placer) decides(y *yaml.Node, path []string, versions []version) node {
	var at node
	value := ""
	set := func(text string, n node) {
		if n.y != nil && (at.y == nil || text != value) {
			value, at = text, n
		}
	}
	edited := false
	image := len(path) > 3 && path[len(path)-1] == "image" && path[len(path)-2] == "*"
	replicas := len(path) == 2 && path[0] == "spec" && path[1] == "replicas"
	for _, l := range versions {
		switch {
		case l.edit != nil && image && at.y != nil:
			set(l.edit.image(value))
		case l.edit != nil && replicas:
			n := l.edit.count(p.object, p.oldName)
			set(n.str(), n)
		case l.at.isText():
			set(l.at.str(), l.at)
		}
		edited = edited || image && at.y != nil && p.loader.setsImage(workload.ImageName(value))
	}
	if edited {
		y.Value = "${" + y.Value + "}" // as a variable that whoever deploys gives a value
		return at
	}
	if at.y == nil || y.Value != value && (value == "" || !strings.Contains(y.Value, value)) {
		return node{}
	}
	return at
}

// step returns the versions that say something below a key.
func step(versions []version, key string) []version {
	var out []version
	for _, l := range versions {
		if l.edit != nil {
			out = append(out, l)
			continue
		}
		pair := l.at.pair(key)
		if pair.value.y != nil {
			out = append(out, version{at: pair.value, key: pair.key})
		}
		out = append(out, stepOps(l.ops, func(op operation) bool { return op.path[0] == key })...)
	}
	return out
}

// stepOps returns a version for each operation that has arrived, and one for those that lead on.
func stepOps(ops []operation, here func(operation) bool) []version {
	var out []version
	for _, op := range ops {
		switch {
		case !here(op):
		case len(op.path) == 1:
			out = append(out, version{at: op.value, key: op.at})
		default:
			op.path = op.path[1:]
			out = append(out, version{ops: []operation{op}})
		}
	}
	return out
}

// stepItem returns the versions that say something about an item of a list of a length.
func stepItem(versions []version, item *yaml.Node, i, length int) []version {
	var out []version
	for v, l := range versions {
		if l.edit != nil {
			out = append(out, l)
			continue
		}
		if same := counterpart(l.at, item, i, length); same.y != nil {
			out = append(out, version{at: same})
		}
		out = append(out, stepOps(l.ops, func(op operation) bool {
			if len(op.path) > 1 {
				return moved(op.path[0], versions, v) == i
			}
			return alike(op.value, item)
		})...)
	}
	return out
}

// moved returns the index that an item has at last: versions after the one that knows it by an index insert others
// before it. Kustomize puts what a merged list has besides in front.
func moved(index string, versions []version, v int) int {
	i, err := strconv.Atoi(index)
	if err != nil {
		return -1
	}
	for w := v + 1; w < len(versions); w++ {
		for _, item := range versions[w].at.items() {
			if !known(item, versions[:w]) {
				i++
			}
		}
		for _, op := range versions[w].ops {
			if at, err := strconv.Atoi(op.path[0]); err == nil && op.inserts && len(op.path) == 1 && at <= i {
				i++
			}
		}
	}
	return i
}

// known reports whether one of the versions has an item of the same name.
func known(item node, versions []version) bool {
	for _, l := range versions {
		for _, c := range l.at.items() {
			if alike(c, item.y) {
				return true
			}
		}
	}
	return false
}

// itemSteps returns what it takes to find an item in all versions of its list.
func itemSteps(versions []version) int {
	items, ops := 0, 0
	for _, l := range versions {
		if l.at.isList() {
			items += len(l.at.y.Content)
		}
		ops += len(l.ops)
	}
	return 1 + min(items, maxSteps) + min(ops*(ops+min(items*items, maxSteps)), maxSteps)
}

// identities are keys that tell the items of a list apart, where they have them.
var identities = []string{"mountPath", "devicePath", "containerPort", "port", "name", "key", "topologyKey", "host", "type"}

// counterpart returns the item of a version's list that is the one that was rendered.
func counterpart(list node, item *yaml.Node, i, length int) node {
	items := list.items()
	if len(items) == 0 {
		return node{}
	}
	if item.Kind == yaml.ScalarNode {
		if i < len(items) && items[i].str() == item.Value {
			return items[i]
		}
		for _, c := range items {
			if c.isText() && c.str() == item.Value {
				return c
			}
		}
		return node{}
	}
	for _, key := range identities {
		want := node{y: item}.get(key)
		if !want.isText() {
			continue
		}
		var found []node
		for _, c := range items {
			if c.get(key).str() == want.str() {
				found = append(found, c)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	if len(items) == length {
		return items[i]
	}
	return node{}
}

// alike reports whether an item of a patch is the one that was rendered.
func alike(n node, item *yaml.Node) bool {
	if item.Kind == yaml.ScalarNode {
		return n.isText() && n.str() == item.Value
	}
	for _, key := range identities {
		if want := (node{y: item}).get(key); want.isText() {
			return n.get(key).str() == want.str()
		}
	}
	return false
}
