// Package ruletest tests what every rule owes: a page whose examples are true, cases, and a place in the list of its
// kind.
package ruletest

import (
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/analyzers"
	checkdockerfile "github.com/factorlint/factorlint/checks/dockerfile"
	checkmanifest "github.com/factorlint/factorlint/checks/manifest"
	checkrepository "github.com/factorlint/factorlint/checks/repository"
	checkworkload "github.com/factorlint/factorlint/checks/workload"
	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/cachetest"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/corpus"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/rules"
)

const root = "../.."

func catalogue(t *testing.T) []*rules.Rule {
	t.Helper()
	all, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// implementations returns the names of the implemented rules of each kind.
func implementations(all []*rules.Rule) map[rules.Kind][]string {
	out := map[rules.Kind][]string{
		rules.Dockerfile: names(checkdockerfile.All()),
		rules.Manifest:   names(checkmanifest.All()),
		rules.Repository: names(checkrepository.All()),
		rules.Workload:   names(checkworkload.All()),
		rules.Comment:    {"unused-suppression", "suppression-without-reason"}, // by internal/triage
	}
	for _, a := range analyzers.All() {
		name := "an analyzer without page: " + a.Name
		for _, r := range all {
			if gopass.Name(r.Name) == a.Name {
				name = r.Name
			}
		}
		out[rules.Go] = append(out[rules.Go], name)
	}
	return out
}

func names[T any](checks []check.Check[T]) (out []string) {
	for _, c := range checks {
		out = append(out, c.Rule)
	}
	return out
}

// Page, implementation and cases correspond one to one.
func TestCorrespondence(t *testing.T) {
	all := catalogue(t)
	pages := map[rules.Kind][]string{}
	var withPage []string
	for _, r := range all {
		pages[r.Kind] = append(pages[r.Kind], r.Name)
		withPage = append(withPage, r.Name)
	}
	implemented := implementations(all)
	for _, k := range rules.Kinds() {
		slices.Sort(pages[k])
		slices.Sort(implemented[k])
		if diff := cmp.Diff(pages[k], implemented[k]); diff != "" {
			t.Errorf("%s rules (-pages +implemented):\n%s", k, diff)
		}
	}
	var withCases []string
	files, err := filepath.Glob(filepath.Join(root, "testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		withCases = append(withCases, strings.TrimSuffix(filepath.Base(f), ".txtar"))
	}
	slices.Sort(withPage)
	slices.Sort(withCases)
	if diff := cmp.Diff(withPage, withCases); diff != "" {
		t.Errorf("rules (-pages +cases in testdata):\n%s", diff)
	}
}

// A page's bad examples violate its rule and no other that is on, its good examples do not violate it.
func TestExamples(t *testing.T) {
	for _, r := range catalogue(t) {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			bad, good := 0, 0
			for _, e := range r.Examples {
				if e.Bad {
					bad++
				} else {
					good++
				}
				c := &testCase{files: txtar.Parse([]byte(e.Txtar)).Files}
				if len(c.files) == 0 {
					t.Errorf("rules/%s.md:%d: the example holds no file", r.Name, e.Line)
					continue
				}
				fired := 0
				report := run(t, c, engine.Options{Enable: []string{r.ID}})
				for _, f := range report.Findings {
					if f.Rule == r {
						fired++
					}
					if e.Bad && f.Rule != r || !e.Bad && f.Rule == r {
						t.Errorf("rules/%s.md:%d: unexpected %s", r.Name, e.Line, show(f))
					}
				}
				if e.Bad && fired == 0 {
					t.Errorf("rules/%s.md:%d: the bad example does not violate the rule", r.Name, e.Line)
				}
				for _, n := range report.Notifications {
					if n.Level >= rules.Warning {
						t.Errorf("rules/%s.md:%d: %s: %s", r.Name, e.Line, n.Code, n.Message)
					}
				}
			}
			if bad == 0 || good == 0 {
				t.Errorf("rules/%s.md has %d bad examples and %d good ones, want some of each", r.Name, bad, good)
			}
		})
	}
}

