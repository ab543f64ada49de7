package workload

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// copied returns the file of the build context that is copied to where a command line's name means, or "".
func (img *Image) copied(name string, workDir Value[string]) string {
	bare := !strings.Contains(name, "/") // looked up in PATH: any directory will do
	if !path.IsAbs(name) {
		dir, _ := workDir.Get()
		name = path.Join("/", dir, name)
	}
	for _, c := range slices.Backward(img.Copies) {
		dest, ok := c.Dest.Get()
		if !ok || c.From != "" {
			continue
		}
		for _, v := range c.Sources {
			source, ok := v.Get()
			at := path.Join(dest, path.Base(source))
			if !ok || path.Clean("/"+source) == "/" {
				continue
			}
			if at == name || path.Clean(dest) == name || bare && path.Base(at) == path.Base(name) {
				return source
			}
		}
	}
	return ""
}

// bindName binds the only program of the tree that is named like what a container starts, or like the file of the
// build context that it is a copy of.
func (b *binder) bindName(w *Workload, started, copied string) bool {
	name := path.Base(cmp.Or(copied, started))
	if slices.Contains(everyday, strings.ToLower(name)) {
		return false
	}
	var found *Program
	for _, p := range b.Programs {
		if p.Name == name {
			if found != nil {
				return false
			}
			found = p
		}
	}
	if found == nil || !b.inReach(w, found) {
		return false
	}
	w.Program = found
	w.link("image", "program", "starts %s, the name of the main package %s alone", started, found.Dir)
	return true
}

// bindBuilt binds the main package of a program that is built outside of the Dockerfile and copied into the image.
func (b *binder) bindBuilt(w *Workload, started, copied string) bool {
	if copied == "" {
		return false
	}
	var found []Binary
	for _, bin := range b.Built {
		if slices.ContainsFunc(b.contexts(w), func(dir string) bool { return path.Join(dir, copied) == path.Clean(bin.Path) }) &&
			!slices.ContainsFunc(found, func(o Binary) bool { return o.source() == bin.source() }) {
			found = append(found, bin)
		}
	}
	if len(found) != 1 {
		return false
	}
	p := b.program(found[0].Package)
	if found[0].Package == "" {
		if programs, _ := b.imported(found[0].ImportPath, nil); len(programs) == 1 {
			p = programs[0]
		}
	}
	if p == nil {
		return false
	}
	w.Program = p
	w.link("image", "program", "starts %s, the copy of %s, which %s:%d builds from %s", started, copied, found[0].At.File, found[0].At.Start.Line, found[0].source())
	return true
}
