// Package sigintonly implements the rule sigint-only (FL0902).
package sigintonly

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/workload"
)

// Analyzer reports servers that handle SIGINT and not SIGTERM.
var Analyzer = gopass.New("sigint-only", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	if p == nil || p.Class != workload.Server && p.Class != workload.Worker || p.Signals.Open() || p.Handles("SIGTERM") || observe.IsLocal(p) {
		return
	}
	for _, s := range p.Signals.Members {
		if s.Name != "SIGINT" {
			continue
		}
		pass.ReportSpan(s.At, p.At, fmt.Sprintf("%s shuts down on SIGINT but not on SIGTERM, the signal by which Docker and Kubernetes stop a container: "+
			"there the process dies at once and what this handler does never runs", p.Title()), nil, fix(pass, s.At)...)
		return
	}
}

// fix adds syscall.SIGTERM to the signals of a call such as signal.Notify, or to the list of signals that it is given, and the
// import. There is none where the list is used for something else as well, or where syscall means something else.
func fix(pass *gopass.Pass, at check.Span) []analysis.SuggestedFix {
	for _, f := range pass.Files {
		if filepath.ToSlash(pass.Fset.Position(f.FileStart).Filename) != at.File {
			continue
		}
		call := callAt(pass.Fset, f, at)
		if call == nil || len(call.Args) == 0 {
			return nil
		}
		signals := call.Args
		if call.Ellipsis.IsValid() {
			if f, signals = list(pass, f, call.Args[len(call.Args)-1]); len(signals) == 0 {
				return nil
			}
		}
		end := signals[len(signals)-1].End()
		name, edits, ok := gopass.Import(pass.Pass, f, end, "syscall", "os", "os/signal")
		if !ok {
			return nil
		}
		edits = append([]analysis.TextEdit{{Pos: end, End: end, NewText: []byte(", " + name + ".SIGTERM")}}, edits...)
		return []analysis.SuggestedFix{{Message: "Handle SIGTERM as well", TextEdits: edits}}
	}
	return nil
}

// list returns the elements of a list of signals and the file that holds it, if nothing else uses the list.
func list(pass *gopass.Pass, f *ast.File, e ast.Expr) (*ast.File, []ast.Expr) {
	if lit, ok := ast.Unparen(e).(*ast.CompositeLit); ok {
		return f, lit.Elts
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || pass.TypesInfo.Uses[id] == nil || token.IsExported(id.Name) {
		return nil, nil
	}
	uses := 0
	for _, obj := range pass.TypesInfo.Uses {
		if obj == pass.TypesInfo.Uses[id] {
			uses++
		}
	}
	var elements []ast.Expr
	made := func(name, value ast.Expr) {
		lit, isList := value.(*ast.CompositeLit)
		if n, ok := name.(*ast.Ident); ok && isList && uses == 1 && pass.TypesInfo.Defs[n] == pass.TypesInfo.Uses[id] {
			elements = lit.Elts
		}
	}
	for _, f := range pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i := range n.Values {
					made(n.Names[min(i, len(n.Names)-1)], n.Values[i])
				}
			case *ast.AssignStmt:
				for i := range n.Rhs {
					made(n.Lhs[i], n.Rhs[i])
				}
			}
			return true
		})
		if len(elements) > 0 {
			return f, elements
		}
	}
	return nil, nil
}

func callAt(fset *token.FileSet, f *ast.File, at check.Span) (call *ast.CallExpr) {
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if ok && fset.Position(c.Pos()).Offset == at.Start.Offset && fset.Position(c.End()).Offset == at.End.Offset {
			call = c
		}
		return call == nil
	})
	return call
}
