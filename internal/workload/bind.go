package workload

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// Evidence is everything that was read of a repository and can belong to a workload.
type Evidence struct {
	Root        string // name of the repository, or of its root directory, or ""
	Programs    []*Program
	Dockerfiles []Dockerfile
	Variants    []*Variant
	Made        []Made     // images that something else than a manifest builds
	Renamed     []Renaming // second names of images
	Built       []Binary   // programs that are built outside of Dockerfiles; Path and Package are relative to the root
	Bindings    []Binding  // they override all that is found out
	Roles       check.Roles
}

// A Dockerfile can say what each of its stages leaves.
type Dockerfile interface {
	// Path returns where it is, relative to the repository's root.
	Path() string
	// Image returns what docker build --target makes of it with some build arguments; without a target, its last
	// stage. It is nil if there is no such stage.
	Image(target string, args map[string]Value[string]) *Image
}

// Bind joins programs, images and deploys. It makes a link only where it can be just one; the workloads say why each
// link was made, and what would make those that were not. Programs and images that nothing deploys come as workloads of
// their own. The notifications are about bindings that name nothing.
func Bind(e Evidence) ([]*Workload, []check.Notification) {
	e.markRetagged()
	b := newBinder(e)
	b.readBindings()
	var all []*Workload
	for _, v := range e.Variants {
		markShared(v)
		for _, d := range v.Deploys {
			all = append(all, &Workload{Name: d.Name, Deploy: d})
		}
	}
	for _, w := range all {
		b.findImage(w)
	}
	b.placeTheOnlyOne(all)
	for _, w := range all {
		b.findProgram(w)
	}
	all = b.addUndeployed(all)
	relate(all)
	return all, b.notes
}

// A recipe is one way to build an image: what a Build, a binding or a Dockerfile alone says.
type recipe struct {
	file    *file
	target  string
	args    map[string]Value[string]
	context string // relative to the root; "" if nothing says
}

// A file is a Dockerfile, and what is found out about it.
type file struct {
	Dockerfile
	final    *Image          // nil if it has no stage
	contexts map[string]bool // build contexts that builds name
	dir      string          // the directory it is about: its own, or the first one above that is not named docker, build, …
	label    string          // of Dockerfile.label, Dockerfile-label or label.Dockerfile
	names    []string        // that an image made of it may have
	product  bool            // it is not for developers or tests only
	program  *Program        // what its final image runs
}

type binder struct {
	Evidence
	files     []*file // sorted by path
	only      *file   // the one whose image is deployed, if there is but one
	byPath    map[string]*file
	byName    map[string][]*file  // by the names that their images may have
	mains     map[string]*Program // by directory
	ours      map[string]bool     // last elements of the names of images that the repository's owner publishes
	carriers  map[string]int      // how many Dockerfiles' images carry a prefix; nil until somebody asked
	repo      []string
	owners    []string
	images    map[string]*Image // by path, target and arguments: one image however many deploys run it
	recipes   map[*Workload]recipe
	origins   []origin
	overrides map[*Deploy]override
	made      map[string]*Program // by image: what bindings say that it runs
	renamed   map[string]string   // by image: what bindings call it
	notes     []check.Notification
}

// An override is what a binding says about one deploy.
type override struct {
	name    string
	recipe  recipe // without file: the binding names none
	program *Program
}

func newBinder(e Evidence) *binder {
	b := &binder{Evidence: e, images: map[string]*Image{}, recipes: map[*Workload]recipe{},
		overrides: map[*Deploy]override{}, made: map[string]*Program{}, renamed: map[string]string{}}
	b.index()
	modules := e.modules()
	for dir, module := range modules {
		elems := strings.Split(strings.ToLower(module), "/")
		last := len(elems) - 1
		first := 0
		if strings.Contains(elems[0], ".") {
			first = min(1, last) // a host
		}
		b.owners = append(b.owners, elems[first:last]...)
		if dir == "." {
			b.repo = append(b.repo, elems[last])
		}
	}
	if root := strings.ToLower(e.Root); len(b.repo) == 0 && root != "" && !slices.Contains(everyday, root) {
		b.repo = append(b.repo, root)
	}
	for _, f := range b.files {
		f.final = b.image(recipe{file: f})
		f.dir, f.label = about(f.Path())
		f.product = !f.isDevelopers(e.Roles)
	}
	b.only = b.theOnly()
	b.collectOrigins()
	for _, f := range b.files {
		w := &Workload{Image: f.final}
		if f.final != nil {
			b.findProgram(w)
		}
		f.program = w.Program
		f.names = b.namesOf(f, w, modules)
		for _, name := range f.names {
			b.byName[name] = append(b.byName[name], f)
		}
	}
	for _, ref := range b.references() {
		if slices.Contains(b.owners, ref.owner()) {
			b.ours[path.Base(ref.repository)] = true
		}
	}
	return b
}

// index makes Dockerfiles and programs known by their paths.
func (b *binder) index() {
	b.byPath, b.byName, b.mains, b.ours = map[string]*file{}, map[string][]*file{}, map[string]*Program{}, map[string]bool{}
	for _, d := range b.Dockerfiles {
		f := &file{Dockerfile: d, contexts: map[string]bool{}}
		b.files = append(b.files, f)
		b.byPath[path.Clean(d.Path())] = f
	}
	slices.SortFunc(b.files, func(x, y *file) int { return cmp.Compare(x.Path(), y.Path()) })
	for _, p := range slices.Backward(b.Programs) { // of several in one directory the first counts
		b.mains[path.Clean(p.Dir)] = p
	}
}

