package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A failure is what a function does where a call returns an error, whatever the error.
type failure struct {
	ends   check.Span // this ends the program
	passes bool       // it returns an error itself
}

// fails records what becomes of the error of a call that a statement makes; rest follows the statement.
func (w *walker) fails(s ast.Stmt, rest []ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		if a, ok := s.Init.(*ast.AssignStmt); ok {
			w.handled(a, s)
		}
	case *ast.AssignStmt:
		if len(rest) > 0 {
			if next, ok := rest[0].(*ast.IfStmt); ok && next.Init == nil {
				w.handled(s, next)
			}
		}
	case *ast.ReturnStmt:
		if n := len(s.Results); n > 0 {
			if c, ok := ast.Unparen(s.Results[n-1]).(*ast.CallExpr); ok && w.failures != nil && (n == 1 || isError(w.x.pass.TypesInfo.TypeOf(c))) {
				w.failures[c.Pos()] = failure{passes: true}
			}
		}
	}
}

// handled records what if err != nil { … } does about the call that an assignment has err from: nothing but ending the program
// or returning counts.
func (w *walker) handled(a *ast.AssignStmt, s *ast.IfStmt) {
	if len(a.Rhs) != 1 || w.failures == nil {
		return
	}
	c, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr)
	err := w.x.localVar(a.Lhs[len(a.Lhs)-1])
	if !ok || err == nil || s.Else != nil || len(s.Body.List) == 0 {
		return
	}
	if tested := testedError(s.Cond); tested == nil || w.x.pass.TypesInfo.ObjectOf(tested) != types.Object(err) {
		return
	}
	for i, in := range s.Body.List {
		switch in := in.(type) {
		case *ast.AssignStmt:
		case *ast.ExprStmt:
			if w.ends(&ast.BlockStmt{List: []ast.Stmt{in}}) {
				w.failures[c.Pos()] = failure{ends: w.x.at(in)}
				return
			}
		case *ast.ReturnStmt:
			switch n := len(in.Results); {
			case i < len(s.Body.List)-1:
			case n == 0 && w.fn.ID == w.x.pkg.Path+".main" && w.x.pkg.Name == "main":
				w.failures[c.Pos()] = failure{ends: w.x.at(in)}
			case n > 0 && w.x.expr(in.Results[n-1], 0).Op != Nil && isError(w.x.pass.TypesInfo.TypeOf(in.Results[n-1])):
				w.failures[c.Pos()] = failure{passes: true}
			}
			return
		default:
			return // it looks closer
		}
	}
}

// testedError returns the variable in err != nil.
func testedError(cond ast.Expr) *ast.Ident {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ || types.ExprString(b.Y) != "nil" {
		return nil
	}
	id, _ := b.X.(*ast.Ident)
	return id
}

func isError(t types.Type) bool {
	return t != nil && types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// leaves reports whether a statement may leave the function, other than for an error.
func leaves(s ast.Stmt) bool {
	if c, ok := s.(*ast.IfStmt); ok {
		if id := testedError(c.Cond); id != nil && strings.Contains(strings.ToLower(id.Name), "err") {
			return false
		}
	}
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}

// A RequiredFile is a .env file without which a program ends when it starts.
type RequiredFile struct {
	Name string     // as the program names it, its last element
	Read check.Span // the call that reads it
	Ends check.Span // what ends the program
}

// RequiredDotenv returns the .env files without which the server or worker under analysis always ends when it starts. The
// pass must require [Analyzer].
func RequiredDotenv(pass *analysis.Pass) []RequiredFile {
	g, p, _, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	in := g.unconditional(pass.Pkg.Path())
	var out []RequiredFile
	for _, f := range g.sorted(in) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Mention || c.Cond || c.Early {
				continue
			}
			ends := g.ending(f, c, in, 0)
			if ends.IsZero() {
				continue
			}
			for _, fr := range g.frames(f.ID, in) {
				if name := g.dotenv(f, c, fr); name != "" {
					out = append(out, RequiredFile{Name: name, Read: c.At, Ends: ends})
					break
				}
			}
		}
	}
	return out
}

// unconditional returns the functions that run whenever the program does: the initialisation, main, and what these call
// on every way.
func (g *Graph) unconditional(main string) map[string]bool {
	in := map[string]bool{}
	todo := g.starts(main)
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		f := g.funcs[id]
		if f == nil || in[id] {
			continue
		}
		in[id] = true
		for _, c := range f.Calls {
			if !c.Mention && !c.Cond && !c.Early && !c.Go && !c.Dynamic && c.Guard == "" {
				todo = append(todo, c.Callee)
			}
		}
	}
	return in
}

// ending returns what ends the program where a call returns an error: in its function, or in those that this one passes the
// error to.
func (g *Graph) ending(f *Func, c *Call, in map[string]bool, depth int) check.Span {
	if !c.Failed.IsZero() || !c.Passes || depth > 6 {
		return c.Failed
	}
	for _, s := range g.callers[f.ID] {
		if in[s.fn.ID] && !s.call.Cond && !s.call.Early {
			if at := g.ending(s.fn, s.call, in, depth+1); !at.IsZero() {
				return at
			}
		}
	}
	return check.Span{}
}

// dotenv returns the name of the .env file that a call cannot do without, or "".
func (g *Graph) dotenv(f *Func, c *Call, fr *frame) string {
	files, found := c.Args, ""
	switch a := lookup(c.Callee, "dotenv", "fill", "settings"); {
	case a == nil || a.kind == "settings" && a.arg["config"] == "":
		return ""
	case a.kind == "settings":
		files = nil
		for _, s := range f.Calls {
			if file := lookup(s.Callee, "settingsfile"); file != nil && !s.Mention && len(s.Args) > file.index("name") {
				files = append(files, s.Args[file.index("name")])
			}
		}
		if len(files) != 1 {
			return ""
		}
	case a.index("file") < 0:
		return ""
	case len(files) == 0:
		return ".env"
	case a.kind == "fill":
		files = files[:1] // the rest is what it fills
	}
	for _, e := range files {
		name, ok := g.text(e, fr, 0).Constant()
		if !ok {
			return ""
		}
		if base := path.Base(name); found == "" && slices.Contains([]string{".env", ".env.local", ".env.production", ".env.prod"}, base) {
			found = base
		}
	}
	return found
}
