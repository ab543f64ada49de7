package engine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/baseline"
	"github.com/factorlint/factorlint/internal/engine"
)

// committed makes a folder a git repository with one commit that holds everything in it.
func committed(t *testing.T, dir string) {
	t.Helper()
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-f", ".")
	git(t, dir, "commit", "-q", "-m", "first")
}

// git runs git in a folder.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=somebody", "-c", "user.email=somebody@example.com"}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// edited writes the files of a txtar archive, and removes those that it holds without text.
func edited(t *testing.T, dir, text string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(text)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		err := os.MkdirAll(filepath.Dir(name), 0o755)
		if err == nil && len(f.Data) > 0 {
			err = os.WriteFile(name, f.Data, 0o644)
		} else if err == nil {
			err = os.Remove(name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// since returns what is new since the first commit, and notifications, as run does.
func since(t *testing.T, o engine.Options) []string {
	t.Helper()
	o.Cache = store
	past, err := engine.Since(t.Context(), o, t.TempDir(), "main", false)
	if err != nil {
		t.Fatal(err)
	}
	defer past.Close()
	o.Past = past
	lines, _ := run(t, o)
	return lines
}

const image = `
-- Dockerfile --
FROM golang:1.26.1 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/api .

FROM alpine:latest
COPY --from=build /out/api /api
USER 65532
ENTRYPOINT ["/api"]
`

const old = image + `
-- go.mod --
module example.com/api

go 1.26
-- main.go --
package main

import "net/http"

func main() {
	panic((&http.Server{Addr: ":8080", ReadHeaderTimeout: 1e9}).ListenAndServe())
}
-- services/web/Dockerfile --
FROM debian:latest
USER 65532
`

func TestSince(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                []string
	}{
		{"nothing", "", "", nil},
		{"a stage above", "-- Dockerfile --\nFROM alpine:latest\nUSER 65532\n", "-- Dockerfile --\nFROM golang:1.26.1\n\nFROM alpine:latest\nUSER 65532\n", nil},
		{"an edit beside", "", "-- services/web/Dockerfile --\nFROM debian:latest\nUSER 65533\n", nil},
		{"an edit of the line", "", "-- services/web/Dockerfile --\nFROM debian:latest AS web\nUSER 65532\n", []string{"services/web/Dockerfile:1 unpinned-base-image"}},
		{"another file", "", "-- services/new/Dockerfile --\nFROM debian:latest\nUSER 65532\n", []string{"services/new/Dockerfile:1 unpinned-base-image"}},
		{"renamed and edited", "-- old.Dockerfile --\nFROM debian:latest\nRUN one\nRUN two\nRUN three\nUSER 65532\n",
			"-- old.Dockerfile --\n-- new.Dockerfile --\nFROM debian:latest\nRUN one\nRUN two\nRUN 3\nUSER 65532\n", nil},
		{"a comment taken away", "-- services/web/Dockerfile --\n# factorlint:ignore unpinned-base-image -- why\nFROM debian:latest\nUSER 65532\n",
			"-- services/web/Dockerfile --\nFROM debian:latest\nUSER 65532\n", []string{"services/web/Dockerfile:1 unpinned-base-image"}},
		{"tracked though it is ignored", "-- .gitignore --\nservices/\n", "-- services/web/Dockerfile --\n\nFROM debian:latest\nUSER 65532\n", nil},
		{"worse, since it is deployed now", "-- Dockerfile --\n", image, []string{"Dockerfile:6 unpinned-base-image", "main.go:6 sigterm-unhandled"}},
		{"what could not be read", "-- k8s.yaml --\na: [\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: x, image: 'x:latest'}]}}}\n",
			"-- k8s.yaml --\napiVersion: v1\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: x, image: 'x:latest'}]}}}\n", nil},
		{"what could not be analysed", "-- go.mod --\nmodule\n", "-- go.mod --\nmodule example.com/api\n\ngo 1.26\n-- services/web/Dockerfile --\nFROM debian:latest AS web\nUSER 65532\n",
			[]string{"services/web/Dockerfile:1 unpinned-base-image", "note past-unread "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := unpack(t, old)
			edited(t, dir, c.before)
			committed(t, dir)
			edited(t, dir, c.after)
			got := since(t, engine.Options{Paths: []string{dir}, Only: []string{"unpinned-base-image", "sigterm-unhandled", "no-memory-limit"}})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A folder is compared with itself, and one that is new has no past.
func TestSinceInFolder(t *testing.T) {
	dir := unpack(t, old)
	committed(t, dir)
	edited(t, dir, "-- services/web/Dockerfile --\n# a comment\nFROM debian:latest\nUSER 65532\n-- new/Dockerfile --\nFROM debian:latest\nUSER 65532\n")
	for path, want := range map[string][]string{
		"services/web":            nil,
		"services/web/Dockerfile": nil,
		"new":                     {"Dockerfile:1 unpinned-base-image"},
		"new/Dockerfile":          {"new/Dockerfile:1 unpinned-base-image"},
	} {
		findings := since(t, engine.Options{Paths: []string{filepath.Join(dir, filepath.FromSlash(path))}, Only: []string{"unpinned-base-image"}})
		if diff := cmp.Diff(want, findings); diff != "" {
			t.Errorf("%s: -want +got:\n%s", path, diff)
		}
	}
}

// With facts of the code as it is the past cannot be looked at: lines decide, and that is told.
func TestSinceWithFacts(t *testing.T) {
	dir := unpack(t, old)
	committed(t, dir)
	edited(t, dir, "-- services/web/Dockerfile --\nFROM debian:latest AS web\nUSER 65532\n")
	facts := t.TempDir()
	o := engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"unpinned-base-image", "sigterm-unhandled"}}
	if _, _, err := engine.WriteFacts(t.Context(), o, "1/1", facts, "test"); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.Analyze, err = engine.FromFacts(facts, "test"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"services/web/Dockerfile:1 unpinned-base-image", "note past-unread "}, since(t, o)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A baseline of the whole repository holds for a part of it, in which files have other names; and a partial run calls nothing stale
// that it did not look for.
func TestBaselineOfParts(t *testing.T) {
	dir := unpack(t, old)
	committed(t, dir)
	o := engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"unpinned-base-image", "sigterm-unhandled"}}
	_, res := run(t, o)
	o.Baseline = baseline.Of(res.Report.Findings, res.Report.Prefix, nil)
	for _, c := range []struct {
		path, only string
		old, kept  int
	}{
		{"", "", 3, 0},
		{"services/web", "", 1, 2},
		{"services/web/Dockerfile", "", 1, 2},
		{"", "unpinned-base-image", 2, 1},
		{"services/web", "sigterm-unhandled", 0, 3},
	} {
		part := o
		part.Paths = []string{filepath.Join(dir, filepath.FromSlash(c.path))}
		if c.only != "" {
			part.Only = []string{c.only}
		}
		findings, res := run(t, part)
		_, old := res.Report.Silenced()
		if len(findings) > 0 || old != c.old || len(res.Unjudged) != c.kept || len(res.Report.Notifications) > 0 {
			t.Errorf("%+v: new %q, %d old, %d kept, notifications %v", c, findings, old, len(res.Unjudged), res.Report.Notifications)
		}
	}
}

// A file that comes from another folder takes what is accepted along, if only the folder that it comes to is looked at too.
func TestBaselineOfMovedFile(t *testing.T) {
	dir := unpack(t, old)
	committed(t, dir)
	o := engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"unpinned-base-image"}}
	_, res := run(t, o)
	o.Baseline = baseline.Of(res.Report.Findings, "", nil)
	edited(t, dir, "-- services/web/Dockerfile --\n-- new/Dockerfile --\nFROM debian:latest\nUSER 65532\n")
	o.Paths = []string{filepath.Join(dir, "new")}
	if findings, _ := run(t, o); len(findings) > 0 {
		t.Errorf("new: %q", findings)
	}
}

// In a folder alone nothing is stale that is found only together with the rest, here with the program that the image carries; unless nothing
// of the rest is accepted.
func TestStaleInFolder(t *testing.T) {
	dir := unpack(t, old)
	edited(t, dir, "-- services/web/Dockerfile --\nFROM golang:1.26.1 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/api .\n\n"+
		"FROM debian:12\nCOPY --from=build /out/api /api\nENV UNREAD=1\nUSER 65532\nENTRYPOINT [\"/api\"]\n")
	committed(t, dir)
	o := engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"unpinned-base-image", "env-unread"}}
	findings, res := run(t, o)
	if want := []string{"Dockerfile:6 unpinned-base-image", "services/web/Dockerfile:8 env-unread"}; !slices.Equal(findings, want) {
		t.Fatalf("got %q, want %q", findings, want)
	}
	o.Paths = []string{filepath.Join(dir, "services", "web")}
	for all, want := range map[*baseline.Baseline]int{baseline.Of(res.Report.Findings, "", nil): 0, baseline.Of(res.Report.Findings[1:], "", nil): 1} {
		o.Baseline = all
		_, part := run(t, o)
		if got := len(part.Report.Notifications); got != want || len(part.Unjudged)+got != len(all.Entries) {
			t.Errorf("of %d entries: got %v, want %d", len(all.Entries), part.Report.Notifications, want)
		}
	}
}

