package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// A walker goes through one function in source order and records what it calls and mentions.
type walker struct {
	x        *extractor
	fn       *Func
	served   bool               // a call that serves until shutdown has been passed on every way
	loops    int                // for statements around the current one
	chosen   int                // statements around the current one that something else than an error decides
	endless  bool               // one of them counts nothing
	guard    string             // the command library whose node is being built
	required map[token.Pos]bool // calls whose empty result ends the program
	missing  map[token.Pos]bool // calls whose empty result makes the function return an error
	rest     []ast.Stmt         // what follows the current statement in its block
	tests    []Expr             // conditions on which it returns true or false
	failures map[token.Pos]failure
	early    bool // the function may have been left, other than for an error
}

// finish settles what only the whole body tells.
func (w *walker) finish() {
	for i := range w.fn.Calls {
		for pos, fails := range w.failures {
			if at := w.x.pass.Fset.Position(pos); at.Offset == w.fn.Calls[i].At.Start.Offset {
				w.fn.Calls[i].Failed, w.fn.Calls[i].Passes = fails.ends, fails.passes
			}
		}
		for pos := range w.required {
			if at := w.x.pass.Fset.Position(pos); at.Offset == w.fn.Calls[i].At.Start.Offset {
				w.fn.Calls[i].Fatal = true
			}
		}
		for pos := range w.missing {
			if at := w.x.pass.Fset.Position(pos); at.Offset == w.fn.Calls[i].At.Start.Offset {
				w.fn.Calls[i].Missing = true
			}
		}
	}
	if len(w.tests) > 0 { // if cond { return true }; return false: it returns cond, or its opposite
		result := Expr{Op: Either, Args: w.tests, At: w.tests[0].At}
		for _, r := range w.fn.Returns {
			if len(r) == 1 && r[0].Op != Const {
				result.Args = append(result.Args, r[0])
			}
		}
		w.fn.Returns = [][]Expr{{result}}
	}
}

func (w *walker) block(b *ast.BlockStmt, cond bool) { w.stmts(b.List, cond) }

func (w *walker) stmts(list []ast.Stmt, cond bool) {
	for i, s := range list {
		w.rest = list[i+1:]
		w.fails(s, w.rest)
		w.stmt(s, cond)
		w.early = w.early || leaves(s)
	}
}

func (w *walker) stmt(s ast.Stmt, cond bool) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		w.block(s, cond)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt, cond)
	case *ast.ExprStmt:
		w.expr(s.X, cond)
	case *ast.GoStmt:
		w.call(s.Call, cond, true)
	case *ast.DeferStmt:
		calls, waits := len(w.fn.Calls), len(w.fn.Waits)
		w.call(s.Call, cond, false)
		w.deferred(calls, waits)
	case *ast.IfStmt:
		w.ifs(s, cond, w.x.at(s.Cond))
	case *ast.ForStmt:
		if s.Init != nil {
			w.stmt(s.Init, cond)
		}
		if s.Cond != nil {
			w.expr(s.Cond, cond)
		}
		if s.Post != nil {
			w.stmt(s.Post, true)
		}
		w.loop(s)
		w.loops++
		endless := w.endless
		w.endless = endless || s.Post == nil
		w.choice(s.Cond != nil, func() { w.block(s.Body, cond || s.Cond != nil) })
		w.loops--
		w.endless = endless
	case *ast.RangeStmt:
		if _, ok := w.x.typeOf(s.X).(*types.Chan); ok {
			if w.brings(s.X) {
				w.fn.Streams = true
			} else {
				w.fn.Blocks = true
			}
			w.waitsAt(w.x.at(s).Start.Offset)
		}
		w.loop(s)
		w.expr(s.X, cond)
		w.choice(true, func() { w.block(s.Body, true) })
	case *ast.SwitchStmt:
		if s.Init != nil {
			w.stmt(s.Init, cond)
		}
		if s.Tag != nil {
			w.expr(s.Tag, cond)
		}
		w.switches(s)
		w.choice(true, func() { w.block(s.Body, true) })
	case *ast.TypeSwitchStmt:
		if s.Init != nil {
			w.stmt(s.Init, cond)
		}
		w.stmt(s.Assign, cond)
		w.choice(true, func() { w.block(s.Body, true) })
	case *ast.SelectStmt:
		w.fn.Blocks = w.fn.Blocks || w.waits(s)
		w.waitsAt(w.x.at(s).Start.Offset)
		w.choice(true, func() { w.block(s.Body, true) })
	case *ast.CaseClause:
		for _, e := range s.List {
			w.expr(e, true)
		}
		w.stmts(s.Body, true)
	case *ast.CommClause:
		if s.Comm != nil {
			blocks := w.fn.Blocks // the select as a whole waits or not
			w.stmt(s.Comm, true)
			w.fn.Blocks = blocks
		}
		w.stmts(s.Body, true)
	case *ast.ReturnStmt:
		w.returns(s, cond)
	case *ast.AssignStmt:
		for i, e := range s.Rhs {
			old := w.guard
			if len(s.Lhs) == len(s.Rhs) {
				w.node(s.Lhs[i])
			}
			w.expr(e, cond)
			w.guard = old
		}
		for _, e := range s.Lhs {
			w.expr(e, cond)
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, e := range v.Values {
						w.expr(e, cond)
					}
				}
			}
		}
	case *ast.SendStmt:
		w.tells(s.Chan)
		w.expr(s.Chan, cond)
		w.expr(s.Value, cond)
	case *ast.IncDecStmt:
		w.expr(s.X, cond)
	}
}

