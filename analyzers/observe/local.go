package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
)

// A def is one assignment to a local variable.
type def struct {
	pos    token.Pos
	value  ast.Expr      // nil for what cannot be told: a range, an address passed on
	result int           // which result of value, or -1 for value itself
	flag   *ast.CallExpr // the flagvar call that fills it
	block  ast.Node      // innermost block that holds it
	scope  ast.Node      // innermost function that holds it
	empty  bool          // only where the variable is empty
	tested bool          // only where the value assigned is not empty
	expr   *Expr         // used instead of value: a parameter
}

// collect records what is assigned to the local variables of a file.
func (x *extractor) collect(f *ast.File) {
	in := inspector.New([]*ast.File{f})
	for cur := range in.Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.RangeStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				d := def{value: nil, result: -1}
				switch {
				case n.Tok != token.ASSIGN && n.Tok != token.DEFINE: // += and the like
				case len(n.Lhs) == len(n.Rhs):
					d.value = n.Rhs[i]
				case len(n.Rhs) == 1:
					d.value, d.result = n.Rhs[0], i
					if i == 0 && len(n.Lhs) == 2 && x.cancelled(n.Rhs[0], n.Lhs[1]) {
						d.value = nil
					}
				}
				x.define(cur, lhs, d)
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if x.localVar(name) == nil {
					continue // genDecl has those of the package
				}
				d := def{result: -1}
				switch {
				case len(n.Values) == len(n.Names):
					d.value = n.Values[i]
				case len(n.Values) == 1:
					d.value, d.result = n.Values[0], i
					if i == 0 && len(n.Names) == 2 && x.cancelled(n.Values[0], n.Names[1]) {
						d.value = nil
					}
				case len(n.Values) == 0:
					zero := Expr{Op: Nil, At: x.at(name)}
					if b, ok := x.typeOf(name).(*types.Basic); ok && b.Info()&types.IsString != 0 {
						zero = Expr{Op: Const, At: x.at(name)}
					}
					d.expr = &zero
				}
				x.define(cur, name, d)
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil {
					x.define(cur, e, def{result: -1})
				}
			}
		case *ast.UnaryExpr:
			if n.Op != token.AND {
				continue
			}
			d := def{result: -1}
			if call, ok := cur.Parent().Node().(*ast.CallExpr); ok && lookup(x.callee(call), "flagvar") != nil {
				d.flag = call
			} else if isStruct(x.typeOf(n.X)) {
				continue // a struct whose address is passed on is still the one that was built
			}
			x.define(cur, n.X, d)
		case *ast.CallExpr:
			x.fills(n)
		}
	}
}

// fills notes the structs that a call may fill by reflection, as decoders and configuration libraries do: those whose
// address it takes as a value of any type.
func (x *extractor) fills(call *ast.CallExpr) {
	sig, ok := x.typeOf(call.Fun).(*types.Signature)
	if !ok {
		return
	}
	callee := x.callee(call)
	if x.recordsFills(callee) {
		return
	}
	switch packageOf(callee) {
	case "fmt", "log", "log/slog", "errors":
		return // they look only
	}
	for i, arg := range call.Args {
		j := min(i, sig.Params().Len()-1)
		if j < 0 {
			return
		}
		p := sig.Params().At(j).Type()
		if s, ok := p.Underlying().(*types.Slice); ok && sig.Variadic() && j == sig.Params().Len()-1 && !call.Ellipsis.IsValid() {
			p = s.Elem()
		}
		if iface, ok := p.Underlying().(*types.Interface); !ok || !iface.Empty() {
			continue
		}
		if ptr, ok := x.typeOf(arg).(*types.Pointer); ok {
			x.filled(ptr.Elem(), 0)
		}
	}
}

func (x *extractor) filled(t types.Type, depth int) {
	st, ok := t.Underlying().(*types.Struct)
	sym := typeSymbol(t)
	if !ok || depth > 4 || sym == "?" || isStandardCall(sym) {
		return
	}
	for f := range st.Fields() {
		if id := sym + "." + f.Name(); !slices.Contains(x.pkg.Filled, id) {
			x.pkg.Filled = append(x.pkg.Filled, id)
			ft := types.Unalias(f.Type())
			if p, ok := ft.(*types.Pointer); ok {
				ft = p.Elem()
			}
			x.filled(ft, depth+1)
		}
	}
}

