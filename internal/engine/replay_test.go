package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/look"
	"github.com/factorlint/factorlint/internal/progress"
)

// A run of which nothing has changed is replayed, and whatever changes is seen: each time the report is that of a run which
// replays nothing.
func TestReplay(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "shop")
	if err := os.CopyFS(dir, os.DirFS(shop)); err != nil {
		t.Fatal(err)
	}
	o := engine.Options{Cache: store, Tool: t.Name(), ReportOnly: true}
	// check returns whether a run was replayed.
	check := func(what string) (replayed bool) {
		t.Helper()
		o := o
		if o.Paths == nil {
			o.Paths = []string{dir}
		}
		told := progress.New()
		o.Progress = told
		got, err := engine.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		replayed = !strings.Contains(told.Table(), "judging")
		o.Progress, o.Keep = nil, func(a engine.Analyze) engine.Analyze { return a } // as an editor does: such runs are not replayed
		want, err := engine.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Report, got.Report); diff != "" {
			t.Errorf("%s: the report is another one (-want +got):\n%s", what, diff)
		}
		return replayed
	}
	path := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	do := func(list ...error) {
		t.Helper()
		if err := errors.Join(list...); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) error { return os.WriteFile(path(name), []byte(text), 0o666) }
	edit := func(name, old, now string) {
		t.Helper()
		text, err := os.ReadFile(path(name))
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%s: no %q, %v", name, old, err)
		}
		do(write(name, strings.ReplaceAll(string(text), old, now)))
	}
	unseen := func(name, old, now string) { // by size and time
		t.Helper()
		before, err := os.Stat(path(name))
		do(err)
		edit(name, old, now)
		do(os.Chtimes(path(name), before.ModTime(), before.ModTime()))
		if after, err := os.Stat(path(name)); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
			t.Fatalf("%s looks different: %v, %v", name, after, err)
		}
	}
	do(write("a.env", "LEVEL=debug\n"), write("b.env", "LEVEL=trace\n"), write("shop/deploy/chosen.env", "X=1\n"))

	check("the first run")
	if !check("nothing") {
		t.Error("an unchanged run is not replayed while its files are new")
	}
	time.Sleep(look.Settled + 100*time.Millisecond)
	for _, c := range []struct {
		what   string
		change func()
		replay bool // without another run before
	}{
		{"nothing", func() {}, true},
		{"the time of a file", func() { now := time.Now(); do(os.Chtimes(path("shop/deploy/orders.yaml"), now, now)) }, true},
		{"a manifest", func() { edit("shop/deploy/orders.yaml", "replicas: 2", "replicas: 3") }, false},
		{"it again, in the same tick", func() { edit("shop/deploy/orders.yaml", "replicas: 3", "replicas: 1") }, false},
		{"it again, with the same size and time", func() { unseen("shop/deploy/orders.yaml", "name: orders", "name: Orders") }, false},
		{"a Dockerfile", func() { edit("shop/cmd/catalog/Dockerfile", "EXPOSE", "# more\nEXPOSE") }, false},
		{"what Docker ignores", func() { do(write("shop/.dockerignore", "*.md\n")) }, false},
		{"a function", func() { edit("shop/cmd/mailer/main.go", "func main() {", "func main() {\n\tprintln()\n") }, false},
		{"a suppression comment", func() { edit("shop/cmd/mailer/Dockerfile", "USER", "# factorlint:ignore all -- no\nUSER") }, false},
		{"a new manifest", func() {
			do(write("shop/deploy/more.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: more}\nspec:\n  containers:\n  - {name: more, image: more}\n"))
		}, false},
		{"a deleted manifest", func() { do(os.Remove(path("shop/deploy/more.yaml"))) }, true}, // all is as it was before
		{"a new module", func() {
			do(os.Mkdir(path("shop/tool"), 0o777), write("shop/tool/go.mod", "module example.com/tool\n\ngo 1.24\n"), write("shop/tool/main.go", "package main\n\nfunc main() {}\n"))
		}, false},
		{"a broken go.mod", func() { do(write("shop/tool/go.mod", "modul tool\n")) }, false},
		{"a deleted folder", func() { do(os.RemoveAll(path("shop/tool"))) }, true},
		{"a symbolic link out of the tree", func() { do(os.Symlink(path("a.env"), path("shop/.env.local"))) }, false},
		{"a git repository", func() {
			do(os.Mkdir(path("shop/.git"), 0o777), write("shop/.git/HEAD", "ref: refs/heads/main\n"))
		}, false},
		{"what git ignores", func() { do(write("shop/.gitignore", ".env\n")) }, false},
		{"a workspace above", func() { do(write("go.work", "go 1.24\n\nuse ./shop\n")) }, false},
	} {
		c.change()
		if got := check(c.what); got != c.replay {
			t.Errorf("%s: replayed: %t, want %t", c.what, got, c.replay)
		}
		if !check(c.what) && c.what != "a broken go.mod" {
			t.Errorf("%s: not replayed though nothing had changed", c.what)
		}
	}

	for _, c := range []struct {
		what   string
		change func()
	}{
		{"a variable of go", func() { t.Setenv("CGO_ENABLED", "0") }},
		{"other rules", func() { o.Disable = []string{"manifest"} }},
		{"no comments", func() { o.IgnoreComments = true }},
		{"a configuration", func() {
			o.Config = &config.Config{Path: filepath.Join(dir, ".factorlint.yaml"), Paths: config.Paths{Exclude: []string{"deploy"}}}
		}},
		{"a part", func() { o.Paths = []string{filepath.Join(dir, "deploy")} }},
		{"another build", func() { o.Tool += "2" }},
		{"a folder of another name", func() { do(os.Rename(dir, path("moved"))); o.Paths, o.Config = []string{path("moved")}, nil }},
	} {
		c.change()
		if check(c.what) {
			t.Errorf("%s: replayed", c.what)
		}
		if !check(c.what) {
			t.Errorf("%s: not replayed though nothing had changed", c.what)
		}
	}
}