// node notes that what is assigned to a field of a command is run by the command library.
func (w *walker) node(lhs ast.Expr) {
	field := w.x.fieldOrVar(lhs)
	i := strings.LastIndexByte(field, '.')
	if i > 0 && lookup(field[:i], "command") != nil {
		w.guard = packageOf(field)
	}
}

// ifs goes through an if statement; chain is the condition of the first one, of which s is an else if.
func (w *walker) ifs(s *ast.IfStmt, cond bool, chain check.Span) {
	rest := w.rest
	if s.Init != nil {
		w.stmt(s.Init, cond)
	}
	w.expr(s.Cond, cond)
	w.branch(s, chain)
	if !cond {
		w.requirement(s)
	}
	w.choice(!aboutError(s.Cond), func() {
		w.block(s.Body, true)
		w.rest = rest
		switch els := s.Else.(type) {
		case nil:
		case *ast.IfStmt:
			w.ifs(els, true, chain)
		default:
			w.stmt(els, true)
		}
	})
}

// choice goes through statements; decided says whether something else than an error decides that they run.
func (w *walker) choice(decided bool, body func()) {
	if decided {
		w.chosen++
		defer func() { w.chosen-- }()
	}
	body()
}

// decided reports whether something else than an error decides that the current statement runs. Who leaves main early
// has ended the program.
func (w *walker) decided() bool {
	return w.chosen > 0 || w.early && (w.x.pkg.Name != "main" || w.fn.ID != w.x.pkg.Path+".main")
}

// waits reports whether a select waits for the end of something: it has no default, and outside a loop it takes
// nothing from a channel that brings a value.
func (w *walker) waits(s *ast.SelectStmt) bool {
	for _, c := range s.Body.List {
		c, ok := c.(*ast.CommClause)
		if !ok {
			continue
		}
		if c.Comm == nil {
			return false
		}
		brings := false
		ast.Inspect(c.Comm, func(n ast.Node) bool {
			if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
				brings = brings || w.brings(u.X)
			}
			return true
		})
		if brings && w.loops == 0 {
			return false
		}
	}
	return true
}

// brings reports whether a channel carries values rather than the news that something is over: who takes one from it
// waits for that value (the code of an OAuth redirect), and goes on with it.
func (w *walker) brings(ch ast.Expr) bool {
	t, ok := w.x.typeOf(ch).(*types.Chan)
	if !ok {
		return false
	}
	switch e := t.Elem().Underlying().(type) {
	case *types.Basic:
		return e.Info()&types.IsString != 0
	case *types.Struct:
		return e.NumFields() > 0 && typeSymbol(t.Elem()) != "time.Time"
	case *types.Interface: // an error, a signal, anything
		return false
	}
	return true
}

func (w *walker) returns(s *ast.ReturnStmt, cond bool) {
	var vals []Expr
	for _, e := range s.Results {
		w.expr(e, cond)
		vals = append(vals, w.x.expr(e, 0))
	}
	if len(vals) == 0 || len(vals) > 1 && vals[len(vals)-1].Op != Nil && isZero(vals[0]) {
		return // nothing but an error
	}
	w.fn.Returns = append(w.fn.Returns, vals)
}