// What a sparse checkout leaves out is neither gone, nor looked at in the past: without compose.yaml the user of the image is not known,
// then as now.
func TestSparseCheckout(t *testing.T) {
	dir := unpack(t, old)
	edited(t, dir, "-- services/web/Dockerfile --\nFROM debian:12\nENTRYPOINT [\"/web\"]\n"+
		"-- compose.yaml --\nservices:\n  web: {build: services/web, user: '65532'}\n")
	committed(t, dir)
	o := engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"unpinned-base-image", "runs-as-root"}}
	findings, res := run(t, o)
	if want := []string{"Dockerfile:6 unpinned-base-image"}; !slices.Equal(findings, want) {
		t.Fatalf("got %q, want %q", findings, want)
	}
	git(t, dir, "sparse-checkout", "set", "--no-cone", "services/web")
	if findings := since(t, o); len(findings) > 0 {
		t.Errorf("new: %q", findings)
	}
	o.Baseline = baseline.Of(res.Report.Findings, "", nil)
	if findings, res = run(t, o); len(findings) != 1 || len(res.Report.Notifications) > 0 || len(res.Unjudged) != 1 {
		t.Errorf("new: %q, notifications %v, %d entries kept; want runs-as-root alone, none, 1", findings, res.Report.Notifications, len(res.Unjudged))
	}
}

