package plugin_test

import (
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/moduletest"
	"github.com/factorlint/factorlint/plugin"
	"github.com/factorlint/factorlint/rules"
)

// list is a list as golangci-lint reads it from a configuration.
func list(words ...any) []any { return words }

// build returns the analyzers for the settings of a configuration.
func build(t *testing.T, settings any) []*analysis.Analyzer {
	t.Helper()
	p, err := plugin.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ids returns the names of the analyzers for the settings of a configuration.
func ids(t *testing.T, settings any) []string {
	t.Helper()
	var out []string
	for _, a := range build(t, settings) {
		out = append(out, a.Name)
	}
	return out
}

// goRules returns the ids of the Go rules that want holds for.
func goRules(t *testing.T, want func(*rules.Rule) bool) []string {
	t.Helper()
	all, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range all {
		if r.Kind == rules.Go && want(r) {
			out = append(out, r.ID)
		}
	}
	return out
}

func TestRegistered(t *testing.T) {
	New, err := register.GetPlugin("factorlint")
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("load mode %s", mode)
	}
}

func TestSettings(t *testing.T) {
	on := goRules(t, func(r *rules.Rule) bool { return r.Default })
	config := goRules(t, func(r *rules.Rule) bool { return r.Principle.Slug() == "config" })
	for _, c := range []struct {
		name     string
		settings any
		want     []string
	}{
		{"none", nil, on},
		{"empty", map[string]any{}, on},
		{"only", map[string]any{"only": list("fl0902", "Sigterm-Unhandled")}, []string{"FL0901", "FL0902"}},
		{"a principle", map[string]any{"only": list("Config")}, config},
		{"all", map[string]any{"only": list("all")}, goRules(t, func(*rules.Rule) bool { return true })},
		{"enable", map[string]any{"enable": list("go")}, goRules(t, func(*rules.Rule) bool { return true })},
		{"disable", map[string]any{"disable": list("FL0902")}, slices.DeleteFunc(slices.Clone(on), func(id string) bool { return id == "FL0902" })},
		{"disable beats enable", map[string]any{"only": list("FL0901"), "enable": list("FL0902"), "disable": list("fl0902")}, []string{"FL0901"}},
	} {
		if diff := cmp.Diff(c.want, ids(t, c.settings)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings any
		want     string
	}{
		{"setting", map[string]any{"disabel": list("FL0902")}, `unknown setting "disabel"; did you mean disable?`},
		{"several settings", map[string]any{"zzzzzzzzz": 1, "onli": 1}, "unknown setting \"onli\"; did you mean only?\nunknown setting \"zzzzzzzzz\""},
		{"id", map[string]any{"disable": list("FL9999")}, `disable: no rule, principle or kind is called "FL9999"`},
		{"name", map[string]any{"only": list("sigint-olny")}, `"sigint-olny"; did you mean sigint-only?`},
		{"several words", map[string]any{"only": list("aaaaaaaaaa"), "enable": list("bbbbbbbbbb")}, "only: no rule, principle or kind is called \"aaaaaaaaaa\"\nenable: no rule, principle or kind is called \"bbbbbbbbbb\""},
		{"another kind of rule", map[string]any{"enable": list("port-mismatch")}, "enable: port-mismatch names no Go rule"},
		{"no list", map[string]any{"disable": "FL0902"}, "disable"},
		{"no mapping", list("FL0902"), "decoding settings"},
	} {
		if _, err := plugin.New(c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// TestDiagnostics runs each Go rule on a case that violates it, as golangci-lint has it and as it is. Every finding is there, in
// the form that golangci-lint keeps whole: text that begins with the rule's id, no related places, at most one fix, a safe one, in
// the same file.
func TestDiagnostics(t *testing.T) {
	original := map[string]*analysis.Analyzer{}
	for _, a := range analyzers.All() {
		original[a.Name] = a
	}
	for _, a := range build(t, map[string]any{"only": list("go")}) {
		r := rules.Lookup(a.Name)
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			dir := moduletest.Violation(t, filepath.Join("..", "testdata", r.Name+".txtar")).Write(t)
			got, want := diagnose(t, a, dir), diagnose(t, original[gopass.Name(r.Name)], dir)
			if len(want) == 0 || len(got) != len(want) {
				t.Fatalf("%d diagnostics of %d", len(got), len(want))
			}
			for i, d := range got {
				fixes := min(1, len(want[i].SuggestedFixes))
				if r.Fix != rules.SafeFix {
					fixes = 0
				}
				if text := a.Name + ": " + d.Message; text != want[i].Message || !strings.HasPrefix(text, r.ID+": ") || d.Category != r.ID || d.URL != r.URL() {
					t.Errorf("%s %s: got %s, want %s", d.Category, d.URL, text, want[i].Message)
				}
				if d.posn != want[i].posn || len(d.Related) > 0 || len(d.SuggestedFixes) != fixes {
					t.Errorf("%s: %d related places, %d fixes, want it at %s with %d fixes", d.posn, len(d.Related), len(d.SuggestedFixes), want[i].posn, fixes)
				}
				for _, e := range d.edits {
					if e.Filename != d.posn.Filename {
						t.Errorf("%s: an edit at %s", d.posn, e)
					}
				}
			}
		})
	}
}

// A diagnostic is one with its places read.
type diagnostic struct {
	analysis.Diagnostic
	posn  token.Position
	edits []token.Position
}

// diagnose runs an analyzer on the module in a folder.
func diagnose(t *testing.T, a *analysis.Analyzer, dir string) (out []diagnostic) {
	t.Helper()
	g, err := checker.Analyze([]*analysis.Analyzer{a}, moduletest.Load(t, dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range g.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act, act.Err)
		}
		for _, d := range act.Diagnostics {
			found := diagnostic{Diagnostic: d, posn: act.Package.Fset.Position(d.Pos)}
			for _, fix := range d.SuggestedFixes {
				for _, e := range fix.TextEdits {
					found.edits = append(found.edits, act.Package.Fset.Position(e.Pos))
				}
			}
			out = append(out, found)
		}
	}
	return out
}

// TestVersion compares the versions of golangci-lint that the plugin is tested with, that this project is checked with, and that the
// documentation has users build.
func TestVersion(t *testing.T) {
	versions := map[string]string{}
	for file, expr := range map[string]string{
		"../Makefile":              `(?m)^GOLANGCI_LINT_VERSION := (v\S+)$`,
		"testbed/go.mod":           `(?m)\sgithub\.com/golangci/golangci-lint/v2 (v\S+)$`,
		"../docs/golangci-lint.md": `(?m)^version: (v\S+)$`,
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(expr).FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s names no version", file)
		}
		versions[string(m[1])] = file
	}
	if len(versions) != 1 {
		t.Errorf("versions differ: %v", versions)
	}
}

// TestImports holds the plugin to what a build of golangci-lint can bear: no parser of YAML or Dockerfiles, no Helm, no command.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	allowed := []string{
		"github.com/golangci/plugin-module-register/register",
		"golang.org/x/tools/",
		"github.com/factorlint/factorlint/analyzers",
		"github.com/factorlint/factorlint/internal/check",
		"github.com/factorlint/factorlint/internal/directive",
		"github.com/factorlint/factorlint/internal/gopass",
		"github.com/factorlint/factorlint/internal/suggest",
		"github.com/factorlint/factorlint/internal/workload",
		"github.com/factorlint/factorlint/plugin",
		"github.com/factorlint/factorlint/rules",
	}
	for _, dep := range deps {
		if !slices.ContainsFunc(allowed, func(prefix string) bool { return strings.HasPrefix(dep, prefix) }) {
			t.Errorf("the plugin imports %s", dep)
		}
	}
	if !slices.Contains(deps, "github.com/factorlint/factorlint/analyzers/observe") {
		t.Errorf("go list names only %d packages", len(deps))
	}
}
