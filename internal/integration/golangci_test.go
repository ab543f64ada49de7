//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// golangci returns the path of a golangci-lint with the plugin, built from plugin/testbed when it is first asked for.
func golangci(t *testing.T) string {
	t.Helper()
	buildGolangci.Do(func() {
		file := filepath.Join(filepath.Dir(command), "golangci-lint")
		if r := run(t, filepath.Join(module, "plugin", "testbed"), nil, "go", "build", "-o", file, "."); r.code == 0 {
			golangciFile = file
		} else {
			t.Logf("go build: %s", r.stderr)
		}
	})
	if golangciFile == "" {
		t.Fatal("golangci-lint could not be built")
	}
	return golangciFile
}

var (
	buildGolangci sync.Once
	golangciFile  string
)

// An issue is a line of golangci-lint's report.
type issue struct {
	FromLinter, Text, Severity string
	Pos                        struct {
		Filename     string
		Line, Column int
	}
}

// String is "main.go:12:3 FL0902", with the linter's name in place of the id where it is another one's.
func (i issue) String() string {
	id := i.FromLinter
	if id == "factorlint" {
		id, _, _ = strings.Cut(i.Text, ":")
	}
	return fmt.Sprintf("%s:%d:%d %s", i.Pos.Filename, i.Pos.Line, i.Pos.Column, id)
}

// everything is a configuration that has factorlint look for all its rules and keeps nothing back.
const everything = `version: "2"
linters:
  default: none
  enable: [factorlint]
  settings:
    custom:
      factorlint: {type: module, settings: {only: [go]}}
issues: {max-issues-per-linter: 0, max-same-issues: 0, uniq-by-line: false}
`

// configure writes the configuration of golangci-lint in a folder.
func configure(t *testing.T, dir, config string) {
	write(t, filepath.Join(dir, ".golangci.yml"), config)
}

// appendTo adds text to the end of a file.
func appendTo(t *testing.T, name, text string) {
	t.Helper()
	write(t, name, read(t, name)+text)
}

// lint runs golangci-lint in a folder, with a folder for its cache.
func lint(t *testing.T, dir, cache string, args ...string) result {
	t.Helper()
	env := []string{"GOLANGCI_LINT_CACHE=" + cache, "GOFLAGS=-buildvcs=false"}
	return run(t, dir, env, golangci(t), slices.Concat([]string{"run", "--allow-parallel-runners", "--timeout=10m"}, args)...)
}

// issues returns what golangci-lint reports in a folder with nothing in its cache.
func issues(t *testing.T, dir string) []issue {
	t.Helper()
	r := lint(t, dir, t.TempDir(), "--output.json.path=stdout", "--show-stats=false")
	var report struct{ Issues []issue }
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
		t.Fatalf("exit code %d: %v\n%s%s", r.code, err, r.stdout, r.stderr)
	}
	return report.Issues
}

// places returns issues in short.
func places(all []issue) (out []string) {
	for _, i := range all {
		out = append(out, i.String())
	}
	slices.Sort(out)
	return out
}

// parcels returns a folder with the module of testdata/golangci.txtar.
func parcels(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	unpackTree(t, dir, read(t, filepath.Join("testdata", "golangci.txtar")))
	commit(t, dir)
	return dir
}

// samples returns the folders that golangci-lint is tried on.
func samples(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"shop": copyTree(t, "testdata/repos/shop"), "parcels": parcels(t)}
	for _, dir := range out {
		configure(t, dir, everything)
	}
	return out
}

