package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// A Touch is one use of a map, slice or sync.Map that a package variable holds, or of a channel in a variable or field: of
// what outlives the call of a function.
type Touch struct {
	Of  string // symbol of the variable or field
	How Use
	Fed bool       // the key or the value comes from the function's parameters
	At  check.Span // the container as written
}

// A Use is what is done with a container.
type Use uint8

// Uses of containers and channels.
const (
	Get     Use = iota // looks into it, or hands it on
	Put                // adds to it or replaces something in it
	Drop               // takes something out of it
	Send               // to a channel
	Receive            // from a channel
)

const contentLength = "net/http.Request.ContentLength"

// touches records what a function does with containers that outlive it.
func (x *extractor) touches(fn *Func, typ *ast.FuncType, body *ast.BlockStmt) {
	t := toucher{x: x, fn: fn}
	ast.PreorderStack(body, nil, func(n ast.Node, stack []ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		t.visit(n, stack)
		return true
	})
	for i := range fn.Touches {
		if fn.Touches[i].How == Put {
			t.fed(typ, body)
			break
		}
	}
	for i, in := range t.puts {
		fn.Touches[i].Fed = slices.ContainsFunc(in, t.mentions)
	}
}

// A toucher collects the touches of one function.
type toucher struct {
	x     *extractor
	fn    *Func
	puts  map[int][]ast.Expr // what is put in, by index of the touch
	given map[types.Object]bool
	own   []ast.Expr // containers as part of what changes them: no further use
}

func (t *toucher) visit(n ast.Node, stack []ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, lhs := range n.Lhs {
			var value ast.Expr
			if len(n.Lhs) == len(n.Rhs) {
				value = n.Rhs[i]
			}
			t.assign(lhs, value)
		}
	case *ast.IncDecStmt:
		t.assign(n.X, nil)
	case *ast.CallExpr:
		t.call(n)
	case *ast.SendStmt:
		t.channel(n.Chan, Send)
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			t.channel(n.X, Receive)
		}
	case *ast.RangeStmt:
		t.channel(n.X, Receive)
	case *ast.BinaryExpr:
		if n.Op == token.GTR || n.Op == token.GEQ || n.Op == token.LSS || n.Op == token.LEQ {
			t.fn.Sized = t.fn.Sized || t.x.fieldOrVar(n.X) == contentLength || t.x.fieldOrVar(n.Y) == contentLength
		}
	case *ast.Ident, *ast.SelectorExpr:
		e := n.(ast.Expr)
		if len(stack) > 0 {
			if s, ok := stack[len(stack)-1].(*ast.SelectorExpr); ok && s.Sel == e {
				return
			}
		}
		if id := t.container(e); id != "" && !slices.Contains(t.own, e) {
			t.add(id, Get, e)
		}
	}
}

func (t *toucher) add(id string, how Use, e ast.Expr, in ...ast.Expr) {
	t.own = append(t.own, e)
	if how == Put {
		if t.puts == nil {
			t.puts = map[int][]ast.Expr{}
		}
		t.puts[len(t.fn.Touches)] = in
	}
	t.fn.Touches = append(t.fn.Touches, Touch{Of: id, How: how, At: t.x.at(e)})
}

// assign notes m[key] = value and s = append(s, value).
func (t *toucher) assign(lhs, value ast.Expr) {
	switch lhs := ast.Unparen(lhs).(type) {
	case *ast.IndexExpr:
		if _, ok := t.x.typeOf(lhs.X).(*types.Map); ok {
			if id := t.container(lhs.X); id != "" {
				t.add(id, Put, ast.Unparen(lhs.X), lhs.Index, value)
			}
		}
	case *ast.Ident, *ast.SelectorExpr:
		id := t.container(lhs)
		if id == "" {
			return
		}
		t.own = append(t.own, lhs)
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		if !ok || len(call.Args) < 2 || t.builtin(call) != "append" || t.container(call.Args[0]) != id {
			return
		}
		t.add(id, Put, ast.Unparen(call.Args[0]), call.Args[1:]...)
	}
}

func (t *toucher) builtin(call *ast.CallExpr) string {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return ""
	}
	if b, ok := t.x.pass.TypesInfo.Uses[id].(*types.Builtin); ok {
		return b.Name()
	}
	return ""
}

