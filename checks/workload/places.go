package workload

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A place is a file or folder in a container that a program writes to.
type place struct {
	dir string     // absolute: the file, or the folder in which files of unknown names lie
	all bool       // dir is the whole path
	at  check.Span // the call that writes
}

// placeOf returns where a path that the program computes lies in a workload's container. ok is false if that cannot be told, or
// if it is no regular file.
func placeOf(w *workload.Workload, t workload.Text, at check.Span) (p place, ok bool) {
	s, whole := t.Beginning(w.Inputs())
	if !whole {
		s = s[:strings.LastIndexByte(s, '/')+1]
	}
	s, file := fileOf(s)
	if !file {
		return p, false
	}
	if !path.IsAbs(s) {
		dir, known := w.WorkDir().Get()
		if !known {
			return p, false
		}
		s = path.Join(dir, s)
	}
	p = place{path.Clean(s), whole, at}
	for _, dir := range []string{"/dev", "/proc", "/sys"} {
		if beneath(p.dir, dir) {
			return p, false
		}
	}
	return p, p.dir != "/"
}

// fileOf returns the file that a path means, or the name of a data source of SQLite: "file:shop.db?mode=rwc". ok is false if it
// means none.
func fileOf(name string) (file string, ok bool) {
	file, options, _ := strings.Cut(strings.TrimPrefix(name, "file:"), "?")
	return file, file != "" && file != "-" && !strings.Contains(file, ":memory:") && !strings.Contains(options, "mode=memory")
}

// onVolume reports whether a place lies, or may lie, on a volume of the workload's container for which accept holds, or on one
// that cannot be told.
func (p place) onVolume(w *workload.Workload, accept func(workload.Mount) bool) bool {
	return slices.ContainsFunc(w.Deploy.Mounts, func(m workload.Mount) bool {
		if !path.IsAbs(m.Path) {
			return true
		}
		return (beneath(p.dir, m.Path) || !p.all && beneath(m.Path, p.dir)) && accept(m)
	})
}

// inVolume reports whether a place lies on an anonymous volume, which Docker makes where the image asks for one.
func (p place) inVolume(img *workload.Image) bool {
	return slices.ContainsFunc(img.Volumes, func(v workload.Word) bool { return beneath(p.dir, v.Text) })
}

// beneath reports whether a path is a folder or lies in it.
func beneath(name, dir string) bool {
	dir = path.Clean(dir)
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// isWritable reports whether a volume can be written to.
func isWritable(m workload.Mount) bool {
	switch m.Source {
	case "configMap", "secret", "projected", "downwardAPI", "image":
		return false
	}
	return !m.ReadOnly
}
