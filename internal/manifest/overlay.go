package manifest

import (
	"cmp"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/kustomize"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// notBuilt says why a kustomization was not built, at what in it is the reason.
func (l *loader) notBuilt(err error) {
	e, ok := errors.AsType[*kustomize.Error](err)
	if !ok || l.overlays[path.Dir(e.File)] == nil {
		return // a file that cannot be read has its notification
	}
	n := check.Notification{Code: e.Code, Level: rules.Note, At: check.Span{File: e.File}, Message: e.Message + "; what it changes is not known"}
	if e.Fault {
		n.Level = rules.Warning
	}
	if e.Text != "" {
		for _, root := range l.roots(e.File) {
			if found := scalar(root, e.Text); found.ok() {
				n.At = found.span()
				break
			}
		}
	}
	l.note(n)
}

// scalar returns the first scalar of a value that is a text.
func scalar(n node, text string) node {
	if n.isText() && n.str() == text {
		return n
	}
	for _, p := range n.pairs() {
		if found := scalar(p.value, text); found.ok() {
			return found
		}
	}
	for _, item := range n.items() {
		if found := scalar(item, text); found.ok() {
			return found
		}
	}
	return node{}
}

// roots returns the documents of a file that can be read. The file is kept.
func (l *loader) roots(name string) []node {
	if out, ok := l.decoded[name]; ok {
		return out
	}
	var out []node
	if src := l.template(name); src != nil {
		out = documents(src)
	}
	l.decoded[name] = out
	return out
}

func documents(src *source) []node {
	var out []node
	docs, _ := split(src)
	for _, d := range docs {
		if root, fault := d.decode(); fault == nil && root.ok() {
			out = append(out, root)
		}
	}
	return out
}

// namesOthers are keys whose value may be the name of another object.
var namesOthers = []string{"name", "secretName", "serviceName", "serviceAccountName", "claimName", "volumeName", "ingressClassName", "priorityClassName"}

// weigh tells Kustomize's tree what a text costs.
func weigh(text []byte) (kustomize.Weight, error) {
	var w kustomize.Weight
	docs, ok := split(newSource("", text))
	if !ok {
		return w, kustomize.ErrLimit
	}
	for _, d := range docs {
		root, fault := d.decode()
		switch {
		case fault != nil && fault.Code == "yaml-limit":
			return w, kustomize.ErrLimit
		case fault != nil:
			return w, errors.New(fault.Message)
		}
		if !root.ok() {
			continue
		}
		before := w.Names
		if err := count(root.y, &w); err != nil {
			return w, err
		}
		if root.get("kind").str() == "CustomResourceDefinition" {
			w.Names = before // names of columns and fields
		}
		w.Objects += max(1, len(root.get("items").items()))
	}
	return w, nil
}

func count(y *yaml.Node, w *kustomize.Weight) error {
	w.Nodes++
	switch y.Kind {
	case yaml.AliasNode:
		return count(y.Alias, w)
	case yaml.MappingNode:
		for i := 0; i+1 < len(y.Content); i += 2 {
			key, value := y.Content[i], y.Content[i+1]
			if tag := key.ShortTag(); key.Kind != yaml.AliasNode && (key.Kind != yaml.ScalarNode || tag != yaml.NodeTagString && tag != yaml.MergeTag) {
				return errors.New("a key is no text")
			}
			switch {
			case slices.Contains(namesOthers, key.Value):
				w.Names++
			case key.Value == "op" && value.Value == "copy":
				w.Copies++
			}
		}
	case yaml.ScalarNode:
		if y.ShortTag() == yaml.NodeTagFloat && strings.ContainsAny(y.Value, "nN") {
			return errors.New("a number is none") // .nan, .inf
		}
	}
	for _, c := range y.Content {
		if err := count(c, w); err != nil {
			return err
		}
	}
	return nil
}

// A rebuild finds the places of what Kustomize rendered: the file that an object comes from and the patches, image and
// replica entries of the kustomizations that changed it.
type rebuild struct {
	loader *loader
	taken  map[string]*kustomize.Kustomization
	top    string
	chains map[string][]string
	cached map[string][]*patch
	steps  int // left for finding places
}

func newRebuild(l *loader, dir string, b *kustomize.Build) *rebuild {
	r := &rebuild{loader: l, taken: map[string]*kustomize.Kustomization{}, top: dir, chains: map[string][]string{}, cached: map[string][]*patch{}, steps: maxSteps}
	for _, k := range b.Taken {
		r.taken[k.Dir] = k
	}
	return r
}

// objects returns the object of a resource with its places, if the loader has a use for it.
func (r *rebuild) objects(res *kustomize.Resource) []*object {
	d := &document{src: &source{file: res.File}, places: map[*yaml.Node]place{}}
	out := objects(node{y: res.Node, doc: d})
	out = slices.DeleteFunc(out, func(o *object) bool { return !o.isRelevant() })
	for _, o := range out {
		r.place(o, res)
		o.at = node{y: o.root.y, doc: d}.get("kind").span()
		if name := o.root.get("metadata", "name"); name.isText() {
			o.at = name.span()
		}
	}
	return out
}

// setImage matches what a Makefile or script that deploys runs before it builds: the images that stand in the tree are
// those of the last release, or placeholders.
var setImage = regexp.MustCompile(`\bedit set image((?:[ \t]+[^\s;&|]+)+)`)

// setsImage reports whether a Makefile, script or workflow of the tree sets an image with "kustomize edit".
func (l *loader) setsImage(name string) bool {
	if l.setImages == nil {
		l.setImages = map[string]bool{}
		for file := range l.files {
			if !isScript(file) {
				continue
			}
			data, err := l.readFile(file)
			if err != nil || len(data) > maxFile {
				continue
			}
			for _, m := range setImage.FindAllSubmatch(data, -1) {
				for _, word := range strings.Fields(string(m[1])) {
					word, _, _ = strings.Cut(strings.Trim(word, `"'`), "=")
					l.setImages[workload.ImageName(word)] = true
					l.setAnyImage = l.setAnyImage || strings.HasPrefix(word, "$")
				}
			}
		}
	}
	return l.setAnyImage || l.setImages[name]
}

// isScript reports whether a file may hold commands that deploy.
func isScript(file string) bool {
	base := strings.ToLower(path.Base(file))
	switch path.Ext(base) {
	case ".sh", ".mk":
		return true
	case ".yml", ".yaml":
		return strings.Contains("/"+file, "/.github/") || strings.HasPrefix(base, ".gitlab-ci") || strings.HasPrefix(base, "taskfile")
	}
	return strings.HasPrefix(base, "makefile")
}

// holder returns the directory of the kustomization that takes a file in.
func (r *rebuild) holder(res *kustomize.Resource) string {
	if res.Generated {
		return path.Dir(res.File)
	}
	for _, dir := range sortedKeys(r.taken) {
		if slices.Contains(r.taken[dir].Files, res.File) {
			return dir
		}
	}
	return r.top
}

// chain returns the kustomizations that change what one of them takes in, in order, itself first.
func (r *rebuild) chain(from string) []string {
	if out, ok := r.chains[from]; ok {
		return out
	}
	without := map[string]bool{} // does not hold it
	var find func(dir string) ([]string, bool)
	find = func(dir string) (out []string, found bool) {
		k := r.taken[dir]
		if k == nil || without[dir] {
			return nil, false
		}
		found = dir == from
		for _, base := range k.Bases {
			if !found {
				out, found = find(base)
			}
		}
		for _, c := range k.Components {
			if found {
				out = r.component(c, out)
			} else {
				out, found = find(c)
			}
		}
		if !found {
			without[dir] = true
			return nil, false
		}
		return append(out, dir), true
	}
	out, _ := find(r.top)
	r.chains[from] = out
	return out
}

// component appends a component and those that it takes in itself.
func (r *rebuild) component(dir string, to []string) []string {
	k := r.taken[dir]
	if k == nil || slices.Contains(to, dir) {
		return to
	}
	for _, c := range k.Components {
		to = r.component(c, to)
	}
	return append(to, dir)
}

func sortedKeys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
