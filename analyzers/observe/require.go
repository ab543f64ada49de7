package observe

import (
	"go/ast"
	"go/token"
	"go/types"
)

// requirement notes an empty result that ends the program, or makes the function return an error:
// if v == "" { log.Fatal(…) }.
func (w *walker) requirement(s *ast.IfStmt) {
	marks := w.required
	if !w.ends(s.Body) {
		if !w.errs(s.Body) {
			return
		}
		marks = w.missing
	}
	w.requires(s.Cond, marks)
}

// requires marks the calls whose empty result is enough for a condition.
func (w *walker) requires(cond ast.Expr, marks map[token.Pos]bool) {
	cond = ast.Unparen(cond)
	switch c := cond.(type) {
	case *ast.BinaryExpr:
		if c.Op == token.LOR {
			w.requires(c.X, marks)
			w.requires(c.Y, marks)
			return
		}
		if c.Op == token.LAND {
			return
		}
	case *ast.UnaryExpr:
		if testsEmpty(c, "") {
			w.require(c.X, cond.Pos(), marks)
		}
	}
	ast.Inspect(cond, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && testsEmpty(cond, types.ExprString(e)) {
			w.require(e, cond.Pos(), marks)
		}
		return true
	})
}

// errs reports whether a block does nothing but return an error.
func (w *walker) errs(b *ast.BlockStmt) bool {
	if len(b.List) != 1 {
		return false
	}
	r, ok := b.List[0].(*ast.ReturnStmt)
	if !ok || len(r.Results) == 0 {
		return false
	}
	last := r.Results[len(r.Results)-1]
	return isError(w.x.pass.TypesInfo.TypeOf(last)) && w.x.expr(last, 0).Op != Nil
}

// require marks the call whose result e is.
func (w *walker) require(e ast.Expr, use token.Pos, marks map[token.Pos]bool) {
	if marks == nil {
		return
	}
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		marks[c.Pos()] = true
		return
	}
	v := w.x.localVar(e)
	if v == nil {
		return
	}
	for _, d := range w.x.defs[v] {
		if c, ok := d.value.(*ast.CallExpr); ok && d.pos < use && !d.empty {
			marks[c.Pos()] = true
		}
	}
}

// ends reports whether a block ends the program on every way that matters: it holds a call that does.
func (w *walker) ends(b *ast.BlockStmt) bool {
	found := false
	for _, s := range b.List {
		e, ok := s.(*ast.ExprStmt)
		if !ok {
			continue
		}
		c, ok := e.X.(*ast.CallExpr)
		if !ok {
			continue
		}
		if w.x.fails(c) || lookup(w.x.callee(c), "fatal") != nil {
			found = true
		}
	}
	return found
}