// cancelled reports whether a call makes a context that something other than the end of the function may cancel: then
// nothing is known about how long it lives.
func (x *extractor) cancelled(call ast.Expr, cancel ast.Expr) bool {
	c, ok := ast.Unparen(call).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch x.callee(c) {
	case "context.WithCancel", "context.WithCancelCause":
	default:
		return false
	}
	if id, ok := cancel.(*ast.Ident); ok && id.Name == "_" {
		return false
	}
	v := x.localVar(cancel)
	return v == nil || x.cancels[v]
}

// cancel notes the use of a function that cancels a context, unless it is deferred in the function that makes it.
func (x *extractor) cancel(id *ast.Ident, stack []ast.Node) {
	v := x.localVar(id)
	if v == nil || x.pass.TypesInfo.Uses[id] == nil || len(stack) < 2 {
		return
	}
	if t := typeSymbol(v.Type()); t != "context.CancelFunc" && t != "context.CancelCauseFunc" {
		return
	}
	if a, ok := stack[len(stack)-1].(*ast.AssignStmt); ok && slices.Contains(a.Lhs, ast.Expr(id)) {
		return
	}
	call, called := stack[len(stack)-1].(*ast.CallExpr)
	if _, deferred := stack[len(stack)-2].(*ast.DeferStmt); called && deferred && call.Fun == ast.Expr(id) {
		for _, n := range slices.Backward(stack) {
			if x.scopeID(n) != "" {
				if n.Pos() <= v.Pos() && v.Pos() < n.End() {
					return
				}
				break
			}
		}
	}
	x.cancels[v] = true
}

// localVar returns the variable of the function that e names, or nil.
func (x *extractor) localVar(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := x.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() || v.Pkg() != x.pass.Pkg || v.Parent() == x.pass.Pkg.Scope() {
		return nil
	}
	return v
}

func (x *extractor) define(cur inspector.Cursor, lhs ast.Expr, d def) {
	d.pos = lhs.Pos()
	for c := cur; ; c = c.Parent() {
		n := c.Node()
		if n == nil {
			break
		}
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			if d.block == nil {
				d.block = n
			}
		case *ast.FuncLit, *ast.FuncDecl:
			if d.scope == nil {
				d.scope = n
			}
		case *ast.IfStmt:
			if d.scope != nil || d.block != n.Body {
				if d.block == nil { // in the statement's own initialisation
					d.block = n
				}
				continue
			}
			name := types.ExprString(lhs)
			if testsEmpty(n.Cond, name) {
				d.empty = true
			} else if d.value != nil && testsFull(n.Cond) {
				d.tested = true
			}
		}
		if _, ok := n.(*ast.File); ok {
			break
		}
	}
	if v := x.localVar(lhs); v != nil {
		x.defs[v] = append(x.defs[v], d)
		return
	}
	if id := x.fieldOrVar(lhs); id != "" {
		_, inFunc := d.block.(*ast.BlockStmt)
		chosen := x.chosen(cur, d.pos)
		x.later = append(x.later, func() {
			e := Expr{At: x.at(lhs)}
			switch {
			case d.flag != nil:
				e = x.resultOf(d.flag, 0, 0)
			case d.value != nil && d.result >= 0:
				e = x.resultOf(d.value, d.result, 0)
			case d.value != nil:
				e = x.expr(d.value, 0)
			}
			in := x.pkg.Path + ".init"
			if d.scope != nil {
				in = x.scopeID(d.scope)
			}
			x.pkg.Assigns = append(x.pkg.Assigns, Assign{To: id, Value: e, Func: in, IfEmpty: d.empty, IfFull: d.tested, Cond: !inFunc, Chosen: chosen})
		})
	}
}

// fieldOrVar returns the symbol of the struct field or package variable that e names, or "".
func (x *extractor) fieldOrVar(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := x.pass.TypesInfo.ObjectOf(e).(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			return symbolOf(v)
		}
	case *ast.SelectorExpr:
		if sel := x.pass.TypesInfo.Selections[e]; sel != nil && sel.Kind() == types.FieldVal {
			return x.fieldSymbol(e, sel)
		}
		if v, ok := x.pass.TypesInfo.ObjectOf(e.Sel).(*types.Var); ok && !v.IsField() {
			return symbolOf(v)
		}
	case *ast.StarExpr:
		return x.fieldOrVar(e.X)
	}
	return ""
}

