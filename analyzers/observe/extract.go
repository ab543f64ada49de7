package observe

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/factorlint/factorlint/internal/check"
)

// An extractor turns the syntax and types of one package into a Package.
type extractor struct {
	pass    *analysis.Pass
	pkg     *Package
	lits    map[*ast.FuncLit]string // symbols of function literals
	defs    map[*types.Var][]def    // what is assigned to local variables, in source order
	parm    map[*types.Var]Expr     // parameters
	parents map[*ast.FuncLit]string // the functions that literals stand in
	cancels map[*types.Var]bool     // functions that cancel a context, used otherwise than deferred where they are made
	made    map[ast.Expr]string     // types of values of unknown type, by their constructors
	left    int                     // how many more parts the value being described may have
	later   []func()                // what needs the definitions of every file
}

// maxSize bounds the parts of a described value. Values are trees in which a variable used twice stands twice: without
// a bound, a chain of constructors that each take all that went before doubles at every link.
const maxSize = 256

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

func extract(pass *analysis.Pass) *Package {
	x := &extractor{
		pass:    pass,
		pkg:     &Package{Path: pass.Pkg.Path(), Name: pass.Pkg.Name(), Errors: len(pass.TypeErrors) > 0},
		lits:    map[*ast.FuncLit]string{},
		defs:    map[*types.Var][]def{},
		parm:    map[*types.Var]Expr{},
		parents: map[*ast.FuncLit]string{},
		cancels: map[*types.Var]bool{},
		made:    map[ast.Expr]string{},
	}
	var files []*ast.File
	imports := map[string]bool{}
	inits := &Func{ID: x.pkg.Path + ".init"}
	for _, f := range pass.Files {
		if strings.HasSuffix(pass.Fset.Position(f.FileStart).Filename, "_test.go") {
			continue
		}
		for _, i := range f.Imports {
			if path, err := strconv.Unquote(i.Path.Value); err == nil {
				imports[path] = true
			}
		}
		files = append(files, f)
		x.parameters(f)
		x.collect(f)
	}
	for _, f := range x.later {
		f()
	}
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				x.funcDecl(d)
			case *ast.GenDecl:
				x.genDecl(d, inits)
			}
		}
	}
	x.pkg.Funcs = append(x.pkg.Funcs, inits)
	for path := range imports {
		x.pkg.Imports = append(x.pkg.Imports, path)
	}
	sort.Strings(x.pkg.Imports)
	x.types()
	return x.pkg
}

// symbolOf returns the symbol of a function, method, field's owner or variable.
func symbolOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		obj = obj.Origin()
		path := ""
		if obj.Pkg() != nil {
			path = obj.Pkg().Path() + "."
		}
		if recv := obj.Signature().Recv(); recv != nil {
			return typeSymbol(recv.Type()) + "." + obj.Name()
		}
		return path + obj.Name()
	case *types.Var, *types.TypeName:
		if obj.Pkg() != nil {
			return obj.Pkg().Path() + "." + obj.Name()
		}
	}
	return ""
}

// typeSymbol returns the symbol of a named type or of what a pointer points to, or "?" for any other type.
func typeSymbol(t types.Type) string {
	if t == nil {
		return "?"
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		if n.Obj().Pkg() == nil {
			return n.Obj().Name()
		}
		return n.Obj().Pkg().Path() + "." + n.Obj().Name()
	}
	return "?"
}

func (x *extractor) span(pos, end token.Pos) check.Span {
	p, e := x.pass.Fset.Position(pos), x.pass.Fset.Position(end)
	return check.Span{
		File:  filepath.ToSlash(p.Filename),
		Start: check.Pos{Offset: p.Offset, Line: p.Line, Col: p.Column},
		End:   check.Pos{Offset: e.Offset, Line: e.Line, Col: e.Column},
	}
}

func (x *extractor) at(n ast.Node) check.Span { return x.span(n.Pos(), n.End()) }

