package lsp

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/creachadair/jrpc2"
	"github.com/gobwas/glob"

	"github.com/factorlint/factorlint/internal/check"
)

// Whatever decides on findings is watched, wherever it lies, and nothing that is built.
func TestWatched(t *testing.T) {
	var globs []glob.Glob
	for _, w := range watched {
		globs = append(globs, glob.MustCompile(w, '/'))
	}
	for name, want := range map[string]bool{
		"main.go": true, "go.mod": true, "go.work.sum": true, "vendor/modules.txt": true,
		"Dockerfile": true, "api.dockerfile": true, "Dockerfile.dockerignore": true, ".dockerignore": true, "Containerfile.dev": true,
		"Chart.yaml": true, "templates/_helpers.tpl": true, ".helmignore": true, "Kustomization": true, "patch.json": true,
		".env": true, ".env.local": true, "prod.env": true, ".factorlint.yaml": true, ".gitignore": true,
		"Makefile": true, "GNUmakefile": true, "build.mk": true, "build.sh": true, "docker-bake.hcl": true, "Tiltfile": true,
		"api": false, "README.md": false, "main.go~": false,
	} {
		if got := slices.ContainsFunc(globs, func(g glob.Glob) bool { return g.Match("services/" + name) }); got != want {
			t.Errorf("%s is watched: %v", name, got)
		}
	}
}

// A folder that is named twice is looked at once.
func TestOpenTwice(t *testing.T) {
	s := &server{ctx: t.Context()}
	if first, second := s.open("file:///a"), s.open("file:///a"); first == nil || second != nil || len(s.sessions) != 1 {
		t.Errorf("%v, %v, %d sessions", first, second, len(s.sessions))
	}
}

// A folder of a repository does not get the go command that lies elsewhere in it.
func TestGoCommandOfRepository(t *testing.T) {
	top := t.TempDir()
	if err := os.CopyFS(top, fstest.MapFS{
		".git/HEAD":   {Data: []byte("ref: refs/heads/main\n")},
		"bin/go":      {Data: []byte("#!/bin/sh\n"), Mode: 0o755},
		"api/go.mod":  {Data: []byte("module example.com/api\n")},
		"api/main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
	}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(top, "bin"))
	s := &server{ctx: t.Context()}
	report, err := s.open(uriOf(filepath.Join(top, "api"))).run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(report.Notifications, func(n check.Notification) bool { return strings.Contains(n.Message, "lies in the repository") }) {
		t.Errorf("notifications: %+v", report.Notifications)
	}
}

func TestGuard(t *testing.T) {
	s := &server{phase: running}
	for _, c := range []struct {
		name    string
		handler jrpc2.Handler
		want    jrpc2.Code
	}{
		{"panic", func(context.Context, *jrpc2.Request) (any, error) { panic("no") }, jrpc2.InternalError},
		{"cancelled", func(ctx context.Context, _ *jrpc2.Request) (any, error) { return nil, ctx.Err() }, -32800},
		{"actions", func(ctx context.Context, _ *jrpc2.Request) (any, error) { return s.codeAction(ctx, codeActionParams{}) }, -32800},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.guard(c.name, c.handler)(ctx, nil)
		var e *jrpc2.Error
		if !errors.As(err, &e) || e.Code != c.want {
			t.Errorf("%s: %v, want code %d", c.name, err, c.want)
		}
	}
}