// What is stale is told once it is certain: not while Go code cannot be analysed, nor of a file that cannot be read.
func TestStale(t *testing.T) {
	for _, c := range []struct {
		name, after string
		want        []string
	}{
		{"fixed", "-- services/web/Dockerfile --\nFROM scratch\n", []string{"FL0201 unpinned-base-image in services/web/Dockerfile is not found any more"}},
		{"gone", "-- services/web/Dockerfile --\n", []string{"FL0201 unpinned-base-image in services/web/Dockerfile is not found any more"}},
		{"silenced", "-- services/web/Dockerfile --\n# factorlint:ignore unpinned-base-image -- why\nFROM debian:latest\nUSER 65532\n",
			[]string{"FL0201 unpinned-base-image in services/web/Dockerfile is silenced by a comment now"}},
		{"not analysed", "-- go.mod --\nmodule\n-- services/web/Dockerfile --\nFROM scratch\n", nil},
		{"not read", "-- services/web/Dockerfile --\nFRO debian:latest\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := unpack(t, old)
			committed(t, dir)
			o := engine.Options{Paths: []string{dir}, Cache: store, Only: []string{"unpinned-base-image", "sigterm-unhandled"}}
			_, res := run(t, o)
			o.Baseline = baseline.Of(res.Report.Findings, "", nil)
			o.Baseline.Path = filepath.Join(dir, "baseline.json")
			edited(t, dir, c.after)
			_, res = run(t, o)
			var got []string
			for _, n := range res.Report.Notifications {
				if message, _, _ := strings.Cut(n.Message, ";"); n.Code == engine.StaleCode {
					got = append(got, message)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