// parameters records the parameters of every function of a file, where its literals stand, and which contexts are
// cancelled.
func (x *extractor) parameters(f *ast.File) {
	ast.PreorderStack(f, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			x.params(x.declID(n), n.Recv, n.Type)
		case *ast.FuncLit:
			x.params(x.literalID(n), nil, n.Type)
			for _, outer := range slices.Backward(stack) {
				if id := x.scopeID(outer); id != "" {
					x.parents[n] = id
					break
				}
			}
		case *ast.Ident:
			x.cancel(n, stack)
		}
		return true
	})
}

func (x *extractor) params(id string, recv *ast.FieldList, typ *ast.FuncType) {
	add := func(name *ast.Ident, i int) {
		if v, ok := x.pass.TypesInfo.Defs[name].(*types.Var); ok {
			x.parm[v] = Expr{Op: Param, S: id, N: i, At: x.at(name)}
		}
	}
	if recv != nil {
		for _, f := range recv.List {
			for _, n := range f.Names {
				add(n, -1)
			}
		}
	}
	i := 0
	for _, f := range typ.Params.List {
		for _, n := range f.Names {
			add(n, i)
			i++
		}
		if len(f.Names) == 0 {
			i++
		}
	}
}

// declID returns the symbol of a declared function. There may be several init functions.
func (x *extractor) declID(d *ast.FuncDecl) string {
	id := x.pkg.Path + "." + d.Name.Name
	if obj, ok := x.pass.TypesInfo.Defs[d.Name].(*types.Func); ok && obj != nil && d.Name.Name != "_" {
		id = symbolOf(obj)
	}
	if d.Recv == nil && d.Name.Name == "init" {
		at := x.at(d.Name)
		id += "@" + filepath.Base(at.File) + ":" + strconv.Itoa(at.Start.Line)
	}
	return id
}

func (x *extractor) funcDecl(d *ast.FuncDecl) {
	if x.pkg.Name == "main" && d.Recv == nil && d.Name.Name == "main" {
		x.pkg.Main = x.at(d.Name)
	}
	x.body(&Func{ID: x.declID(d), At: x.at(d.Name), Params: d.Type.Params.NumFields()}, d.Body)
}

// body extracts a function's body.
func (x *extractor) body(fn *Func, body *ast.BlockStmt) {
	x.pkg.Funcs = append(x.pkg.Funcs, fn)
	if body == nil {
		return
	}
	w := &walker{x: x, fn: fn, required: map[token.Pos]bool{}}
	w.block(body, false)
	w.finish()
}

// genDecl extracts package variables: what their initialisers call happens when the package is initialised, what
// they mention is reached where the variable is.
func (x *extractor) genDecl(d *ast.GenDecl, inits *Func) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for i, name := range spec.Names {
				if d.Tok != token.VAR {
					continue
				}
				id := x.pkg.Path + "." + name.Name
				holder := &Func{ID: "var " + id, At: x.at(name)}
				for j, v := range spec.Values {
					if len(spec.Values) == len(spec.Names) && j != i {
						continue
					}
					w := &walker{x: x, fn: holder}
					w.expr(v, false)
					e := x.expr(v, 0)
					if len(spec.Values) < len(spec.Names) {
						e = x.resultOf(v, i, 0)
					}
					x.pkg.Assigns = append(x.pkg.Assigns, Assign{To: id, Value: e, Func: inits.ID})
				}
				calls := holder.Calls[:0:0]
				for _, c := range holder.Calls {
					if c.Mention {
						calls = append(calls, c)
					} else {
						inits.Calls = append(inits.Calls, c)
					}
				}
				inits.Makes = append(inits.Makes, holder.Makes...)
				holder.Calls = calls
				x.pkg.Funcs = append(x.pkg.Funcs, holder)
			}
		case *ast.TypeSpec:
			if st, ok := spec.Type.(*ast.StructType); ok {
				x.tags(x.pkg.Path+"."+spec.Name.Name, st)
			}
		}
	}
}

func (x *extractor) tags(owner string, st *ast.StructType) {
	for _, f := range st.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue
		}
		for _, name := range f.Names {
			x.pkg.Tags = append(x.pkg.Tags, Tag{Field: owner + "." + name.Name, Tag: tag, Name: name.Name,
				Type: typeSymbol(x.pass.TypesInfo.TypeOf(f.Type)), At: x.at(f.Tag)})
		}
	}
}

