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
		Path:     filepath.Join(root, ".factorlint.yaml"),
		Paths:    Paths{Exclude: []string{"gen", "shop/deploy", "other/deploy", "!/shop/keep/", "**/x"}},
		Services: []Service{{Name: "a", Program: "./shop/cmd/a", Deploys: []string{"shop/c.yaml#a", "d.yaml#a"}}, {Name: "b", Program: "other"}},
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
}
