// Package serverclosedisfatal implements the rule server-closed-is-fatal (FL0907).
package serverclosedisfatal

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strconv"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers whose clean stop the program takes for a failure.
var Analyzer = gopass.New("server-closed-is-fatal", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, s := range observe.FatalStops(pass.Pass) {
		var message string
		switch {
		case s.Outcome == observe.OutcomeInverted:
			message = "the test of the server's error is the wrong way round: a clean stop, http.ErrServerClosed, is treated as a failure and every other error of the server is dropped"
		case s.Closed:
			message = "a clean stop is treated as a failure: when Shutdown begins, the call that serves returns http.ErrServerClosed and the process exits at once, " +
				"with requests still in flight"
		default:
			message = "a clean stop is treated as a failure: after a graceful stop the call that serves returns nil and the process exits all the same, as failed"
		}
		pass.ReportSpan(s.At, p.At, message, []check.Related{{At: s.Decided, Message: "decided here"}}, fix(pass, s)...)
	}
}

// fix lets http.ErrServerClosed pass: the test for an error gets a second one, the inverted test is turned round. There is none
// where no condition decides, or where the file does not import net/http.
func fix(pass *gopass.Pass, s observe.FatalStop) []analysis.SuggestedFix {
	file, cond := find(pass, s.Decided)
	if cond == nil || s.Outcome == observe.OutcomeFatal {
		return nil
	}
	edits := []analysis.TextEdit{{Pos: cond.Pos(), End: cond.Pos(), NewText: []byte("!")}}
	if b, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok {
		if s.Outcome == observe.OutcomeInverted {
			edits = []analysis.TextEdit{{Pos: b.OpPos, End: b.OpPos + 2, NewText: []byte("!=")}}
		} else {
			http := imported(pass, file, "net/http", cond.Pos())
			if http == "" {
				return nil
			}
			name := types.ExprString(b.X)
			text := fmt.Sprintf(" && %s != %s.ErrServerClosed", name, http)
			if errors := imported(pass, file, "errors", cond.Pos()); errors != "" {
				text = fmt.Sprintf(" && !%s.Is(%s, %s.ErrServerClosed)", errors, name, http)
			}
			edits = []analysis.TextEdit{{Pos: cond.End(), End: cond.End(), NewText: []byte(text)}}
		}
	}
	return []analysis.SuggestedFix{{Message: "Let a clean stop pass", TextEdits: edits}}
}

// find returns the expression at a place of this package and its file.
func find(pass *gopass.Pass, at check.Span) (file *ast.File, expr ast.Expr) {
	for _, f := range pass.Files {
		if filepath.ToSlash(pass.Fset.Position(f.FileStart).Filename) != at.File {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if ok && expr == nil && offset(pass.Fset, e.Pos()) == at.Start.Offset && offset(pass.Fset, e.End()) == at.End.Offset {
				expr = e
			}
			return expr == nil
		})
		return f, expr
	}
	return nil, nil
}

func offset(fset *token.FileSet, pos token.Pos) int { return fset.Position(pos).Offset }

// imported returns the name by which a file knows a package at a place, or "".
func imported(pass *gopass.Pass, f *ast.File, path string, at token.Pos) string {
	for _, spec := range f.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != path {
			continue
		}
		name := filepath.Base(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		_, means := pass.Pkg.Scope().Innermost(at).LookupParent(name, at)
		if pkg, ok := means.(*types.PkgName); ok && pkg.Imported().Path() == path {
			return name
		}
	}
	return ""
}
