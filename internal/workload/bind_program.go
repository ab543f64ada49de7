package workload

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// products returns the programs that are part of what is shipped.
func (b *binder) products() []*Program {
	var out []*Program
	for _, p := range b.Programs {
		if b.Roles.Of(path.Join(p.Dir, "main.go")) == check.Product {
			out = append(out, p)
		}
	}
	return out
}

// findProgram binds an image, or a deploy without one, to the program that it starts.
func (b *binder) findProgram(w *Workload) {
	if o, ok := b.overrides[w.Deploy]; ok && o.program != nil {
		w.Program = o.program
		w.link(w.from(), "program", "services: %s", o.name)
		return
	}
	if w.Program != nil || w.Image == nil && (w.Deploy == nil || w.Deploy.Entrypoint.Absent() && w.Deploy.Args.Absent()) {
		return
	}
	st := w.start()
	if !st.deploy && b.bindMade(w) {
		return
	}
	if st.pkg != "" {
		b.bindPackage(w, st)
		return
	}
	if w.Image == nil {
		return // nothing tells what its command names
	}
	if len(st.args) == 0 {
		b.bindOnlyBinary(w, st, cmp.Or(st.opaque, "its command is empty"))
		return
	}
	candidates := []string{st.args[0].text}
	if st.via != "" {
		candidates = append(candidates, st.via)
	}
	for _, name := range candidates {
		found := b.find(w, name, st.workDir)
		if len(found) == 0 {
			continue
		}
		if slices.ContainsFunc(found, func(bin Binary) bool { return bin.source() != found[0].source() }) {
			var programs []*Program
			for _, bin := range found {
				of, _ := b.sources(w, bin)
				programs = append(programs, of...)
			}
			b.missProgram(w, programs, "the container starts %s, which go builds of several packages make", name)
			return
		}
		b.bindBinary(w, found[0], "starts "+found[0].Path)
		return
	}
	if st.args[0].open {
		b.bindOnlyBinary(w, st, "the name of the program cannot be told")
		return
	}
	copied := w.Image.copied(st.args[0].text, st.workDir)
	followed := w.Image.Binaries.Complete && copied == ""
	if st.via != "" {
		if followed || !b.bindName(w, st.args[0].text, copied) {
			b.bindOnlyBinary(w, st, "it starts "+st.via)
		}
		return
	}
	name := st.args[0].text
	switch {
	case b.bindMounted(w, st):
	case isForeign(name):
		w.miss("program: the container starts %s, which is no Go program of the tree", name)
	case b.bindMade(w), b.bindBuilt(w, name, copied):
	case followed:
		b.missProgram(w, nil, "the container starts %s, which no go build of %s makes", name, w.Image.File)
	case b.bindName(w, name, copied), b.bindOnlyMain(w, name):
	default:
		b.missProgram(w, b.reachable(w), "the container starts %s, and how %s builds it could not be followed", name, w.Image.File)
	}
}

// bindMade binds the program that a binding gives to the image.
func (b *binder) bindMade(w *Workload) bool {
	if w.Image == nil || b.made[imageKey(w.Image)] == nil {
		return false
	}
	w.Program = b.made[imageKey(w.Image)]
	w.link("image", "program", "services: %s", b.renamed[imageKey(w.Image)])
	return true
}

func (w *Workload) from() string {
	if w.Image != nil {
		return "image"
	}
	return "deploy"
}

// source returns the package as the Dockerfile names it.
func (bin Binary) source() string { return cmp.Or(bin.Package, bin.ImportPath) }

