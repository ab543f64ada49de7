package gopass

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// passOn returns a pass on a package of one file, and what was observed there and in the packages that it imports.
func passOn(t *testing.T, module, pkg, file, src string, facts *[]analysis.PackageFact) *analysis.Pass {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	p := &analysis.Pass{
		Fset: fset, Files: []*ast.File{f}, Pkg: types.NewPackage(pkg, f.Name.Name), TypesInfo: info, Module: &analysis.Module{Path: module},
		AllPackageFacts: func() []analysis.PackageFact { return *facts },
	}
	p.ExportPackageFact = func(fact analysis.Fact) { *facts = append(*facts, analysis.PackageFact{Package: p.Pkg, Fact: fact}) }
	result, err := observe.Analyzer.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	p.ResultOf = map[*analysis.Analyzer]any{observe.Analyzer: result}
	return p
}

// TestImported finds a place in an imported package that the driver took from its cache, where the package lies now, and the
// comment that silences what is found there.
func TestImported(t *testing.T) {
	const mail = "package mail\n\n//factorlint:ignore env-group -- on purpose\nvar Sender = 1\n"
	offset := strings.Index(mail, "Sender")
	for _, c := range []struct {
		name           string
		module         string // of the imported package
		from, was, now string // where the importing package lies, and where the imported one lay and lies
	}{
		{"in place", "example.com/shop", "/src/shop/cmd/api/main.go", "/src/shop/mail/mail.go", "/src/shop/mail/mail.go"},
		{"moved", "example.com/shop", "/new/shop/cmd/api/main.go", "/old/shop/mail/mail.go", "/new/shop/mail/mail.go"},
		{"at the root of the file system", "example.com/shop", "/cmd/api/main.go", "/old/shop/mail/mail.go", "/mail/mail.go"},
		{"another module", "example.com/shop/mail", "/new/shop/cmd/api/main.go", "/old/mail/mail.go", "/old/mail/mail.go"},
		{"in a folder of another name", "example.com/shop", "/new/main.go", "/old/shop/mail/mail.go", "/old/shop/mail/mail.go"},
		{"no module", "", "/new/shop/cmd/api/main.go", "/old/shop/mail/mail.go", "/old/shop/mail/mail.go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var facts []analysis.PackageFact
			passOn(t, c.module, "example.com/shop/mail", c.was, mail, &facts)
			p := passOn(t, "example.com/shop", "example.com/shop/cmd/api", c.from, "package main\n\nimport _ \"example.com/shop/mail\"\n", &facts)
			pass := newPass(p, rules.Lookup("env-group"), &Result{})
			want := token.Position{Filename: c.now, Offset: offset, Line: 4, Column: 5}
			span := check.Span{File: c.was, Start: check.Pos{Offset: offset, Line: 4, Col: 5}, End: check.Pos{Offset: offset + 6, Line: 4, Col: 11}}
			for range 2 { // the second time from the file set
				pos, end, ok := pass.Locate(span)
				if at := p.Fset.Position(pos); !ok || at != want || end-pos != 6 {
					t.Errorf("found at %s to %s (%t), want %s", at, p.Fset.Position(end), ok, want)
				}
			}
			files := 0
			p.Fset.Iterate(func(*token.File) bool { files++; return true })
			if files != 2 {
				t.Errorf("%d files in the set, want 2", files)
			}
			pos, end, _ := pass.Locate(span)
			pass.ReportAt(pos, end, "is silenced", nil)
			if w := pass.result.Withheld; len(w) != 1 || w[0].By == nil || w[0].By.At.File != c.now {
				t.Errorf("withheld: %+v", w)
			}
		})
	}
}
