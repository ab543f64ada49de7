// Package gincontextingoroutine implements the rule gin-context-in-goroutine (FL1602).
package gincontextingoroutine

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports goroutines that use a *gin.Context which gin takes back when the handler returns.
var Analyzer = gopass.New("gin-context-in-goroutine", run)

func run(pass *gopass.Pass) {
	for _, file := range pass.Files {
		ast.PreorderStack(file, nil, func(n ast.Node, stack []ast.Node) bool {
			g, ok := n.(*ast.GoStmt)
			if !ok {
				return true
			}
			body := enclosing(stack)
			if body == nil || awaits(pass, body, g) {
				return true
			}
			if id := uses(pass, g); id != nil {
				pass.Report(id, fmt.Sprintf("%s is used in a goroutine that nothing waits for: gin gives it to the next request as soon as the handler returns, so that the goroutine "+
					"reads and writes another client's request", id.Name))
			}
			return true
		})
	}
}

// enclosing returns the body of the innermost function on the stack.
func enclosing(stack []ast.Node) *ast.BlockStmt {
	for i := len(stack) - 1; i >= 0; i-- {
		switch f := stack[i].(type) {
		case *ast.FuncLit:
			return f.Body
		case *ast.FuncDecl:
			return f.Body
		}
	}
	return nil
}

// uses returns the first use of a gin context in a goroutine: one that the statement passes to it, or that a literal has
// from outside. Copies are not among them, nor is what is evaluated before the goroutine starts.
func uses(pass *gopass.Pass, g *ast.GoStmt) *ast.Ident {
	for _, arg := range g.Call.Args {
		if id, ok := ast.Unparen(arg).(*ast.Ident); ok && isContext(pass, id) {
			return id
		}
	}
	switch f := ast.Unparen(g.Call.Fun).(type) {
	case *ast.SelectorExpr: // go c.Next()
		if id, ok := f.X.(*ast.Ident); ok && isContext(pass, id) {
			return id
		}
	case *ast.FuncLit:
		var found *ast.Ident
		ast.Inspect(f.Body, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || found != nil {
				return found == nil
			}
			obj := pass.TypesInfo.Uses[id]
			if obj != nil && (obj.Pos() < f.Pos() || obj.Pos() >= f.End()) && isContext(pass, id) {
				found = id
			}
			return true
		})
		return found
	}
	return nil
}

// isContext reports whether an identifier is a variable with a *gin.Context that gin will take back: a parameter, and
// not a copy that took its place.
func isContext(pass *gopass.Pass, id *ast.Ident) bool {
	v, ok := pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.IsField() || v.Parent() == pass.Pkg.Scope() {
		return false
	}
	p, ok := types.Unalias(v.Type()).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || n.Obj().Name() != "Context" || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "github.com/gin-gonic/gin" {
		return false
	}
	for _, f := range pass.Files {
		if f.FileStart <= v.Pos() && v.Pos() < f.FileEnd {
			return isParameter(f, v) && !assigned(pass, f, v) && !made(pass, f, v)
		}
	}
	return false
}

// isParameter reports whether a variable is a parameter of a function.
func isParameter(file *ast.File, v *types.Var) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncType); ok && f.Params.Pos() <= v.Pos() && v.Pos() < f.Params.End() {
			found = true
		}
		return !found
	})
	return found
}

// made reports whether the function that a variable is a parameter of is called with anything but a variable: with a copy, or a
// context that gin does not know of.
func made(pass *gopass.Pass, file *ast.File, v *types.Var) bool {
	var fn types.Object
	index := 0
	for _, d := range file.Decls {
		d, ok := d.(*ast.FuncDecl)
		if !ok || v.Pos() < d.Type.Params.Pos() || v.Pos() >= d.Type.Params.End() {
			continue
		}
		fn = pass.TypesInfo.Defs[d.Name]
		for _, p := range d.Type.Params.List {
			for _, name := range p.Names {
				if name.Pos() < v.Pos() {
					index++
				}
			}
		}
	}
	found := false
	for _, f := range pass.Files {
		if fn == nil {
			break
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || index >= len(c.Args) {
				return true
			}
			callee, _ := ast.Unparen(c.Fun).(*ast.Ident)
			if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
				callee = sel.Sel
			}
			if callee != nil && pass.TypesInfo.Uses[callee] == fn {
				_, variable := ast.Unparen(c.Args[index]).(*ast.Ident)
				found = found || !variable
			}
			return true
		})
	}
	return found
}

// assigned reports whether a variable gets another value.
func assigned(pass *gopass.Pass, file *ast.File, v *types.Var) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return !found
		}
		for _, l := range a.Lhs {
			if id, ok := l.(*ast.Ident); ok && pass.TypesInfo.ObjectOf(id) == types.Object(v) {
				found = true
			}
		}
		return !found
	})
	return found
}

// awaits reports whether a function may wait for a goroutine that it starts: behind the statement it takes something from a
// channel, or calls a Wait. A loop around the statement makes no difference. What is deferred counts wherever it stands.
func awaits(pass *gopass.Pass, body *ast.BlockStmt, g *ast.GoStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			return false
		case *ast.DeferStmt:
			found = found || waits(n.Call)
		case *ast.SelectStmt:
			found = found || n.Pos() > g.Pos()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && n.Pos() > g.Pos()
		case *ast.RangeStmt:
			if t := pass.TypesInfo.TypeOf(n.X); t != nil && n.Pos() > g.Pos() {
				_, ch := t.Underlying().(*types.Chan)
				found = found || ch
			}
		case *ast.CallExpr:
			found = found || n.Pos() > g.Pos() && waits(n)
		}
		return !found
	})
	return found
}

// waits reports whether a call is named after waiting, or may keep the response open: a stream, or another handler.
func waits(c *ast.CallExpr) bool {
	s, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	return ok && (s.Sel.Name == "Wait" || s.Sel.Name == "Stream" || s.Sel.Name == "ServeHTTP")
}
