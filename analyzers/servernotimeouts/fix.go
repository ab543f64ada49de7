package servernotimeouts

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// literals finds the literals of http.Server, and what would give each a timeout: a program may serve with one that
// stands in another package, whose source its own analysis does not hold.
var literals = &analysis.Analyzer{
	Name:             "factorlint_server_literals",
	Doc:              "find the literals of http.Server (reports no problem)",
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[map[check.Span]literal](),
	FactTypes:        []analysis.Fact{(*fact)(nil)},
	Run:              find,
}

// A fact is the literals of a package.
type fact struct{ Literals []literal }

func (*fact) AFact() {}

// A literal is one literal of http.Server.
type literal struct {
	At    check.Span
	Type  check.Span
	Edits []check.Edit // that add ReadHeaderTimeout; none if that is not safe
}

// find returns the literals of a package and, if it is a program, of those it imports, by place.
func find(pass *analysis.Pass) (any, error) {
	all := map[check.Span]literal{}
	if observe.IsForeign(pass) {
		return all, nil
	}
	var own fact
	for _, f := range pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || lit.Type == nil || !isServer(pass, lit) {
				return true
			}
			own.Literals = append(own.Literals, literal{At: span(pass, lit.Pos(), lit.End()), Type: span(pass, lit.Type.Pos(), lit.Type.End()), Edits: edits(pass, f, lit)})
			return true
		})
	}
	if len(own.Literals) > 0 {
		pass.ExportPackageFact(&own)
	}
	facts := []*fact{&own}
	if pass.Pkg.Name() == "main" {
		for _, pf := range pass.AllPackageFacts() {
			if imported, ok := pf.Fact.(*fact); ok {
				facts = append(facts, imported)
			}
		}
	}
	for _, f := range facts {
		for _, l := range f.Literals {
			all[l.At] = l
		}
	}
	return all, nil
}

func isServer(pass *analysis.Pass, lit *ast.CompositeLit) bool {
	sel, ok := lit.Type.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj := pass.TypesInfo.Uses[sel.Sel]
	return obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == "net/http" && obj.Name() == "Server"
}

// edits returns what adds ReadHeaderTimeout as the last element.
func edits(pass *analysis.Pass, f *ast.File, lit *ast.CompositeLit) []check.Edit {
	name, list, ok := gopass.Import(pass, f, lit.Pos(), "time", "net/http")
	if !ok {
		return nil
	}
	pos, text := element(pass, lit, "ReadHeaderTimeout: 10 * "+name+".Second")
	edit, ok := gopass.Rewrite(pass, pos, pos, text)
	if !ok {
		return nil
	}
	var out []check.Edit
	for _, e := range append(list, edit) {
		out = append(out, check.Edit{At: span(pass, e.Pos, e.End), New: string(e.NewText)})
	}
	return out
}

// element returns where a literal takes one more element, and its text there: in a line of its own where the closing brace
// begins one, indented as the last element is.
func element(pass *analysis.Pass, lit *ast.CompositeLit, text string) (token.Pos, string) {
	start, indent, opens := gopass.Indent(pass, lit.Rbrace)
	indent += "\t"
	if len(lit.Elts) == 0 {
		if !opens {
			return lit.Rbrace, text
		}
		return start, indent + text + ",\n"
	}
	last := lit.Elts[len(lit.Elts)-1]
	if !opens {
		return last.End(), ", " + text
	}
	if _, as, first := gopass.Indent(pass, last.Pos()); first {
		indent = as
	}
	return start, indent + text + ",\n"
}

func span(pass *analysis.Pass, pos, end token.Pos) check.Span {
	p, e := pass.Fset.Position(pos), pass.Fset.Position(end)
	return check.Span{
		File:  filepath.ToSlash(p.Filename),
		Start: check.Pos{Offset: p.Offset, Line: p.Line, Col: p.Column},
		End:   check.Pos{Offset: e.Offset, Line: e.Line, Col: e.Column},
	}
}

// fix returns the fix of a literal where the driver holds its source.
func (l literal) fix(pass *gopass.Pass) []analysis.SuggestedFix {
	if len(l.Edits) == 0 {
		return nil
	}
	fix := analysis.SuggestedFix{Message: "Limit the wait for a request's header to 10 seconds"}
	for _, e := range l.Edits {
		pos, end, ok := pass.Locate(e.At)
		if !ok {
			return nil
		}
		fix.TextEdits = append(fix.TextEdits, analysis.TextEdit{Pos: pos, End: end, NewText: []byte(e.New)})
	}
	return []analysis.SuggestedFix{fix}
}
