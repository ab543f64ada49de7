package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A scope is what a run reads and what its report is about.
type scope struct {
	root    string   // the folder to analyse, absolute and without symbolic links
	asked   []string // what the user named, slash-separated and relative to root; none means root itself
	whole   bool     // all of root is read, and the report is about what was asked for
	missing []string // what the user named and is not there, as it was named
}

// Root returns the folder that Run analyses: the folder that holds all paths or, if there are files among them, the
// repository that they lie in. The error says that none of the paths exists.
func Root(o Options) (string, error) {
	s, err := newScope(o)
	return s.root, err
}

// newScope finds out what a run is about. Folders are looked at as if there was nothing around them. A file cannot be
// judged alone, since what it lacks may stand in another one: so the whole repository is read, and the report narrowed.
// Where no repository tells how much that is, the files are all that is read.
func newScope(o Options) (scope, error) {
	paths := o.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var s scope
	var abs []string
	for _, p := range paths {
		a, err := filepath.Abs(p)
		_, overlaid := o.Overlay[a]
		if err == nil && !overlaid {
			a, err = filepath.EvalSymlinks(a)
		}
		if err != nil || !overlaid && !isFileOrFolder(a) {
			s.missing = append(s.missing, p)
			continue
		}
		abs = append(abs, a)
	}
	if len(abs) == 0 {
		return s, errors.New(inVain(s.missing[0], s.missing[0]))
	}
	var ok bool
	if s.root, ok = common(abs); !ok {
		return s, errors.New("the paths lie on different drives: look at them one by one")
	}
	if slices.ContainsFunc(abs, func(p string) bool { return !isDir(p) }) {
		s.widen(o.ForceExclude)
	}
	for _, p := range abs {
		rel, _ := repository.Within(p, s.root)
		if rel == "." {
			s.asked, s.whole = nil, false
			break
		}
		s.asked = append(s.asked, rel)
	}
	return s, nil
}

// common returns the folder that holds all paths. ok is false if there is none, since they lie on different drives.
func common(paths []string) (root string, ok bool) {
	root = paths[0]
	if !isDir(root) {
		root = filepath.Dir(root)
	}
	for _, p := range paths {
		for {
			if _, ok := repository.Within(p, root); ok {
				break
			}
			parent := filepath.Dir(root)
			if parent == root {
				return "", false
			}
			root = parent
		}
	}
	return root, true
}

// widen makes the root of the repository the folder to analyse. Examples and tests are left where they are, unless as
// few files are to be looked at as in a run over the whole: to name one is to ask for it.
func (s *scope) widen(forceExclude bool) {
	top, ok := repository.Top(s.root)
	if !ok {
		return
	}
	s.whole = true
	rel, ok := repository.Within(s.root, top)
	if ok && (forceExclude || check.RoleOf(rel+"/") == check.Product) {
		s.root = top
	}
}

func isFileOrFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && (info.IsDir() || info.Mode().IsRegular())
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// options says what the walk is to take in.
func (s *scope) options(o Options, exclude []string) repository.Options {
	out := repository.Options{Exclude: exclude, Overlay: map[string][]byte{}}
	for name, text := range o.Overlay {
		if rel, ok := repository.Within(name, s.root); ok {
			out.Overlay[rel] = text
		}
	}
	if !s.whole {
		out.Only = s.asked
	}
	if !o.ForceExclude {
		out.Named = s.asked
	}
	return out
}

// notes says what was asked for in vain.
func (s *scope) notes() []check.Notification {
	var out []check.Notification
	for _, path := range s.missing {
		name := path
		if filepath.IsAbs(name) { // where the repository lies on this machine is nobody's business
			name = filepath.Base(name)
		}
		out = append(out, check.Notification{Code: "no-such-file", Level: rules.Error, Message: inVain(path, filepath.ToSlash(name))})
	}
	return out
}

// inVain says why a path cannot be looked at, by the name that it is to have.
func inVain(path, name string) string {
	info, err := os.Stat(path)
	var other *fs.PathError
	switch {
	case err == nil && !info.IsDir() && !info.Mode().IsRegular():
		return name + ": is neither a file nor a folder"
	case !errors.Is(err, fs.ErrNotExist) && errors.As(err, &other):
		return fmt.Sprintf("%s: %v", name, other.Err)
	case filepath.Base(path) == "...":
		return name + ": no such file or folder; a folder is looked at with all that is below it, so leave /... away"
	}
	return name + ": no such file or folder"
}

// narrow leaves in a report what is about the files that were asked for: findings with a side in them, and
// notifications of what stands beside or above them, since a Chart.yaml there decides on them. What makes the run
// untrustworthy stays, wherever it is.
func (s *scope) narrow(rep *check.Report, files []repository.File) {
	if !s.whole {
		return
	}
	about := s.about()
	rep.Findings = slices.DeleteFunc(rep.Findings, func(f check.Finding) bool { return !about.finding(f) })
	rep.Suppressed = slices.DeleteFunc(rep.Suppressed, func(x check.Suppressed) bool { return !about.finding(x.Finding) })
	rep.Notifications = slices.DeleteFunc(rep.Notifications, func(n check.Notification) bool {
		return n.Level < rules.Error && !n.At.IsZero() && !about.file(n.At.File) && !about.above[path.Dir(n.At.File)]
	})
	rep.Files = 0
	for _, f := range files {
		if about.file(f.Path) {
			rep.Files++
		}
	}
}

// workloads returns those with a side in what was asked for.
func (s *scope) workloads(all []*workload.Workload) []*workload.Workload {
	if !s.whole {
		return all
	}
	about := s.about()
	return slices.DeleteFunc(slices.Clone(all), func(w *workload.Workload) bool {
		return !(w.Deploy != nil && about.file(w.Deploy.At.File) || w.Image != nil && about.file(w.Image.File) ||
			w.Program != nil && about.file(w.Program.At.File))
	})
}

// covers reports whether a file is one that was asked for.
func (s *scope) covers(file string) bool { return !s.whole || s.about().file(file) }

// A subject is what a report is about: files, and folders with all that lies in them.
type subject struct {
	named map[string]bool
	above map[string]bool // the folders on the way to them
}

func (s *scope) about() subject {
	out := subject{map[string]bool{}, map[string]bool{}}
	for _, p := range s.asked {
		out.named[p] = true
		for dir := path.Dir(p); !out.above[dir]; dir = path.Dir(dir) {
			out.above[dir] = true
		}
	}
	return out
}

func (s subject) file(name string) bool {
	for ; name != "."; name = path.Dir(name) {
		if s.named[name] {
			return true
		}
	}
	return false
}

func (s subject) finding(f check.Finding) bool {
	return s.file(f.At.File) || slices.ContainsFunc(f.Related, func(r check.Related) bool { return s.file(r.At.File) })
}
