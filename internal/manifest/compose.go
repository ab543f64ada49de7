package manifest

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// A composeFile is one Compose file with its services.
type composeFile struct {
	name     string
	services node
	byName   map[string]node
}

func newComposeFile(name string, services node) *composeFile {
	f := &composeFile{name: name, services: services, byName: map[string]node{}}
	for _, p := range services.pairs() {
		f.byName[p.key.str()] = p.value
	}
	return f
}

var composeName = regexp.MustCompile(`(?i)^(?:docker-)?compose(?:[^a-z].*)?\.ya?ml$`)

func isCompose(file string) bool { return composeName.MatchString(path.Base(file)) }

// hasComposeShape reports whether a document whose file has no telling name is a Compose file all the same: it has
// nothing but top-level keys of the Compose specification, and services with an image or a build. Some CI systems
// have such services too, beside keys of their own.
func hasComposeShape(root node) bool {
	for _, p := range root.pairs() {
		switch key := p.key.str(); key {
		case "version", "name", "services", "volumes", "networks", "configs", "secrets", "include", "models":
		default:
			if !strings.HasPrefix(key, "x-") {
				return false
			}
		}
	}
	for _, p := range root.get("services").pairs() {
		if isWhole(p.value) {
			return true
		}
	}
	return false
}

// isWhole reports whether a service can run as it stands.
func isWhole(service node) bool {
	return service.get("image").ok() || service.get("build").ok() || service.get("extends").ok()
}

func (b *notebook) composeFile(root node) *composeFile {
	f := newComposeFile(root.doc.src.file, root.get("services"))
	if f.services.ok() && !f.services.isMap() {
		b.warn("manifest-shape", f.services.span(), "services is not a mapping; the Compose file was not judged")
		return nil
	}
	for _, p := range f.services.pairs() {
		if p.value.ok() && !p.value.isMap() {
			b.warn("manifest-shape", p.value.span(), "the Compose service %.80q is not a mapping and was not judged", p.key.str())
		}
	}
	if len(f.byName) == 0 {
		return nil
	}
	return f
}

// A project is the Compose files that are merged into one variant, in order.
type project struct {
	l         *loader
	files     []*composeFile
	dir       string              // relative paths are relative to it
	env       map[string]variable // of .env beside the first file
	in        interpolation       // with env
	read      map[string]envFile  // by path
	out       *workload.Variant
	variables int // given to all services
}

// projects sorts Compose files into variants. Each file is one, but a file named "*.override.*" is merged over its base,
// and so is a file beside a base that cannot run alone: its services lack the image or build that the base has.
// A base with the second kind of override may never run alone either, so what it lacks is not held against it.
func (l *loader) projects(files []*composeFile) []*workload.Variant {
	byDir := map[string][]*composeFile{}
	var dirs []string
	for _, f := range files {
		dir := path.Dir(f.name)
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], f)
	}
	var out []*workload.Variant
	for _, dir := range dirs {
		var bases, overrides, partial []*composeFile
		base := defaultCompose(byDir[dir])
		for _, f := range byDir[dir] {
			switch {
			case f != base && strings.Contains(path.Base(f.name), ".override."):
				overrides = append(overrides, f)
			case f != base && base != nil && f.completes(base):
				partial = append(partial, f)
			default:
				bases = append(bases, f)
			}
		}
		for _, b := range bases {
			merged := []*composeFile{b}
			for _, o := range overrides {
				if stem(o.name) == stem(b.name) || b == base && strings.HasSuffix(stem(o.name), "compose") {
					merged = append(merged, o)
				}
			}
			v := l.project(merged)
			v.Incomplete = b == base && len(partial) > 0
			out = append(out, v)
		}
		for _, p := range partial {
			out = append(out, l.project([]*composeFile{base, p}))
		}
	}
	return slices.DeleteFunc(out, func(v *workload.Variant) bool { return len(v.Deploys) == 0 })
}

// defaultCompose returns the file that Compose reads if it is told none.
func defaultCompose(files []*composeFile) *composeFile {
	for _, name := range []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"} {
		for _, f := range files {
			if path.Base(f.name) == name {
				return f
			}
		}
	}
	return nil
}

// stem returns the name of a file up to its first dot.
func stem(name string) string {
	s, _, _ := strings.Cut(path.Base(name), ".")
	return s
}

// completes reports whether some service of f needs an image or build that base has.
func (f *composeFile) completes(base *composeFile) bool {
	for _, p := range f.services.pairs() {
		if p.value.isMap() && !isWhole(p.value) && isWhole(base.byName[p.key.str()]) {
			return true
		}
	}
	return false
}

