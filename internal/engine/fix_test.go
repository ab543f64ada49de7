package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/fix"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/rules"
)

const goMod = "module example.com/api\n\ngo 1.26\n"

// fixed writes a module with one file, fixes it, and returns what that did and what the file holds afterwards.
func fixed(t *testing.T, src string, o engine.Options) (*engine.Fixed, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": goMod, "main.go": src} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o.Paths = []string{dir}
	_, done, err := engine.Fix(t.Context(), o, true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	return done, string(text)
}

// Neither of two fixes that remove the uses of an import may remove the import. Together they leave it unused, so that the second
// waits for the next round, and takes it along.
func TestFixTakesRounds(t *testing.T) {
	const src = `package main

import (
	"net/http"
	"runtime"
)

func main() {
	runtime.GOMAXPROCS(4)
	go func() {
		runtime.GOMAXPROCS(8)
	}()
	http.ListenAndServe(":8080", nil)
}
`
	done, text := fixed(t, src, engine.Options{Only: []string{"gomaxprocs-override"}})
	if len(done.Findings) != 2 || len(done.Skipped) > 0 {
		t.Errorf("fixed %d, skipped %v", len(done.Findings), done.Skipped)
	}
	if strings.Contains(text, "runtime") {
		t.Errorf("left:\n%s", text)
	}
}

// Fixes are written to files that were looked at, and to no others that a finding may lead to.
func TestFixStaysInTheTree(t *testing.T) {
	const text = "a: 1\n"
	dir := unpack(t, "-- go.mod --\n"+goMod+"-- main.go --\npackage main\n\nfunc main() {}\n-- testdata/a.yaml --\n"+text+"-- b.yaml --\n"+text)
	outside := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(outside, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b.yaml", filepath.Join(dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "out.yaml")); err != nil {
		t.Fatal(err)
	}
	analyze := func(context.Context, golang.Input) *golang.Result {
		res := &golang.Result{}
		for _, file := range []string{"testdata/a.yaml", "link.yaml", "out.yaml", "../c.yaml", filepath.ToSlash(outside)} {
			at := check.Span{File: file, Start: check.Pos{Offset: 3, Line: 1, Col: 4}, End: check.Pos{Offset: 4, Line: 1, Col: 5}}
			res.Findings = append(res.Findings, check.Finding{Rule: rules.Lookup("sigint-only"), At: check.Span{File: "main.go"}, Matter: file,
				Fix: &check.Fix{Safe: true, Edits: []check.Edit{{At: at, New: "2"}}}})
		}
		return res
	}
	_, done, err := engine.Fix(t.Context(), engine.Options{Paths: []string{dir}, Analyze: analyze}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range done.Skipped {
		if s.Reason != fix.Refused {
			t.Errorf("%s: %s", s.Finding.Matter, s.Reason)
		}
	}
	if len(done.Skipped) != 5 || len(done.Files) > 0 {
		t.Errorf("skipped %d, wrote %v", len(done.Skipped), done.Files)
	}
	for _, file := range []string{filepath.Join(dir, "testdata", "a.yaml"), filepath.Join(dir, "b.yaml"), outside} {
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v", file, got, err)
		}
	}
}

// A fix after which the package does not type-check is taken back.
func TestFixIsTakenBack(t *testing.T) {
	const src = "package main\n\nimport \"os\"\n\nfunc main() { println(os.Interrupt) }\n"
	at := strings.Index(src, "Interrupt")
	span := check.Span{File: "main.go", Start: check.Pos{Offset: at, Line: 5, Col: 26}, End: check.Pos{Offset: at + len("Interrupt"), Line: 5, Col: 35}}
	analyze := func(ctx context.Context, in golang.Input) *golang.Result {
		res := golang.Analyze(ctx, golang.GoList{}, in)
		if text, err := os.ReadFile(filepath.Join(in.Root, "main.go")); err == nil && string(text) == src {
			res.Findings = append(res.Findings, check.Finding{Rule: rules.Lookup("sigint-only"), At: span, Message: "wrong",
				Fix: &check.Fix{Safe: true, Edits: []check.Edit{{At: span, New: "Nothing"}}}})
		}
		return res
	}
	done, text := fixed(t, src, engine.Options{Analyze: analyze})
	if text != src {
		t.Errorf("left:\n%s", text)
	}
	if len(done.Skipped) != 1 || done.Skipped[0].Reason != fix.Undone || !strings.Contains(done.Skipped[0].Detail.Error(), "undefined: os.Nothing") {
		t.Errorf("skipped %v", done.Skipped)
	}
	if len(done.Findings) > 0 || len(done.Files) > 0 {
		t.Errorf("fixed %v in %v", done.Findings, done.Files)
	}
}

// A fix that does not help, or that breaks something, does not keep others from being applied.
func TestFixWithoutWhatDoesNotHelp(t *testing.T) {
	dir := unpack(t, "-- useless/Dockerfile --\nFROM debian:12\n-- breaks/k8s.yaml --\na: 1\n-- good/k8s.yaml --\na: 1\n")
	analyze := func(_ context.Context, in golang.Input) *golang.Result {
		res := &golang.Result{}
		for _, c := range []struct{ file, text, stays string }{{"useless/Dockerfile", " # x", "FROM"}, {"breaks/k8s.yaml", "b: {", "a: 1\n"}, {"good/k8s.yaml", "b: 1\n", "a: 1\n"}} {
			text, err := os.ReadFile(filepath.Join(in.Root, c.file))
			if err != nil || c.file == "good/k8s.yaml" && string(text) != c.stays {
				continue
			}
			end := check.Pos{Offset: len(text), Line: strings.Count(string(text), "\n") + 1, Col: 1}
			at := check.Span{File: c.file, Start: end, End: end}
			res.Findings = append(res.Findings, check.Finding{Rule: rules.Lookup("sigint-only"), At: at,
				Fix: &check.Fix{Safe: true, Edits: []check.Edit{{At: at, New: c.text}}}})
		}
		return res
	}
	_, done, err := engine.Fix(t.Context(), engine.Options{Paths: []string{dir}, Analyze: analyze, Only: []string{"sigint-only"}}, false)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"useless/Dockerfile": "FROM debian:12\n", "breaks/k8s.yaml": "a: 1\n", "good/k8s.yaml": "a: 1\nb: 1\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, file)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", file, got, err, want)
		}
	}
	var skipped []string
	for _, s := range done.Skipped {
		skipped = append(skipped, s.Finding.At.File+" "+string(s.Reason))
	}
	slices.Sort(skipped)
	if want := []string{"breaks/k8s.yaml broken", "useless/Dockerfile undone"}; len(done.Findings) != 1 || !slices.Equal(skipped, want) {
		t.Errorf("fixed %d, skipped %q; want 1, %q", len(done.Findings), skipped, want)
	}
}
