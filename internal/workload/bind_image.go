package workload

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// about returns the directory whose image a Dockerfile makes, and the label in its own name.
func about(name string) (dir, label string) {
	dir, base := path.Dir(path.Clean(name)), path.Base(name)
	lower := strings.ToLower(base)
	for _, word := range []string{"dockerfile", "containerfile"} {
		if rest, ok := strings.CutPrefix(lower, word); ok {
			label = strings.TrimLeft(rest, ".-_")
		} else if rest, ok := strings.CutSuffix(lower, "."+word); ok {
			label = rest
		}
	}
	for dir != "." {
		switch strings.ToLower(path.Base(dir)) {
		case "docker", "dockerfiles", ".docker", "build", "builds", "package", "deploy", "deployment", "deployments",
			"container", "containers", "image", "images", "infra", "ops", "packaging":
			dir = path.Dir(dir)
		default:
			return dir, label
		}
	}
	return dir, label
}

// forDevelopers are labels of Dockerfiles and names of stages that nobody deploys.
var forDevelopers = []string{"dev", "devel", "development", "local", "test", "tests", "testing", "debug", "ci", "e2e", "lint", "bench", "air"}

// flavours are labels that tell apart images of the same thing.
var flavours = []string{"prod", "production", "release", "alpine", "debian", "ubuntu", "scratch", "distroless", "slim",
	"multi", "multistage", "multiarch", "amd64", "arm64", "arm", "armv7", "armhf", "x86_64", "linux", "windows", "ubi",
	"goreleaser", "s6", "cross", "static", "build", "deploy", "new", "old"}

// isDevelopers reports whether a Dockerfile makes an image for developers or tests, which only a build can name.
func (f *file) isDevelopers(roles check.Roles) bool {
	if said := roles.Said(f.Path()); said != "" {
		return said != check.Product
	}
	return slices.Contains(forDevelopers, f.label) || isDevelopersPath(f.Path()) || check.RoleOf(f.Path()) != check.Product ||
		f.final != nil && slices.Contains(forDevelopers, strings.ToLower(f.final.Stage))
}

// isDevelopersPath reports whether a file lies in a folder of what developers alone use: infra/development/docker/.
func isDevelopersPath(name string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(strings.ToLower(name)), "/"), func(dir string) bool {
		return slices.Contains([]string{"dev", "devel", "develop", "development", "local"}, strings.Trim(dir, "._"))
	})
}

// everyday are names that say nothing about which program it is.
var everyday = []string{"app", "main", "server", "service", "bin", "binary", "program", "run", "start", "entrypoint", "cmd",
	"out", "target", "build", "src", "repo", "code", "work", "workspace", "project"}

