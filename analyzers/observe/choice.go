package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"
)

// aboutError reports whether a condition asks for nothing but an error: err != nil, err == nil, os.IsNotExist(err).
func aboutError(cond ast.Expr) bool {
	switch c := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return c.Op == token.NOT && aboutError(c.X)
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LAND, token.LOR:
			return aboutError(c.X) && aboutError(c.Y)
		case token.EQL, token.NEQ:
			return types.ExprString(c.Y) == "nil" && namesError(c.X)
		}
	case *ast.CallExpr:
		return len(c.Args) > 0 && namesError(c.Args[0])
	}
	return false
}

func namesError(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && strings.Contains(strings.ToLower(id.Name), "err")
}

// chosen reports whether something else than an error decides that what stands at pos runs, by the statements around cur in
// its function.
func (x *extractor) chosen(cur inspector.Cursor, pos token.Pos) bool {
	early := false
	for c := cur; ; c = c.Parent() {
		switch n := c.Node().(type) {
		case nil, *ast.File:
			return early
		case *ast.FuncLit:
			return early
		case *ast.FuncDecl:
			return early && (x.pkg.Name != "main" || x.declID(n) != x.pkg.Path+".main")
		case *ast.CaseClause, *ast.CommClause:
			return true
		case *ast.RangeStmt:
			if n.Body.Pos() <= pos {
				return true
			}
		case *ast.ForStmt:
			if n.Cond != nil && n.Body.Pos() <= pos {
				return true
			}
		case *ast.IfStmt:
			if n.Body.Pos() <= pos && !aboutError(n.Cond) {
				return true
			}
		case *ast.BlockStmt:
			for _, s := range n.List {
				early = early || s.End() <= pos && leaves(s)
			}
		}
	}
}
