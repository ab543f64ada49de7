package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/cachetest"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
)

// unpack writes a small repository and returns its folder.
func unpack(t *testing.T, text string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(text)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// store is the cache of these tests.
var store *cache.Cache

func TestMain(m *testing.M) { cachetest.Main(m, &store) }

// run returns what is found and noted, a line each: "file:line rule" and "note code file".
func run(t *testing.T, o engine.Options) (lines []string, res *engine.Result) {
	t.Helper()
	o.Cache = store
	res, err := engine.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Report.Findings {
		lines = append(lines, fmt.Sprintf("%s:%d %s", f.At.File, f.At.Start.Line, f.Rule.Name))
	}
	for _, n := range res.Report.Notifications {
		lines = append(lines, fmt.Sprintf("note %s %s", n.Code, n.At.File))
		t.Log(n.Message)
	}
	return lines, res
}

const server = `
-- go.mod --
module example.com/api

go 1.26
-- main.go --
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	log.Fatal((&http.Server{Addr: ":"+os.Getenv("PORT"), ReadHeaderTimeout: 1e9}).ListenAndServe())
}
-- Dockerfile --
FROM alpine
USER 65532
CMD ["/api"]
`

func TestBrokenPartsCostOnlyThemselves(t *testing.T) {
	both := []string{"Dockerfile:1 unpinned-base-image", "main.go:10 sigterm-unhandled"}
	for _, c := range []struct {
		name, text string
		want       []string
		untrusted  bool
	}{
		{"nothing broken", "", both, false},
		{"a package that does not parse", "-- bad/bad.go --\npackage bad\n\nfunc {\n", append(slices.Clone(both), "note go-package bad/bad.go"), false},
		{"a package whose import is missing", "-- bad/bad.go --\npackage bad\n\nimport _ \"example.org/none\"\n", append(slices.Clone(both), "note go-package bad/bad.go"), false},
		{"an instruction that is none", "-- b/Dockerfile --\nFROM alpine:3\nFOO bar\nUSER 65532\nCMD [\"/b\"]\n", append(slices.Clone(both), "note dockerfile-syntax b/Dockerfile"), false},
		{"a manifest that does not parse", "-- k8s/a.yaml --\napiVersion: v1\nkind: Service\nmetadata: {\n", append(slices.Clone(both), "note yaml-syntax k8s/a.yaml"), false},
		{"another module that cannot be loaded", "-- b/go.mod --\nmodule example.com/b\n\nfoo\n-- b/b.go --\npackage b\n", append(slices.Clone(both), "note go-load b/go.mod"), true},
		{"another module for developers that cannot be loaded", "-- tools/go.mod --\nmodule example.com/b\n\nfoo\n-- tools/b.go --\npackage b\n", append(slices.Clone(both), "note go-load tools/go.mod"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, res := run(t, engine.Options{Paths: []string{unpack(t, server+c.text)}})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if res.Report.Untrusted != c.untrusted {
				t.Errorf("untrusted %t, want %t", res.Report.Untrusted, c.untrusted)
			}
		})
	}
}

func TestWithoutGoCommand(t *testing.T) {
	dir := unpack(t, server)
	t.Setenv("PATH", t.TempDir())
	got, res := run(t, engine.Options{Paths: []string{dir}})
	want := []string{"Dockerfile:1 unpinned-base-image", "note go-load go.mod"}
	if diff := cmp.Diff(want, got); diff != "" || !res.Report.Untrusted {
		t.Errorf("untrusted %t, -want +got:\n%s", res.Report.Untrusted, diff)
	}
}

// The environment that the repository or the user brings for the go command must not run programs.
func TestGoFlagsAreNotPassedOn(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "ran")
	tool := filepath.Join(t.TempDir(), "tool")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\ntouch "+marker+"\nexec \"$@\"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-toolexec="+tool)
	t.Setenv("GOPACKAGESDRIVER", tool)
	run(t, engine.Options{Paths: []string{unpack(t, server)}})
	if _, err := os.Stat(marker); err == nil {
		t.Error("a program named by the environment was run")
	}
}