// types records the package's concrete types with their method sets, by which calls through interfaces are resolved.
func (x *extractor) types() {
	scope := x.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(named) || named.TypeParams().Len() > 0 {
			continue
		}
		ms := types.NewMethodSet(types.NewPointer(named))
		if ms.Len() == 0 {
			continue
		}
		t := Type{Name: typeSymbol(named)}
		for i := range ms.Len() {
			if m, ok := ms.At(i).Obj().(*types.Func); ok {
				t.Methods = append(t.Methods, Method{Key: methodKey(m), Symbol: symbolOf(m)})
			}
		}
		slices.SortFunc(t.Methods, func(a, b Method) int { return strings.Compare(a.Key, b.Key) })
		x.pkg.Types = append(x.pkg.Types, t)
	}
}

// methodKey identifies a method by name and signature, alike for interfaces and implementations.
func methodKey(m *types.Func) string {
	sig := m.Signature()
	return m.Name() + types.TypeString(types.NewSignatureType(nil, nil, nil, stripped(sig.Params()), stripped(sig.Results()), sig.Variadic()), nil)
}

func stripped(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vars[i] = types.NewParam(token.NoPos, nil, "", t.At(i).Type())
	}
	return types.NewTuple(vars...)
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
	switch packageOf(x.callee(call)) {
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

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func (x *extractor) typeOf(e ast.Expr) types.Type {
	t := x.pass.TypesInfo.TypeOf(e)
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
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
			x.pkg.Assigns = append(x.pkg.Assigns, Assign{To: id, Value: e, Func: in, IfEmpty: d.empty, Cond: !inFunc})
		})
	}
}

func (x *extractor) scopeID(n ast.Node) string {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return x.declID(n)
	case *ast.FuncLit:
		return x.literalID(n)
	}
	return ""
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
			return fieldSymbol(sel)
		}
		if v, ok := x.pass.TypesInfo.ObjectOf(e.Sel).(*types.Var); ok && !v.IsField() {
			return symbolOf(v)
		}
	case *ast.StarExpr:
		return x.fieldOrVar(e.X)
	}
	return ""
}

// fieldSymbol returns the symbol of a selected field: that of the struct type which declares it, and its name.
func fieldSymbol(sel *types.Selection) string {
	t := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return ""
		}
		t = st.Field(i).Type()
	}
	return typeSymbol(t) + "." + sel.Obj().Name()
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
		case token.ADD:
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
		return Expr{Op: Default, Args: []Expr{x.value(live[1], depth), x.value(live[0], depth)}}
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
		if sym := fieldSymbol(sel); sym != "" {
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
	t := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			break
		}
		r = Expr{Op: Select, S: typeSymbol(t) + "." + st.Field(i).Name(), Args: []Expr{r}, At: r.At}
		t = st.Field(i).Type()
	}
	return r
}

func (x *extractor) composite(e *ast.CompositeLit, depth int) Expr {
	at := x.at(e)
	t := x.pass.TypesInfo.TypeOf(e)
	if t == nil {
		return Expr{At: at}
	}
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		l := Expr{Op: List, At: at}
		l.Args = x.exprs(e.Elts, depth)
		return l
	case *types.Struct:
		c := Expr{Op: Composite, S: typeSymbol(t), At: at}
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
	if a := lookup(callee, "text", "join", "format", "or"); a != nil {
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

// callee returns the symbol of the function that a call calls, "" if it is called through a value. A call into a
// package that could not be loaded is known by the import's path, a method on what a known constructor there returns by its
// type; any other method on a value of unknown type is "?.Name".
func (x *extractor) callee(call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	switch f := fun.(type) {
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
		x.body(&Func{ID: id, Parent: x.parents[l], At: x.span(l.Pos(), l.Pos()+token.Pos(len("func"))), Params: l.Type.Params.NumFields()}, l.Body)
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
