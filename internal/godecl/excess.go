package godecl

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Limits of what a declaration may grow to. A few dozen of them, each of which has the one before in it twice, would keep go/types
// busy for years or fill the memory: it follows a type through all that it holds, and a constant is as long as its parts together.
const (
	mostParts = 1_000_000 // types that a type holds
	mostText  = 1 << 20   // bytes of a constant
	mostName  = 4 << 10   // bytes of an identifier: whatever is told of a function repeats its name
)

// Excessive returns what in the files of a package the type-checker is not to be given; "" if nothing is. imported returns a package
// by its path as it is written, nil if there is none.
func Excessive(files []*ast.File, imported func(path string) *types.Package) string {
	g := growth{types: map[string][]*ast.TypeSpec{}, constants: map[string][]ast.Expr{}, imports: map[string]string{}, imported: imported,
		parts: map[string]int{}, texts: map[string]int{}}
	for _, f := range files {
		g.declare(f)
	}
	for _, name := range slices.Sorted(maps.Keys(g.types)) {
		if g.named(name) > mostParts {
			return "the type " + name + " holds too many others"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.constants)) {
		if g.constant(name) > mostText {
			return "the constant " + name + " is too long"
		}
	}
	for _, f := range files {
		if what := g.long(f); what != "" {
			return what
		}
	}
	return ""
}

// long returns what in a file is too long to be told; "" if nothing is.
func (g *growth) long(f *ast.File) (what string) {
	added := map[ast.Expr]bool{} // they are parts of sums that were looked at
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if len(n.Name) > mostName {
				what = "an identifier is too long"
			}
		case *ast.BinaryExpr:
			if n.Op != token.ADD {
				break
			}
			if !added[n] && g.text(n) > mostText {
				what = "a constant is too long"
			}
			added[ast.Unparen(n.X)], added[ast.Unparen(n.Y)] = true, true
		}
		return what == ""
	})
	return what
}

// A growth tells how large declarations become, by their names whatever scope they are in.
type growth struct {
	types     map[string][]*ast.TypeSpec
	constants map[string][]ast.Expr
	imports   map[string]string // paths by the names that files may have for them
	imported  func(path string) *types.Package

	parts map[string]int // of types; 0 while they are counted
	texts map[string]int // likewise, of constants
}

// declare enters the declarations of a file.
func (g *growth) declare(f *ast.File) {
	for _, i := range f.Imports {
		if path, err := strconv.Unquote(i.Path.Value); err == nil {
			name := path[strings.LastIndexByte(path, '/')+1:]
			if i.Name != nil {
				name = i.Name.Name
			}
			g.imports[name] = path
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch d := n.(type) {
		case *ast.TypeSpec:
			g.types[d.Name.Name] = append(g.types[d.Name.Name], d)
		case *ast.GenDecl:
			if d.Tok == token.CONST {
				g.declareConstants(d)
			}
		}
		return true
	})
}

// declareConstants enters constants. One without a value has that of the one above.
func (g *growth) declareConstants(d *ast.GenDecl) {
	var values []ast.Expr
	for _, s := range d.Specs {
		spec, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		if len(spec.Values) > 0 {
			values = spec.Values
		}
		for i, name := range spec.Names {
			if i < len(values) {
				g.constants[name.Name] = append(g.constants[name.Name], values[i])
			}
		}
	}
}

// named returns how many types a type holds: of several of its name, the one that holds most.
func (g *growth) named(name string) int {
	const mostShadowed = 8
	if n, ok := g.parts[name]; ok {
		if n == 0 && len(g.types[name]) > mostShadowed { // it holds itself, or another of its name in an outer block
			return mostParts + 1
		}
		return n
	}
	g.parts[name] = 0
	n := 0
	for _, spec := range g.types[name] {
		n = max(n, g.held(spec.Type, spec.Assign.IsValid()))
	}
	g.parts[name] = n + 1
	return n + 1
}

// held returns how many types a type holds by value, and those that are its arguments. An alias holds all that stands in it.
func (g *growth) held(e ast.Expr, alias bool) (n int) {
	add := func(e ast.Expr) { n = min(n+g.held(e, alias), mostParts+1) }
	switch e := e.(type) {
	case *ast.Ident:
		if _, ok := g.types[e.Name]; ok {
			return g.named(e.Name)
		}
	case *ast.ParenExpr:
		add(e.X)
	case *ast.UnaryExpr:
		add(e.X)
	case *ast.BinaryExpr:
		add(e.X)
		add(e.Y)
	case *ast.StructType:
		for _, f := range e.Fields.List {
			for range max(1, len(f.Names)) {
				add(f.Type)
			}
		}
	case *ast.InterfaceType:
		for _, f := range e.Methods.List {
			if len(f.Names) == 0 {
				add(f.Type)
			}
		}
	case *ast.ArrayType:
		if e.Len != nil || alias {
			add(e.Elt)
		}
	case *ast.StarExpr:
		if alias {
			add(e.X)
		}
	case *ast.IndexExpr:
		add(e.X)
		add(e.Index)
	case *ast.IndexListExpr:
		add(e.X)
		for _, arg := range e.Indices {
			add(arg)
		}
	}
	return n
}

// constant returns how long a constant is at most: of several of its name, the longest. One that is made of another of its name is
// taken to grow as often as there are such.
func (g *growth) constant(name string) int {
	if n, ok := g.texts[name]; ok {
		return n
	}
	g.texts[name] = 1
	values := g.constants[name]
	longest := 0
	for range min(len(values), 40) { // 40 times twice as long is too long
		for _, v := range values {
			longest = max(longest, g.text(v))
		}
		if longest <= g.texts[name] {
			break
		}
		g.texts[name] = longest
	}
	g.texts[name] = longest
	return longest
}

// text returns how long the text of an expression is at most; 0 for what is none.
func (g *growth) text(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return g.text(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return min(g.text(e.X)+g.text(e.Y), mostText+1)
		}
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return min(len(e.Value), mostText) // one that is written in full is no longer than its file
		}
	case *ast.CallExpr:
		if len(e.Args) == 1 { // a conversion
			return g.text(e.Args[0])
		}
	case *ast.Ident:
		if len(g.constants[e.Name]) > 0 {
			return g.constant(e.Name)
		}
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok {
			return g.importedText(pkg.Name, e.Sel.Name)
		}
	}
	return 0
}

// importedText returns how long a constant of another package is.
func (g *growth) importedText(name, constantName string) int {
	path, ok := g.imports[name]
	if !ok {
		return 0
	}
	pkg := g.imported(path)
	if pkg == nil {
		return 0
	}
	c, ok := pkg.Scope().Lookup(constantName).(*types.Const)
	if !ok || c.Val().Kind() != constant.String {
		return 0
	}
	return len(constant.StringVal(c.Val()))
}
