package workload

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// An origin is one way in which an image of some name comes to be.
type origin struct {
	name   string // the image's, without tag; see pattern
	tag    string // likewise
	local  bool   // it is made on developers' machines alone
	recipe recipe // without file if the image is made without a Dockerfile
	pkg    string // then the directory of its main package
	how    string // for people
	at     check.Span

	deployed bool // a deploy of the tree is built that way
}

// collectOrigins gathers what builds images: deploys that say how they are built, and what was found elsewhere. It records
// the contexts that Dockerfiles are built in.
func (b *binder) collectOrigins() {
	for _, v := range b.Variants {
		for _, d := range v.Deploys {
			r, ok := b.recipeOf(d.Build)
			if !ok {
				continue
			}
			r.file.contexts[r.context] = true
			if !d.Image.Absent() {
				name := imagePattern(d)
				b.origins = append(b.origins, origin{name: name, tag: tagPattern(d.ImageText), recipe: r, deployed: true, at: d.Build.At,
					how: "image " + readable(name) + " is built by another deploy of the tree"})
			}
		}
	}
	for _, m := range b.Made {
		o := origin{name: pattern(m.Image), tag: tagPattern(m.Image), local: m.Local, pkg: m.Package, how: m.How, at: m.At}
		if m.Build != nil {
			var ok bool
			if o.recipe, ok = b.recipeOf(m.Build); !ok {
				continue
			}
			if !b.isMinor(o) {
				o.recipe.file.contexts[o.recipe.context] = true
			}
		} else if m.Package == "" {
			continue
		}
		b.origins = append(b.origins, o)
	}
}

// isMinor reports whether an origin is one of tests or samples, which counts only where there is no other.
func (b *binder) isMinor(o origin) bool {
	role := b.Roles.Of(o.at.File)
	return role == check.Test || role == check.Sample
}

// A namesake is a name of an image, and what gave it to the image if it is a second one.
type namesake struct{ name, how string }

// namesakes returns the names that an image has in the tree.
func (b *binder) namesakes(image string) []namesake {
	const most = 16
	out := []namesake{{image, ""}}
	for i := 0; i < len(out) && i < most; i++ {
		for _, r := range b.Renamed {
			from := pattern(r.From)
			if pattern(r.To) == out[i].name && !strings.Contains(path.Base(out[i].name), unknownPart) && !strings.Contains(path.Base(from), unknownPart) &&
				!slices.ContainsFunc(out, func(n namesake) bool { return n.name == from }) {
				out = append(out, namesake{from, ", " + r.How})
			}
		}
	}
	return out
}

// origined returns what builds an image of that name, and how near the names are.
func (b *binder) origined(ref reference) (found []origin, best nearness) {
	for _, n := range b.namesakes(ref.repository) {
		for _, o := range b.origins {
			fit := near(o.name, n.name)
			if fit == farOff || fit < best || o.local && fit < same {
				continue
			}
			if fit > best {
				best, found = fit, nil
			}
			o.how += n.how
			found = append(found, o)
		}
	}
	return found, best
}

// bindOrigin binds a deploy to what builds an image of its name. It reports whether that decides, even if for none.
func (b *binder) bindOrigin(w *Workload, ref reference) bool {
	found, best := b.origined(ref)
	if best < same && (b.isExternal(ref) || b.isFork(ref)) || best == sameBase && slices.Contains(everyday, strings.ToLower(path.Base(ref.repository))) {
		return false
	}
	found = b.likely(found, w.Deploy)
	if best < same && slices.ContainsFunc(found, func(o origin) bool { return o.recipe.file != nil && b.isBase(o.recipe.file, ref) }) {
		return false // the deploy runs the image that the Dockerfile builds on
	}
	named, _ := b.named(ref, w.Deploy)
	if best == sameBase && len(found) > 0 {
		for _, f := range named { // what its name tells weighs as much
			found = append(found, origin{recipe: recipe{file: f}, how: "the image's name"})
		}
		named = nil
	}
	found = b.choose(found, w.Deploy, named)
	switch choices := b.distinct(found); {
	case len(choices) > 1:
		b.missImage(w, ofOrigins(choices), "%s can be built in more than one way: %s", readable(ref.repository), strings.Join(hows(choices), "; "))
	case len(choices) == 0:
		return false
	case choices[0].recipe.file == nil:
		b.bindPlain(w, choices[0])
	default:
		r := choices[0].recipe
		r.args = agreed(found, r)
		b.setImage(w, r, choices[0].how)
	}
	return true
}

// choose narrows down origins that lead to different images: the tag of the deploy's image may tell which is meant, or its name.
func (b *binder) choose(found []origin, d *Deploy, named []*file) []origin {
	tag := tagPattern(d.ImageText)
	for _, tells := range []func(origin) bool{
		func(o origin) bool { return tag != "" && fits(o.tag, tag) },
		func(o origin) bool { return len(named) == 1 && o.recipe.file == named[0] },
	} {
		if len(b.distinct(found)) < 2 {
			break
		}
		if rest := slices.DeleteFunc(slices.Clone(found), func(o origin) bool { return !tells(o) }); len(rest) > 0 {
			found = rest
		}
	}
	return found
}

