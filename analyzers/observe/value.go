package observe

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// maxSize bounds the parts of a described value. Values are trees in which a variable used twice stands twice: without
// a bound, a chain of constructors that each take all that went before doubles at every link.
const maxSize = 256

// expr describes a value. depth bounds the work on values made of values.
func (x *extractor) expr(e ast.Expr, depth int) Expr {
	at := x.at(e)
	if depth == 0 {
		x.left = maxSize
	}
	if x.left--; depth > 16 || x.left < 0 {
		return Expr{At: at}
	}
	depth++
	if tv, ok := x.pass.TypesInfo.Types[e]; ok {
		if tv.Value != nil {
			return Expr{Op: Const, S: constText(tv.Value), At: at}
		}
		if tv.IsNil() {
			return Expr{Op: Nil, At: at}
		}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return x.expr(e.X, depth)
	case *ast.StarExpr:
		return x.expr(e.X, depth)
	case *ast.TypeAssertExpr:
		return x.expr(e.X, depth)
	case *ast.UnaryExpr:
		if e.Op == token.AND || e.Op == token.NOT {
			return x.expr(e.X, depth)
		}
	case *ast.FuncLit:
		return Expr{Op: FuncRef, S: x.literal(e), At: at}
	case *ast.Ident:
		return x.ident(e, depth)
	case *ast.SelectorExpr:
		return x.selector(e, depth)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.MUL:
			return Expr{Op: Times, S: typeSymbol(x.pass.TypesInfo.TypeOf(e)), Args: []Expr{x.expr(e.X, depth), x.expr(e.Y, depth)}, At: at}
		case token.ADD:
			if b, ok := x.typeOf(e).(*types.Basic); ok && b.Info()&types.IsNumeric != 0 {
				return Expr{Op: Sum, Args: []Expr{x.expr(e.X, depth), x.expr(e.Y, depth)}, At: at}
			}
			return Expr{Op: Concat, Args: []Expr{x.expr(e.X, depth), x.expr(e.Y, depth)}, At: at}
		case token.LAND, token.LOR:
			return Expr{Op: Either, Args: []Expr{x.expr(e.X, depth), x.expr(e.Y, depth)}, At: at}
		case token.EQL, token.NEQ:
			l, r := x.expr(e.X, depth), x.expr(e.Y, depth)
			if l.Op == Const {
				l, r = r, l
			}
			if r.Op == Const {
				return Expr{Op: Equals, S: r.S, Args: []Expr{l}, At: at}
			}
		}
	case *ast.SliceExpr:
		return x.expr(e.X, depth)
	case *ast.CompositeLit:
		return x.composite(e, depth)
	case *ast.CallExpr:
		return x.resultOf(e, 0, depth)
	}
	return Expr{At: at}
}

func (x *extractor) ident(e *ast.Ident, depth int) Expr {
	at := x.at(e)
	switch obj := x.pass.TypesInfo.ObjectOf(e).(type) {
	case *types.Func:
		return Expr{Op: FuncRef, S: symbolOf(obj), At: at}
	case *types.Var:
		if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			return Expr{Op: Var, S: symbolOf(obj), At: at}
		}
		return x.local(obj, e.Pos(), depth)
	}
	return Expr{At: at}
}

// exprs describes several values. Each gets its share of the work that is left, so that a large one takes nothing from
// those behind it.
func (x *extractor) exprs(list []ast.Expr, depth int) []Expr {
	out := make([]Expr, 0, len(list))
	left := x.left
	for i, e := range list {
		share := left / (len(list) - i)
		x.left = share
		out = append(out, x.expr(e, depth))
		left -= share - max(x.left, 0)
	}
	x.left = left
	return out
}

func (x *extractor) selector(e *ast.SelectorExpr, depth int) Expr {
	at := x.at(e)
	sel := x.pass.TypesInfo.Selections[e]
	if sel == nil { // qualified by a package
		switch obj := x.pass.TypesInfo.ObjectOf(e.Sel).(type) {
		case *types.Func:
			return Expr{Op: FuncRef, S: symbolOf(obj), At: at}
		case *types.Var:
			return Expr{Op: Var, S: symbolOf(obj), At: at}
		}
		return Expr{At: at}
	}
	switch sel.Kind() {
	case types.FieldVal:
		if sym := x.fieldSymbol(e, sel); sym != "" {
			return Expr{Op: Select, S: sym, Args: []Expr{x.expr(e.X, depth)}, At: at}
		}
	case types.MethodVal:
		return Expr{Op: FuncRef, S: symbolOf(sel.Obj()), Args: []Expr{x.receiver(e, sel, depth)}, At: at}
	}
	return Expr{At: at}
}