func (l *loader) project(files []*composeFile) *workload.Variant {
	p := &project{l: l, files: files, dir: path.Dir(files[0].name), env: map[string]variable{}, read: map[string]envFile{}}
	p.in.lookup = func(name string) (string, bool) { v := p.env[name]; return v.text, v.known }
	if name := path.Join(p.dir, ".env"); l.files[name] {
		for _, v := range p.readEnvFile(name).vars {
			text, known := v.Value.Get()
			p.env[v.Name] = variable{text, known}
		}
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.name
	}
	p.out = &workload.Variant{Name: strings.Join(names, " + "), Platform: workload.Compose}
	seen := map[string]bool{}
	for _, f := range files {
		for _, pair := range f.services.pairs() {
			name := pair.key.str()
			if seen[name] || !pair.value.isMap() {
				continue
			}
			seen[name] = true
			if len(seen) > maxObjects {
				l.warn("yaml-limit", pair.key.span(), "more than %d services are deployed together; the rest was not judged", maxObjects)
				break
			}
			if s := p.service(name, pair.key); s.isDeployed() {
				p.out.Deploys = append(p.out.Deploys, s.deploy())
			}
		}
	}
	p.markOneShots()
	p.markShared()
	return p.out
}

// markOneShots finds the services that others wait for to complete.
func (p *project) markOneShots() {
	for _, f := range p.files {
		for _, pair := range f.services.pairs() {
			for _, dep := range pair.value.get("depends_on").pairs() {
				if dep.value.get("condition").str() != "service_completed_successfully" {
					continue
				}
				for _, d := range p.out.Deploys {
					d.OneShot = d.OneShot || d.Name == dep.key.str()
				}
			}
		}
	}
}

// markShared finds the services whose network another one joins.
func (p *project) markShared() {
	for _, f := range p.files {
		for _, pair := range f.services.pairs() {
			name, ok := strings.CutPrefix(pair.value.get("network_mode").str(), "service:")
			for _, d := range p.out.Deploys {
				d.Alone = d.Alone && !(ok && d.Name == name)
			}
		}
	}
}

// A service is a Compose service as its layers make it: what it extends, then each file that speaks of it. A later
// layer wins over an earlier one, or adds to it.
type service struct {
	p      *project
	name   string
	key    node // in the first file
	layers []layer
	open   bool // a layer is not in the tree
}

type layer struct {
	node
	dir string // its relative paths are relative to it
}

func (p *project) service(name string, key node) *service {
	s := &service{p: p, name: name, key: key}
	for i, f := range p.files {
		dir := p.dir
		if i > 0 && path.Dir(f.name) != p.dir {
			dir = path.Dir(f.name)
		}
		s.extend(f, name, dir, 0)
	}
	return s
}

// extend adds a service of a file, and before it those that it extends.
func (s *service) extend(f *composeFile, name, dir string, depth int) {
	const deepest = 20 // services that extend services; a cycle ends here too
	n := f.byName[name]
	if !n.isMap() {
		s.open = s.open || depth > 0
		return
	}
	if e := n.get("extends"); e.ok() {
		target := e
		from, fromDir := f, dir
		if e.isMap() {
			target = e.get("service")
			if file := e.get("file"); file.ok() {
				text, _ := s.p.in.replace(file.str())
				name := inTree(dir, text)
				from, fromDir = s.p.l.composeAt(name), path.Dir(name)
			}
		}
		if from == nil || depth == deepest || !target.isText() {
			s.open = true
		} else {
			s.extend(from, target.str(), fromDir, depth+1)
		}
	}
	s.layers = append(s.layers, layer{n, dir})
}

// composeAt returns a file that a service extends, whatever its name.
func (l *loader) composeAt(name string) *composeFile {
	f, ok := l.extended[name]
	if !ok {
		f = l.extend(name)
		l.extended[name] = f
	}
	return f
}

func (l *loader) extend(name string) *composeFile {
	src := l.source(name)
	if src == nil {
		return nil
	}
	docs, _ := split(src)
	if len(docs) == 0 {
		return nil
	}
	root, fault := docs[0].decode()
	if fault != nil || root.isTemplate() || !root.get("services").isMap() {
		return nil
	}
	return newComposeFile(name, root.get("services"))
}

// isDeployed reports whether a service says what it runs; one that does not is meant for another file's.
func (s *service) isDeployed() bool {
	return s.open || s.get("image").ok() || s.get("build").ok()
}

// get returns what the last layer that has the key gives it; further keys lead down, layer by layer too.
func (s *service) get(keys ...string) node {
	n, _ := s.find(keys...)
	return n.value
}

func (s *service) find(keys ...string) (pair, layer) {
	for _, l := range slices.Backward(s.layers) {
		p := pair{value: l.node}
		for _, key := range keys {
			p = p.value.pair(key)
			if p.value.y != nil && p.value.y.Tag == "!reset" {
				return pair{}, layer{}
			}
		}
		if p.value.ok() {
			return p, l
		}
	}
	return pair{}, layer{}
}

// all returns what each layer gives a key, first layer first. "!reset" and "!override" drop what is before
// them (compose-spec, merge).
func (s *service) all(key string) []layerPair {
	var out []layerPair
	for _, l := range s.layers {
		p := l.pair(key)
		if p.value.y == nil {
			continue
		}
		switch p.value.y.Tag {
		case "!reset":
			out = nil
			continue
		case "!override":
			out = nil
		}
		if p.value.ok() {
			out = append(out, layerPair{p, l.dir})
		}
	}
	return out
}

type layerPair struct {
	pair
	dir string
}
