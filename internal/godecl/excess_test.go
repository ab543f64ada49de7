package godecl_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/godecl"
)

func TestExcessive(t *testing.T) {
	far := types.NewPackage("example.com/far", "far")
	far.Scope().Insert(types.NewConst(token.NoPos, far, "Long", types.Typ[types.UntypedString], constant.MakeString(strings.Repeat("x", 1<<19))))
	doubling := func(format string) string {
		var b strings.Builder
		for i := range 30 {
			fmt.Fprintf(&b, format+"\n", i+1, i)
		}
		return b.String()
	}
	nested := func(text string) string { return strings.Repeat(text+"; {", 40) + strings.Repeat("}", 40) }
	for text, want := range map[string]string{
		"const a0 = \"xx\"\n" + doubling("const a%d = a%d + a%[2]d"):                                                       "the constant a",
		"const (a = `x`; b; c)\nvar _ = a + b + c":                                                                         "",
		"func f() { const a = \"xx\"; " + nested("const a = a + a") + " }":                                                 "the constant a is too long",
		"import \"example.com/far\"\nconst a = far.Long + far.Long + far.Long":                                             "the constant a is too long",
		"import x \"example.com/far\"\nfunc f() { g(g(x.Long + x.Long + x.Long, 1) + \"\", 2) }":                           "a constant is too long",
		"import \"example.com/far\"\nconst a = far.Long + far.Other + far.Long\nvar b = far.Long":                          "",
		"type T0 int\n" + doubling("type T%d struct{ a, b T%d }"):                                                          "the type T",
		"type T0 int\n" + doubling("type T%d [2]T%d"):                                                                      "",
		"type T0 int\n" + doubling("type T%d struct{ a, b *T%d; c []T%[2]d; d map[T%[2]d]T%[2]d; e func(T%[2]d) T%[2]d }"): "",
		"type T struct{ a *T; b []T }\ntype U struct{ T; V }\ntype V struct{ u *U }":                                       "",
		"type T0 interface{}\n" + doubling("type T%d interface{ T%d; interface{ T%[2]d } }"):                               "the type T",
		"type T0 = int\n" + doubling("type T%d = P[T%d, T%[2]d]"):                                                          "the type T",
		"func f() { " + nested("type T struct{ a, b U }; type U struct{ a, b T }") + " }":                                  "the type ",
		"var " + strings.Repeat("x", 5_000) + " int":                                                                       "an identifier is too long",
		"var s = \"" + strings.Repeat("x", 2<<20) + "\"":                                                                   "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "a.go", "package a\n"+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := godecl.Excessive([]*ast.File{f}, func(path string) *types.Package {
			if path == far.Path() {
				return far
			}
			return nil
		})
		if got == "" != (want == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%.300s\n%q, want %q", text, got, want)
		}
	}
}
