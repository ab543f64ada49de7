package lsp

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/rules"
)

func TestGoCodeIsKept(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.go", "package a\n")
	write("go.mod", "module a\n")
	write("Dockerfile", "FROM a\n")
	in := golang.Input{Root: dir, Files: []string{"Dockerfile", "a.go", "go.mod"}, Rules: []*rules.Rule{rules.Lookup("sigint-only")}}
	loads := 0
	result := &golang.Result{}
	analyze := func(context.Context, golang.Input) *golang.Result { loads++; return result }
	g := &goCode{}
	ctx := t.Context()
	look := func(want int, why string) {
		t.Helper()
		if g.look(ctx, in, analyze); loads != want {
			t.Errorf("%s: %d loads, want %d", why, loads, want)
		}
		loads = 0
	}
	look(1, "the first time")
	look(0, "nothing changed")
	write("Dockerfile", "FROM scratch\n")
	look(0, "a Dockerfile changed")
	write("a.go", "package b\n")
	if err := os.Chtimes(filepath.Join(dir, "a.go"), time.Time{}, time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	look(1, "a Go file changed, not its size")
	write("go.mod", "module ab\n")
	look(1, "go.mod changed")
	in.Files = in.Files[:2]
	look(1, "go.mod is gone")
	in.Builds = []golang.Build{{Dir: ".", Tags: []string{"x"}}}
	look(1, "other build tags")
	in.Rules = nil
	look(1, "other rules")
	look(0, "nothing changed")
	g.forget()
	look(1, "it was forgotten")

	result = &golang.Result{Notes: []check.Notification{{Code: "go-package"}}}
	g.forget()
	look(1, "it was forgotten")
	look(1, "something could not be loaded")
	result = &golang.Result{Failed: true}
	look(1, "something could not be loaded")
	look(1, "nothing could be loaded")

	result = &golang.Result{}
	analyze = func(context.Context, golang.Input) *golang.Result { loads++; g.forget(); return result }
	look(1, "nothing could be loaded")
	look(1, "it was forgotten meanwhile")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	analyze = func(context.Context, golang.Input) *golang.Result { loads++; return result }
	ctx = cancelled
	look(1, "it was forgotten meanwhile")
	ctx = t.Context()
	look(1, "the run was cancelled")
	look(0, "nothing changed")
}

// The engine leaves what it is given as it is: the second run finds the same in it, and so does one over other manifests.
func TestKeptCodeStaysAsItIs(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/repos/shop")); err != nil {
		t.Fatal(err)
	}
	g := &goCode{}
	load := func(ctx context.Context, in golang.Input) *golang.Result {
		return golang.Analyze(ctx, golang.GoList{}, in)
	}
	run := func() *check.Report {
		res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Analyze: load, Keep: g.keep, ReportOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		return res.Report
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	first := run()
	if g.kept == nil {
		t.Fatal("nothing is kept")
	}
	fresh := golang.Analyze(t.Context(), golang.GoList{}, inputOf(t, dir, first))
	if diff := cmp.Diff(fresh, g.kept, all); diff != "" {
		t.Errorf("one run changed (-fresh +kept):\n%s", diff)
	}
	if diff := cmp.Diff(first, run(), all); diff != "" {
		t.Errorf("the second run differs:\n%s", diff)
	}
	orders := filepath.Join(dir, "deploy/orders.yaml")
	text, err := os.ReadFile(orders)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(orders); err != nil {
		t.Fatal(err)
	}
	run()
	if err := os.WriteFile(orders, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, run(), all); diff != "" {
		t.Errorf("a run over other manifests left something behind:\n%s", diff)
	}
	if diff := cmp.Diff(fresh, g.kept, all); diff != "" {
		t.Errorf("all runs together changed (-fresh +kept):\n%s", diff)
	}
}

// inputOf returns the input for the Go code of a folder, as the engine gives it.
func inputOf(t *testing.T, dir string, r *check.Report) golang.Input {
	t.Helper()
	in := golang.Input{Root: dir, Rules: r.Rules}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := repository.Within(name, dir)
			in.Files = append(in.Files, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(in.Files)
	return in
}
