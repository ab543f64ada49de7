package triage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/triage"
	"github.com/factorlint/factorlint/rules"
)

func at(file string, line int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: 1}, End: check.Pos{Line: line, Col: 2}}
}

func finding(rule, file string, line int) check.Finding {
	r := rules.Lookup(rule)
	return check.Finding{Rule: r, Severity: r.Severity, At: at(file, line), Message: "m"}
}

func comment(t *testing.T, text, file string, line int) directive.Directive {
	t.Helper()
	d, ok := directive.Parse(text, file, line, 1, 0)
	if !ok {
		t.Fatalf("%q is no directive", text)
	}
	return d
}

// show lists the findings, and behind a bar the suppressed ones with their reasons.
func show(r *check.Report) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s:%d %s", f.At.File, f.At.Start.Line, f.Rule.ID))
	}
	for _, s := range r.Suppressed {
		out = append(out, fmt.Sprintf("| %s:%d %s %s", s.Finding.At.File, s.Finding.At.Start.Line, s.Finding.Rule.ID, s.Reason))
	}
	return strings.Join(out, ", ")
}

func all(t *testing.T) []*rules.Rule {
	t.Helper()
	rs, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func without(rs []*rules.Rule, name string) []*rules.Rule {
	return slices.DeleteFunc(slices.Clone(rs), func(r *rules.Rule) bool { return r.Name == name })
}

func TestApply(t *testing.T) {
	joined := finding("port-mismatch", "deploy.yaml", 9)
	joined.Related = []check.Related{{At: at("main.go", 4)}, {At: at("Dockerfile", 7)}}
	deployed := finding("sigint-only", "examples/main.go", 3)
	deployed.Workload = "shop"
	twice := finding("duplicate-env", "b.yaml", 2)
	other := twice
	other.Matter = "another variable"
	whole := joined
	whole.Replaces = []string{"shell-form-entrypoint", "sigint-only"}
	for _, c := range []struct {
		name       string
		findings   []check.Finding
		directives []string // "file:line comment"
		want       string
	}{
		{"nothing", nil, nil, ""},
		{"order", []check.Finding{finding("sigint-only", "b.go", 1), finding("sigint-only", "a.go", 10), finding("sigterm-unhandled", "a.go", 9), finding("env-group", "a.go", 9)}, nil,
			"a.go:9 FL0301, a.go:9 FL0901, a.go:10 FL0902, b.go:1 FL0902"},
		{"duplicates", []check.Finding{twice, twice, other, twice}, nil, "b.yaml:2 FL0330, b.yaml:2 FL0330"},
		{"roles", []check.Finding{finding("sigint-only", "examples/main.go", 9), finding("unpinned-base-image", "test/Dockerfile", 1), deployed}, nil, "examples/main.go:3 FL0902"},
		{"replaced at a place of another", []check.Finding{whole, finding("shell-form-entrypoint", "Dockerfile", 7), finding("shell-form-entrypoint", "Dockerfile", 8),
			finding("sigint-only", "main.go", 4), finding("env-group", "main.go", 4)}, nil, "Dockerfile:8 FL0911, deploy.yaml:9 FL0702, main.go:4 FL0301"},
		{"silenced", []check.Finding{finding("sigint-only", "a.go", 5)}, []string{"a.go:5 //factorlint:ignore sigint-only -- why"}, "| a.go:5 FL0902 why"},
		{"silenced at a related place", []check.Finding{joined}, []string{"Dockerfile:7 # factorlint:ignore FL0702 -- why"}, "| deploy.yaml:9 FL0702 why"},
		{"nolint", []check.Finding{finding("sigint-only", "a.go", 5)}, []string{"a.go:5 //nolint:factorlint", "a.go:6 //nolint:factorlint"}, "| a.go:5 FL0902 "},
		{"unused", []check.Finding{finding("sigint-only", "a.go", 5)}, []string{"a.go:6 //factorlint:ignore sigint-only -- why", "a.go:5 //factorlint:ignore env-group -- why"},
			"a.go:5 FL0902, a.go:5 FL0001, a.go:6 FL0001"},
		{"one of two names is enough", []check.Finding{finding("sigint-only", "a.go", 5)}, []string{"a.go:5 //factorlint:ignore env-group,sigint-only -- why"}, "| a.go:5 FL0902 why"},
		{"no reason", []check.Finding{finding("sigint-only", "a.go", 5)}, []string{"a.go:5 //factorlint:ignore sigint-only"}, "a.go:5 FL0902, a.go:5 FL0002"},
		{"no rule", nil, []string{"a.go:5 //factorlint:ignore -- why"}, "a.go:5 FL0001"},
		{"rule that did not run", nil, []string{"a.go:5 //factorlint:ignore hardcoded-port -- why"}, ""},
		{"unread file", nil, []string{"broken.yaml:5 # factorlint:ignore duplicate-env -- why"}, ""},
		{"comments in tests", nil, []string{"a_test.go:5 //factorlint:ignore sigint-only", "testdata/a.yaml:1 # factorlint:ignore duplicate-env -- why"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := triage.Input{Findings: c.findings, Rules: without(all(t), "hardcoded-port"), Unread: func(file string) bool { return file == "broken.yaml" }}
			for _, d := range c.directives {
				place, text, _ := strings.Cut(d, " ")
				file, digits, _ := strings.Cut(place, ":")
				in.Directives = append(in.Directives, comment(t, text, file, int(digits[0]-'0')))
			}
			before := slices.Clone(c.findings)
			if got := show(triage.Apply(in)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if diff := cmp.Diff(before, c.findings); diff != "" {
				t.Errorf("the input was changed:\n%s", diff)
			}
		})
	}
}

func TestCommentMessages(t *testing.T) {
	for text, want := range map[string]string{
		"//factorlint:ignore sigint-olny -- why": "did you mean sigint-only?",
		"//factorlint:ignore sigint-only":        "gives no reason",
		"//factorlint:ignore FL0902 FL0901 -- x": "more than rules stands before \"--\": name them alone, with commas between them",
		"//factorlint:ignore sigint-only -- why": "nothing here violates sigint-only",
		"//factorlint:ignore -- why":             "names no rule",
	} {
		r := triage.Apply(triage.Input{Directives: []directive.Directive{comment(t, text, "a.go", 1)}, Rules: all(t)})
		if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Message, want) {
			t.Errorf("%s: got %v, want one finding that says %q", text, r.Findings, want)
		}
	}
}

// An identity depends on what a finding is about, not on where it stands and what is around it.
func TestIdentity(t *testing.T) {
	identities := func(directives []directive.Directive, fs ...check.Finding) map[string]string {
		out := map[string]string{}
		r := triage.Apply(triage.Input{Findings: fs, Directives: directives, Rules: all(t)})
		for _, s := range r.Suppressed {
			r.Findings = append(r.Findings, s.Finding)
		}
		for _, f := range r.Findings {
			if f.Identity == "" {
				t.Errorf("%s has no identity", f.Message)
			}
			for m, id := range out {
				if id == f.Identity {
					t.Errorf("%s and %s have the same identity", m, f.Message)
				}
			}
			out[f.Message] = f.Identity
		}
		return out
	}
	about := func(message, matter string, line int) check.Finding {
		f := finding("duplicate-env", "a.yaml", line)
		f.Logical, f.Matter, f.Message = "Deployment/shop", matter, message
		return f
	}
	first := identities(nil, about("one", "PORT", 3), about("two", "HOST", 5), about("three", "HOST", 8))
	moved := identities(nil, finding("sigint-only", "a.go", 1), about("three", "HOST", 80), about("two", " host", 50), about("one", "PORT", 99))
	silenced := identities([]directive.Directive{comment(t, "# factorlint:ignore duplicate-env -- why", "a.yaml", 5)},
		about("one", "PORT", 3), about("two", "HOST", 5), about("three", "HOST", 8))
	for m, id := range first {
		if moved[m] != id {
			t.Errorf("%s has another identity when its line changes", m)
		}
		if silenced[m] != id {
			t.Errorf("%s has another identity when a neighbour is silenced", m)
		}
	}
}

// Of one defect that several workloads show one finding is kept, and it names them all.
func TestSharing(t *testing.T) {
	of := func(rule, workload string) check.Finding {
		f := finding(rule, "Dockerfile", 3)
		f.Workload = workload
		return f
	}
	r := triage.Apply(triage.Input{Rules: all(t), Findings: []check.Finding{
		of("port-mismatch", "api"), of("env-not-provided", "api"), of("port-mismatch", "worker"), of("port-mismatch", "api"), of("port-mismatch", "cron"),
	}})
	if len(r.Findings) != 2 {
		t.Fatalf("%s", show(r))
	}
	for i, want := range []string{"api []", "api [worker cron]"} {
		if got := fmt.Sprint(r.Findings[i].Workload, " ", r.Findings[i].Sharing); got != want {
			t.Errorf("finding %d is of %s, want %s", i, got, want)
		}
	}
}

func TestReplacedFix(t *testing.T) {
	part := finding("shell-form-entrypoint", "Dockerfile", 7)
	part.Fix = &check.Fix{Message: "Use the exec form", Safe: true}
	whole := finding("drain-never-runs", "Dockerfile", 7)
	whole.Replaces = []string{"shell-form-entrypoint"}
	rep := triage.Apply(triage.Input{Findings: []check.Finding{part, whole}, Rules: all(t), Unread: func(string) bool { return false }})
	if len(rep.Findings) != 1 || rep.Findings[0].Fix != part.Fix {
		t.Errorf("got %+v, want one finding with the fix of the replaced one", rep.Findings)
	}
}
