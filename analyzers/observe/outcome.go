package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
)

// An Outcome is what becomes of the error of a call.
type Outcome uint8

// Outcomes.
const (
	OutcomeUnknown  Outcome = iota
	OutcomeFatal            // the program ends with a failure, whatever the error is
	OutcomeFatalErr         // the program ends with a failure if there is an error of any kind
	OutcomeInverted         // http.ErrServerClosed is taken for a failure, and other errors are dropped
	OutcomeDropped          // nobody sees the error of a text that does not parse: something else is used instead
)

// outcomes notes what becomes of the errors of the calls in a file.
func (x *extractor) outcomes(f *ast.File) {
	ast.PreorderStack(f, nil, func(n ast.Node, stack []ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && len(stack) > 1 {
			if o, at := x.outcome(call, stack); o != OutcomeUnknown {
				x.ended[call] = ending{o, x.at(at)}
			} else if parsesText(x.callee(call)) && x.dropped(stack) {
				x.ended[call] = ending{OutcomeDropped, x.at(call)}
			}
		}
		return true
	})
}

// An ending is what becomes of a call's error, and the call or the condition that decides it.
type ending struct {
	outcome Outcome
	at      check.Span
}

func (x *extractor) outcome(call *ast.CallExpr, stack []ast.Node) (Outcome, ast.Node) {
	switch up := stack[len(stack)-1].(type) {
	case *ast.CallExpr:
		if slices.Contains(up.Args, ast.Expr(call)) && x.fails(up) {
			return OutcomeFatal, up
		}
		if lookup(x.callee(up), "must") != nil {
			return OutcomeFatalErr, up
		}
	case *ast.AssignStmt:
		if len(up.Rhs) != 1 {
			break
		}
		v := x.localVar(up.Lhs[len(up.Lhs)-1])
		if v == nil || types.TypeString(v.Type(), nil) != "error" {
			break
		}
		if s, ok := stack[len(stack)-2].(*ast.IfStmt); ok && s.Init == ast.Stmt(up) {
			return x.judged(s, v, up.Tok == token.DEFINE)
		}
		return x.followed(up, stack[:len(stack)-1], v)
	}
	return OutcomeUnknown, nil
}

// dropped reports whether nobody sees the error of a call: it is assigned to nothing, the result is used only where there is
// none, or another value is returned without a word where there is one.
func (x *extractor) dropped(stack []ast.Node) bool {
	up, ok := stack[len(stack)-1].(*ast.AssignStmt)
	if !ok || len(up.Rhs) != 1 || len(up.Lhs) != 2 {
		return false
	}
	if id, ok := up.Lhs[1].(*ast.Ident); ok && id.Name == "_" {
		return true
	}
	v := x.localVar(up.Lhs[1])
	s, ok := stack[len(stack)-2].(*ast.IfStmt)
	if b, in := stack[len(stack)-2].(*ast.BlockStmt); in {
		if i := slices.Index(b.List, ast.Stmt(up)); i >= 0 && i+1 < len(b.List) {
			s, ok = b.List[i+1].(*ast.IfStmt)
			ok = ok && s.Init == nil
		}
	}
	if v == nil || !ok || s.Else != nil {
		return false
	}
	cond, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if cond.Op == token.LAND { // err == nil && n > 0
		if first, ok := ast.Unparen(cond.X).(*ast.BinaryExpr); ok {
			cond = first
		}
	}
	if x.localVar(cond.X) != v || !x.pass.TypesInfo.Types[cond.Y].IsNil() {
		return false
	}
	if cond.Op == token.EQL {
		return true
	}
	if cond.Op != token.NEQ || len(s.Body.List) != 1 {
		return false
	}
	r, ok := s.Body.List[0].(*ast.ReturnStmt)
	return ok && len(r.Results) == 1 && !isError(x.pass.TypesInfo.TypeOf(r.Results[0]))
}

// followed finds the first statement behind an assignment that looks at the variable, in the blocks around it as long as
// they belong to one if statement.
func (x *extractor) followed(from ast.Stmt, stack []ast.Node, v *types.Var) (Outcome, ast.Node) {
	for i := len(stack) - 1; i >= 0; i-- {
		block, ok := stack[i].(*ast.BlockStmt)
		if !ok {
			if _, ok := stack[i].(*ast.IfStmt); ok {
				continue
			}
			break
		}
		for j, s := range block.List {
			if s.Pos() <= from.Pos() || !x.uses(s, v) {
				continue
			}
			switch s := s.(type) {
			case *ast.IfStmt:
				if s.Init == nil {
					last := true
					for _, later := range block.List[j+1:] {
						last = last && !x.uses(later, v)
					}
					return x.judged(s, v, last)
				}
			case *ast.ExprStmt:
				if c, ok := s.X.(*ast.CallExpr); ok && x.fails(c) {
					return OutcomeFatal, c
				}
			}
			return OutcomeUnknown, nil
		}
	}
	return OutcomeUnknown, nil
}

// judged returns what an if statement makes of an error; last says that nothing looks at it afterwards.
func (x *extractor) judged(s *ast.IfStmt, v *types.Var, last bool) (Outcome, ast.Node) {
	fatal := false
	for _, stmt := range s.Body.List {
		if e, ok := stmt.(*ast.ExprStmt); ok {
			c, ok := e.X.(*ast.CallExpr)
			fatal = fatal || ok && x.fails(c)
		}
	}
	switch {
	case x.isNotNil(s.Cond, v) && fatal && !x.mentionsClosed(s.Body):
		return OutcomeFatalErr, s.Cond
	case s.Else == nil && last && (fatal || x.complains(s.Body)):
		if test := x.closedTest(s.Cond, v); test != nil {
			return OutcomeInverted, test
		}
	}
	return OutcomeUnknown, nil
}