// receiver describes the value a method is called on, embedded fields on the way included.
func (x *extractor) receiver(e *ast.SelectorExpr, sel *types.Selection, depth int) Expr {
	r := x.expr(e.X, depth)
	x.through(e, sel, func(field string) { r = Expr{Op: Select, S: field, Args: []Expr{r}, At: r.At} })
	return r
}

func (x *extractor) composite(e *ast.CompositeLit, depth int) Expr {
	at := x.at(e)
	t := x.pass.TypesInfo.TypeOf(e)
	if t == nil {
		return Expr{At: at}
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok { // an element of a list of pointers: &T left out
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		l := Expr{Op: List, At: at}
		l.Args = x.exprs(e.Elts, depth)
		return l
	case *types.Struct:
		c := Expr{Op: Composite, S: x.structSymbol(t, ""), At: at}
		var vals []ast.Expr
		for i, el := range e.Elts {
			name, val := "", el
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				val = kv.Value
				if id, ok := kv.Key.(*ast.Ident); ok {
					name = id.Name
				}
			} else if i < u.NumFields() {
				name = u.Field(i).Name()
			}
			c.Keys = append(c.Keys, name)
			vals = append(vals, val)
		}
		c.Args = x.exprs(vals, depth)
		return c
	}
	return Expr{At: at}
}

// resultOf describes the n-th result of an expression of several values: a call's, or the value of a map index.
func (x *extractor) resultOf(e ast.Expr, n, depth int) Expr {
	at := x.at(e)
	if depth == 0 {
		x.left, depth = maxSize, 1
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || depth > 16 {
		return Expr{At: at}
	}
	if tv, ok := x.pass.TypesInfo.Types[call.Fun]; ok && tv.IsType() && len(call.Args) == 1 {
		return x.expr(call.Args[0], depth) // a conversion
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if _, ok := x.pass.TypesInfo.ObjectOf(id).(*types.Builtin); ok {
			return x.builtin(id.Name, call, depth)
		}
	}
	callee := x.callee(call)
	if callee == "" {
		return Expr{At: at}
	}
	args := x.exprs(call.Args, depth)
	if a := lookup(callee, "text", "join", "path", "format", "or"); a != nil {
		return x.text(a, args, at)
	}
	args = x.gathered(call, callee, args)
	r := Expr{Op: Result, S: callee, N: n, Args: args, At: at}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if s := x.pass.TypesInfo.Selections[sel]; s != nil {
			r.Args = append([]Expr{x.receiver(sel, s, depth)}, args...)
			r.Keys = []string{"recv"}
		}
	}
	return r
}

// gathered returns arguments as the callee gets them: those of a variadic parameter are one list. The APIs of apis.txt
// count them as they are written.
func (x *extractor) gathered(call *ast.CallExpr, callee string, args []Expr) []Expr {
	sig, ok := x.typeOf(call.Fun).(*types.Signature)
	if !ok || !sig.Variadic() || call.Ellipsis.IsValid() || apis()[callee] != nil || len(args) < sig.Params().Len()-1 {
		return args
	}
	n := sig.Params().Len() - 1
	return append(args[:n:n], Expr{Op: List, Args: args[n:], At: x.at(call)})
}

func (x *extractor) builtin(name string, call *ast.CallExpr, depth int) Expr {
	at := x.at(call)
	switch name {
	case "append":
		l := Expr{Op: List, At: at}
		for i, a := range call.Args {
			e := x.expr(a, depth)
			if i == 0 || call.Ellipsis.IsValid() && i == len(call.Args)-1 {
				if e.Op == Nil {
					continue
				}
				if e.Op != List {
					return Expr{At: at}
				}
				l.Args = append(l.Args, e.Args...)
				continue
			}
			l.Args = append(l.Args, e)
		}
		return l
	case "new":
		if len(call.Args) == 1 {
			if t := x.pass.TypesInfo.TypeOf(call.Args[0]); t != nil && isStruct(t) {
				return Expr{Op: Composite, S: typeSymbol(t), At: at}
			}
		}
	}
	return Expr{At: at}
}