func (t *toucher) call(call *ast.CallExpr) {
	if b := t.builtin(call); (b == "delete" || b == "clear") && len(call.Args) > 0 {
		if id := t.container(call.Args[0]); id != "" {
			t.add(id, Drop, ast.Unparen(call.Args[0]))
		}
		return
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	id := t.container(sel.X)
	if id == "" {
		return
	}
	switch t.x.callee(call) {
	case "sync.Map.Store", "sync.Map.Swap", "sync.Map.LoadOrStore", "sync.Map.CompareAndSwap":
		t.add(id, Put, ast.Unparen(sel.X), call.Args...)
	case "sync.Map.Delete", "sync.Map.LoadAndDelete", "sync.Map.CompareAndDelete", "sync.Map.Clear":
		t.add(id, Drop, ast.Unparen(sel.X))
	}
}

func (t *toucher) channel(e ast.Expr, how Use) {
	ch, ok := t.x.typeOf(e).(*types.Chan)
	if !ok {
		return
	}
	switch el := ch.Elem().Underlying().(type) {
	case *types.Struct:
		if el.NumFields() == 0 || typeSymbol(ch.Elem()) == "time.Time" {
			return // it brings the news that something happened, and no work
		}
	case *types.Interface:
		return // an error, a signal
	case *types.Basic:
		if el.Info()&types.IsBoolean != 0 {
			return
		}
	}
	if id := t.x.fieldOrVar(e); id != "" {
		t.add(id, how, ast.Unparen(e))
	}
}

// container returns the symbol of a map, slice or sync.Map that a package variable holds, itself or in one of its fields; ""
// for any other expression, and for containers of what belongs to this process and no other.
func (t *toucher) container(e ast.Expr) string {
	e = ast.Unparen(e)
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
	default:
		return ""
	}
	typ := t.x.pass.TypesInfo.TypeOf(e)
	if typ == nil || !t.rooted(e) {
		return ""
	}
	var parts []types.Type
	switch u := typ.Underlying().(type) {
	case *types.Map:
		switch u.Key().Underlying().(type) {
		case *types.Basic, *types.Array, *types.Struct:
		default:
			return "" // a pointer, a type: the key itself lives in this process
		}
		parts = []types.Type{u.Key(), u.Elem()}
	case *types.Slice:
		parts = []types.Type{u.Elem()}
	default:
		if typeSymbol(typ) != "sync.Map" {
			return ""
		}
	}
	id := t.x.fieldOrVar(e)
	if id == "" || belongs(lastName(id)) {
		return ""
	}
	for _, p := range parts {
		switch u := p.Underlying().(type) {
		case *types.Chan, *types.Signature:
			return ""
		case *types.Pointer:
			p = u.Elem()
		}
		if sym := typeSymbol(p); belongs(lastName(sym)) || strings.HasPrefix(sym, "sync.") || strings.HasPrefix(sym, "regexp.") || strings.HasPrefix(sym, "text/template.") {
			return ""
		}
	}
	return id
}

// rooted reports whether an expression selects from a package variable.
func (t *toucher) rooted(e ast.Expr) bool {
	for {
		switch n := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, ok := t.x.pass.TypesInfo.ObjectOf(n).(*types.Var)
			return ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
		case *ast.SelectorExpr:
			if t.x.pass.TypesInfo.Selections[n] == nil {
				e = n.Sel
			} else {
				e = n.X
			}
		case *ast.StarExpr:
			e = n.X
		default:
			return false
		}
	}
}

// belongs reports whether a name speaks of what each process has for itself: what it can compute again, connections, locks,
// numbers about itself.
func belongs(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"cache", "memo", "pool", "once", "metric", "gauge", "histogram", "counter", "stats", "conn", "socket", "hub", "client", "limit", "lock",
		"mutex", "subscri", "listener", "watcher", "channel", "pattern", "regex", "template", "compiled", "handler", "route", "registry", "visitor"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// fed finds the variables of a function that hold what comes from its parameters: the parameters other than contexts, what is
// computed from them, and what a call fills that is given one of them.
func (t *toucher) fed(typ *ast.FuncType, body *ast.BlockStmt) {
	t.given = map[types.Object]bool{}
	for _, f := range typ.Params.List {
		for _, n := range f.Names {
			if obj := t.x.pass.TypesInfo.Defs[n]; obj != nil && typeSymbol(obj.Type()) != "context.Context" && typeSymbol(obj.Type()) != "net/http.ResponseWriter" {
				t.given[obj] = true
			}
		}
	}
	mark := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if obj := t.x.pass.TypesInfo.ObjectOf(id); obj != nil {
				t.given[obj] = true
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if slices.ContainsFunc(n.Rhs, t.mentions) {
				for _, l := range n.Lhs {
					if typeSymbol(t.x.pass.TypesInfo.TypeOf(l)) != "error" {
						mark(l)
					}
				}
			}
		case *ast.RangeStmt:
			if t.mentions(n.X) {
				mark(n.Key)
				mark(n.Value)
			}
		case *ast.CallExpr:
			if !t.mentions(n) {
				break
			}
			for _, a := range n.Args {
				if u, ok := a.(*ast.UnaryExpr); ok && u.Op == token.AND {
					mark(u.X)
				}
			}
		}
		return true
	})
}

// mentions reports whether an expression uses what comes from the function's parameters.
func (t *toucher) mentions(e ast.Expr) bool {
	if e == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := t.x.pass.TypesInfo.Uses[id]; obj != nil && t.given[obj] {
				found = true
			}
		}
		return !found
	})
	return found
}