// find returns the binaries that a path or bare name in a command line means.
func (b *binder) find(w *Workload, name string, workDir Value[string]) []Binary {
	dir, dirKnown := workDir.Get()
	var out []Binary
	for _, bin := range w.Image.Binaries.Members {
		if bin.Implied || strings.HasSuffix(bin.Path, "/") {
			// go build took the program's own name
			programs, _ := b.sources(w, bin)
			if len(programs) != 1 || bin.Implied && path.Base(bin.Path) != programs[0].Name {
				continue
			}
			if !bin.Implied {
				bin.Path += programs[0].Name
			}
		}
		at := path.Clean(bin.Path)
		var same bool
		switch {
		case path.IsAbs(name):
			same = at == path.Clean(name)
		case strings.Contains(name, "/") && dirKnown:
			same = at == path.Join("/", dir, name)
		case strings.Contains(name, "/"):
			same = strings.HasSuffix(at, path.Clean("/"+name))
		default:
			same = path.Base(at) == name && slices.Contains(w.Image.searchPath(), path.Dir(at))
		}
		if same {
			out = append(out, bin)
		}
	}
	return out
}

// searchPath returns the directories in which a bare name is looked up: those of ENV PATH where it is known, and the
// ones that base images put there.
func (img *Image) searchPath() []string {
	dirs := []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/go/bin", "/ko-app"}
	if v, ok := lastOf(img.Env, "PATH"); ok {
		s, _ := v.Get()
		for _, dir := range strings.Split(s, ":") {
			if path.IsAbs(dir) {
				dirs = append(dirs, path.Clean(dir))
			}
		}
	}
	return dirs
}

// contexts returns the directories that an image may be built in: those that builds name, else the Dockerfile's own
// and those above it.
func (b *binder) contexts(w *Workload) []string {
	if r := b.recipes[w]; r.context != "" {
		return []string{r.context}
	}
	if w.Image == nil {
		return nil
	}
	if f := b.file(w.Image.File); f != nil && len(f.contexts) > 0 {
		return slices.Sorted(maps.Keys(f.contexts))
	}
	var dirs []string
	for dir := path.Dir(path.Clean(w.Image.File)); ; dir = path.Dir(dir) {
		if dirs = append(dirs, dir); dir == "." || dir == "/" {
			return dirs
		}
	}
}

// bindBinary binds the program that a binary was built from.
func (b *binder) bindBinary(w *Workload, bin Binary, reason string) {
	if bin.source() == "" {
		b.missProgram(w, nil, "%s is built from a package that is not written in %s", bin.Path, w.Image.File)
		return
	}
	programs, context := b.sources(w, bin)
	switch len(programs) {
	case 0:
		b.missProgram(w, nil, "%s is built from %s, where the tree has no main package", bin.Path, bin.source())
	case 1:
		w.Program = programs[0]
		w.link("image", "program", "%s, built from %s in the context %s", reason, bin.source(), context)
	default:
		b.missProgram(w, programs, "%s is built from %s, which is a main package in more than one possible build context", bin.Path, bin.source())
	}
}

// sources returns the programs that a binary may be built from, and the build context of the last.
func (b *binder) sources(w *Workload, bin Binary) (programs []*Program, context string) {
	switch {
	case bin.Package != "":
		return b.inContexts(bin.Package, b.contexts(w))
	case bin.ImportPath != "":
		return b.imported(bin.ImportPath, b.contexts(w))
	}
	return nil, ""
}

// imported returns the programs that an import path means. In a tree without go.mod it begins with host, owner and
// repository.
func (b *binder) imported(name string, contexts []string) (programs []*Program, context string) {
	for _, p := range b.Programs {
		if p.ImportPath == name {
			return []*Program{p}, p.ModuleDir
		}
	}
	elems := strings.Split(name, "/")
	if len(elems) < 3 || !strings.Contains(elems[0], ".") || !slices.ContainsFunc(b.repo, func(repo string) bool {
		return strings.HasSuffix(repo, strings.ToLower(elems[2]))
	}) {
		return nil, ""
	}
	return b.inContexts(cmp.Or(strings.Join(elems[3:], "/"), "."), contexts)
}

// inContexts returns the programs that a directory means in any of some build contexts.
func (b *binder) inContexts(dir string, contexts []string) (programs []*Program, context string) {
	for _, top := range contexts {
		if p := b.program(path.Join(top, dir)); p != nil && !slices.Contains(programs, p) {
			programs, context = append(programs, p), top
		}
	}
	return programs, context
}

