// Package sigintonly implements the rule sigint-only (FL0902).
package sigintonly

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
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
			"there the process dies at once and what this handler does never runs", p.Name), nil, fix(pass, s.At)...)
		return
	}
}

// fix adds syscall.SIGTERM to the signals of a call such as signal.Notify, and the import. There is none where the signals
// are a list made elsewhere, or where syscall means something else.
func fix(pass *gopass.Pass, at check.Span) []analysis.SuggestedFix {
	for _, f := range pass.Files {
		if filepath.ToSlash(pass.Fset.Position(f.FileStart).Filename) != at.File {
			continue
		}
		call := callAt(pass.Fset, f, at)
		if call == nil || len(call.Args) == 0 || call.Ellipsis.IsValid() {
			return nil
		}
		end := call.Args[len(call.Args)-1].End()
		edits := []analysis.TextEdit{{Pos: end, End: end, NewText: []byte(", syscall.SIGTERM")}}
		_, means := pass.Pkg.Scope().Innermost(end).LookupParent("syscall", end)
		if name, ok := means.(*types.PkgName); ok {
			if name.Imported().Path() != "syscall" {
				return nil
			}
		} else if means != nil {
			return nil
		} else if edit, ok := importEdit(pass.Fset, f); ok {
			edits = append(edits, edit)
		} else {
			return nil
		}
		return []analysis.SuggestedFix{{Message: "Handle SIGTERM as well", TextEdits: edits}}
	}
	return nil
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

// importEdit returns the edit that imports syscall in the group of the import of os or os/signal, in gofmt's order. ok is
// false if the file imports neither.
func importEdit(fset *token.FileSet, f *ast.File) (edit analysis.TextEdit, ok bool) {
	for _, d := range f.Decls {
		g, isGen := d.(*ast.GenDecl)
		if !isGen || g.Tok != token.IMPORT {
			continue
		}
		var after *ast.ImportSpec // the last that sorts before syscall
		for _, s := range g.Specs {
			spec := s.(*ast.ImportSpec)
			path := spec.Path.Value
			same := after != nil && fset.Position(spec.Pos()).Line == fset.Position(after.End()).Line+1
			if path == `"os"` || path == `"os/signal"` || same && path < `"syscall"` {
				after = spec
			}
		}
		if after == nil {
			continue
		}
		end, text := after.End(), "\n\t\"syscall\""
		if after.Comment != nil {
			end = after.Comment.End()
		}
		if !g.Lparen.IsValid() {
			text = "\nimport \"syscall\""
		}
		edit, ok = analysis.TextEdit{Pos: end, End: end, NewText: []byte(text)}, true
	}
	return edit, ok
}
