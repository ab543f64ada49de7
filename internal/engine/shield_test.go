package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/rules"
)

// A check that breaks down on one Dockerfile leaves what it finds in the others, and what others find in this one.
func TestBrokenCheck(t *testing.T) {
	report := func(p *check.Pass[*dockerfile.File]) { p.Report(check.Finding{At: check.Span{File: p.Subject.Path}}) }
	checks := []check.Check[*dockerfile.File]{
		{Rule: "runs-as-root", Run: func(p *check.Pass[*dockerfile.File]) {
			if p.Subject.Path == "b/Dockerfile" {
				var none []int
				_ = none[len(p.Subject.Path)]
			}
			report(p)
		}},
		{Rule: "shell-form-entrypoint", Run: report},
	}
	all, err := rules.All()
	if err != nil {
		t.Fatal(err)
	}
	r := &run{rules: all}
	var found []string
	each(r, "Dockerfiles", checks, []*dockerfile.File{{Path: "a/Dockerfile"}, {Path: "b/Dockerfile"}, {Path: "c/Dockerfile"}}, dockerfilePlace,
		func(_ *dockerfile.File, f check.Finding) { found = append(found, f.At.File+" "+f.Rule.Name) })
	if got, want := strings.Join(found, ", "), "a/Dockerfile runs-as-root, a/Dockerfile shell-form-entrypoint, b/Dockerfile shell-form-entrypoint, "+
		"c/Dockerfile runs-as-root, c/Dockerfile shell-form-entrypoint"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
	if len(r.notes) != 1 || r.notes[0].At.File != "b/Dockerfile" || r.notes[0].Level != rules.Error ||
		!strings.Contains(r.notes[0].Message, "looking for runs-as-root failed (runtime error: index out of range") {
		t.Errorf("notifications %+v, want one about b/Dockerfile", r.notes)
	}
}

// Where the analysis of Go code breaks down, the rest is judged, and the run cannot be trusted.
func TestBrokenAnalysis(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM debian:12\nENTRYPOINT /api | cat\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := Run(t.Context(), Options{Paths: []string{dir}, Analyze: func(context.Context, golang.Input) *golang.Result { panic("hunter2") }})
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, n := range res.Report.Notifications {
		told = told || n.Code == "internal-error" && n.Level == rules.Error
		if strings.Contains(n.Message, "hunter2") {
			t.Errorf("what was thrown may be what was read: %s", n.Message)
		}
	}
	if !told || !res.Report.Untrusted || len(res.Report.Findings) == 0 {
		t.Errorf("notifications %+v, findings %d, untrusted %t", res.Report.Notifications, len(res.Report.Findings), res.Report.Untrusted)
	}
}
