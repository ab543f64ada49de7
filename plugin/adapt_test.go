package plugin

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/moduletest"
	"github.com/factorlint/factorlint/rules"
)

var twoFiles = moduletest.Module{
	"go.mod": "module example.com/two\n\ngo 1.26\n",
	"a.go":   "package two\n\nvar A = 1\n",
	"b.go":   "package two\n\n//nolint:factorlint // on purpose\nvar B = 2\n",
}

// adapted runs an analyzer in the form adapted for a rule on two files, and returns what it reports.
func adapted(t *testing.T, rule string, a *analysis.Analyzer) []analysis.Diagnostic {
	t.Helper()
	g, err := checker.Analyze([]*analysis.Analyzer{adapt(a, rules.Lookup(rule))}, moduletest.Load(t, twoFiles.Write(t)), nil)
	if err != nil {
		t.Fatal(err)
	}
	act := g.Roots[0]
	if act.Err != nil {
		t.Fatal(act.Err)
	}
	return act.Diagnostics
}

// A fix of another file would be applied in the file of the diagnostic, and of several all would be applied.
func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		files      []int // of each fix, the file that it edits
		want       int
	}{
		{"none", "FL0902", nil, 0},
		{"one", "FL0902", []int{0}, 1},
		{"one that needs a person's eye", "FL0304", []int{0}, 0},
		{"another file", "FL0902", []int{1}, 0},
		{"two", "FL0902", []int{0, 0}, 1},
		{"the second elsewhere", "FL0902", []int{0, 1}, 1},
	} {
		got := adapted(t, c.rule, gopass.New("sigint-only", func(p *gopass.Pass) {
			var fixes []analysis.SuggestedFix
			for _, file := range c.files {
				at := p.Files[file].Name
				fixes = append(fixes, analysis.SuggestedFix{Message: "Rename", TextEdits: []analysis.TextEdit{{Pos: at.Pos(), End: at.End(), NewText: []byte("too")}}})
			}
			p.Report(p.Files[0].Name, "is wrong", fixes...)
		}))
		if len(got) != 1 || len(got[0].SuggestedFixes) != c.want {
			t.Errorf("%s: got %+v, want %d fixes", c.name, got, c.want)
		}
	}
}

// golangci-lint applies its own comments, and complains of those that nothing needs.
func TestNolint(t *testing.T) {
	got := adapted(t, "FL0902", gopass.New("sigint-only", func(p *gopass.Pass) { p.Report(p.Files[1].Decls[0], "is wrong") }))
	if len(got) != 1 || got[0].Message != "is wrong" {
		t.Errorf("got %+v", got)
	}
}

// A rule that fails must not end the run of the others.
func TestFailure(t *testing.T) {
	for name, run := range map[string]func(*gopass.Pass){
		"panic":         func(*gopass.Pass) { panic("odd code") },
		"runtime error": func(p *gopass.Pass) { p.Report(p.Files[2], "is wrong") },
	} {
		got := adapted(t, "FL0902", gopass.New("sigint-only", run))
		if len(got) != 1 || got[0].Category != "FL0902" {
			t.Errorf("%s: got %+v", name, got)
		}
		if name == "panic" {
			if diff := cmp.Diff("failed on package example.com/two: odd code", got[0].Message); diff != "" {
				t.Error(diff)
			}
		}
	}
	broken := gopass.New("sigint-only", nil)
	broken.Run = func(*analysis.Pass) (any, error) { return nil, errors.New("broken") }
	if got := adapted(t, "FL0902", broken); len(got) != 1 || got[0].Message != "broken" {
		t.Errorf("got %+v", got)
	}
}
