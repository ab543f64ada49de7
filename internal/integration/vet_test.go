//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vet runs go vet with factorlint as its tool on the packages below a folder.
func vet(t *testing.T, dir string, flags ...string) result {
	t.Helper()
	return run(t, dir, nil, "go", slices.Concat([]string{"vet", "-vettool=" + command}, flags, []string{"./..."})...)
}

var (
	vetLine  = regexp.MustCompile(`^(.+):(\d+):\d+: (FL\d{4}): `)
	goRuleID = regexp.MustCompile(`(?m)^\| (FL\d{4}) \|[^|]*\| go \|`)
)

// said returns the findings in what go vet printed, as "main.go:12 FL0902", sorted.
func said(t *testing.T, r result) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(r.stderr) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := vetLine.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("go vet printed %q", line)
			continue
		}
		out = append(out, fmt.Sprintf("%s:%s %s", filepath.Base(m[1]), m[2], m[3]))
	}
	slices.Sort(out)
	return out
}

// checked returns the findings of the Go rules that factorlint check has in a folder, in the form of said.
func checked(t *testing.T, dir string) []string {
	t.Helper()
	index := read(t, filepath.Join(module, "rules", "README.md"))
	isGo := map[string]bool{}
	for _, m := range goRuleID.FindAllStringSubmatch(index, -1) {
		isGo[m[1]] = true
	}
	r := run(t, dir, nil, command, "check", "-o", "json")
	var report struct {
		Findings []struct {
			ID, File string
			Line     int
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
		t.Fatalf("%v\n%s", err, r.stderr)
	}
	var out []string
	for _, f := range report.Findings {
		if isGo[f.ID] {
			out = append(out, fmt.Sprintf("%s:%d %s", filepath.Base(f.File), f.Line, f.ID))
		}
	}
	slices.Sort(out)
	return out
}

// go vet finds what factorlint check finds in Go code, in the run that analyses and in the one that has everything cached.
func TestVet(t *testing.T) {
	dir := copyTree(t, "testdata/repos/shop")
	want := []string{"main.go:21 FL0701", "main.go:26 FL0901", "main.go:38 FL0902", "main.go:47 FL0906", "mail.go:29 FL0301"}
	slices.Sort(want)
	if diff := cmp.Diff(want, checked(t, dir)); diff != "" {
		t.Errorf("factorlint check (-want +got):\n%s", diff)
	}
	for _, state := range []string{"fresh", "cached"} {
		r := vet(t, dir)
		if diff := cmp.Diff(want, said(t, r)); diff != "" || r.code != 1 {
			t.Errorf("%s: exit code %d, findings (-want +got):\n%s", state, r.code, diff)
		}
	}
	for _, c := range []struct {
		flag string
		want []string
	}{
		{"-factorlint_sigint_only", []string{"main.go:38 FL0902"}},
		{"-factorlint_unbounded_shutdown=false", slices.DeleteFunc(slices.Clone(want), func(s string) bool { return strings.HasSuffix(s, "FL0906") })},
		{"-factorlint_env_scattered", nil}, // off by default
	} {
		r := vet(t, dir, c.flag)
		if diff := cmp.Diff(c.want, said(t, r)); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", c.flag, diff)
		}
	}
	if r := vet(t, dir, "-json"); r.code != 0 || !strings.Contains(r.stdout, `"category": "FL0902"`) {
		t.Errorf("-json: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// layers is a program whose server stands two packages away from main, with tests and with a library that does what would be
// wrong in the program.
var layers = map[string]string{
	"go.mod":  "module example.com/layers\n\ngo 1.24\n\nrequire example.com/library v1.0.0\n",
	"main.go": "package main\n\nimport \"example.com/layers/app\"\n\nfunc main() { app.Run() }\n",
	"main_test.go": "package main\n\nimport (\n\t\"net/http\"\n\t\"testing\"\n)\n\n" +
		"func TestMain(m *testing.M) {\n\tgo http.ListenAndServe(\":9999\", nil)\n\tm.Run()\n}\n",
	"app/app.go": "package app\n\nimport (\n\t\"example.com/layers/web\"\n\t\"example.com/library\"\n)\n\nfunc Run() {\n\tgo library.Run()\n\tweb.Serve()\n}\n",
	"web/web.go": "package web\n\nimport \"net/http\"\n\nfunc Serve() {\n\thttp.ListenAndServe(\":8080\", nil)\n}\n",
	"web/web_test.go": "package web_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/layers/web\"\n)\n\n" +
		"func TestServe(t *testing.T) { web.Serve() }\n",
	"vendor/modules.txt":                    "# example.com/library v1.0.0\n## explicit; go 1.24\nexample.com/library\n",
	"vendor/example.com/library/library.go": "package library\n\nimport \"net/http\"\n\nfunc Run() { http.ListenAndServe(\":7070\", nil) }\n",
	"tools/tool/main.go":                    "package main\n\nimport \"example.com/layers/web\"\n\nfunc main() { web.Serve() }\n",
	"internal/unused/unused.go":             "package unused\n\nimport \"net/http\"\n\nfunc Serve() { http.ListenAndServe(\":6060\", nil) }\n",
}

// Facts reach main through packages that do not hand on those of others; what tests and libraries do counts for neither command.
func TestVetFacts(t *testing.T) {
	dir := t.TempDir()
	for name, text := range layers {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	commit(t, dir)
	want := []string{"web.go:6 FL0701", "web.go:6 FL0901", "web.go:6 FL1301"}
	if diff := cmp.Diff(want, checked(t, dir)); diff != "" {
		t.Errorf("factorlint check (-want +got):\n%s", diff)
	}
	temp := t.TempDir()
	r := run(t, dir, []string{"GOTMPDIR=" + temp}, "go", "vet", "-work", "-vettool="+command, "./...")
	r.stderr = regexp.MustCompile(`(?m)^WORK=.*\n`).ReplaceAllString(r.stderr, "")
	if diff := cmp.Diff(want, said(t, r)); diff != "" {
		t.Errorf("go vet (-want +got):\n%s", diff)
	}
	for _, unit := range units(t, temp) {
		again(t, dir, unit)
	}
	write(t, filepath.Join(dir, "web", "web.go"), strings.Replace(layers["web/web.go"], "nil)", "nil) //factorlint:ignore FL0901 -- it keeps nothing in flight", 1))
	want = slices.DeleteFunc(want, func(s string) bool { return strings.HasSuffix(s, "FL0901") })
	if diff := cmp.Diff(want, said(t, vet(t, dir))); diff != "" {
		t.Errorf("with a comment that silences a rule (-want +got):\n%s", diff)
	}
}

// units returns the descriptions of packages that go vet left in a folder.
func units(t *testing.T, temp string) []string {
	t.Helper()
	units, err := filepath.Glob(filepath.Join(temp, "*", "*", "vet.cfg"))
	if err != nil || len(units) < 4 {
		t.Fatalf("%d units: %v", len(units), err)
	}
	return units
}

// again analyses a unit that go vet left, and demands the same facts to the byte.
func again(t *testing.T, dir, unit string) {
	t.Helper()
	var config map[string]any
	if err := json.Unmarshal([]byte(read(t, unit)), &config); err != nil {
		t.Fatal(err)
	}
	want := read(t, config["VetxOutput"].(string))
	file := filepath.Join(t.TempDir(), "facts")
	config["VetxOutput"] = file
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	copied := file + ".cfg"
	write(t, copied, string(text))
	if r := run(t, dir, nil, command, "-json", copied); r.code != 0 {
		t.Fatalf("%s: %s", config["ID"], r.stderr)
	}
	if read(t, file) != want {
		t.Errorf("%s: other facts than before", config["ID"])
	}
}

// Fixes are shown and applied by both commands; what is fixed is not found again, and is formatted.
func TestVetFix(t *testing.T) {
	dir := copyTree(t, "testdata/repos/shop")
	shown := vet(t, dir, "-fix", "-diff")
	if shown.code != 1 || !strings.Contains(shown.stdout, "+\tsignal.Notify(stop, os.Interrupt, syscall.SIGTERM)") {
		t.Errorf("go vet -fix -diff: exit code %d\n%s%s", shown.code, shown.stdout, shown.stderr)
	}
	if r := run(t, dir, nil, "go", "fix", "-fixtool="+command, "-diff", "./..."); r.code != 1 || r.stdout != shown.stdout {
		t.Errorf("go fix -diff: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := run(t, dir, nil, "git", "status", "--porcelain"); r.stdout != "" {
		t.Errorf("showing fixes changed files:\n%s", r.stdout)
	}
	if r := vet(t, dir, "-fix"); r.code != 0 {
		t.Errorf("go vet -fix: exit code %d\n%s", r.code, r.stderr)
	}
	if r := run(t, dir, nil, "gofmt", "-l", "."); r.stdout != "" {
		t.Errorf("not formatted after -fix: %s", r.stdout)
	}
	if r := vet(t, dir, "-factorlint_sigint_only"); r.code != 0 {
		t.Errorf("after -fix: exit code %d\n%s", r.code, r.stderr)
	}
	if r := vet(t, dir, "-fix", "-diff"); r.code != 0 || r.stdout != "" {
		t.Errorf("a second -fix: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := run(t, dir, nil, "go", "build", "./..."); r.code != 0 {
		t.Errorf("after -fix: %s", r.stderr)
	}
}
