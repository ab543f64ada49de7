package manifest

import (
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/kustomize"
)

// An overlayBuilder renders kustomizations.
type overlayBuilder struct {
	loader  *loader
	tree    *kustomize.Tree
	sets    []*set          // what each rendered
	built   map[string]bool // the folders of those that were rendered or taken in, and are not judged alone
	reached map[string]bool // of those that were to be
	tried   map[string]bool // of those that something else than the product completes
}

// buildOverlays renders each kustomization that no other completes, or those that the options name, and returns what each renders as
// a set. Those that they take in are not judged alone: built tells which they are. A Component that nothing takes in completes
// something elsewhere.
//
// What is built for tests and development completes nothing that is shipped. A kustomization that nothing else takes
// in is rendered, but something may be missing from it.
func (l *loader) buildOverlays(files []string) (sets []*set, built map[string]bool) {
	b := &overlayBuilder{loader: l, tree: kustomize.New(l.fsys, files, weigh, l.cache), built: map[string]bool{}, reached: map[string]bool{}, tried: map[string]bool{}}
	if len(l.options.Kustomizations) > 0 {
		b.chosen()
	} else {
		b.all()
	}
	return b.sets, b.built
}

// chosen renders those that the options name; no other one is judged, unless one of these takes it in and cannot be built.
func (b *overlayBuilder) chosen() {
	failed := map[string]bool{}
	for _, dir := range b.loader.options.Kustomizations {
		if b.loader.overlays[dir] == nil {
			b.loader.warn("kustomize-unknown", check.Span{}, "kustomize: %s is no folder of a kustomization", dir)
		} else if !b.render(dir) {
			b.loader.reach(dir, failed)
		}
	}
	for dir := range b.loader.overlays {
		b.built[dir] = b.built[dir] || !failed[dir]
	}
}

// all renders each that no other completes.
func (b *overlayBuilder) all() {
	completed := map[string]bool{} // by the product
	dirs := b.tree.Dirs()
	for _, dir := range dirs {
		k := b.loader.overlays[dir]
		if k == nil {
			continue
		}
		for _, base := range k.bases {
			if b.loader.roles.Of(k.file) == check.Product {
				completed[base] = true
			} else {
				b.tried[base] = true
			}
		}
		if k.component {
			b.built[dir] = true
		}
	}
	ours := slices.DeleteFunc(dirs, func(dir string) bool {
		k := b.loader.overlays[dir]
		return k == nil || k.component || b.loader.roles.Of(k.file) != check.Product
	})
	for _, dir := range ours {
		if !completed[dir] {
			b.render(dir)
		}
	}
	tries := 0
	for _, dir := range ours {
		if b.reached[dir] || tries == maxCycles {
			continue
		}
		tries++
		below := map[string]bool{}
		for _, base := range b.loader.overlays[dir].bases {
			b.loader.reach(base, below)
		}
		if below[dir] {
			b.render(dir) // which says that it takes itself in
		}
	}
}

// render renders one. It reports whether that could be done; a notification says why not.
func (b *overlayBuilder) render(dir string) bool {
	b.loader.reach(dir, b.reached)
	build, err := b.tree.Build(dir)
	if err != nil {
		b.loader.notBuilt(err)
		return false
	}
	for _, taken := range build.Taken {
		b.built[taken.Dir] = true
	}
	s := &set{name: dir, incomplete: b.tried[dir], rendered: b.loader.overlays[dir].at}
	r := newRebuild(b.loader, dir, build)
	for _, res := range build.Resources {
		s.objects = append(s.objects, r.objects(res)...)
	}
	b.sets = append(b.sets, s)
	return true
}

// maxCycles bounds how many kustomizations that none reaches are asked whether they take themselves in.
const maxCycles = 100

// reach marks all that a kustomization takes in.
func (l *loader) reach(dir string, reached map[string]bool) {
	k := l.overlays[dir]
	if k == nil || reached[dir] {
		return
	}
	reached[dir] = true
	for _, base := range k.bases {
		l.reach(base, reached)
	}
}
