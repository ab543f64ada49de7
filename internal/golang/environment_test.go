package golang

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWithoutDirect(t *testing.T) {
	for proxies, want := range map[string]string{
		"":                                     "https://proxy.golang.org",
		"direct":                               "off",
		"off":                                  "off",
		" direct ":                             "off",
		"https://proxy.golang.org,direct":      "https://proxy.golang.org",
		"https://a.example|https://b.example":  "https://a.example|https://b.example",
		"https://a.example|direct,https://b.x": "https://a.example",
		"https://direct.example/direct":        "https://direct.example/direct",
	} {
		if got := withoutDirect(proxies); got != want {
			t.Errorf("withoutDirect(%q) = %q, want %q", proxies, got, want)
		}
	}
}

// An untrusted repository gets no variable that could name a program, and no folder of its own on PATH.
func TestUntrustedEnvironment(t *testing.T) {
	top, outside := t.TempDir(), t.TempDir()
	link := filepath.Join(outside, "link")
	if err := os.Symlink(top, link); err != nil {
		t.Fatal(err)
	}
	path := []string{".", "bin", filepath.Join(top, "bin"), link, outside}
	env := GoCommand{Top: top, Untrusted: true, Env: []string{
		"PATH=" + strings.Join(path, string(filepath.ListSeparator)), "HOME=/home/u", "https_proxy=http://proxy:3128",
		"CC=/x", "CGO_CFLAGS=-fplugin=/x", "PKG_CONFIG=/x", "GOFLAGS=-toolexec=/x", "GOCACHEPROG=/x", "GOAUTH=/x", "GOROOT=/x",
		"GOENV=/x", "GOWORK=/x", "GOPROXY=https://a.example,direct", "GOTOOLCHAIN=go1.99.0", "LD_PRELOAD=/x", "SECRET=x",
	}}.environment(top)
	for _, want := range []string{"PATH=" + outside, "HOME=/home/u", "https_proxy=http://proxy:3128", "CGO_ENABLED=0", "GOENV=off",
		"GOFLAGS=-mod=readonly -buildvcs=false", "GOPROXY=https://a.example", "GOVCS=*:off", "GOTOOLCHAIN=local", "GOPACKAGESDRIVER=off"} {
		if !slices.Contains(env, want) {
			t.Errorf("no %s in %q", want, env)
		}
	}
	for _, kv := range env {
		if strings.HasSuffix(kv, "/x") || strings.HasSuffix(kv, "=x") {
			t.Errorf("the go command was given %s", kv)
		}
	}
}

// A workspace above the part of a repository that is analysed is the repository's own; one that reaches out of it is not used.
func TestWorkspaceOfStrangers(t *testing.T) {
	top := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("repo/go.work", "go 1.26.0\nuse (\n\t./api\n\t./lib\n)\n")
	write("repo/api/go.mod", "module example.com/api\n")
	write("repo/lib/go.mod", "module example.com/lib\n")
	repo := filepath.Join(top, "repo")
	api := filepath.Join(repo, "api")
	off := func(g GoCommand) bool { return slices.Contains(g.environment(api), "GOWORK=off") }
	if off(GoCommand{Top: repo, Untrusted: true}) {
		t.Error("the repository's own workspace is not used")
	}
	if !off(GoCommand{Top: api, Untrusted: true}) {
		t.Error("a workspace with modules outside the repository is used")
	}
	write("repo/go.work", "go 1.26.0\nuse ./api\nuse ./link\n")
	if err := os.Symlink(t.TempDir(), filepath.Join(repo, "link")); err != nil {
		t.Fatal(err)
	}
	if !off(GoCommand{Top: repo, Untrusted: true}) {
		t.Error("a workspace with a link out of the repository is used")
	}
	notes := GoCommand{Top: repo, Untrusted: true}.LeftOut(os.DirFS(repo), repo, []string{"api/go.mod", "lib/go.mod"})
	if len(notes) != 1 || notes[0].At.File != "go.work" || !strings.Contains(notes[0].Message, "./link") {
		t.Errorf("notifications: %v", notes)
	}
}