func (x *extractor) isNotNil(cond ast.Expr, v *types.Var) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	return ok && b.Op == token.NEQ && x.localVar(b.X) == v && x.pass.TypesInfo.Types[b.Y].IsNil()
}

// closedTest returns the part of a condition that tests whether an error is http.ErrServerClosed: all of it, or what stands
// beside a test for nil. It is nil if the condition is another one.
func (x *extractor) closedTest(cond ast.Expr, v *types.Var) ast.Expr {
	switch c := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch {
		case c.Op == token.LAND && x.isNotNil(c.X, v):
			return x.closedTest(c.Y, v)
		case c.Op == token.EQL && x.localVar(c.X) == v && x.mentionsClosed(c.Y):
			return c
		}
	case *ast.CallExpr:
		if x.callee(c) == "errors.Is" && len(c.Args) == 2 && x.localVar(c.Args[0]) == v && x.mentionsClosed(c.Args[1]) {
			return c
		}
	}
	return nil
}

func (x *extractor) uses(n ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && x.pass.TypesInfo.Uses[id] == types.Object(v) {
			found = true
		}
		return !found
	})
	return found
}

func (x *extractor) mentionsClosed(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && strings.Contains(id.Name, "ErrServerClosed") {
			found = true
		}
		return !found
	})
	return found
}

// fails reports whether a call ends the program as failed: those of apis.txt, panic, and the methods of loggers that are
// called so.
func (x *extractor) fails(c *ast.CallExpr) bool {
	if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "panic" {
		return true
	}
	callee := x.callee(c)
	if callee == "os.Exit" && len(c.Args) == 1 {
		v := x.pass.TypesInfo.Types[c.Args[0]].Value
		return v == nil || constText(v) != "0"
	}
	if lookup(callee, "fatal") != nil {
		return true
	}
	for { // zerolog: log.Fatal().Err(err).Msg("…")
		sel, ok := c.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		switch sel.Sel.Name {
		case "Fatal", "Fatalf", "Fatalln", "Fatalw", "FatalContext":
			return true
		case "Panic", "Panicf", "Panicln", "Panicw":
			return x.pass.TypesInfo.Selections[sel] != nil // some package's Panic may let nil pass
		}
		if c, ok = sel.X.(*ast.CallExpr); !ok {
			return false
		}
	}
}

// complains reports whether statements log an error.
func (x *extractor) complains(b *ast.BlockStmt) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if sel, ok := c.Fun.(*ast.SelectorExpr); ok {
				switch sel.Sel.Name {
				case "Error", "Errorf", "Errorln", "Errorw", "ErrorContext":
					found = found || len(c.Args) > 0
				}
			}
		}
		return !found
	})
	return found
}

// A FatalStop is a call that serves, or a function that returns the error of one, whose error after a clean shutdown is
// taken for a failure.
type FatalStop struct {
	At      check.Span // the call
	Decided check.Span // the call that ends the program, or the condition that leads to it
	Outcome Outcome
	Closed  bool // after a clean stop the error is http.ErrServerClosed
}

// FatalStops returns what the main package under analysis reaches of servers that are shut down gracefully and whose
// clean stop the program takes for a failure. The pass must require [Analyzer].
func FatalStops(pass *analysis.Pass) []FatalStop {
	g, p, r, ok := mainOf(pass)
	if !ok || IsLocal(p) {
		return nil
	}
	drained := g.drained(r)
	var out []FatalStop
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Outcome == OutcomeUnknown || c.Mention {
				continue
			}
			for _, fr := range g.frames(f.ID, r.funcs) {
				serve, sf := g.served(c, fr)
				if serve == nil || !g.shutBy(drained, serve, sf) || g.besides(p, serve.At) {
					continue
				}
				closed := returnsClosed(serve.Callee)
				if closed || c.Outcome == OutcomeFatal {
					out = append(out, FatalStop{At: c.At, Decided: c.Decided, Outcome: c.Outcome, Closed: closed})
					break
				}
			}
		}
	}
	return out
}

// returnsClosed reports whether what a server's serve call returns after a shutdown is http.ErrServerClosed. gRPC, fasthttp
// (v1.71) and fiber return nil.
func returnsClosed(callee string) bool {
	switch packageOf(callee) {
	case "net/http", "github.com/labstack/echo", "github.com/labstack/echo/v4":
		return true
	}
	return false
}

// served returns the call that serves whose error a call has: itself, or the only one that the called function returns.
func (g *Graph) served(c *Call, fr *frame) (*Call, *frame) {
	for range 4 {
		if a := lookup(c.Callee, "serve"); a != nil {
			if c.Recv == nil || len(a.handles()) > 0 {
				return nil, nil
			}
			return c, fr
		}
		f := g.funcs[c.Callee]
		if f == nil || len(f.Returns) == 0 {
			return nil, nil
		}
		var inner *Call
		for _, r := range f.Returns {
			last := r[len(r)-1]
			for i := range f.Calls {
				if last.Op == Result && f.Calls[i].At == last.At && !f.Calls[i].Mention {
					inner = &f.Calls[i]
				}
			}
			if last.Op != Result || inner == nil || inner.At != last.At {
				return nil, nil
			}
		}
		fr = &frame{fn: f.ID, args: c.Args, recv: c.Recv, up: fr, site: c}
		c = inner
	}
	return nil, nil
}
