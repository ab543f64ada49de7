// Package sigintonly implements the rule sigint-only (FL0902).
package sigintonly

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"

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

// fix adds syscall.SIGTERM to the signals of a call of signal.Notify or signal.NotifyContext, and the import.
func fix(pass *gopass.Pass, at check.Span) []analysis.SuggestedFix {
	for _, f := range pass.Files {
		if pass.Fset.Position(f.FileStart).Filename != at.File {
			continue
		}
		var call *ast.CallExpr
		ast.Inspect(f, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && pass.Fset.Position(c.Pos()).Offset == at.Start.Offset && pass.Fset.Position(c.End()).Offset == at.End.Offset {
				call = c
			}
			return call == nil
		})
		if call == nil || len(call.Args) < 2 || call.Ellipsis.IsValid() {
			return nil
		}
		end := call.Args[len(call.Args)-1].End()
		edits := []analysis.TextEdit{{Pos: end, End: end, NewText: []byte(", syscall.SIGTERM")}}
		imp, ok := importEdit(f)
		if !ok {
			return nil
		}
		if imp.NewText != nil {
			edits = append(edits, imp)
		}
		return []analysis.SuggestedFix{{Message: "Handle SIGTERM as well", TextEdits: edits}}
	}
	return nil
}

// importEdit returns the edit that imports syscall, one without text if it is imported already. ok is false if the
// name syscall means something else in the file, or there is no import block to add it to in order.
func importEdit(f *ast.File) (edit analysis.TextEdit, ok bool) {
	for _, i := range f.Imports {
		if i.Path.Value == `"syscall"` {
			return analysis.TextEdit{}, i.Name == nil
		}
	}
	for _, d := range f.Decls {
		g, isGen := d.(*ast.GenDecl)
		if !isGen || g.Tok != token.IMPORT || !g.Lparen.IsValid() {
			continue
		}
		// behind the last standard import that sorts before it: gofmt keeps the order
		var after ast.Spec
		for _, s := range g.Specs {
			path := s.(*ast.ImportSpec).Path.Value
			if !strings.Contains(path, ".") && path < `"syscall"` {
				after = s
			}
		}
		if after == nil {
			return analysis.TextEdit{}, false
		}
		return analysis.TextEdit{Pos: after.End(), End: after.End(), NewText: []byte("\n\t\"syscall\"")}, true
	}
	return analysis.TextEdit{}, false
}