// bindPackage binds the package that a development container runs with "go run", or rebuilds: below the directory
// that is mounted over its working directory, else in the build context.
func (b *binder) bindPackage(w *Workload, st start) {
	contexts := b.contexts(w)
	if dir, ok := w.mounted(st.workDir); ok {
		contexts = []string{dir}
	}
	programs, context := b.inContexts(st.pkg, contexts)
	if len(programs) == 0 {
		programs, context = b.imported(st.pkg, contexts)
	}
	if len(programs) != 1 {
		b.missProgram(w, programs, "the container runs the package %s, which could not be found", st.pkg)
		return
	}
	w.Program = programs[0]
	w.link(w.from(), "program", "runs the package %s below %s", st.pkg, context)
}

// bindMounted binds the main package that is mounted over the working directory of a rebuild tool.
func (b *binder) bindMounted(w *Workload, st start) bool {
	dir, ok := w.mounted(st.workDir)
	if !ok || !slices.Contains(rebuilders, path.Base(st.args[0].text)) || b.program(dir) == nil {
		return false
	}
	w.Program = b.program(dir)
	w.link(w.from(), "program", "%s rebuilds the main package that is mounted over its working directory", st.args[0].text)
	return true
}

// mounted returns the directory of the tree that is mounted over a container's working directory.
func (w *Workload) mounted(workDir Value[string]) (dir string, ok bool) {
	cwd, known := workDir.Get()
	if w.Deploy == nil || !known {
		return "", false
	}
	best := ""
	for _, m := range w.Deploy.Mounts {
		rel, below := below(cwd, m.Path)
		if m.Source != "bind" || !below || len(m.Path) < len(best) || path.IsAbs(m.Name) || strings.HasPrefix(m.Name, "..") || strings.ContainsAny(m.Name, "$~") {
			continue
		}
		best, ok = m.Path, true
		dir = path.Join(m.Name, rel)
	}
	return dir, ok
}

// below returns dir relative to its ancestor top.
func below(dir, top string) (rel string, ok bool) {
	dir, top = path.Clean(dir), path.Clean(top)
	if dir == top {
		return ".", true
	}
	if top == "." {
		return dir, !path.IsAbs(dir) && !strings.HasPrefix(dir, "../")
	}
	return strings.CutPrefix(dir, strings.TrimSuffix(top, "/")+"/")
}

// bindOnlyBinary binds the only Go program of an image whose own command cannot be followed.
func (b *binder) bindOnlyBinary(w *Workload, st start, why string) {
	bins := w.Image.Binaries
	if st.deploy || len(bins.Members) != 1 || bins.Open() || st.opaque != "" && w.Image.Cmd.Absent() && w.Image.Entrypoint.Absent() {
		b.missProgram(w, nil, "what the container runs cannot be told: %s", why)
		return
	}
	b.bindBinary(w, bins.Members[0], fmt.Sprintf("%s, and %s is its only Go program", why, bins.Members[0].Path))
}

// bindOnlyMain binds the only program of a tree with one Dockerfile that starts something of its own.
func (b *binder) bindOnlyMain(w *Workload, name string) bool {
	products := b.products()
	if len(products) != 1 || b.only == nil || !strings.Contains(name, "/") || !b.inReach(w, products[0]) {
		return false
	}
	base := strings.ToLower(path.Base(name))
	own := slices.Concat(b.repo, b.owners, []string{strings.ToLower(products[0].Name)})
	if !slices.Contains(everyday, base) && !slices.ContainsFunc(own, func(s string) bool { return strings.Contains(base, s) }) {
		return false // it may be somebody else's
	}
	w.Program = products[0]
	w.link("image", "program", "starts %s; the only Dockerfile and the only main package of the tree", name)
	return true
}

// inReach reports whether a program lies in what the image may be built from.
func (b *binder) inReach(w *Workload, p *Program) bool {
	return slices.ContainsFunc(b.contexts(w), func(dir string) bool {
		_, ok := below(p.Dir, dir)
		return ok
	})
}