// testsEmpty reports whether a condition holds where the named value is empty: v == "", v == 0, len(v) == 0, v == nil,
// or !ok of a lookup.
func testsEmpty(cond ast.Expr, name string) bool {
	switch c := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LOR, token.LAND:
			return testsEmpty(c.X, name) || testsEmpty(c.Y, name)
		case token.EQL:
			l, r := types.ExprString(c.X), types.ExprString(c.Y)
			return (l == name || l == "len("+name+")" || l == "strings.TrimSpace("+name+")" || l == "*"+name) &&
				(r == `""` || r == "0" || r == "nil" || r == "``")
		case token.LSS, token.LEQ:
			return types.ExprString(c.X) == "len("+name+")"
		}
	case *ast.UnaryExpr:
		if id, ok := c.X.(*ast.Ident); ok && c.Op == token.NOT {
			return id.Name == "ok" || id.Name == "found" || id.Name == "exists" || id.Name == "exist" || id.Name == "isSet" || id.Name == "set" || id.Name == "present"
		}
	}
	return false
}

// testsFull reports whether a condition holds where some value is not empty: v != "", ok, len(v) > 0.
func testsFull(cond ast.Expr) bool {
	switch c := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch c.Op {
		case token.LAND:
			return testsFull(c.X) || testsFull(c.Y)
		case token.NEQ, token.GTR:
			r := types.ExprString(c.Y)
			return r == `""` || r == "0" || r == "nil"
		}
	case *ast.Ident:
		return c.Name == "ok" || c.Name == "found" || c.Name == "exists"
	}
	return false
}

// local describes the value of a local variable where it is used: what the last assignment that is passed on every
// way gave it, or what the assignments after that may have given it.
func (x *extractor) local(v *types.Var, use token.Pos, depth int) Expr {
	if depth > 16 || x.left < 0 {
		return Expr{}
	}
	var live []def
	if p, ok := x.parm[v]; ok {
		live = []def{{expr: &p}}
	}
	for _, d := range x.defs[v] {
		if d.pos >= use {
			break
		}
		if d.value != nil && d.value.Pos() <= use && use < d.value.End() {
			break // v = f(v)
		}
		if d.block == nil || d.block.Pos() <= use && use < d.block.End() && !d.empty && !d.tested {
			live = live[:0]
		}
		live = append(live, d)
	}
	switch {
	case len(live) == 0:
		return Expr{}
	case len(live) == 1:
		return x.value(live[0], depth)
	case len(live) == 2 && live[1].empty:
		return Expr{Op: Default, Args: []Expr{x.value(live[0], depth), x.value(live[1], depth)}}
	case len(live) == 2 && live[1].tested:
		if v := x.value(live[1], depth); v.Op != Const { // a constant: it is something else that was tested
			return Expr{Op: Default, Args: []Expr{v, x.value(live[0], depth)}}
		}
	}
	phi := Expr{Op: Phi}
	for _, d := range live {
		phi.Args = append(phi.Args, x.value(d, depth))
	}
	return phi
}

func (x *extractor) value(d def, depth int) Expr {
	switch {
	case d.expr != nil:
		return *d.expr
	case d.flag != nil:
		return x.resultOf(d.flag, 0, depth+1)
	case d.value == nil:
		return Expr{}
	case d.result >= 0:
		return x.resultOf(d.value, d.result, depth+1)
	}
	return x.expr(d.value, depth+1)
}

// replacement describes what is used instead of the result of a call where that is empty: the only other value of the
// variable that holds it, given where it is empty.
func (x *extractor) replacement(call *ast.CallExpr) *Expr {
	if x.held == nil {
		x.held = map[*ast.CallExpr]*types.Var{}
		for v, defs := range x.defs {
			for _, d := range defs {
				if c, ok := d.value.(*ast.CallExpr); ok && d.result <= 0 {
					x.held[c] = v
				}
			}
		}
	}
	defs := x.defs[x.held[call]]
	if len(defs) != 2 || defs[0].value != ast.Expr(call) || !defs[1].empty || defs[1].value == nil {
		return nil
	}
	e := x.value(defs[1], 0)
	return &e
}
