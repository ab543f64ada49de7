package manifest

import (
	"maps"
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
	include  node
}

func newComposeFile(name string, root node) *composeFile {
	f := &composeFile{name: name, services: root.get("services"), byName: map[string]node{}, include: root.get("include")}
	for _, p := range f.services.pairs() {
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
	f := newComposeFile(root.doc.src.file, root)
	if f.services.ok() && !f.services.isMap() {
		b.warn("manifest-shape", f.services.span(), "services is not a mapping; the Compose file was not judged")
		return nil
	}
	for _, p := range f.services.pairs() {
		if p.value.ok() && !p.value.isMap() {
			b.warn("manifest-shape", p.value.span(), "the Compose service %.80q is not a mapping and was not judged", p.key.str())
		}
	}
	if len(f.byName) == 0 && !f.include.ok() {
		return nil
	}
	return f
}

// A project is Compose files that are merged, in order.
type project struct {
	*composition
	l     *loader
	files []*composeFile
	dir   string              // relative paths are relative to it
	env   map[string]variable // of .env there
	in    interpolation       // with env
	read  map[string]envFile  // by path
	outer *project            // that includes this one, or nil
}

// A composition is what a project and all that it includes make together: one variant.
type composition struct {
	out       *workload.Variant
	all       []*composeFile  // those of the first project, then included ones
	services  map[string]bool // that are in it, by name
	includes  int             // that were followed
	variables int             // given to all services
}

// projects sorts Compose files into variants. Each file is one, but a file named "*.override.*" is merged over its base,
// and so is a file beside a base that cannot run alone: its services lack the image or build that the base has.
// A base with the second kind of override may never run alone either, so what it lacks is not held against it. Files that
// a COMPOSE_FILE lists are merged as it says, and those that others include are part of these; neither is a variant by itself.
func (l *loader) projects(files []*composeFile) []*workload.Variant {
	all := l.listed(files)
	listed := map[string]bool{}
	for _, p := range all {
		for _, f := range p.files {
			listed[f.name] = true
		}
	}
	byDir := map[string][]*composeFile{}
	var dirs []string
	for _, f := range files {
		dir := path.Dir(f.name)
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], f)
	}
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
			if listed[b.name] {
				continue
			}
			merged := []*composeFile{b}
			for _, o := range overrides {
				if stem(o.name) == stem(b.name) || b == base && strings.HasSuffix(stem(o.name), "compose") {
					merged = append(merged, o)
				}
			}
			p := l.project(merged, path.Dir(b.name))
			p.out.Incomplete = b == base && len(partial) > 0
			all = append(all, p)
		}
		for _, f := range partial {
			if !listed[f.name] {
				all = append(all, l.project([]*composeFile{base, f}, dir))
			}
		}
	}
	var out []*workload.Variant
	for _, p := range all {
		part := slices.ContainsFunc(all, func(q *project) bool { return q.holds(p) && !p.holds(q) })
		if len(p.out.Deploys) > 0 && !part {
			out = append(out, p.out)
		}
	}
	return out
}

// holds reports whether a project includes the first file of another.
func (p *project) holds(q *project) bool {
	return slices.ContainsFunc(p.all[len(p.files):], func(f *composeFile) bool { return f.name == q.files[0].name })
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

// project merges files when Compose is run in cwd.
func (l *loader) project(files []*composeFile, cwd string) *project {
	p := l.newProject(files, path.Dir(files[0].name), nil)
	p.environment(path.Join(cwd, ".env"), path.Join(p.dir, ".env"))
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.name
	}
	p.out.Name = strings.Join(names, " + ")
	p.fill()
	p.markOneShots()
	p.markShared()
	return p
}

// newProject returns a project without services. outer is the one that includes it, or nil.
func (l *loader) newProject(files []*composeFile, dir string, outer *project) *project {
	p := &project{l: l, files: files, dir: dir, env: map[string]variable{}, read: map[string]envFile{}, outer: outer}
	p.in.lookup = func(name string) (string, bool) { v := p.env[name]; return v.text, v.known }
	if outer != nil {
		p.composition = outer.composition
		maps.Copy(p.env, outer.env)
	} else {
		p.composition = &composition{out: &workload.Variant{Platform: workload.Compose}, services: map[string]bool{}}
	}
	return p
}

// environment reads .env files for the variables of the project's files. What is set before them holds.
func (p *project) environment(files ...string) {
	for _, name := range files {
		if !p.l.files[name] {
			continue
		}
		read := map[string]variable{}
		for _, v := range p.readEnvFile(name).vars {
			text, known := v.Value.Get()
			read[v.Name] = variable{text, known}
		}
		maps.Copy(read, p.env)
		p.env = read
	}
}

// fill adds the services of what the project includes, and then its own.
func (p *project) fill() {
	p.all = append(p.all, p.files...)
	for _, f := range p.files {
		p.addIncluded(f)
	}
	for _, f := range p.files {
		for _, pair := range f.services.pairs() {
			name := pair.key.str()
			if p.services[name] || !pair.value.isMap() {
				continue
			}
			p.services[name] = true
			if len(p.services) > maxObjects {
				p.l.warn("yaml-limit", pair.key.span(), "more than %d services are deployed together; the rest was not judged", maxObjects)
				break
			}
			if s := p.service(name, pair.key); s.isDeployed() {
				p.out.Deploys = append(p.out.Deploys, s.deploy())
			}
		}
	}
}

// markOneShots finds the services that others wait for to complete.
func (p *project) markOneShots() {
	for _, f := range p.all {
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
	for _, f := range p.all {
		for _, pair := range f.services.pairs() {
			name, ok := strings.CutPrefix(pair.value.get("network_mode").str(), "service:")
			for _, d := range p.out.Deploys {
				d.Alone = d.Alone && !(ok && d.Name == name)
			}
		}
	}
}

// A service is a Compose service as its layers make it: what it extends, then each file that speaks of it, those that include
// others after these. A later layer wins over an earlier one, or adds to it.
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
	for ; p != nil; p = p.outer {
		for _, f := range p.files {
			s.extend(f, name, p.dir, 0)
		}
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

// composeAt returns a file that another one names, whatever its own name; nil if it is no Compose file of the tree.
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
	if fault != nil || root.isTemplate() || !root.get("services").isMap() && !root.get("include").ok() {
		return nil
	}
	return newComposeFile(name, root)
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