func isZero(e Expr) bool {
	return e.Op == Nil || e.Op == Const && (e.S == "" || e.S == "0" || e.S == "false") || e.Op == Composite && len(e.Args) == 0
}

// expr records the calls and mentions inside an expression.
func (w *walker) expr(e ast.Expr, cond bool) {
	switch e := e.(type) {
	case nil:
	case *ast.CallExpr:
		w.call(e, cond, false)
	case *ast.ParenExpr:
		w.expr(e.X, cond)
	case *ast.StarExpr:
		w.expr(e.X, cond)
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			w.waitsAt(w.x.at(e).Start.Offset)
		}
		if e.Op == token.ARROW && (w.loops > 0 || !w.brings(e.X)) {
			w.fn.Blocks = true
		}
		w.expr(e.X, cond)
	case *ast.BinaryExpr:
		w.expr(e.X, cond)
		w.expr(e.Y, cond || e.Op == token.LAND || e.Op == token.LOR)
	case *ast.IndexExpr:
		w.expr(e.X, cond)
		w.expr(e.Index, cond)
	case *ast.IndexListExpr:
		w.expr(e.X, cond)
	case *ast.SliceExpr:
		w.expr(e.X, cond)
	case *ast.TypeAssertExpr:
		w.expr(e.X, cond)
	case *ast.KeyValueExpr:
		w.expr(e.Value, cond)
	case *ast.CompositeLit:
		w.composite(e, cond)
	case *ast.FuncLit:
		w.mention(w.x.literal(e), e, nil, cond)
	case *ast.Ident:
		switch obj := w.x.pass.TypesInfo.ObjectOf(e).(type) {
		case *types.Func:
			w.mention(symbolOf(obj), e, nil, cond)
		case *types.Var:
			if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
				w.mention("var "+symbolOf(obj), e, nil, cond)
			}
		}
	case *ast.SelectorExpr:
		sel := w.x.pass.TypesInfo.Selections[e]
		if sel == nil {
			w.expr(e.Sel, cond)
			return
		}
		if sel.Kind() == types.MethodVal {
			recv := w.x.receiver(e, sel, 0)
			w.mention(symbolOf(sel.Obj()), e, &recv, cond)
		}
		w.expr(e.X, cond)
	}
}

func (w *walker) composite(e *ast.CompositeLit, cond bool) {
	sym := typeSymbol(w.x.pass.TypesInfo.TypeOf(e))
	if sym != "?" {
		w.fn.Makes = append(w.fn.Makes, sym)
	}
	old := w.guard
	node := lookup(sym, "command")
	if node != nil {
		w.guard = sym[:strings.LastIndexByte(sym, '.')]
	}
	if lookup(sym, "flagtype") != nil {
		w.fn.Calls = append(w.fn.Calls, Call{Callee: sym, Args: []Expr{w.x.expr(e, 0)}, At: w.x.at(e), Name: w.x.at(e), Mention: true, Cond: cond, Guard: w.guard})
	}
	for _, el := range e.Elts {
		w.expr(el, cond)
	}
	w.guard = old
	if node != nil {
		w.fn.Commands = append(w.fn.Commands, w.x.expr(e, 0))
	}
}

func (w *walker) mention(symbol string, n ast.Node, recv *Expr, cond bool) {
	w.fn.Calls = append(w.fn.Calls, Call{Callee: symbol, Recv: recv, At: w.x.at(n), Name: w.x.at(n), Mention: true, Cond: cond, Chosen: w.decided(), After: w.served, Guard: w.guard})
}

