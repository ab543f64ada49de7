package moduletest

import (
	"go/format"
	"maps"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// Fixes demands that the analyzer reports in main.go what the want comments in before say, that its fixes turn before into
// after, that gofmt has nothing to change in after unless it has in before, that after type-checks, and that nothing is
// reported on it any more. The module holds the files beside main.go.
func Fixes(t *testing.T, a *analysis.Analyzer, m Module, before, after string) {
	t.Helper()
	m.run(t, a, before, after)
	out, err := format.Source([]byte(after))
	if err != nil || string(out) != after && formatted(before) {
		t.Errorf("gofmt changes the fixed file: %v\n%s", err, out)
	}
	for _, r := range m.run(t, a, strings.ReplaceAll(after, "// want", "// was"), "") {
		for _, err := range r.Action.Package.Errors {
			t.Errorf("the fixed file does not type-check: %v", err)
		}
	}
}

func formatted(src string) bool {
	out, err := format.Source([]byte(src))
	return err == nil && string(out) == src
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
	if golden == "" {
		return analysistest.Run(t, files.Write(t), a, ".")
	}
	files["main.go.golden"] = golden
	return analysistest.RunWithSuggestedFixes(t, files.Write(t), a, ".")
}
