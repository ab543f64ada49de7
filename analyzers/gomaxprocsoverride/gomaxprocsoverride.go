// Package gomaxprocsoverride implements the rule gomaxprocs-override (FL0801).
package gomaxprocsoverride

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers and workers that fix GOMAXPROCS.
var Analyzer = gopass.New("gomaxprocs-override", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	follows, known := pass.GoAtLeast("1.25") // the version whose runtime follows the CPU limit
	for _, t := range observe.FixThreads(pass.Pass) {
		at := observe.ProgramOf(pass.Pass).At
		switch {
		case !known:
		case follows:
			pass.ReportSpan(t.At, at, fmt.Sprintf("GOMAXPROCS is set to %s: the Go runtime no longer follows the container's CPU limit, "+
				"and where that is lower the threads use it up and stand still for the rest of each period", t.To), nil, fix(pass, t.At)...)
		case !t.Cond: // otherwise it may be done only where the variable is not set
			pass.ReportSpan(t.At, at, fmt.Sprintf("GOMAXPROCS is set to %s: the variable GOMAXPROCS, by which a deploy fits the number of threads to its "+
				"CPU limit, has no effect", t.To), nil)
		}
	}
}

// fix deletes a call that is a statement, and the if statement that asks for the variable GOMAXPROCS around it.
func fix(pass *gopass.Pass, at check.Span) (fixes []analysis.SuggestedFix) {
	for _, f := range pass.Files {
		if filepath.ToSlash(pass.Fset.Position(f.FileStart).Filename) != at.File {
			continue
		}
		ast.PreorderStack(f, nil, func(n ast.Node, stack []ast.Node) bool {
			s, ok := n.(*ast.ExprStmt)
			if !ok || pass.Fset.Position(s.Pos()).Offset != at.Start.Offset {
				return true
			}
			var gone ast.Node = s
			block, ok := stack[len(stack)-1].(*ast.BlockStmt)
			if !ok {
				return false
			}
			if len(block.List) == 1 {
				switch outer := stack[len(stack)-2].(type) {
				case *ast.IfStmt:
					if _, nested := stack[len(stack)-3].(*ast.IfStmt); nested || outer.Else != nil || !asks(outer) {
						return false
					}
					gone = outer
				case *ast.FuncDecl, *ast.FuncLit, *ast.BlockStmt:
				default:
					return false
				}
			}
			if edits, ok := gopass.Remove(pass.Pass, f, gone); ok {
				fixes = []analysis.SuggestedFix{{Message: "Let the runtime follow the CPU limit", TextEdits: edits}}
			}
			return false
		})
	}
	return fixes
}

// asks reports whether a condition does nothing but look at the variable GOMAXPROCS.
func asks(s *ast.IfStmt) bool {
	names := []string{}
	look := func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok {
			names = append(names, l.Value)
		}
		return true
	}
	if s.Init != nil {
		ast.Inspect(s.Init, look)
	}
	ast.Inspect(s.Cond, look)
	return slices.Contains(names, `"GOMAXPROCS"`)
}
