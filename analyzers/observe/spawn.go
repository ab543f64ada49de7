package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// loop notes a loop that goes on for as long as nobody ends it.
func (w *walker) loop(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ForStmt:
		w.fn.Endless = w.fn.Endless || s.Cond == nil && w.works(s.Body) && !w.leavesLoop(s.Body)
	case *ast.RangeStmt:
		ch, ok := w.x.typeOf(s.X).(*types.Chan)
		w.fn.Endless = w.fn.Endless || ok && typeSymbol(ch.Elem()) != "os.Signal" && w.works(s.Body) && !w.leavesLoop(s.Body)
	}
}

// works reports whether statements do more than to wait, to log and to change the program's own memory.
func (w *walker) works(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			callee := w.x.callee(c)
			plain := quietCallee(callee) || slices.ContainsFunc([]string{"time.", "context.", "sync.", "sync/atomic.", "runtime."}, func(pkg string) bool {
				return strings.HasPrefix(callee, pkg)
			})
			found = found || callee != "" && !plain || callee == "" && !w.x.pass.TypesInfo.Types[c.Fun].IsBuiltin() && !w.x.pass.TypesInfo.Types[c.Fun].IsType()
		}
		return !found
	})
	return found
}

// leavesLoop reports whether the body of a loop leaves it for another reason than that it is told to: a return or a break that
// neither a channel nor the end of a context leads to. A loop that waits for signals leaves it, too.
func (w *walker) leavesLoop(body *ast.BlockStmt) bool {
	leaves := false
	ast.PreorderStack(body, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			ch, ok := w.x.typeOf(n.X).(*types.Chan)
			leaves = leaves || n.Op == token.ARROW && ok && typeSymbol(ch.Elem()) == "os.Signal"
		case *ast.ReturnStmt:
			leaves = leaves || !w.told(stack)
		case *ast.BranchStmt:
			inner := slices.ContainsFunc(stack, func(n ast.Node) bool {
				switch n.(type) {
				case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
					return true
				}
				return false
			})
			leaves = leaves || (n.Tok == token.BREAK && (n.Label != nil || !inner) || n.Tok == token.GOTO) && !w.told(stack)
		}
		return !leaves
	})
	return leaves
}

// told reports whether what stands in a stack of statements runs only where the loop is told to end: a channel is received
// from or closed, a context is over. Who sends on an unbuffered channel waits for the loop to receive: that counts as told to others.
func (w *walker) told(stack []ast.Node) bool {
	return slices.ContainsFunc(stack, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CommClause:
			w.fn.Tells = w.fn.Tells || n.Comm != nil && !isDone(n.Comm)
			return n.Comm != nil
		case *ast.IfStmt:
			for _, word := range []string{"ctx", "Err()", "Canceled", "ErrClosed", "EOF", "!ok", "!open", "!more", "stop", "done", "closed", "quit", "exit"} {
				if strings.Contains(types.ExprString(n.Cond), word) {
					return true
				}
			}
		}
		return false
	})
}

// isDone reports whether a case of a select receives from what a call returns, as ctx.Done() does, and not from a channel that
// somebody may send on.
func isDone(comm ast.Stmt) bool {
	done := false
	ast.Inspect(comm, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
			_, done = ast.Unparen(u.X).(*ast.CallExpr)
		}
		return true
	})
	return done
}

// tells notes that a function sends on a channel or closes it, if others may know the channel.
func (w *walker) tells(ch ast.Expr) {
	v := w.x.localVar(ch)
	if v != nil {
		_, passed := w.x.parm[v]
		if at := w.x.span(v.Pos(), v.Pos()); !passed && at.Start.Offset > w.fn.At.Start.Offset {
			return // its own
		}
	}
	w.fn.Tells = true
}

// tellsBy notes that a function closes a channel or calls a function value, which may do so.
func (w *walker) tellsBy(fun ast.Expr, args []ast.Expr) {
	if !w.x.pass.TypesInfo.Types[fun].IsBuiltin() {
		w.fn.Tells = true
	} else if id, ok := fun.(*ast.Ident); ok && id.Name == "close" && len(args) == 1 {
		w.tells(args[0])
	}
}

// spawns adds the goroutines that the program starts. The set stays open.
func (b *builder) spawns() {
	for _, f := range b.g.sorted(b.r.funcs) {
		b.spawn(f)
	}
}

func (b *builder) spawn(f *Func) {
	for i := range f.Calls {
		c := &f.Calls[i]
		if !c.Go || c.Mention || b.g.funcs[c.Callee] == nil {
			continue
		}
		s := workload.Spawn{Func: c.Callee, At: c.At}
		for _, in := range b.g.within(c.Callee) {
			s.Endless = s.Endless || in.Endless
			s.Awaited = s.Awaited || in.Tells
		}
		b.p.Spawns.Members = append(b.p.Spawns.Members, s)
	}
}

// within returns a function and those that it calls and waits for, two calls deep.
func (g *Graph) within(id string) []*Func {
	out := []*Func{g.funcs[id]}
	from := 0
	for range 2 {
		level := out[from:]
		from = len(out)
		for _, f := range level {
			for i := range f.Calls {
				in := g.funcs[f.Calls[i].Callee]
				if in != nil && !f.Calls[i].Go && !f.Calls[i].Mention && !slices.Contains(out, in) {
					out = append(out, in)
				}
			}
		}
	}
	return out
}

// A LooseWorker is a goroutine that works until the program ends, and that nothing waits for.
type LooseWorker struct {
	At   check.Span // the go statement's call
	Stop check.Span // where the program handles SIGTERM
}

// LooseWorkers returns the goroutines that main starts before it serves or consumes, that loop for ever, and whose end nothing
// waits for although the program handles SIGTERM. The pass must require [Analyzer].
func LooseWorkers(pass *analysis.Pass) []LooseWorker {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker || IsLocal(p) {
		return nil
	}
	i := slices.IndexFunc(p.Signals.Members, func(s workload.Signal) bool { return s.Name == "SIGTERM" })
	if i < 0 {
		return nil
	}
	requests := g.requests(r)
	var out []LooseWorker
	for _, s := range p.Spawns.Members {
		if !s.Endless || s.Awaited {
			continue
		}
		_, onRequest := requests[s.Func]
		from := slices.IndexFunc(g.sorted(r.sync), func(f *Func) bool {
			return slices.ContainsFunc(f.Calls, func(c Call) bool { return c.Go && c.At == s.At })
		})
		if onRequest || from < 0 || slices.ContainsFunc(g.within(s.Func), func(f *Func) bool {
			return slices.ContainsFunc(f.Calls, func(c Call) bool {
				return lookup(c.Callee, "serve", "notify", "lifecycle", "drain", "fatal") != nil
			})
		}) {
			continue
		}
		out = append(out, LooseWorker{At: s.At, Stop: p.Signals.Members[i].At})
	}
	return out
}
