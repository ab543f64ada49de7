package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
)

// A spender goes through a function and finds the calls that are given a context which is over by then: its Done was
// received on every way there, or it was cancelled.
type spender struct {
	x      *extractor
	over   map[string]bool   // contexts that are over, by name
	parent map[string]string // contexts that end with another one
	cancel map[string]string // functions that cancel, with their contexts
}

// spent notes the arguments of calls in a function or value, literals included, that are contexts which are over.
func (x *extractor) spent(n ast.Node) {
	s := &spender{x: x, over: map[string]bool{}, parent: map[string]string{}, cancel: map[string]string{}}
	if body, ok := n.(*ast.BlockStmt); ok {
		s.stmts(body.List)
	} else {
		s.exprs(n)
	}
}

func (s *spender) clone() *spender {
	return &spender{x: s.x, over: maps.Clone(s.over), parent: maps.Clone(s.parent), cancel: maps.Clone(s.cancel)}
}

// join keeps what holds on all of several ways. Without a way nothing follows.
func (s *spender) join(ways []*spender) {
	if len(ways) == 0 {
		return
	}
	s.over, s.parent, s.cancel = ways[0].over, ways[0].parent, ways[0].cancel
	for _, w := range ways[1:] {
		maps.DeleteFunc(s.over, func(k string, _ bool) bool { return !w.over[k] })
		maps.DeleteFunc(s.parent, func(k, v string) bool { return w.parent[k] != v })
		maps.DeleteFunc(s.cancel, func(k, v string) bool { return w.cancel[k] != v })
	}
}

// name tells variables and fields apart; "" is anything else.
func (s *spender) name(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := s.x.pass.TypesInfo.ObjectOf(e).(*types.Var); ok {
			return v.Name() + "@" + strconv.Itoa(int(v.Pos()))
		}
	case *ast.SelectorExpr:
		if base := s.name(e.X); base != "" {
			return base + "." + e.Sel.Name
		}
	}
	return ""
}

// base returns the name of the context that a context is, or is made of in such a way that it ends with it.
func (s *spender) base(e ast.Expr) string {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && len(call.Args) > 0 && isChild(s.x.callee(call)) {
		return s.base(call.Args[0])
	}
	return s.name(e)
}

// isChild reports whether a function makes a context that ends with its first argument.
func isChild(callee string) bool {
	switch callee {
	case "context.WithCancel", "context.WithCancelCause", "context.WithTimeout", "context.WithTimeoutCause", "context.WithDeadline",
		"context.WithDeadlineCause", "context.WithValue", "os/signal.NotifyContext", "golang.org/x/sync/errgroup.WithContext":
		return true
	}
	return false
}

func (s *spender) isOver(name string) bool {
	for range 16 {
		if s.over[name] {
			return true
		}
		if name = s.parent[name]; name == "" {
			break
		}
	}
	return false
}

// end marks a context as over.
func (s *spender) end(name string) {
	if name != "" {
		s.over[name] = true
	}
}

// forget drops what is known about a variable that gets another value.
func (s *spender) forget(name string) {
	was := s.isOver(name)
	for child, p := range s.parent {
		if p == name {
			if was {
				s.over[child] = true
			}
			delete(s.parent, child)
		}
	}
	stale := func(k string) bool { return k == name || strings.HasPrefix(k, name+".") }
	maps.DeleteFunc(s.over, func(k string, _ bool) bool { return stale(k) })
	maps.DeleteFunc(s.parent, func(k, _ string) bool { return stale(k) })
	maps.DeleteFunc(s.cancel, func(k, v string) bool { return stale(k) || stale(v) })
}

func (s *spender) assign(lhs []ast.Expr, rhs []ast.Expr) {
	type context struct {
		name, base, cancel string
		over               bool
	}
	var made []context
	if len(rhs) == 1 && len(lhs) > 0 || len(lhs) == len(rhs) {
		for i, r := range rhs {
			c := context{name: s.name(lhs[i]), base: s.base(r)}
			if call, ok := ast.Unparen(r).(*ast.CallExpr); ok && len(lhs) == 2 && isChild(s.x.callee(call)) {
				c.cancel = s.name(lhs[1])
				if s.x.callee(call) == "golang.org/x/sync/errgroup.WithContext" {
					c.name, c.cancel = c.cancel, ""
				}
			}
			c.over = s.isOver(c.base)
			made = append(made, c)
		}
	}
	for _, l := range lhs {
		if n := s.name(l); n != "" {
			s.forget(n)
		}
	}
	for _, c := range made {
		if c.name == "" {
			continue
		}
		if c.over {
			s.over[c.name] = true
		} else if c.base != "" && c.base != c.name {
			s.parent[c.name] = c.base
		}
		if c.cancel != "" {
			s.cancel[c.cancel] = c.name
		}
	}
}

