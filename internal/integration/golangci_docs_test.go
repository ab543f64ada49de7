//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// yamlBlocks returns the fenced YAML of docs/golangci-lint.md: .custom-gcl.yml, .golangci.yml, severities, an exclusion.
func yamlBlocks(t *testing.T) (custom, config, severity, exclusion string) {
	t.Helper()
	page := read(t, filepath.Join(module, "docs", "golangci-lint.md"))
	found := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(found) != 4 {
		t.Fatalf("%d blocks of YAML", len(found))
	}
	return found[0][1], found[1][1], found[2][1], found[3][1]
}

// "golangci-lint custom" builds what the documentation says. The plugin comes from this tree, since no version has to be out for
// that, and golangci-lint from a repository made of its module, since only the module proxy has to be there.
func TestGolangciCustom(t *testing.T) {
	custom, _, _, _ := yamlBlocks(t)
	version := regexp.MustCompile(`(?m)^version: (\S+)$`).FindStringSubmatch(custom)
	if version == nil || !strings.Contains(custom, "\n    version: v0.1.0\n") {
		t.Fatalf("no versions in\n%s", custom)
	}
	source := t.TempDir()
	cached := run(t, filepath.Join(module, "plugin", "testbed"), nil, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/golangci/golangci-lint/v2")
	if err := os.CopyFS(source, os.DirFS(strings.TrimSpace(cached.stdout))); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(source, ".gitignore")); err != nil {
		t.Fatal(err)
	}
	commit(t, source)
	run(t, source, nil, "git", "tag", version[1])
	dir := copyTree(t, "testdata/repos/shop")
	write(t, filepath.Join(dir, ".custom-gcl.yml"), strings.Replace(custom, "version: v0.1.0", "path: "+module, 1))
	env := []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://" + source + ".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/golangci/golangci-lint.git"}
	if r := run(t, dir, env, golangci(t), "custom"); r.code != 0 {
		t.Fatalf("%s%s", r.stdout, r.stderr)
	}
	configure(t, dir, everything)
	r := run(t, dir, []string{"GOLANGCI_LINT_CACHE=" + t.TempDir()}, filepath.Join(dir, "custom-gcl"), "run", "--allow-parallel-runners")
	if r.code != 1 || !strings.Contains(r.stdout, ": FL0902: ") {
		t.Errorf("exit code %d:\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// The configurations of the documentation are ones, and do what is said there.
func TestGolangciDocs(t *testing.T) {
	_, config, severity, exclusion := yamlBlocks(t)
	dir := copyTree(t, "testdata/repos/shop")
	exclusion = strings.Replace(exclusion, "^internal/legacy/", "^internal/mail/", 1)
	for _, text := range []string{config, "version: \"2\"\n" + severity, "version: \"2\"\n" + exclusion} {
		configure(t, dir, text)
		if r := run(t, dir, nil, golangci(t), "config", "verify"); r.code != 0 {
			t.Errorf("%s%s", text, r.stderr)
		}
	}
	configure(t, dir, config)
	const line = "cmd/catalog/main.go:38:2: FL0902: catalog shuts down on SIGINT but not on SIGTERM"
	if r := lint(t, dir, t.TempDir()); !strings.Contains(r.stdout, line) {
		t.Errorf("exit code %d:\n%s%s", r.code, r.stdout, r.stderr)
	}
	severities := map[string]string{}
	configure(t, dir, everything+severity)
	for _, i := range issues(t, dir) {
		id, _, _ := strings.Cut(i.Text, ":")
		severities[id] = i.Severity
	}
	want := map[string]string{"FL0301": "warning", "FL0701": "warning", "FL0901": "error", "FL0902": "error", "FL0906": "warning"}
	if diff := cmp.Diff(want, severities); diff != "" {
		t.Errorf("severities (-want +got):\n%s", diff)
	}
	configure(t, dir, strings.Replace(everything, "linters:\n", exclusion, 1))
	if got := places(issues(t, dir)); len(got) != len(want)-1 || slices.ContainsFunc(got, func(i string) bool { return strings.HasSuffix(i, "FL0301") }) {
		t.Errorf("with the exclusion: %q", got)
	}
}