// namesOf returns the image names that can only mean f: the name of its directory or its label, of its module, of
// the program it runs, and of the repository if it has no other Dockerfile or f lies at its root. w is its image joined
// with its program.
func (b *binder) namesOf(f *file, w *Workload, modules map[string]string) []string {
	var names []string
	switch {
	case f.label != "" && !slices.Contains(flavours, f.label) && !slices.Contains(forDevelopers, f.label):
		names = append(names, f.label)
	case f.dir == ".":
		names = append(names, b.repo...)
	default:
		names = append(names, strings.ToLower(path.Base(f.dir)))
		if m, ok := modules[f.dir]; ok {
			names = append(names, strings.ToLower(path.Base(m)))
		}
	}
	if f == b.only {
		names = append(names, b.repo...)
	}
	if w.Program != nil {
		for _, name := range []string{w.Program.Name, path.Base(w.started())} {
			if name = strings.ToLower(name); name != "." && !slices.Contains(everyday, name) {
				names = append(names, name)
			}
		}
	}
	for _, name := range slices.Clone(names) {
		for _, repo := range b.repo {
			if name != repo {
				names = append(names, repo+"-"+name, repo+"_"+name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// started returns the path or name that the workload's command line starts, or "".
func (w *Workload) started() string {
	st := w.start()
	if len(st.args) == 0 || st.pkg != "" {
		return ""
	}
	return st.args[0].text
}

// deployable returns the Dockerfiles that are not for developers only.
func (b *binder) deployable() []*file {
	return slices.DeleteFunc(slices.Clone(b.files), func(f *file) bool { return !f.product })
}

// theOnly returns the one Dockerfile that is not for developers only, nil if there are more.
func (b *binder) theOnly() *file {
	if files := b.deployable(); len(files) == 1 {
		return files[0]
	}
	return nil
}

// findImage binds a deploy to its image.
func (b *binder) findImage(w *Workload) {
	d := w.Deploy
	if o, ok := b.overrides[d]; ok {
		w.Name = o.name
		if o.recipe.file != nil {
			r := o.recipe
			if d.Build != nil {
				r.args = d.Build.Args
			}
			b.setImage(w, r, "services: "+o.name)
			return
		}
	}
	if d.Build != nil {
		r, ok := b.recipeOf(d.Build)
		if !ok {
			b.missImage(w, b.ofFiles(nil), "the build names %s, which is not among the Dockerfiles of the tree", d.Build.Path())
			return
		}
		reason := "build: " + d.Build.Context
		if d.Platform == Compose {
			reason = "compose " + reason
		}
		b.setImage(w, r, reason)
		return
	}
	if d.Image.Absent() || b.bindKo(w) {
		return
	}
	ref := parseReference(pattern(d.ImageText))
	if text, known := d.Image.Get(); known {
		ref = parseReference(text)
	}
	if ref.owner() == "" && b.isExternal(ref) || b.bindOrigin(w, ref) {
		return
	}
	if !d.Image.known() {
		b.missImage(w, b.ofFiles(nil), "its name holds variables that nothing in the tree sets")
		return
	}
	if b.isExternal(ref) {
		return
	}
	files, reason := b.named(ref, d)
	switch {
	case len(files) == 0:
		return
	case len(files) > 1:
		b.missImage(w, b.ofFiles(files), "%s can be built by %s", ref.repository, orList(files))
	case b.isFork(ref):
		b.missImage(w, b.ofFiles(files), "%s has the name of this repository's image, but another owner", ref.repository)
	case b.isBase(files[0], ref):
		return // the deploy runs the image that the Dockerfile builds on
	default:
		b.setImage(w, recipe{file: files[0]}, reason)
	}
}

func (b *binder) setImage(w *Workload, r recipe, reason string) {
	w.Image = b.image(r)
	b.recipes[w] = r
	if w.Image == nil {
		w.miss("image: %s has no stage %q", r.file.Path(), r.target)
		return
	}
	w.link("deploy", "image", "%s → %s", reason, r.file.Path())
}

func (w *Workload) link(from, to, format string, args ...any) {
	w.Links = append(w.Links, Link{From: from, To: to, Reason: fmt.Sprintf(format, args...)})
}

func orList(files []*file) string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path()
	}
	return strings.Join(names, " or ")
}

// named returns the Dockerfiles that the name of a deploy's image can mean, sorted by path, and why.
func (b *binder) named(ref reference, d *Deploy) (files []*file, reason string) {
	name := ref.name()
	if files = b.deployed(name, d); len(files) > 0 {
		return files, "image name " + name
	}
	// "shop-api" for the Dockerfile named api, where it is obvious that "shop" stands for the whole repository
	for _, c := range cuts(name) {
		for _, f := range b.deployed(c.name, d) {
			if !slices.Contains(everyday, c.name) && !slices.Contains(files, f) && b.isPrefix(c.prefix) {
				files = append(files, f)
				reason = fmt.Sprintf("image name %s, %s of %s", name, c.name, c.prefix)
			}
		}
	}
	slices.SortFunc(files, func(x, y *file) int { return cmp.Compare(x.Path(), y.Path()) })
	return files, reason
}

// deployed returns the Dockerfiles whose image may have a name. Those for developers are for manifests for developers alone.
func (b *binder) deployed(name string, d *Deploy) []*file {
	var out []*file
	for _, f := range b.byName[name] {
		if f.final != nil && (f.product || isDevelopersPath(d.File) && isDevelopersPath(f.Path())) {
			out = append(out, f)
		}
	}
	return out
}

// A cut is one way to split the name of an image: "shop-api" or "shop_api" into the prefix "shop" and the name "api".
type cut struct{ prefix, name string }

// cuts returns the ways to split the name of an image, sorted by name.
func cuts(image string) []cut {
	var out []cut
	for i := 1; i+1 < len(image); i++ {
		if image[i] == '-' || image[i] == '_' {
			out = append(out, cut{image[:i], image[i+1:]})
		}
	}
	slices.SortFunc(out, func(x, y cut) int { return cmp.Compare(x.name, y.name) })
	return out
}

// isPrefix reports whether a prefix of image names stands for the whole repository: it is the repository's name or the
// beginning of its owner's, or the images of several Dockerfiles carry it.
func (b *binder) isPrefix(prefix string) bool {
	const shortest = 4 // shorter beginnings of an owner's name are chance
	if slices.Contains(b.repo, prefix) {
		return true
	}
	for _, owner := range b.owners {
		if len(prefix) >= shortest && strings.HasPrefix(owner, prefix) {
			return true
		}
	}
	if b.carriers == nil {
		b.countCarriers()
	}
	return b.carriers[prefix] > 1
}

// countCarriers counts the Dockerfiles whose image some deploy runs under a name with a prefix.
func (b *binder) countCarriers() {
	type carrier struct {
		prefix string
		file   *file
	}
	seen := map[carrier]bool{}
	b.carriers = map[string]int{}
	for _, ref := range b.references() {
		for _, c := range cuts(ref.name()) {
			for _, f := range b.byName[c.name] {
				if by := (carrier{c.prefix, f}); !seen[by] {
					seen[by] = true
					b.carriers[c.prefix]++
				}
			}
		}
	}
}

// isFork reports whether an image belongs to another owner than that of the repository, though the tree also names an
// image of the same name that is the owner's.
func (b *binder) isFork(ref reference) bool {
	owner := ref.owner()
	return owner != "" && !slices.Contains(b.owners, owner) && b.ours[path.Base(ref.repository)]
}

func (b *binder) isBase(f *file, ref reference) bool {
	base, ok := f.final.Base.Get()
	return ok && parseReference(base).repository == ref.repository
}

// isExternal reports whether a reference is that of a well-known image which somebody else publishes.
func (b *binder) isExternal(ref reference) bool {
	name, owner := path.Base(ref.repository), ref.owner()
	switch {
	case owner == "" && ref.host == "", owner == "library":
		return slices.Contains(officialImages, name) && !slices.Contains(b.repo, name)
	case slices.Contains(b.owners, owner):
		return false
	}
	return slices.Contains(publishers, owner) || slices.Contains(publishers, ref.host)
}

// placeTheOnlyOne binds the one image name that is left over to the one Dockerfile of a tree with one program.
func (b *binder) placeTheOnlyOne(all []*Workload) {
	if b.only == nil || b.only.final == nil || b.only.program == nil || len(b.products()) != 1 {
		return
	}
	left := map[string][]*Workload{}
	for _, w := range all {
		d := w.Deploy
		if w.Image != nil {
			if w.Image.File == b.only.Path() && d.Role == App {
				return // it is placed
			}
			continue
		}
		if d.Role != App || d.OneShot {
			continue
		}
		ref, ok := d.Image.Get()
		if !ok {
			return // it may be the one
		}
		if len(w.Missing) > 0 {
			continue
		}
		if r := parseReference(ref); !b.isExternal(r) {
			left[r.repository] = append(left[r.repository], w)
		}
	}
	if len(left) != 1 {
		return
	}
	for repository, ws := range left {
		r := parseReference(repository)
		if r.owner() != "" && !slices.Contains(b.owners, r.owner()) || b.isBase(b.only, r) {
			return // somebody else's
		}
		for _, w := range ws {
			b.setImage(w, recipe{file: b.only}, "the only Dockerfile, the only program and the only unplaced image of the tree")
		}
	}
}