// received returns the context whose Done a statement receives from.
func (s *spender) received(stmt ast.Stmt) string {
	var e ast.Expr
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		e = stmt.X
	case *ast.AssignStmt:
		if len(stmt.Rhs) == 1 {
			e = stmt.Rhs[0]
		}
	}
	u, ok := e.(*ast.UnaryExpr)
	if !ok || u.Op != token.ARROW {
		return ""
	}
	if call, ok := ast.Unparen(u.X).(*ast.CallExpr); ok && s.x.callee(call) == "context.Context.Done" {
		return s.name(call.Fun.(*ast.SelectorExpr).X)
	}
	return ""
}

// failed returns the context that is over where a condition holds: ctx.Err() != nil.
func (s *spender) failed(cond ast.Expr) string {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ || types.ExprString(b.Y) != "nil" {
		return ""
	}
	if call, ok := ast.Unparen(b.X).(*ast.CallExpr); ok && s.x.callee(call) == "context.Context.Err" {
		return s.name(call.Fun.(*ast.SelectorExpr).X)
	}
	return ""
}

// stmts goes through statements and reports whether what follows them may run.
func (s *spender) stmts(list []ast.Stmt) bool {
	for _, stmt := range list {
		if !s.stmt(stmt) {
			return false
		}
	}
	return true
}

// way goes through statements on a way of its own, and adds it to those that go on.
func (s *spender) way(ways []*spender, stmts ...ast.Stmt) []*spender {
	w := s.clone()
	if w.stmts(stmts) {
		ways = append(ways, w)
	}
	return ways
}

func (s *spender) stmt(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.BlockStmt:
		return s.stmts(stmt.List)
	case *ast.LabeledStmt:
		return s.stmt(stmt.Stmt)
	case *ast.ReturnStmt:
		s.exprs(stmt)
		return false
	case *ast.BranchStmt:
		return false
	case *ast.ExprStmt:
		s.exprs(stmt)
		s.end(s.received(stmt))
		if call, ok := stmt.X.(*ast.CallExpr); ok {
			s.end(s.cancel[s.name(call.Fun)])
			return !s.x.ends(call)
		}
	case *ast.AssignStmt:
		s.exprs(stmt)
		s.assign(stmt.Lhs, stmt.Rhs)
		s.end(s.received(stmt))
	case *ast.DeclStmt:
		s.exprs(stmt)
		if d, ok := stmt.Decl.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					var lhs []ast.Expr
					for _, n := range v.Names {
						lhs = append(lhs, n)
					}
					s.assign(lhs, v.Values)
				}
			}
		}
	case *ast.DeferStmt: // it runs when all is over, but who knows on which way
		s.x.spent(stmt.Call)
	case *ast.IfStmt:
		if stmt.Init != nil {
			s.stmt(stmt.Init)
		}
		s.exprs(stmt.Cond)
		var ways []*spender
		then := s.clone()
		then.end(s.failed(stmt.Cond))
		if then.stmts(stmt.Body.List) {
			ways = append(ways, then)
		}
		if stmt.Else != nil {
			ways = s.way(ways, stmt.Else)
		} else {
			ways = append(ways, s.clone())
		}
		s.join(ways)
		return len(ways) > 0
	case *ast.ForStmt, *ast.RangeStmt:
		s.loop(stmt)
	case *ast.SwitchStmt:
		if stmt.Init != nil {
			s.stmt(stmt.Init)
		}
		if stmt.Tag != nil {
			s.exprs(stmt.Tag)
		}
		return s.clauses(stmt.Body)
	case *ast.TypeSwitchStmt:
		return s.clauses(stmt.Body)
	case *ast.SelectStmt:
		return s.clauses(stmt.Body)
	default:
		s.exprs(stmt)
	}
	return true
}

// loop goes through the body once. What it assigns is forgotten, since the way through it is run any number of times.
func (s *spender) loop(stmt ast.Stmt) {
	ast.Inspect(stmt, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			for _, l := range a.Lhs {
				if name := s.name(l); name != "" {
					s.forget(name)
				}
			}
		}
		return true
	})
	w := s.clone()
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		if stmt.Init != nil {
			w.stmt(stmt.Init)
		}
		if stmt.Cond != nil {
			w.exprs(stmt.Cond)
		}
		w.stmts(stmt.Body.List)
	case *ast.RangeStmt:
		w.exprs(stmt.X)
		w.stmts(stmt.Body.List)
	}
}

