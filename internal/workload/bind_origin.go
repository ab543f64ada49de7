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
	// deployed is set if a deploy of the tree is built that way
	deployed bool
	at       check.Span
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
				b.origins = append(b.origins, origin{name: name, tag: tagPattern(d.ImageText), recipe: r, deployed: true, how: "image " + readable(name) + " is built by another deploy of the tree", at: d.Build.At})
			}
		}
	}
	for _, m := range b.Made {
		s := origin{name: pattern(m.Image), tag: tagPattern(m.Image), local: m.Local, pkg: m.Package, how: m.How, at: m.At}
		if m.Build != nil {
			var ok bool
			if s.recipe, ok = b.recipeOf(m.Build); !ok {
				continue
			}
			if !s.isMinor() {
				s.recipe.file.contexts[s.recipe.context] = true
			}
		} else if m.Package == "" {
			continue
		}
		b.origins = append(b.origins, s)
	}
}

// isMinor reports whether an origin is one of tests or samples, which counts only where there is no other.
func (s origin) isMinor() bool {
	role := check.RoleOf(s.at.File)
	return role == check.Test || role == check.Sample
}

// unknownPart stands for what cannot be told in the name of an image.
const unknownPart = "\ue000"

// pattern returns the name of an image without tag; what cannot be told of it ("${NAME}", "$NAME") is an unknownPart.
func pattern(ref string) string { return parseReference(obscure(ref)).repository }

// tagPattern returns the tag of an image likewise, "" if it has none.
func tagPattern(ref string) string {
	_, tag, _ := strings.Cut(path.Base(obscure(ref)), ":")
	tag, _, _ = strings.Cut(tag, "@")
	return tag
}

// obscure puts an unknownPart in the place of each variable.
func obscure(ref string) string {
	var b strings.Builder
	for i := 0; i < len(ref); i++ {
		if ref[i] != '$' {
			b.WriteByte(ref[i])
			continue
		}
		n, ok := parameter(ref[i:])
		if end := closingBrace(ref[i+1:]); end >= 0 {
			n, ok = end+2, true
		}
		if !ok || n < 2 {
			n = 1
		}
		b.WriteString(unknownPart)
		i += n - 1
	}
	return b.String()
}

// closingBrace returns the index of the brace that closes the one s begins with, or -1.
func closingBrace(s string) int {
	open := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		default:
			if open == 0 {
				return -1
			}
		}
	}
	return -1
}

// readable writes a pattern for people.
func readable(pattern string) string { return strings.ReplaceAll(pattern, unknownPart, "…") }

// imagePattern returns the name of a deploy's image without tag.
func imagePattern(d *Deploy) string {
	if text, known := d.Image.Get(); known {
		return parseReference(text).repository
	}
	return pattern(d.ImageText)
}

// A nearness tells how well the name of an origin fits that of an image.
type nearness int

const (
	farOff     nearness = iota
	sameBase            // the last elements are the same
	compatible          // whatever the unknown parts stand for, as far as known they are the same
	same
)

func near(name, image string) nearness {
	base := path.Base(image)
	switch {
	case base == "" || base == "." || strings.Contains(base, unknownPart) || !strings.EqualFold(path.Base(name), base):
		return farOff
	case name == image:
		return same
	case strings.Contains(name, unknownPart) && fits(name, image), strings.Contains(image, unknownPart) && fits(image, name):
		return compatible
	}
	return sameBase
}

// fits reports whether a name begins and ends like what is known of a pattern.
func fits(pattern, name string) bool {
	if !strings.Contains(pattern, unknownPart) {
		return pattern == name
	}
	first, last := strings.Index(pattern, unknownPart), strings.LastIndex(pattern, unknownPart)+len(unknownPart)
	before, after := pattern[:first], pattern[last:]
	if i := strings.Index(name, unknownPart); i >= 0 { // both have unknown parts
		end := strings.LastIndex(name, unknownPart) + len(unknownPart)
		n, m := min(i, len(before)), min(len(name)-end, len(after))
		return before[:n] == name[:n] && after[len(after)-m:] == name[len(name)-m:]
	}
	return len(name) >= len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
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
	choices := b.choose(found, w.Deploy, named)
	switch {
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

// choose returns the origins that lead to different images. Where there are several, the tag of the image may tell which is
// meant, or its name.
func (b *binder) choose(found []origin, d *Deploy, named []*file) []origin {
	choices := b.distinct(found)
	tag := tagPattern(d.ImageText)
	for _, tells := range []func(origin) bool{
		func(o origin) bool { return tag != "" && fits(o.tag, tag) },
		func(o origin) bool { return len(named) == 1 && o.recipe.file == named[0] },
	} {
		if len(choices) < 2 {
			break
		}
		if rest := slices.DeleteFunc(slices.Clone(choices), func(o origin) bool { return !tells(o) }); len(rest) > 0 {
			choices = rest
		}
	}
	return choices
}

func (s origin) dockerfile() string {
	if s.recipe.file == nil {
		return ""
	}
	return s.recipe.file.Path()
}

func hows(origins []origin) []string {
	var out []string
	for _, s := range origins {
		how := s.how
		if f := s.dockerfile(); f != "" {
			how += " → " + f
		}
		out = append(out, how)
	}
	return out
}

// likely leaves out Dockerfiles of developers, tests and samples, unless the deploy is theirs; and, where there are others, what
// tests and samples make and what is made on developers' machines alone.
func (b *binder) likely(origins []origin, d *Deploy) []origin {
	theirs := d.isDevelopers()
	origins = slices.DeleteFunc(origins, func(o origin) bool {
		return !theirs && !o.deployed && o.recipe.file != nil && o.recipe.file.isDevelopers()
	})
	for _, less := range []func(origin) bool{origin.isMinor, func(o origin) bool { return o.local && !theirs }} {
		if rest := slices.DeleteFunc(slices.Clone(origins), less); len(rest) > 0 {
			origins = rest
		}
	}
	return origins
}

// isDevelopers reports whether a deploy is one of developers, tests or samples, by the folder of its manifest.
func (d *Deploy) isDevelopers() bool {
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
func (b *binder) bindPlain(w *Workload, s origin) {
	w.Program = b.program(s.pkg)
	if w.Program == nil {
		b.missProgram(w, nil, "%s builds %s, where the tree has no main package", s.how, s.pkg)
		return
	}
	w.link("deploy", "program", "%s, built from %s", s.how, s.pkg)
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