// dockerfile returns the path of the Dockerfile, or "".
func (o origin) dockerfile() string {
	if o.recipe.file == nil {
		return ""
	}
	return o.recipe.file.Path()
}

// hows says for people what each origin does.
func hows(origins []origin) []string {
	var out []string
	for _, o := range origins {
		how := o.how
		if f := o.dockerfile(); f != "" {
			how += " → " + f
		}
		out = append(out, how)
	}
	return out
}

// likely leaves out Dockerfiles of developers, tests and samples, unless the deploy is theirs; and, where there are others, what
// tests and samples make and what is made on developers' machines alone.
func (b *binder) likely(origins []origin, d *Deploy) []origin {
	theirs := d.isDevelopers(b.Roles)
	origins = slices.DeleteFunc(origins, func(o origin) bool {
		return !theirs && !o.deployed && o.recipe.file != nil && o.recipe.file.isDevelopers(b.Roles)
	})
	for _, less := range []func(origin) bool{b.isMinor, func(o origin) bool { return o.local && !theirs }} {
		if rest := slices.DeleteFunc(slices.Clone(origins), less); len(rest) > 0 {
			origins = rest
		}
	}
	return origins
}

// isDevelopers reports whether a deploy is one of developers, tests or samples, by the folder of its manifest.
func (d *Deploy) isDevelopers(roles check.Roles) bool {
	if said := roles.Said(d.File); said != "" {
		return said != check.Product
	}
	return isDevelopersPath(d.File) || check.RoleOf(d.File) != check.Product
}

// distinct returns one origin for each image and program that origins lead to.
func (b *binder) distinct(origins []origin) []origin {
	var out []origin
	seen := map[string]bool{}
	for _, o := range origins {
		key := o.pkg
		if o.recipe.file != nil {
			w := &Workload{Image: b.image(o.recipe)}
			b.recipes[w] = o.recipe
			if key = o.recipe.key(); w.Image != nil {
				b.findProgram(w)
				key = imageKey(w.Image)
			}
			if w.Program != nil {
				key += "\x00" + w.Program.Dir
			}
		}
		if !seen[key] {
			seen[key] = true
			out = append(out, o)
		}
	}
	return out
}

// agreed returns the build arguments with which origins build what a recipe builds; the value of those that differ is unknown.
func agreed(origins []origin, r recipe) map[string]Value[string] {
	out := map[string]Value[string]{}
	first := true
	for _, o := range origins {
		if o.recipe.file != r.file || o.recipe.target != r.target {
			continue
		}
		for name, v := range o.recipe.args {
			if old, ok := out[name]; !ok && !first || ok && !sameText(old, v) {
				v = Unknown[string](v.At())
			}
			out[name] = v
		}
		for name, v := range out {
			if _, ok := o.recipe.args[name]; !ok {
				out[name] = Unknown[string](v.At())
			}
		}
		first = false
	}
	return out
}

func sameText(a, b Value[string]) bool {
	x, known := a.Get()
	y, same := b.Get()
	return known && same && x == y
}

// bindPlain binds a deploy to the program of an image that is made without a Dockerfile.
func (b *binder) bindPlain(w *Workload, o origin) {
	w.Program = b.program(o.pkg)
	if w.Program == nil {
		b.missProgram(w, nil, "%s builds %s, where the tree has no main package", o.how, o.pkg)
		return
	}
	w.link("deploy", "program", "%s, built from %s", o.how, o.pkg)
}

// bindKo binds a deploy whose image is the import path of a main package: ko://example.com/shop/cmd/api.
func (b *binder) bindKo(w *Workload) bool {
	text, _ := w.Deploy.Image.Get()
	name, ok := strings.CutPrefix(text, "ko://")
	if !ok {
		return false
	}
	if programs, _ := b.imported(name, nil); len(programs) == 1 {
		w.Program = programs[0]
		w.link("deploy", "program", "ko builds %s", name)
	} else {
		b.missProgram(w, nil, "ko builds %s, which is no main package of the tree", name)
	}
	return true
}

// markRetagged notes the deploys whose image a tool builds that puts its tag into the manifest.
func (e Evidence) markRetagged() {
	retagged := map[string]bool{}
	for _, m := range e.Made {
		if m.Retags {
			retagged[pattern(m.Image)] = true
		}
	}
	for _, v := range e.Variants {
		for _, d := range v.Deploys {
			ref, _ := d.Image.Get()
			d.Retagged = strings.HasPrefix(ref, "ko://") || d.Platform == Kubernetes && retagged[parseReference(ref).repository]
		}
	}
}
