package config

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFor(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{
		Path: filepath.Join(root, ".factorlint.yaml"),
		Paths: Paths{Exclude: []string{"gen", "shop/deploy", "other/deploy", "!/shop/keep/", "**/x"},
			Roles: Roles{Product: []string{"shop/examples/"}, Tooling: []string{"other/load/", "load"}}},
		Helm:      []Rendering{{Chart: "shop/chart", Values: []string{"shop/env/prod.yaml"}}, {Chart: "shop/chart", Values: []string{"env/prod.yaml"}}, {Chart: "chart"}},
		Kustomize: []string{"shop/overlays/prod", "shop", "overlays/prod"},
		Services:  []Service{{Name: "a", Program: "./shop/cmd/a", Deploys: []string{"shop/c.yaml#a", "d.yaml#a"}}, {Name: "b", Program: "other"}},
	}
	if got := c.For(root); got != c {
		t.Errorf("in its own folder: %+v", got)
	}
	got := c.For(filepath.Join(root, "shop"))
	if d := cmp.Diff([]string{"gen", "/deploy", "!/keep", "**/x"}, got.Paths.Exclude); d != "" {
		t.Error(d)
	}
	want := []Service{{Name: "a", Program: "cmd/a", Deploys: []string{"c.yaml#a"}}}
	if d := cmp.Diff(want, got.Services); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Roles{Product: []string{"/examples"}, Tooling: []string{"load"}}, got.Paths.Roles); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Rendering{{Chart: "chart", Values: []string{"env/prod.yaml"}}}, got.Helm); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"overlays/prod", "."}, got.Kustomize); d != "" {
		t.Error(d)
	}
}