// What golangci-lint reports is the same whatever it finds in its cache: nothing, all, the facts of those packages alone that
// did not change, or those of the module in another folder.
func TestGolangciCache(t *testing.T) {
	for name, dir := range samples(t) {
		t.Run(name, func(t *testing.T) {
			cache := t.TempDir()
			same := func(what, dir string, want result) {
				t.Helper()
				got := lint(t, dir, cache)
				if diff := cmp.Diff(want.stdout, got.stdout); diff != "" || got.code != want.code {
					t.Errorf("%s: exit code %d, want %d (-want +got):\n%s", what, got.code, want.code, diff)
				}
			}
			cold := lint(t, dir, cache)
			if cold.code != 1 || !strings.Contains(cold.stdout, ": FL0901: ") {
				t.Fatalf("exit code %d:\n%s%s", cold.code, cold.stdout, cold.stderr)
			}
			same("warm", dir, cold)
			mains, err := filepath.Glob(filepath.Join(dir, "cmd", "*", "main.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range mains {
				appendTo(t, file, "\n// changed\n")
			}
			same("main packages changed", dir, cold)
			moved := filepath.Join(t.TempDir(), "elsewhere")
			if err := os.CopyFS(moved, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			for _, file := range mains {
				appendTo(t, filepath.Join(moved, "cmd", filepath.Base(filepath.Dir(file)), "main.go"), "\n// again\n")
			}
			same("moved", moved, cold)
		})
	}
}

// A program is judged by what other packages of its module do, and findings in these stand where the fault is.
func TestGolangciFacts(t *testing.T) {
	dir := parcels(t)
	configure(t, dir, everything)
	want := []string{
		"cmd/abrupt/main.go:12:2 FL0801",
		"cmd/abrupt/main.go:13:12 FL0901",
		"cmd/abrupt/main.go:13:12 FL1301",
		"internal/mode/mode.go:8:5 FL0301",
	}
	if diff := cmp.Diff(want, places(issues(t, dir))); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

// golangci-lint finds what factorlint check finds in Go code.
func TestGolangciLikeCheck(t *testing.T) {
	for name, dir := range samples(t) {
		r := run(t, dir, nil, command, "check", "--only", "go", "-o", "json")
		var report struct {
			Findings []struct {
				ID, File     string
				Line, Column int
			}
		}
		if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
			t.Fatalf("%v\n%s", err, r.stderr)
		}
		var want []string
		for _, f := range report.Findings {
			want = append(want, fmt.Sprintf("%s:%d:%d %s", f.File, f.Line, f.Column, f.ID))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, places(issues(t, dir))); diff != "" || len(want) == 0 {
			t.Errorf("%s (-factorlint +golangci-lint):\n%s", name, diff)
		}
	}
}

// golangci-lint's --fix leaves the files that factorlint's leaves.
func TestGolangciFix(t *testing.T) {
	fixed := 0
	for name, dir := range samples(t) {
		other := filepath.Join(t.TempDir(), "other")
		if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		lint(t, dir, t.TempDir(), "--fix")
		run(t, other, nil, command, "check", "--only", "go", "--fix")
		if diff := run(t, dir, nil, "git", "diff", "--no-index", ".", other); diff.stdout != "" {
			t.Errorf("%s: (-golangci-lint +factorlint):\n%s", name, diff.stdout)
		}
		fixed += strings.Count(run(t, dir, nil, "git", "diff", "--name-only").stdout, "\n")
	}
	if fixed != 1 { // the signals of the shop's catalog; that a call of GOMAXPROCS goes needs a person's eye
		t.Errorf("%d files were fixed, want one", fixed)
	}
}

// commented is a main package whose faults comments silence.
const commented = `package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/a", func(http.ResponseWriter, *http.Request) {
		http.Get(os.Getenv("A")) //nolint:factorlint // a test server
	})
	http.HandleFunc("/b", func(http.ResponseWriter, *http.Request) {
		//factorlint:ignore default-client-call -- a test server
		http.Get(os.Getenv("B"))
	})
	http.HandleFunc("/c", func(http.ResponseWriter, *http.Request) {
		http.Get(os.Getenv("C"))
	})
	log.Print("nothing is wrong here") //nolint:factorlint // no need
	srv := &http.Server{Addr: os.Getenv("ADDR")} //factorlint:ignore FL1301 -- in front of it is a proxy
	//nolint:factorlint // run by hand
	log.Fatal(srv.ListenAndServe())
}
`

// generated is a file of the same package that a program wrote.
const generated = `// Code generated by hand. DO NOT EDIT.

package main

import (
	"net/http"
	"os"
)

func init() {
	http.HandleFunc("/d", func(http.ResponseWriter, *http.Request) { http.Get(os.Getenv("D")) })
}
`

// Comments of both kinds silence findings, generated files have none, and golangci-lint tells which of its own comments nothing
// needs.
func TestGolangciComments(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/quiet\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), commented)
	write(t, filepath.Join(dir, "zz_generated.go"), generated)
	configure(t, dir, strings.Replace(everything, "[factorlint]", "[factorlint, nolintlint]", 1))
	want := []string{"main.go:18:3 FL1302", "main.go:20:37 nolintlint"}
	if diff := cmp.Diff(want, places(issues(t, dir))); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

// repetitive returns a main package with one fault again and again.
func repetitive(times int) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"log\"\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc main() {\n")
	for i := range times {
		fmt.Fprintf(&b, "\thttp.HandleFunc(\"/%d\", func(http.ResponseWriter, *http.Request) { http.Get(os.Getenv(\"UPSTREAM\")) })\n", i)
	}
	b.WriteString("\tlog.Fatal(http.ListenAndServe(\":8080\", nil))\n}\n")
	return b.String()
}

// golangci-lint keeps issues back: all but one of a line, all but three of a text, all but fifty of a linter.
func TestGolangciLimits(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/again\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), repetitive(60))
	limits := "issues: {max-issues-per-linter: 0, max-same-issues: 0, uniq-by-line: false}\n"
	for own, want := range map[string]int{
		limits:                           63, // 60 calls, and three faults of the line that serves
		"":                               4,
		"issues: {max-same-issues: 0}\n": 50,
		"issues: {max-issues-per-linter: 0, max-same-issues: 0}\n": 61,
	} {
		configure(t, dir, strings.Replace(everything, limits, own, 1))
		if got := len(issues(t, dir)); got != want {
			t.Errorf("%q: %d issues, want %d", own, got, want)
		}
	}
}

// A setting or a rule that does not exist ends the run, and golangci-lint says why.
func TestGolangciWrongSettings(t *testing.T) {
	dir := parcels(t)
	for settings, want := range map[string]string{
		"disabel: [FL0902]":       `unknown setting "disabel"; did you mean disable?`,
		"disable: [sigint-olny]":  `no rule, principle or kind is called "sigint-olny"; did you mean sigint-only?`,
		"enable: [port-mismatch]": "port-mismatch names no Go rule",
	} {
		configure(t, dir, strings.Replace(everything, "only: [go]", settings, 1))
		if r := lint(t, dir, t.TempDir()); r.code < 2 || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit code %d, want %s in\n%s", settings, r.code, want, r.stderr)
		}
	}
}