func TestModules(t *testing.T) {
	const shared = `
-- common/go.mod --
module example.com/common

go 1.26
-- common/serve.go --
package common

import "net/http"

func Serve() error { return (&http.Server{Addr: ":80", ReadHeaderTimeout: 1e9}).ListenAndServe() }
-- api/main.go --
package main

import "example.com/common"

func main() { panic(common.Serve()) }
`
	want := []string{"common/serve.go:5 sigterm-unhandled"}
	for _, c := range []struct{ name, text string }{
		{"replace", "-- api/go.mod --\nmodule example.com/api\n\ngo 1.26\n\nrequire example.com/common v0.0.0\n\nreplace example.com/common => ../common\n"},
		{"workspace", "-- api/go.mod --\nmodule example.com/api\n\ngo 1.26\n\nrequire example.com/common v0.0.0\n-- go.work --\ngo 1.26\n\nuse (\n\t./api\n\t./common\n)\n"},
		{"workspace that lists others", "-- api/go.mod --\nmodule example.com/api\n\ngo 1.26\n\nrequire example.com/common v0.0.0\n\nreplace example.com/common => ../common\n" +
			"-- go.work --\ngo 1.26\n\nuse ./common\n"},
		{"replace, of which another part needs more", "-- api/go.mod --\nmodule example.com/api\n\ngo 1.26\n\nrequire example.com/common v0.0.0\n\nreplace example.com/common => ../common\n" +
			"-- common/more/go.mod --\nmodule example.com/more\n\ngo 1.26\n-- common/more/more.go --\npackage more\n" +
			"-- common/go.mod --\nmodule example.com/common\n\ngo 1.26\n\nrequire example.com/more v0.0.0\n\nreplace example.com/more => ./more\n" +
			"-- common/other/other.go --\npackage other\n\nimport _ \"example.com/more\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := run(t, engine.Options{Paths: []string{unpack(t, shared+c.text)}})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Code from before modules is analysed as a module of the path by which its packages import each other.
func TestWithoutModule(t *testing.T) {
	got, _ := run(t, engine.Options{Paths: []string{unpack(t, `
-- main.go --
package main

import "example.com/old/api"

func main() { panic(api.Serve()) }
-- api/serve.go --
package api

import "net/http"

func Serve() error { return (&http.Server{Addr: ":80", ReadHeaderTimeout: 1e9}).ListenAndServe() }
`)}})
	if diff := cmp.Diff([]string{"api/serve.go:5 sigterm-unhandled"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPaths(t *testing.T) {
	dir := unpack(t, server+"-- svc/Dockerfile --\nFROM busybox\nUSER 65532\nCMD [\"/b\"]\n-- .git/HEAD --\nref: refs/heads/main\n")
	for _, c := range []struct {
		name    string
		paths   []string
		want    []string
		partial bool
	}{
		{"all", []string{""}, []string{"Dockerfile:1 unpinned-base-image", "main.go:10 sigterm-unhandled", "svc/Dockerfile:1 unpinned-base-image"}, false},
		{"a folder", []string{"svc"}, []string{"Dockerfile:1 unpinned-base-image"}, true},
		{"a file", []string{"svc/Dockerfile"}, []string{"svc/Dockerfile:1 unpinned-base-image"}, true},
		{"several", []string{"svc/Dockerfile", "main.go"}, []string{"main.go:10 sigterm-unhandled", "svc/Dockerfile:1 unpinned-base-image"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var paths []string
			for _, p := range c.paths {
				paths = append(paths, filepath.Join(dir, p))
			}
			got, res := run(t, engine.Options{Paths: paths})
			if diff := cmp.Diff(c.want, got); diff != "" || res.Report.Partial != c.partial {
				t.Errorf("partial %t, -want +got:\n%s", res.Report.Partial, diff)
			}
		})
	}
	if _, err := engine.Run(t.Context(), engine.Options{Paths: []string{filepath.Join(dir, "none")}}); err == nil {
		t.Error("a path that does not exist is no error")
	}
}

func TestConfiguredRules(t *testing.T) {
	dir, on, off := unpack(t, server), true, false
	for _, c := range []struct {
		name   string
		config config.Config
		flags  engine.Options
		want   []string
	}{
		{"severity", config.Config{Enable: []string{"all"}, Rules: map[string]config.Rule{"sigterm-unhandled": {Severity: "note"}}},
			engine.Options{Only: []string{"go"}}, []string{"note sigterm-unhandled"}},
		{"a rule wins over its kind", config.Config{Disable: []string{"all"}, Rules: map[string]config.Rule{"sigterm-unhandled": {Enable: &on, Severity: "error"}}},
			engine.Options{}, []string{"error sigterm-unhandled"}},
		{"a flag wins over the rule", config.Config{Disable: []string{"all"}, Rules: map[string]config.Rule{"sigterm-unhandled": {Enable: &off}}},
			engine.Options{Enable: []string{"go"}}, []string{"warning sigterm-unhandled"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.flags.Paths, c.flags.Config = []string{dir}, &c.config
			res, err := engine.Run(t.Context(), c.flags)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range res.Report.Findings {
				got = append(got, f.Severity.String()+" "+f.Rule.Name)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestChoice(t *testing.T) {
	dir := unpack(t, server)
	for _, c := range []struct {
		name string
		o    engine.Options
		want []string
	}{
		{"only", engine.Options{Only: []string{"fl0201"}}, []string{"Dockerfile:1 unpinned-base-image"}},
		{"only a kind", engine.Options{Only: []string{"go"}}, []string{"main.go:10 sigterm-unhandled"}},
		{"disable a principle", engine.Options{Disable: []string{"disposability"}}, []string{"Dockerfile:1 unpinned-base-image"}},
		{"flags beat the configuration", engine.Options{Disable: []string{"go"}, Enable: []string{"FL0201"}, Config: &config.Config{Disable: []string{"FL0201"}, Enable: []string{"FL0901"}}},
			[]string{"Dockerfile:1 unpinned-base-image"}},
		{"only beats the configuration", engine.Options{Only: []string{"FL0901"}, Config: &config.Config{Disable: []string{"FL0901"}, Enable: []string{"FL0201"}}},
			[]string{"main.go:10 sigterm-unhandled"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Paths = []string{dir}
			got, _ := run(t, c.o)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if _, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Only: []string{"nonsense"}}); err == nil {
		t.Error("an unknown rule is no error")
	}
}

// Examples and tools are judged where they are deployed, and where the user asks for them.
func TestRoles(t *testing.T) {
	const text = `
-- go.mod --
module example.com/x

go 1.26
-- examples/api/main.go --
package main

import "net/http"

func main() { panic((&http.Server{Addr: ":80", ReadHeaderTimeout: 1e9}).ListenAndServe()) }
`
	dir := unpack(t, text)
	if got, _ := run(t, engine.Options{Paths: []string{dir}}); len(got) > 0 {
		t.Errorf("an example is judged: %v", got)
	}
	if got, _ := run(t, engine.Options{Paths: []string{filepath.Join(dir, "examples", "api")}}); !slices.Equal(got, []string{"main.go:5 sigterm-unhandled"}) {
		t.Errorf("asked for the example: %v", got)
	}
	deployed := text + "-- Dockerfile --\nFROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /api ./examples/api\n\nFROM alpine:3.22\nCOPY --from=build /api /api\nUSER 65532\nENTRYPOINT [\"/api\"]\n"
	if got, _ := run(t, engine.Options{Paths: []string{unpack(t, deployed)}}); !slices.Equal(got, []string{"examples/api/main.go:5 sigterm-unhandled"}) {
		t.Errorf("deployed: %v", got)
	}
}

// The same files give the same report however many processors work on it.
func TestProcessors(t *testing.T) {
	dir := copyShop(t)
	many := runShop(t, dir).Report
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if diff := cmp.Diff(many, runShop(t, dir).Report); diff != "" {
		t.Errorf("one processor differs:\n%s", diff)
	}
}

func TestSecretsAreNotTold(t *testing.T) {
	_, res := run(t, engine.Options{Paths: []string{shop}})
	for _, f := range res.Report.Findings {
		if strings.Contains(f.Rule.Name, "secret") || f.Rule.Name == "dotenv-committed" {
			line := strings.Split(string(res.Report.Sources[f.At.File]), "\n")[f.At.Start.Line-1]
			_, value, ok := strings.Cut(line, "=")
			if !ok || strings.Contains(f.Message, strings.TrimSpace(value)) {
				t.Errorf("%s tells the value: %s", f.Rule.ID, f.Message)
			}
		}
	}
}

// A password that is only a default is a warning, one that is always used is an error.
func TestSeverityOfCredentials(t *testing.T) {
	_, res := run(t, engine.Options{Only: []string{"credential-in-dsn"}, Paths: []string{unpack(t, `
-- go.mod --
module example.com/api

go 1.26
-- main.go --
package main

import (
	"cmp"
	"database/sql"
	"net/http"
	"os"
)

func main() {
	always, err := sql.Open("postgres", "postgres://shop:kV8-rest-Wq@db.shopnet.io/shop")
	println(always, err)
	unless, err := sql.Open("postgres", cmp.Or(os.Getenv("DATABASE_URL"), "postgres://shop:kV8-rest-Wq@db.shopnet.io/shop"))
	println(unless, err)
	panic((&http.Server{Addr: ":80", ReadHeaderTimeout: 1e9}).ListenAndServe())
}
`)}})
	var got []string
	for _, f := range res.Report.Findings {
		got = append(got, fmt.Sprintf("%d %s", f.At.Start.Line, f.Severity))
	}
	if diff := cmp.Diff([]string{"11 error", "13 warning"}, got); diff != "" {
		t.Errorf("severities (-want +got):\n%s", diff)
	}
}
