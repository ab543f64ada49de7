package golang

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/gotree"
)

// State implements Loader. What counts is the source of the module and of those in folders that it takes code from, the
// environment, and the Go installation. Modules of the module cache and the installation are what their versions say.
func (l Source) State(r Request) (s gotree.State, ok bool) {
	if l.Cache == nil || l.overlaid() {
		return s, false
	}
	env := l.environment(r.Dir)
	go1, version := installation()
	if version == "" {
		return s, false // a program that chooses a Go installation by something else
	}
	dirs, files, ok := sourceOf(r.Dir, env)
	if !ok {
		return s, false
	}
	files = append(files, version, filepath.Join(filepath.Dir(version), "go.env"), userEnv(env))
	s, err := gotree.Read(l.Cache, dirs, files)
	if err != nil {
		return s, false
	}
	rest := fmt.Appendf(nil, "%s\n%q\n%q %q %q %q %+v\n", go1, counted(env), r.Dir, r.Module, r.Tags, r.Beside, r.Shard)
	return gotree.State{Text: combined(s.Text, rest), Graph: combined(s.Graph, rest)}, true
}

// overlaid reports whether a text stands for something that the go command reads: then what is on the disk does not tell the state.
func (l Source) overlaid() bool {
	for name := range l.Overlay {
		if gotree.IsRead(filepath.Base(name)) {
			return true
		}
	}
	return false
}

func combined(k cache.Key, more []byte) cache.Key { return sha256.Sum256(append(k[:], more...)) }

// installation returns what tells the go command on PATH from others, and the name of the file with the version of its
// installation, "" if it has none.
func installation() (identity, version string) {
	name, err := exec.LookPath("go")
	if err != nil {
		return "", ""
	}
	name = resolved(name)
	info, err := os.Stat(name)
	if err != nil {
		return "", ""
	}
	version = filepath.Join(filepath.Dir(filepath.Dir(name)), "VERSION")
	if _, err := os.Stat(version); err != nil {
		return "", ""
	}
	return fmt.Sprintf("%s %d %d", name, info.Size(), info.ModTime().UnixNano()), version
}

// userEnv returns the name of the file that "go env -w" writes.
func userEnv(env []string) string {
	if name := lookup(env, "GOENV"); name != "" {
		return name
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "go", "env")
}

// counted returns the variables that the go command decides by.
func counted(env []string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GOCACHE":
			return true
		case "HOME", "USERPROFILE", "CC", "CXX", "FC", "AR", "PKG_CONFIG":
			return false
		}
		return !strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "CGO_")
	})
	slices.Sort(out)
	return out
}

// sourceOf returns the folders whose source belongs to the modules that are built in a folder, and further files that decide. ok
// is false if a go.mod or go.work cannot be read.
func sourceOf(dir string, env []string) (dirs, files []string, ok bool) {
	add := func(d string) {
		if info, err := os.Stat(d); err != nil || !info.IsDir() {
			files = append(files, filepath.Join(d, "go.mod")) // it may come to be
		} else if !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	replaced := func(base string, list []*modfile.Replace) {
		for _, r := range list {
			if modfile.IsDirectoryPath(r.New.Path) {
				add(absoluteIn(base, r.New.Path))
			}
		}
	}
	main := above(dir, "go.mod")
	if main == "" {
		main = filepath.Join(dir, "go.mod")
	}
	add(filepath.Dir(main))
	work := lookup(env, "GOWORK")
	if work == "" {
		work = above(dir, "go.work")
	}
	if work != "" && work != "off" {
		files = append(files, work, work+".sum")
		src, err := read(work)
		if err != nil {
			return nil, nil, false
		}
		w, err := modfile.ParseWork(work, src, nil)
		if err != nil {
			return nil, nil, false
		}
		for _, u := range w.Use {
			add(absoluteIn(filepath.Dir(work), u.Path))
		}
		replaced(filepath.Dir(work), w.Replace)
	}
	for i := 0; i < len(dirs); i++ { //nolint:intrange // replaced adds to it
		name := filepath.Join(dirs[i], "go.mod")
		src, err := read(name)
		if err != nil { // a folder without one is a module here
			continue
		}
		m, err := modfile.Parse(name, src, nil)
		if err != nil {
			return nil, nil, false
		}
		replaced(dirs[i], m.Replace)
	}
	return dirs, files, true
}

// above returns the file of that name in a folder or the nearest one above, "" if there is none.
func above(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err == nil {
			return file
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

func absoluteIn(dir, name string) string {
	name = filepath.FromSlash(name)
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	return filepath.Clean(name)
}
