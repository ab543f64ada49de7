package golang

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTags(t *testing.T) {
	root := t.TempDir()
	text := map[string]string{
		"go.mod":             "module example.com/x\n",
		"cmd/api/main.go":    "package main\n",
		"cmd/web/main.go":    "package main\n",
		"app/migrate.go":     "// Copyright\n\n//go:build migrate\n\npackage app\n",
		"app/nodebug.go":     "//go:build !debug\n\npackage app\n",
		"app/debug.go":       "//go:build debug\n\npackage app\n",
		"db/sqlite.go":       "//go:build sqlite && linux\n\npackage db\n",
		"db/postgres.go":     "//go:build postgres\n\npackage db\n",
		"app/dev.go":         "//go:build dev\n\npackage app\n",
		"app/late.go":        "package app\n\n//go:build late\n",
		"app/wire_test.go":   "//go:build wired\n\npackage app\n",
		"tools/go.mod":       "module example.com/tools\n",
		"tools/cmd/main.go":  "//go:build nested\n\npackage main\n",
		"app/broken.go":      "//go:build (((\n\npackage app\n",
		"app/constrained.go": "//go:build netgo || cgo\n\npackage app\n",
	}
	var files []string
	for name, data := range text {
		files = append(files, name)
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(files)
	mods := modules(Input{Root: root, Files: files})
	build := func(dir string, tags ...string) Build { return Build{Dir: dir, Tags: tags} }
	for _, c := range []struct {
		name   string
		builds []Build
		want   []string
	}{
		{"no build", nil, nil},
		{"no tags", []Build{build("cmd/api")}, nil},
		{"a tag that all builds give", []Build{build("cmd/api", "migrate"), build("cmd/web", "migrate")}, []string{"migrate"}},
		{"a tag that only adds files", []Build{build("cmd/api", "migrate"), build("cmd/web")}, []string{"migrate"}},
		{"a tag that no file of the module knows", []Build{build("cmd/api", "libsqlite3", "netgo")}, nil},
		{"a tag that takes files away, from one build", []Build{build("cmd/api", "debug"), build("cmd/web")}, nil},
		{"a tag that takes files away, from all", []Build{build("cmd/api", "debug"), build("cmd/web", "debug")}, []string{"debug"}},
		{"tags that both add to one package", []Build{build("cmd/api", "sqlite"), build("cmd/web", "postgres")}, nil},
		{"tags that all builds give together", []Build{build("cmd/api", "sqlite", "migrate", "sqlite")}, []string{"migrate", "sqlite"}},
		{"an environment, from one build and from all", []Build{build("cmd/api", "dev"), build("cmd/web")}, nil},
		{"an environment of all", []Build{build("cmd/api", "dev")}, []string{"dev"}},
		{"not a constraint, or of tests", []Build{build("cmd/api", "late", "wired")}, nil},
		{"another module's", []Build{build("tools/cmd", "nested", "migrate")}, nil},
	} {
		if got := tags(mods[0], mods, Input{Root: root, Files: files, Builds: c.builds}); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := tags(mods[1], mods, Input{Root: root, Files: files, Builds: []Build{build("tools/cmd", "nested"), build("cmd/api", "migrate")}}); !slices.Equal(got, []string{"nested"}) {
		t.Errorf("the module below: got %q", got)
	}
}