// references returns the names of the images that deploys run, where they are known.
func (b *binder) references() []reference {
	var out []reference
	for _, v := range b.Variants {
		for _, d := range v.Deploys {
			if text, ok := d.Image.Get(); ok {
				out = append(out, parseReference(text))
			}
		}
	}
	return out
}

// modules returns the paths of the modules that programs belong to, by directory, without their major version.
func (e Evidence) modules() map[string]string {
	out := map[string]string{}
	for _, p := range e.Programs {
		module := p.ImportPath
		if rel, ok := below(p.Dir, p.ModuleDir); ok && rel != "." {
			module = strings.TrimSuffix(module, "/"+rel)
		}
		if IsMajorVersion(path.Base(module)) {
			module = path.Dir(module)
		}
		if module != "" {
			out[path.Clean(p.ModuleDir)] = module
		}
	}
	return out
}

func (b *binder) recipeOf(build *Build) (recipe, bool) {
	if build == nil {
		return recipe{}, false
	}
	f := b.file(build.Path())
	return recipe{f, build.Target, build.Args, path.Clean(build.Context)}, f != nil
}

func (b *binder) file(name string) *file { return b.byPath[path.Clean(name)] }

func (b *binder) program(dir string) *Program { return b.mains[path.Clean(dir)] }

func (r recipe) key() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s\x00%s", r.file.Path(), r.target)
	for _, name := range slices.Sorted(maps.Keys(r.args)) {
		v, known := r.args[name].Get()
		fmt.Fprintf(&s, "\x00%s=%q %t", name, v, known)
	}
	return s.String()
}

func (b *binder) image(r recipe) *Image {
	key := r.key()
	img, ok := b.images[key]
	if !ok {
		img = r.file.Image(r.target, r.args)
		b.images[key] = img
	}
	return img
}

// addUndeployed adds a workload for each image and each program that is in none yet.
func (b *binder) addUndeployed(all []*Workload) []*Workload {
	images, programs := map[string]bool{}, map[*Program]bool{}
	for _, w := range all {
		if w.Image != nil {
			images[imageKey(w.Image)] = true
		}
	}
	for _, f := range b.files {
		if f.final == nil || images[imageKey(f.final)] {
			continue
		}
		w := &Workload{Image: f.final}
		b.findProgram(w)
		w.Name = b.renamed[imageKey(f.final)]
		switch {
		case w.Name != "":
		case w.Program != nil:
			w.Name = w.Program.Title()
		default:
			w.Name = f.Path()
		}
		all = append(all, w)
	}
	for _, w := range all {
		programs[w.Program] = true
	}
	rest := slices.DeleteFunc(slices.Clone(b.Programs), func(p *Program) bool { return programs[p] })
	slices.SortFunc(rest, func(x, y *Program) int { return cmp.Compare(x.Dir, y.Dir) })
	for _, p := range rest {
		all = append(all, &Workload{Name: p.Title(), Program: p})
	}
	return all
}

func imageKey(img *Image) string { return img.File + "\x00" + img.Stage }

// readBindings resolves the bindings to deploys, images and programs.
func (b *binder) readBindings() {
	for _, bd := range b.Bindings {
		o := override{name: bd.Name}
		if bd.Program != "" {
			if o.program = b.program(bd.Program); o.program == nil {
				b.note(bd, "program %s is no main package of the tree", bd.Program)
			}
		}
		if bd.Dockerfile != "" {
			o.recipe = recipe{file: b.file(bd.Dockerfile), target: bd.Target}
			switch f := o.recipe.file; {
			case f == nil:
				b.note(bd, "dockerfile %s is not in the tree", bd.Dockerfile)
			case b.image(o.recipe) == nil:
				b.note(bd, "dockerfile %s has no stage %q", bd.Dockerfile, bd.Target)
				o.recipe.file = nil
			default:
				key := imageKey(b.image(o.recipe))
				b.renamed[key] = bd.Name
				b.made[key] = o.program
			}
		}
		for _, name := range bd.Deploys {
			deploys := b.deploysOf(name)
			if len(deploys) == 0 {
				b.note(bd, "deploy %s is not in the tree: want FILE#CONTAINER or FILE#SERVICE", name)
			}
			for _, d := range deploys {
				b.overrides[d] = o
			}
		}
	}
}

func (b *binder) note(bd Binding, format string, args ...any) {
	b.notes = append(b.notes, check.Notification{Code: "binding-unknown", Level: rules.Warning, At: bd.At,
		Message: fmt.Sprintf("services: %s: ", bd.Name) + fmt.Sprintf(format, args...)})
}

// deploysOf returns the deploys that "deploy/api.yaml#container" means, in every variant.
func (b *binder) deploysOf(name string) []*Deploy {
	file, container, _ := strings.Cut(name, "#")
	var out []*Deploy
	for _, v := range b.Variants {
		for _, d := range v.Deploys {
			if d.Name == container && path.Clean(d.File) == path.Clean(file) {
				out = append(out, d)
			}
		}
	}
	return out
}
