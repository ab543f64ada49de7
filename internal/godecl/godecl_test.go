package godecl

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"strings"
	"testing"
)

// What is left of a file is what other packages can see of it, and what that needs.
func TestPrune(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"bodies and their imports",
			"import \"fmt\"\nfunc F(x int) string { return fmt.Sprint(x) }",
			"func F(x int) string	{}"},
		{"what a signature needs stays",
			"import (\n\"io\"\n\"os\"\n)\nfunc F(w io.Writer) { os.Exit(1) }",
			"import (\n\t\"io\"\n)\n\nfunc F(w io.Writer)	{}"},
		{"init is nobody's business", "func init() { F() }\nfunc F() {}", "func F()	{}"},
		{"the value of a variable with a type", "import \"os\"\nvar X string = os.Getenv(\"X\")", "var X string"},
		{"the value of one without", "import \"errors\"\nvar Err = errors.New(\"x\")", "import \"errors\"\n\nvar Err = errors.New(\"x\")"},
		{"bodies of literals", "import \"os\"\nvar F = func() string { return os.Args[0] }", "var F = func() string {}"},
		{"checks of the compiler", "import \"io\"\ntype T struct{}\nvar _ io.Reader = T{}\nvar _ = T{}", "type T struct{}"},
		{"variables that only bodies use", "import \"regexp\"\nvar re = regexp.MustCompile(\"x\")\nfunc F() bool { return re.MatchString(\"\") }", "func F() bool	{}"},
		{"variables that others need", "var a = b\nvar b = 1\nvar c = 2\nvar A = a", "var a = b\nvar b = 1\nvar A = a"},
		{"the length of an array is a constant", "var a = [3]int{}\nconst N = len(a)", "var a = [3]int{}\n\nconst N = len(a)"},
		{"a package by another name", "import (\nx \"io\"\ny \"os\"\n. \"net\"\n_ \"embed\"\n)\nvar A x.Reader", "import (\n\tx \"io\"\n\n\t. \"net\"\n)\n\nvar A x.Reader"},
		{"a package named otherwise than its folder", "import \"gopkg.in/yaml.v3\"\nvar A yaml.Node", "import \"gopkg.in/yaml.v3\"\n\nvar A yaml.Node"},
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "p.go", "package p\n"+c.src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		prune([]*ast.File{f}, func(p string) string {
			if p == "gopkg.in/yaml.v3" {
				return "yaml"
			}
			return path.Base(p)
		})
		var b strings.Builder
		if err := format.Node(&b, fset, f); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		if got, want := squeeze(b.String()), squeeze("package p\n"+c.want); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, want)
		}
	}
}
