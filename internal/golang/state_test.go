package golang

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/gotree"
	"github.com/factorlint/factorlint/internal/look"
)

// A watched is a loader that says what it was asked to load.
type watched struct {
	Source
	mu     sync.Mutex
	loads  int      // of modules
	loaded []string // packages that were type-checked
}

func (w *watched) Load(ctx context.Context, r Request) (*Loaded, error) {
	l, err := w.Source.Load(ctx, r)
	w.loads++
	if err != nil {
		return l, err
	}
	for _, u := range l.Units {
		inner := u.Load
		u.Load = sync.OnceFunc(func() {
			w.mu.Lock()
			w.loaded = append(w.loaded, filepath.Base(u.Package.PkgPath))
			w.mu.Unlock()
			inner()
		})
	}
	return l, err
}

// A forgetful is a loader that knows no state: it keeps nothing but declarations, so that the standard library's are computed once.
type forgetful struct{ Source }

func (forgetful) State(Request) (s gotree.State, ok bool) { return s, false }

// lookAt returns what is found in a folder with a cache, which has to be what is found without one, and how much was loaded for it.
func lookAt(t *testing.T, dir string, c *cache.Cache) (found []*Module, modules int, packages []string) {
	t.Helper()
	in := tree(t, dir)
	want := Inspect(t.Context(), forgetful{Source{Cache: c}}, in, Shard{})
	w := &watched{Source: Source{Cache: c}}
	in.Cache = c
	found = Inspect(t.Context(), w, in, Shard{})
	for _, m := range append(found, want...) {
		m.request = nil // whether it is known what was loaded, differs
	}
	if !reflect.DeepEqual(found, want) {
		t.Error("what is found with the cache is not what is found without")
	}
	slices.Sort(w.loaded)
	return found, w.loads, w.loaded
}

// files are two modules, the first of which takes the second from its folder, and a third for a workspace.
var files = map[string]string{
	"app/go.mod":              "module example.com/app\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
	"app/cmd/api/main.go":     "package main\n\nimport (\n\t\"net/http\"\n\n\t\"example.com/app/internal/addr\"\n\t\"example.com/lib\"\n)\n\nfunc main() {\n\tlib.Handle()\n\thttp.ListenAndServe(addr.Of(), nil)\n}\n",
	"app/cmd/job/main.go":     "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"done\") }\n",
	"app/internal/addr/a.go":  "package addr\n\nfunc Of() string { return \":8080\" }\n",
	"lib/go.mod":              "module example.com/lib\n\ngo 1.24\n",
	"lib/lib.go":              "package lib\n\nimport \"net/http\"\n\nfunc Handle() { http.HandleFunc(\"/a\", nil) }\n",
	"other/go.mod":            "module example.com/lib\n\ngo 1.24\n",
	"other/lib.go":            "package lib\n\nimport \"net/http\"\n\nfunc Handle() { http.HandleFunc(\"/other\", nil) }\n",
	"app/internal/addr/b.txt": "package addr\n\nfunc Of() string { return \":9090\" }\n",
}

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing that changes what is found goes unseen, and what does not change is not loaded again.
func TestState(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	writeAll(t, root, files)
	app := filepath.Join(root, "app")
	if err := os.Symlink("b.txt", filepath.Join(app, "internal/addr/link.go")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(app, "internal/addr/a.go")); err != nil {
		t.Fatal(err)
	}
	lookAt(t, app, store)
	time.Sleep(look.Settled + 100*time.Millisecond) // then the files' looks count
	lookAt(t, app, store)

	edit := func(name, old, now string) func() {
		return func() {
			t.Helper()
			name := filepath.Join(root, name)
			text, err := os.ReadFile(name)
			if err != nil || !strings.Contains(string(text), old) {
				t.Fatalf("%s: no %q, %v", name, old, err)
			}
			writeAll(t, filepath.Dir(name), map[string]string{filepath.Base(name): strings.Replace(string(text), old, now, 1)})
		}
	}
	unseen := func(name string, change func()) func() { // by size and time
		return func() {
			t.Helper()
			name := filepath.Join(root, name)
			before, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			change()
			if err := os.Chtimes(name, before.ModTime(), before.ModTime()); err != nil {
				t.Fatal(err)
			}
			if after, err := os.Stat(name); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
				t.Fatalf("%s looks different: %v, %v", name, after, err)
			}
		}
	}
	do := func(f func() error) func() {
		return func() {
			t.Helper()
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	for _, c := range []struct {
		name   string
		change func()
		same   bool     // nothing else is found
		loaded []string // packages
	}{
		{"nothing", func() {}, true, nil},
		{"a file of another kind", do(func() error { return os.WriteFile(path("app/README.md"), nil, 0o644) }), true, nil},
		{"a function", edit("app/cmd/job/main.go", "done", "over"), true, []string{"job"}},
		{"a function that another package calls", edit("app/internal/addr/b.txt", ":9090", ":9091"), false, []string{"addr", "api"}},
		{"again, with the same size, in the same tick", edit("app/internal/addr/b.txt", ":9091", ":9092"), false, []string{"addr", "api"}},
		{"with the same size and time", unseen("app/internal/addr/b.txt", edit("app/internal/addr/b.txt", ":9092", ":9093")), false, []string{"addr", "api"}},
		{"a comment", edit("app/cmd/job/main.go", "func main", "// It ends.\nfunc main"), false, []string{"job"}},
		{"a new file", do(func() error {
			return os.WriteFile(path("app/cmd/job/more.go"), []byte("package main\n\nfunc more() {}\n"), 0o644)
		}), true, []string{"job"}},
		{"a deleted file", do(func() error { return os.Remove(path("app/cmd/job/more.go")) }), true, nil}, // it is known from before
		{"a new package", do(func() error {
			return errorsOf(os.Mkdir(path("app/more"), 0o755), os.WriteFile(path("app/more/more.go"), []byte("package more\n"), 0o644))
		}), false, []string{"more"}},
		{"a deleted folder", do(func() error { return os.RemoveAll(path("app/more")) }), false, nil},
		{"a package that is replaced by a folder outside", edit("lib/lib.go", "\"/a\"", "\"/b\""), true, []string{}},
		{"another folder that replaces it", edit("app/go.mod", "../lib", "../other"), true, []string{}},
		{"a symbolic link that leads elsewhere", do(func() error {
			return errorsOf(os.WriteFile(path("app/internal/addr/c.txt"), []byte("package addr\n\nfunc Of() string { return \":7070\" }\n"), 0o644),
				os.Remove(path("app/internal/addr/link.go")), os.Symlink("c.txt", path("app/internal/addr/link.go")))
		}), false, []string{"addr", "api"}},
		{"an import", edit("app/cmd/job/main.go", "import \"fmt\"", "import (\n\t\"fmt\"\n\t_ \"os\"\n)"), false, []string{"job"}},
		{"a build constraint", edit("app/cmd/job/main.go", "package main", "//go:build ignore\n\npackage main"), false, nil},
		{"a workspace above", do(func() error { return os.WriteFile(path("go.work"), []byte("go 1.24\n\nuse ./app\n"), 0o644) }), true, nil},
	} {
		before, _, _ := lookAt(t, app, store)
		c.change()
		now, _, packages := lookAt(t, app, store)
		if same := reflect.DeepEqual(before, now); same != c.same {
			t.Errorf("%s: the same is found: %t, want %t", c.name, same, c.same)
		}
		if c.loaded != nil && !slices.Equal(packages, c.loaded) {
			t.Errorf("%s: loaded %q, want %q", c.name, packages, c.loaded)
		}
		if _, modules, again := lookAt(t, app, store); modules > 0 || len(again) > 0 {
			t.Errorf("%s: %d modules and packages %q were loaded though nothing had changed", c.name, modules, again)
		}
	}

	moved := filepath.Join(root, "moved")
	if err := os.Rename(app, moved); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(root, "go.work")); err != nil {
		t.Fatal(err)
	}
	lookAt(t, moved, store)
}

func errorsOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// The environment and the Go installation count, and what cannot be told is not.
func TestStateOfMachine(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, files)
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Dir: filepath.Join(root, "app")}
	state := func(change func(*Source, *Request)) (gotree.State, bool) {
		l, r := Source{Cache: store}, r
		if change != nil {
			change(&l, &r)
		}
		return l.State(r)
	}
	base, ok := state(nil)
	if !ok {
		t.Fatal("the state is not known")
	}
	for name, change := range map[string]func(*Source, *Request){
		"a variable":     func(l *Source, _ *Request) { l.Env = append(os.Environ(), "CGO_ENABLED=0") },
		"settings of go": func(l *Source, _ *Request) { l.Env = append(os.Environ(), "GOENV="+filepath.Join(root, "app/go.mod")) },
		"tags":           func(_ *Source, r *Request) { r.Tags = []string{"x"} },
		"a shard":        func(_ *Source, r *Request) { r.Shard = Shard{1, 2} },
		"other modules":  func(_ *Source, r *Request) { r.Beside = []string{filepath.Join(root, "lib")} },
		"another folder": func(_ *Source, r *Request) { r.Dir = filepath.Join(root, "lib") },
		"untrusted":      func(l *Source, _ *Request) { l.Untrusted = true },
		"another language": func(_ *Source, _ *Request) {
			writeAll(t, root, map[string]string{"app/go.mod": files["app/go.mod"] + "\n// newer\n"})
		},
	} {
		if got, ok := state(change); !ok || got.Text == base.Text || got.Graph == base.Graph {
			t.Errorf("%s makes no difference (%t)", name, ok)
		}
	}
	writeAll(t, root, map[string]string{"app/go.mod": files["app/go.mod"]})
	if got, _ := state(nil); got != base {
		t.Error("what is as it was makes a difference")
	}
	for name, change := range map[string]func(*Source, *Request){
		"no cache":        func(l *Source, _ *Request) { l.Cache = nil },
		"a broken go.mod": func(_ *Source, _ *Request) { writeAll(t, root, map[string]string{"app/go.mod": "modul x"}) },
	} {
		if _, ok := state(change); ok {
			t.Errorf("%s: the state is known", name)
		}
	}
	writeAll(t, root, map[string]string{"app/go.mod": files["app/go.mod"]})

	// a script that starts one Go installation or another says nothing of the one
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	l := Source{Cache: store}
	r.State = base
	if loaded, err := l.Load(t.Context(), r); err != nil || !loaded.Whole {
		t.Fatalf("%+v, %v", loaded, err)
	}
	t.Setenv("PATH", bin)
	if _, ok := state(nil); ok {
		t.Error("the state is known although a script stands for the go command")
	}
	// what is kept of the package graph needs no go command
	loaded, err := l.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, u := range loaded.Units {
		got[u.Package.PkgPath] = true
	}
	if want := map[string]bool{"example.com/app/cmd/api": true, "example.com/app/cmd/job": true, "example.com/app/internal/addr": true}; !maps.Equal(got, want) {
		t.Errorf("packages %v, want %v", got, want)
	}
}
