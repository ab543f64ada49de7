package workload

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func undeclaredSystemTool() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "undeclared-system-tool", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if w.Program == nil || !isBare(w.Image) || w.Deploy != nil && w.Deploy.Development || setsPath(w) || !servesAll(w) {
			return
		}
		for _, e := range w.Program.Execs.Members {
			command, ok := e.Command.Constant()
			if !ok || !e.Sure || command == "" || strings.HasPrefix(command, "/proc/") || mayHold(w, command) {
				continue
			}
			base, _ := w.Image.Base.Get()
			p.Report(check.Finding{
				At: e.At,
				Message: fmt.Sprintf("%s starts %s, but its image is built on %s, which holds no such program, and nothing copies it in: the call always fails",
					w.Program.Title(), command, base),
				Related: related(nil, w.Image.BaseAt, "the image is built on it"),
				Logical: w.Image.File + "/" + w.Image.Stage,
				Matter:  command,
			})
		}
	}}
}

// isBare reports whether an image is built on one that holds no programs at all but an interpreter.
func isBare(img *workload.Image) bool {
	if img == nil || img.Shell != workload.NoShell {
		return false
	}
	_, known := img.Base.Get()
	return known
}

// setsPath reports whether programs are looked for in other folders than usual.
func setsPath(w *workload.Workload) bool { return isSet(w, "PATH") }

// mayHold reports whether something may have put a program into the container: the base image, a COPY, a mount.
func mayHold(w *workload.Workload, command string) bool {
	name := path.Base(command)
	if base, _ := w.Image.Base.Get(); strings.Contains(base, strings.TrimRight(name, "0123456789.")) {
		return true // gcr.io/distroless/python3
	}
	if slices.ContainsFunc(w.Image.Copies, func(c workload.Copy) bool { return mayBring(w.Image, c, name) }) {
		return true
	}
	return w.Deploy != nil && slices.ContainsFunc(w.Deploy.Mounts, func(m workload.Mount) bool {
		return strings.HasPrefix(command, m.Path) || strings.HasSuffix(m.Path, "bin") || m.Path == "/usr"
	})
}

// mayBring reports whether a COPY may put a program of that name into an image: it does so, or copies something that may
// be a folder.
func mayBring(img *workload.Image, c workload.Copy, name string) bool {
	dest, ok := c.Dest.Get()
	if !ok || path.Base(dest) == name {
		return true
	}
	for _, v := range c.Sources {
		source, ok := v.Get()
		switch {
		case !ok, path.Base(source) == name:
			return true
		case path.Ext(source) != "", strings.HasPrefix(source, "/etc/"), strings.HasPrefix(source, "/usr/share/"), strings.HasPrefix(source, "/usr/local/go/lib/"):
		case slices.ContainsFunc(img.Binaries.Members, func(b workload.Binary) bool {
			return b.Path == dest || path.Base(b.Path) == path.Base(source)
		}):
		default:
			return true
		}
	}
	return false
}