// clauses goes through the cases of a switch or select. A break leads behind it, so it ends no way for certain.
func (s *spender) clauses(body *ast.BlockStmt) bool {
	var (
		ways  []*spender
		every = false
	)
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			every = every || c.List == nil
			ways = s.way(ways, c.Body...)
			ways = s.breaks(ways, c.Body)
		case *ast.CommClause:
			every = true
			list := c.Body
			if c.Comm != nil {
				list = append([]ast.Stmt{c.Comm}, list...)
			}
			ways = s.way(ways, list...)
			ways = s.breaks(ways, c.Body)
		}
	}
	if !every {
		ways = append(ways, s.clone())
	}
	s.join(ways)
	return len(ways) > 0
}

// breaks adds the way on which nothing is known to have happened, if statements hold a break.
func (s *spender) breaks(ways []*spender, list []ast.Stmt) []*spender {
	found := false
	for _, stmt := range list {
		ast.Inspect(stmt, func(n ast.Node) bool {
			if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.BREAK {
				found = true
			}
			_, lit := n.(*ast.FuncLit)
			return !lit
		})
	}
	if found {
		ways = append(ways, s.clone())
	}
	return ways
}

// exprs notes the calls in an expression or simple statement, and goes through its function literals.
func (s *spender) exprs(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			s.literal(n, "")
			return false
		case *ast.CallExpr:
			if s.x.callee(n) == "context.AfterFunc" && len(n.Args) == 2 {
				if f, ok := n.Args[1].(*ast.FuncLit); ok {
					s.literal(f, s.name(n.Args[0]))
					return false
				}
			}
			for i, a := range n.Args {
				if s.isOver(s.base(a)) {
					s.x.over[n] = append(s.x.over[n], i)
				}
			}
		}
		return true
	})
}

// literal goes through a function literal that runs when a context is over. Contexts that are assigned again later may
// be others by the time it runs.
func (s *spender) literal(f *ast.FuncLit, over string) {
	w := s.clone()
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v := s.x.localVar(id); v != nil && slices.ContainsFunc(s.x.defs[v], func(d def) bool { return d.pos > f.End() }) {
				w.forget(w.name(id))
			}
		}
		return true
	})
	w.end(over)
	w.stmts(f.Body.List)
}

// ends reports whether a call does not return.
func (x *extractor) ends(c *ast.CallExpr) bool {
	if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "panic" {
		return true
	}
	callee := x.callee(c)
	return lookup(callee, "fatal") != nil || callee == "runtime.Goexit"
}

// SpentShutdowns returns the calls in the package under analysis that stop a server of main traffic gracefully with a
// context that is over already, or hand such a context to a function that does. The pass must require [Analyzer].
func SpentShutdowns(pass *analysis.Pass) []check.Span {
	g, ok := pass.ResultOf[Analyzer].(*Graph)
	if !ok || g.packages[pass.Pkg.Path()] == nil {
		return nil
	}
	var out []check.Span
	for _, f := range g.packages[pass.Pkg.Path()].Funcs {
		for i := range f.Calls {
			c := &f.Calls[i]
			for _, n := range c.Over {
				if g.drains(c, n, 0) && !g.beside(f, c) {
					out = append(out, c.At)
					break
				}
			}
		}
	}
	return out
}

// drains reports whether a call stops a server with its n-th argument, or with a context that ends with it.
func (g *Graph) drains(c *Call, n, depth int) bool {
	if c.Mention || depth > 3 {
		return false
	}
	if a := lookup(c.Callee, "drain"); a != nil {
		return a.index("ctx") == n
	}
	f := g.funcs[c.Callee]
	if f == nil {
		return false
	}
	for i := range f.Calls {
		inner := &f.Calls[i]
		for m, arg := range inner.Args {
			for arg.Op == Result && arg.N == 0 && isChild(arg.S) && len(arg.Args) > 0 {
				arg = arg.Args[0]
			}
			if arg.Op == Param && arg.S == f.ID && arg.N == n && g.drains(inner, m, depth+1) {
				return true
			}
		}
	}
	return false
}

// beside reports whether a call that stops a server stops one beside the main traffic, by the names around it.
func (g *Graph) beside(f *Func, c *Call) bool {
	names := []string{lastName(f.ID)}
	if f.Parent != "" {
		names = append(names, lastName(f.Parent))
	}
	if c.Recv != nil {
		names = append(names, fieldNames(*c.Recv)...)
	}
	for _, n := range names {
		if auxiliaryName(n) {
			return true
		}
	}
	return false
}