// text describes the result of a function that writes its arguments one after another.
func (x *extractor) text(a *api, args []Expr, at check.Span) Expr {
	switch a.kind {
	case "text":
		if n := a.index("arg"); n >= 0 && n < len(args) {
			return args[n]
		}
	case "join":
		if len(args) == 2 {
			return Expr{Op: Concat, Args: []Expr{args[0], {Op: Const, S: ":", At: at}, args[1]}, At: at}
		}
	case "path":
		return Expr{Op: Path, Args: args, At: at}
	case "or":
		if len(args) > 0 {
			e := args[len(args)-1]
			for _, arg := range slices.Backward(args[:len(args)-1]) {
				e = Expr{Op: Default, Args: []Expr{arg, e}, At: at}
			}
			return e
		}
	case "format":
		return formatted(args, at)
	}
	return Expr{At: at}
}

// formatted describes fmt.Sprintf of a constant format with plain verbs.
func formatted(args []Expr, at check.Span) Expr {
	if len(args) == 0 || args[0].Op != Const {
		return Expr{At: at}
	}
	out := Expr{Op: Concat, At: at}
	format, rest := args[0].S, args[1:]
	for format != "" {
		lit, verb, ok := strings.Cut(format, "%")
		if lit != "" {
			out.Args = append(out.Args, Expr{Op: Const, S: lit, At: args[0].At})
		}
		if !ok {
			break
		}
		if verb == "" || !strings.ContainsRune("sdv%", rune(verb[0])) {
			return Expr{At: at}
		}
		format = verb[1:]
		if verb[0] == '%' {
			out.Args = append(out.Args, Expr{Op: Const, S: "%", At: args[0].At})
			continue
		}
		if len(rest) == 0 {
			return Expr{At: at}
		}
		out.Args, rest = append(out.Args, rest[0]), rest[1:]
	}
	return out
}

// called returns what a call calls, without type arguments.
func called(call *ast.CallExpr) ast.Expr {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.IndexExpr:
		return f.X
	case *ast.IndexListExpr:
		return f.X
	default:
		return f
	}
}

// callee returns the symbol of the function that a call calls, "" if it is called through a value. A call into a
// package that could not be loaded is known by the import's path, a method on what a known constructor there returns by its
// type; any other method on a value of unknown type is "?.Name".
func (x *extractor) callee(call *ast.CallExpr) string {
	switch f := called(call).(type) {
	case *ast.Ident:
		if obj, ok := x.pass.TypesInfo.ObjectOf(f).(*types.Func); ok {
			return symbolOf(obj)
		}
	case *ast.SelectorExpr:
		if obj, ok := x.pass.TypesInfo.ObjectOf(f.Sel).(*types.Func); ok {
			return symbolOf(obj)
		}
		if id, ok := f.X.(*ast.Ident); ok {
			if pkg, ok := x.pass.TypesInfo.ObjectOf(id).(*types.PkgName); ok {
				return pkg.Imported().Path() + "." + f.Sel.Name
			}
		}
		if t := x.pass.TypesInfo.TypeOf(f.X); t == nil || t == types.Typ[types.Invalid] {
			return x.constructed(f.X) + "." + f.Sel.Name
		}
	}
	return ""
}

// constructed returns the type of a value whose package could not be loaded, by the constructor that it comes from; "?"
// if it is none that apis.txt knows.
func (x *extractor) constructed(e ast.Expr) string {
	if t, ok := x.made[e]; ok {
		return t
	}
	x.made[e] = "?"
	left := x.left
	x.left = maxSize
	if v := x.expr(e, 8); v.Op == Result {
		if a := lookup(v.S, "new"); a != nil {
			x.made[e] = a.arg["type"]
		}
	}
	x.left = left
	return x.made[e]
}

// literalID returns the symbol of a function literal.
func (x *extractor) literalID(l *ast.FuncLit) string {
	at := x.at(l)
	return x.pkg.Path + ".func@" + filepath.Base(at.File) + ":" + strconv.Itoa(at.Start.Line) + ":" + strconv.Itoa(at.Start.Col)
}

// literal returns the symbol of a function literal, extracting it when it is first met.
func (x *extractor) literal(l *ast.FuncLit) string {
	id, ok := x.lits[l]
	if !ok {
		id = x.literalID(l)
		x.lits[l] = id
		fn := &Func{ID: id, Parent: x.parents[l], At: x.span(l.Pos(), l.Pos()+token.Pos(len("func"))), Params: l.Type.Params.NumFields()}
		if sig, ok := x.typeOf(l).(*types.Signature); ok {
			fn.Handles = handles(sig)
		}
		x.body(fn, l.Type, l.Body)
	}
	return id
}

// constText returns a constant as text: strings without quotes, numbers in digits.
func constText(v constant.Value) string {
	if v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return v.ExactString()
}
