// Package fixtest tests the fixes of analyzers on small modules with vendored stubs of what they import.
package fixtest

import (
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// A Module is the files beside main.go, by path: go.mod and the stubs below vendor.
type Module map[string]string

// Fixes demands that the analyzer reports what the want comments in before say, that its fixes turn before into after,
// that gofmt has nothing to change in after, that it type-checks, and that nothing is reported on it any more.
func Fixes(t *testing.T, a *analysis.Analyzer, m Module, before, after string) {
	t.Helper()
	m.run(t, a, before, after)
	if out, err := format.Source([]byte(after)); err != nil || string(out) != after {
		t.Errorf("gofmt changes the fixed file: %v\n%s", err, out)
	}
	for _, r := range m.run(t, a, strings.ReplaceAll(after, "// want", "// was"), "") {
		for _, err := range r.Action.Package.Errors {
			t.Errorf("the fixed file does not type-check: %v", err)
		}
	}
}

// NoFix demands that the analyzer reports what the want comments in src say, and offers no fix.
func NoFix(t *testing.T, a *analysis.Analyzer, m Module, src string) {
	t.Helper()
	for _, r := range m.run(t, a, src, "") {
		for _, d := range r.Diagnostics {
			if len(d.SuggestedFixes) > 0 {
				t.Errorf("fix %q", d.SuggestedFixes[0].Message)
			}
		}
	}
}

// run analyses main.go in the module, and compares what the fixes make of it with golden, unless that is empty.
func (m Module) run(t *testing.T, a *analysis.Analyzer, src, golden string) []*analysistest.Result {
	t.Helper()
	files := maps.Clone(m)
	files["main.go"] = src
	if golden != "" {
		files["main.go.golden"] = golden
	}
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if golden != "" {
		return analysistest.RunWithSuggestedFixes(t, dir, a, ".")
	}
	return analysistest.Run(t, dir, a, ".")
}
