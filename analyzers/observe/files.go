package observe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// Flags of open(2) on Linux with which a file is written or made.
const (
	openWriteOnly = 0x1
	openReadWrite = 0x2
	openCreate    = 0x40
	openTruncate  = 0x200
	openAppend    = 0x400
)

// writes adds the calls that write, make or remove a file. The set stays open: any library may write one.
func (b *builder) writes() {
	requests := b.g.requests(b.r)
	for _, f := range b.g.sorted(b.r.funcs) {
		_, onRequest := requests[f.ID]
		for i := range f.Calls {
			c := &f.Calls[i]
			for a := apis()[c.Callee]; a != nil && !c.Mention; a = a.next {
				if a.index("writes") >= 0 || a.index("temp") >= 0 {
					b.writing(f, c, a, onRequest)
				}
			}
		}
	}
}

// writing adds what one call writes.
func (b *builder) writing(f *Func, c *Call, a *api, onRequest bool) {
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		if a.index("flags") >= 0 && !b.opensToWrite(c, a, fr) {
			continue
		}
		w := workload.FileWrite{Path: b.written(c, a, fr), Via: c.Callee, OnRequest: onRequest, Leaves: a.arg["removes"] == "" && a.arg["folder"] == "", Sure: b.sure(f, c), At: c.At}
		w.Temporary = isTemporary(w.Path) || a.index("temp") >= 0 && b.removes(f)
		b.write(w)
	}
}

func (b *builder) write(w workload.FileWrite) {
	same := func(o workload.FileWrite) bool { return o.At == w.At && sameAddr(o.Path, w.Path) }
	if !slices.ContainsFunc(b.p.Writes.Members, same) {
		b.p.Writes.Members = append(b.p.Writes.Members, w)
	}
}

// opensToWrite reports whether the flags of a call that opens a file ask for more than to read it.
func (b *builder) opensToWrite(c *Call, a *api, fr *frame) bool {
	n := a.index("flags")
	if n >= len(c.Args) {
		return false
	}
	s, ok := b.g.text(c.Args[n], fr, 0).Constant()
	flags, err := strconv.Atoi(s)
	return ok && err == nil && flags&(openWriteOnly|openReadWrite|openCreate|openTruncate|openAppend) != 0
}

// written returns the path of what a call writes. A temporary file's name is not known, only the folder it is in.
func (b *builder) written(c *Call, a *api, fr *frame) workload.Text {
	opaque := workload.Text{{Source: workload.Opaque, At: c.At}}
	if n := a.index("temp"); n >= 0 {
		if n >= len(c.Args) {
			return opaque
		}
		dir := b.g.text(c.Args[n], fr, 0)
		if empty(dir) {
			tmp := lookup("os.TempDir", "folder")
			dir = workload.Text{{Source: workload.FromEnv, Name: tmp.arg["env"], Default: workload.Lit(tmp.arg["default"], c.At), At: c.At}}
		}
		return joined([]workload.Text{dir, opaque})
	}
	if n := a.index("writes"); n < len(c.Args) {
		return b.g.text(c.Args[n], fr, 0)
	}
	return opaque
}

// isTemporary reports whether a path is in the folder for temporary files where nothing is set from outside.
func isTemporary(t workload.Text) bool {
	s := beginning(t)
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
		if s == dir || strings.HasPrefix(s, dir+"/") {
			return true
		}
	}
	return false
}

// removes reports whether a function, or what stands around or inside it, removes files.
func (b *builder) removes(f *Func) bool {
	return slices.ContainsFunc(b.g.around(f), func(near *Func) bool {
		return slices.ContainsFunc(near.Calls, func(c Call) bool { return c.Callee == "os.Remove" || c.Callee == "os.RemoveAll" })
	})
}

// execs adds the other programs that the program starts. The set stays open: any library may start one.
func (b *builder) execs() {
	requests := b.g.requests(b.r)
	looks := b.uses([]string{"os/exec.LookPath"})
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "exec")
			if a == nil || c.Mention || a.index("name") >= len(c.Args) {
				continue
			}
			for _, fr := range b.g.frames(f.ID, b.r.funcs) {
				e := workload.Exec{Command: b.g.text(c.Args[a.index("name")], fr, 0), At: c.At}
				_, onRequest := requests[f.ID]
				e.Sure = !looks && !c.Chosen && (onRequest && !c.Cond || b.always(f, c, fr))
				same := func(o workload.Exec) bool { return o.At == e.At && sameAddr(o.Command, e.Command) }
				if !slices.ContainsFunc(b.p.Execs.Members, same) {
					b.p.Execs.Members = append(b.p.Execs.Members, e)
				}
			}
		}
	}
}

// A writer is what a log is written to, as far as files are concerned.
type writer struct {
	files []file
	only  bool // nothing but regular files, whatever way the program goes
}

// A file is a file that is opened to be written.
type file struct {
	path workload.Text
	via  string
	at   check.Span
}

// isRegular reports whether a path names a regular file for sure: it is a constant, or part of it is, and it is none of the
// process's own streams.
func isRegular(path workload.Text) bool {
	if strings.HasPrefix(beginning(path), "./") {
		return true
	}
	literal := ""
	for _, p := range path {
		if p.Source == workload.Literal {
			literal += p.Lit
		}
	}
	return strings.Trim(literal, "/.") != "" && !isStream(literal)
}

// isStream reports whether a path, or the beginning of one, stands for what the process was given to write to.
func isStream(path string) bool {
	switch path {
	case "stdout", "stderr", "-":
		return true
	}
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
}
