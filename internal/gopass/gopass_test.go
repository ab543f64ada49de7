package gopass_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/gopass"
)

// TestJudged runs an analyzer that counts files and asks for the version of Go, on what drivers give that differ.
func TestJudged(t *testing.T) {
	for _, c := range []struct {
		name       string
		module     *analysis.Module
		files      []string
		judged     int // files
		atLeast125 bool
	}{
		{"go/packages", &analysis.Module{Path: "example.com/shop", GoVersion: "1.25.0"}, []string{"/shop/a.go"}, 1, true},
		{"unitchecker", &analysis.Module{Path: "example.com/shop", GoVersion: "go1.25.0"}, []string{"/shop/a.go"}, 1, true},
		{"an old module", &analysis.Module{Path: "example.com/shop", GoVersion: "go1.24"}, []string{"/shop/a.go"}, 1, false},
		{"with its tests", nil, []string{"/shop/a.go", "/shop/a_test.go"}, 1, false},
		{"another's module", &analysis.Module{Path: "example.com/shop", Version: "v1.2.0", GoVersion: "1.25"}, []string{"/mod/example.com/shop@v1.2.0/a.go"}, 0, false},
	} {
		fset := token.NewFileSet()
		pass := &analysis.Pass{Fset: fset, Pkg: types.NewPackage("example.com/shop", "shop"), Module: c.module}
		for _, name := range c.files {
			f, err := parser.ParseFile(fset, name, "package shop\n", parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			pass.Files = append(pass.Files, f)
		}
		files, atLeast := []*ast.File(nil), false
		a := gopass.New("sigint-only", func(p *gopass.Pass) {
			files = p.Files
			atLeast, _ = p.GoAtLeast("1.25")
		})
		if _, err := a.Run(pass); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if len(files) != c.judged || atLeast != c.atLeast125 {
			t.Errorf("%s: %d files, Go 1.25 or later: %v; want %d, %v", c.name, len(files), atLeast, c.judged, c.atLeast125)
		}
		if len(pass.Files) != len(c.files) {
			t.Errorf("%s: the driver's own pass was changed", c.name)
		}
	}
}
