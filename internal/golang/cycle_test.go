package golang

import (
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/cache"
)

// Packages that import each other, or themselves, are analysed as far as they can be, in an end.
func TestCycle(t *testing.T) {
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeAll(t, dir, map[string]string{
		"go.mod":     "module example.com/c\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ./lib\n",
		"main.go":    "package main\n\nimport (\n\t\"example.com/c/a\"\n\t\"example.com/lib\"\n)\n\nfunc main() { a.A(); lib.F() }\n",
		"a/a.go":     "package a\n\nimport \"example.com/c/b\"\n\ntype T struct{ b.T }\n\nfunc A() { b.B() }\n",
		"b/b.go":     "package b\n\nimport \"example.com/c/a\"\n\ntype T struct{ a.T }\n\nfunc B() { a.A() }\n",
		"self/s.go":  "package self\n\nimport \"example.com/c/self\"\n\nvar X = self.X\n",
		"lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
		"lib/lib.go": "package lib\n\nimport \"example.com/lib/x\"\n\ntype T struct{ x.T }\n\nfunc F() {}\n",
		"lib/x/x.go": "package x\n\nimport \"example.com/lib\"\n\ntype T struct{ lib.T }\n",
	})
	in := tree(t, dir)
	in.Cache = store
	for range 2 {
		done := make(chan []*Module, 1)
		go func() { done <- Inspect(t.Context(), Source{Cache: store}, in, Shard{}) }()
		select {
		case mods := <-done:
			var notes []string
			for _, m := range mods {
				for _, p := range m.Packages {
					for _, n := range p.Notes {
						notes = append(notes, n.Message)
					}
				}
			}
			if all := strings.Join(notes, "\n"); !strings.Contains(all, "import cycle not allowed") {
				t.Errorf("nothing is said of the circle:\n%s", all)
			}
		case <-time.After(time.Minute):
			t.Fatal("there is no end")
		}
	}
}
