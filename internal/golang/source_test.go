package golang

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// Whatever loads the packages, the same is found in them: with everything compiled, with declarations from source, from an
// empty cache, from a full one, and from one that has lost a part.
func TestLoadersAgree(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	repos := []string{unpacked(t, "odd"), unpacked(t, "structs")}
	for _, pattern := range []string{"shop", "*/broken"} {
		dirs, err := filepath.Glob(filepath.Join("../../testdata/repos", pattern))
		if err != nil {
			t.Fatal(err)
		}
		repos = append(repos, dirs...)
	}
	if len(repos) < 5 {
		t.Fatalf("%d repositories, want more", len(repos))
	}
	for _, repo := range repos {
		in := tree(t, repo)
		want := found(t, GoList{}, in)
		for _, c := range []struct {
			name   string
			cache  *cache.Cache
			before func()
		}{
			{"without a cache", nil, nil},
			{"with a cache that knows other repositories", store, nil},
			{"with a cache that knows this one", store, nil},
			{"with a cache that lost every third entry", store, func() { lose(t, store, 3) }},
			{"with a cache that lost every second entry", store, func() { lose(t, store, 2) }},
			{"with a cache that knows this one again", store, nil},
		} {
			if c.before != nil {
				c.before()
			}
			in.Cache = c.cache
			if got := found(t, Source{Cache: c.cache}, in); !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s: not what is found with everything compiled", repo, c.name)
			}
		}
	}
}

// unpacked returns a folder with the files of an archive among the test data.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir, files := t.TempDir(), map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	writeAll(t, dir, files)
	return dir
}

// tree returns a folder as the input of an analysis.
func tree(t testing.TB, dir string) Input {
	t.Helper()
	root, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Root: root}
	if in.Rules, err = rules.All(); err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			in.Files = append(in.Files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// found returns what is found with a loader. Of what could not be analysed it says only in which packages that is: each tool
// has its words, and the compiler wants functions to have bodies.
func found(t *testing.T, l Loader, in Input) []*Module {
	t.Helper()
	mods := Inspect(t.Context(), l, in, Shard{})
	for _, m := range mods {
		if !m.Loaded {
			t.Fatalf("%s: %+v", in.Root, m.Notes)
		}
		m.request = nil // whether it is known what was loaded, differs
		for _, p := range m.Packages {
			if len(p.Notes) > 0 && path.Base(p.Path) != "assembly" {
				p.Notes = []check.Notification{{At: check.Span{File: p.Notes[0].At.File}}}
			} else {
				p.Notes = nil
			}
		}
	}
	return mods
}

// lose removes one in n entries of a cache.
func lose(t *testing.T, c *cache.Cache, n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.Dir(), "??", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d entries, %v", len(files), err)
	}
	for i, f := range files {
		if i%n == 0 {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A cache that has lost a part is whole again after one run.
func TestCacheHeals(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeAll(t, dir, files)
	dir = filepath.Join(dir, "app")
	lookAt(t, dir, store)
	main := filepath.Join(dir, "cmd/api/main.go")
	text, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	edit := func() {
		text = append(text, "\n// more\n"...)
		if err := os.WriteFile(main, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := 2; i < 5; i++ {
		lose(t, store, i)
		edit()
		lookAt(t, dir, store) // it may have to start over
		edit()
		if _, modules, packages := lookAt(t, dir, store); modules != 1 || !slices.Equal(packages, []string{"api"}) {
			t.Errorf("one in %d entries was lost: %d loads of %q, want one of the edited package", i, modules, packages)
		}
	}
}