// TestCases runs each case of testdata/NAME.txtar with that rule alone, those of rules about suppression comments with
// all that are on. Where findings have fixes, these remove them and leave Go code formatted.
func TestCases(t *testing.T) {
	for _, r := range catalogue(t) {
		t.Run(r.Name, func(t *testing.T) {
			archive, err := txtar.ParseFile(filepath.Join(root, "testdata", r.Name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			cases, err := split(archive)
			if err != nil {
				t.Fatal(err)
			}
			options := engine.Options{Only: []string{r.ID}}
			if r.Kind == rules.Comment {
				options = engine.Options{Enable: []string{r.ID}}
			}
			fires, silent := false, false
			var fixes atomic.Int32
			t.Cleanup(func() { // when the parallel cases are done
				if r.Fix != rules.NoFix && fixes.Load() == 0 {
					t.Error("want a case with the fix that the page promises")
				}
			})
			for _, c := range cases {
				fires = fires || len(c.wants) > 0
				silent = silent || len(c.wants) == 0
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					report := run(t, c, options)
					for _, diff := range c.compare(report) {
						t.Error(diff)
					}
					for _, f := range report.Findings {
						t.Logf("message of %s %s", f.Rule.ID, f.Message) // for make messages
						if f.Fix != nil {
							fixes.Add(1)
						}
					}
				})
			}
			if !fires || !silent {
				t.Error("want cases that violate the rule and cases that do not")
			}
		})
	}
}

// store is the cache of these tests.
var store *cache.Cache

func TestMain(m *testing.M) { cachetest.Main(m, &store) }

// run writes a repository and runs factorlint on it. Fixes are tried on the way.
func run(t *testing.T, c *testCase, o engine.Options) *check.Report {
	t.Helper()
	dir := t.TempDir()
	if err := write(dir, c.files); err != nil {
		t.Fatal(err)
	}
	o.Paths, o.Cache = []string{dir}, store
	res, err := engine.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Report.Findings {
		if fault := corpus.Misplaced(f, res.Report.Sources); fault != "" {
			t.Errorf("the place %s: %s", fault, show(f))
		}
		if f.Message != strings.TrimSpace(f.Message) || strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "\n") {
			t.Errorf("the message is not a line without a full stop: %s", show(f))
		}
	}
	checkFixes(t, dir, o, res.Report)
	return res.Report
}

// The index is what "make generate" writes.
func TestIndex(t *testing.T) {
	catalogue(t)
	got, err := rules.Page("README")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rules.Index(), got); diff != "" {
		t.Errorf("rules/README.md is not what \"make generate\" writes (-want +got):\n%s", diff)
	}
}

func TestWants(t *testing.T) {
	cases, err := split(txtar.Parse([]byte(`-- a/Dockerfile --
# want-next FL0001 "a"
# want-next FL0002 "b" FL0003 col 1-5 "say \"c\""
FROM x
-- a/main.go --
x() // want FL0902 "d"
-- a/expect --
# notify yaml-syntax
-- b/x.yaml --
a: b
`)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cases {
		for _, w := range c.wants {
			got = append(got, c.name+" "+w.String())
		}
		got = append(got, c.notify...)
	}
	want := []string{`a Dockerfile:3 FL0001 "a"`, `a Dockerfile:3 FL0002 "b"`, `a Dockerfile:3 FL0003 col 1-5 "say \"c\""`, `a main.go:1 FL0902 "d"`, "yaml-syntax"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wants (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"-- a --\n", "-- a/x --\n# want FL1 \"x\"\n", "-- a/x --\n# want FL0001 \"(\"\n", "-- a/x --\n# want FL0001 \"x\" y\n",
		"-- a/expect --\nx\n", "-- a/x --\n-- b/x --\n-- a/y --\n"} {
		if _, err := split(txtar.Parse([]byte(bad))); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	archive := txtar.Parse([]byte("-- a/x --\n# want FL0001 \"x\"\n"))
	cases, _ = split(archive)
	r := &rules.Rule{ID: "FL0001"}
	at := check.Span{File: "x", Start: check.Pos{Line: 1}}
	report := &check.Report{Findings: []check.Finding{{Rule: r, At: at, Message: "a x"}, {Rule: r, At: at, Message: "a x"}},
		Notifications: []check.Notification{{Code: "c", Level: rules.Warning}, {Code: "d", Level: rules.Note}}}
	if diffs := cases[0].compare(report); len(diffs) != 2 {
		t.Errorf("an unexpected finding and an unexpected notification give %q", diffs)
	}
	if diffs := cases[0].compare(&check.Report{}); len(diffs) != 1 {
		t.Errorf("a missing finding gives %q", diffs)
	}
}