func (w *walker) call(c *ast.CallExpr, cond, inGo bool) {
	fun := ast.Unparen(c.Fun)
	if id := calledName(c); id != nil && w.x.pass.TypesInfo.Instances[id].TypeArgs != nil {
		switch f := fun.(type) { // the type arguments do nothing
		case *ast.IndexExpr:
			fun = ast.Unparen(f.X)
		case *ast.IndexListExpr:
			fun = ast.Unparen(f.X)
		}
	}
	if tv, ok := w.x.pass.TypesInfo.Types[c.Fun]; ok && tv.IsType() {
		for _, a := range c.Args {
			w.expr(a, cond)
		}
		return
	}
	call := Call{At: w.x.at(c), Name: w.x.at(fun), Go: inGo, Loop: w.endless, Cond: cond, After: w.served, Guard: w.guard, Early: w.early, Chosen: w.decided(), Over: w.x.over[c],
		Outcome: w.x.ended[c].outcome, Decided: w.x.ended[c].at}
	call.Callee = w.x.callee(c)
	switch f := fun.(type) {
	case *ast.FuncLit:
		call.Callee = w.x.literal(f)
		call.Name.End = call.Name.Start
	case *ast.SelectorExpr:
		call.Name = w.x.at(f.Sel)
		w.expr(f.X, cond)
		if sel := w.x.pass.TypesInfo.Selections[f]; sel != nil {
			recv := w.x.receiver(f, sel, 0)
			call.Recv = &recv
			w.dynamic(&call, sel)
		}
	case *ast.Ident: // nothing to look into
	default:
		w.expr(fun, cond)
	}
	for _, a := range c.Args {
		w.expr(a, cond)
	}
	if call.Callee == "" && w.isUnknown(fun) {
		w.waitsAt(call.At.Start.Offset)
	}
	w.panics(fun, call.At)
	if call.Callee == "" {
		w.tellsBy(fun, c.Args)
	} else if lookup(call.Callee, "done") != nil {
		w.fn.Tells = true
	}
	if call.Callee == "" || isStandardCall(call.Callee) && apis()[call.Callee] == nil && !call.Dynamic && !doesIO(call.Callee) {
		return
	}
	for _, a := range c.Args {
		call.Args = append(call.Args, w.x.expr(a, 0))
	}
	call.Args = w.x.gathered(c, call.Callee, call.Args)
	call.Router = w.handsRouter(c)
	call.Fills = w.x.fillsOf(c, call.Callee)
	if lookup(call.Callee, "env") != nil {
		call.Default = w.x.replacement(c)
	}
	for a := apis()[call.Callee]; a != nil; a = a.next {
		switch {
		case a.stays() && !inGo && !cond:
			w.served = true
		case a.kind == "wait" && call.Callee == "sync.WaitGroup.Wait":
			w.fn.Joins = true
		case a.kind == "wait", a.arg["blocks"] != "" && !inGo:
			w.fn.Blocks = true
		}
	}
	w.fn.Calls = append(w.fn.Calls, call)
}

// panics notes calls of panic and recover.
func (w *walker) panics(fun ast.Expr, at check.Span) {
	if id, ok := fun.(*ast.Ident); ok && w.x.pass.TypesInfo.Types[fun].IsBuiltin() {
		switch id.Name {
		case "panic":
			w.fn.Panics = append(w.fn.Panics, at)
		case "recover":
			w.fn.Recovers = true
		}
	}
}

// handsRouter reports whether a call is given a router as something more than a handler of requests.
func (w *walker) handsRouter(c *ast.CallExpr) bool {
	sig, ok := w.x.typeOf(c.Fun).(*types.Signature)
	for i, arg := range c.Args {
		if lookup(typeSymbol(w.x.pass.TypesInfo.TypeOf(arg)), "router") == nil {
			continue
		}
		if !ok || sig.Variadic() && i >= sig.Params().Len()-1 || i >= sig.Params().Len() {
			return true
		}
		if iface, ok := sig.Params().At(i).Type().Underlying().(*types.Interface); !ok || iface.NumMethods() != 1 {
			return true
		}
	}
	return false
}

// isUnknown reports whether a function is called through a value of which nobody knows what it does. Functions that cancel
// a context are known.
func (w *walker) isUnknown(fun ast.Expr) bool {
	tv := w.x.pass.TypesInfo.Types[fun]
	if tv.IsBuiltin() {
		return false
	}
	t := typeSymbol(tv.Type)
	return t != "context.CancelFunc" && t != "context.CancelCauseFunc"
}

// dynamic records what the interface asks for when a method is called through one.
func (w *walker) dynamic(call *Call, sel *types.Selection) {
	iface, ok := sel.Recv().Underlying().(*types.Interface)
	if !ok {
		return
	}
	call.Dynamic = true
	for i := range iface.NumMethods() {
		call.Methods = append(call.Methods, methodKey(iface.Method(i)))
	}
	if m, ok := sel.Obj().(*types.Func); ok && typeSymbol(sel.Recv()) != "?" {
		call.Callee = typeSymbol(sel.Recv()) + "." + m.Name()
	}
}

func isStandardCall(symbol string) bool {
	path := symbol
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		if j := strings.IndexByte(path[i:], '.'); j >= 0 {
			path = path[:i+j]
		}
	} else if i := strings.IndexByte(path, '.'); i >= 0 {
		path = path[:i]
	}
	return isStandard(path)
}
