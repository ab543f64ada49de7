// Package dotenvrequired implements the rule dotenv-required (FL0304).
package dotenvrequired

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers and workers that end when they find no .env file.
var Analyzer = gopass.New("dotenv-required", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, f := range observe.RequiredDotenv(pass.Pass) {
		p := observe.ProgramOf(pass.Pass)
		pass.ReportSpan(f.Ends, p.At, fmt.Sprintf("%s ends here when it finds no file %s: a deploy that sets the variables themselves cannot start it, "+
			"and the file has to be made part of an image or mounted", p.Title(), f.Name),
			[]check.Related{{At: f.Read, Message: "the file is read here"}}, fix(pass, f)...)
	}
}

// fix replaces a call that logs and ends the program by the one that logs alone.
func fix(pass *gopass.Pass, file observe.RequiredFile) (fixes []analysis.SuggestedFix) {
	for _, f := range pass.Files {
		if filepath.ToSlash(pass.Fset.Position(f.FileStart).Filename) != file.Ends.File || file.Read.File != file.Ends.File {
			continue
		}
		ast.PreorderStack(f, nil, func(n ast.Node, stack []ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || pass.Fset.Position(c.Pos()).Offset != file.Ends.Start.Offset || len(fixes) > 0 {
				return true
			}
			sel, ok := c.Fun.(*ast.SelectorExpr)
			if !ok || len(stack) < 3 {
				return true
			}
			body, ok := stack[len(stack)-2].(*ast.BlockStmt)
			if !ok || len(body.List) != 1 || !around(pass, stack[len(stack)-3], stack[len(stack)-4], file) {
				return true
			}
			if name := harmless(pass, sel); name != "" {
				fixes = []analysis.SuggestedFix{{Message: "Log and go on", TextEdits: []analysis.TextEdit{{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(name)}}}}
			}
			return true
		})
	}
	return fixes
}

// around reports whether an if statement or the block it stands in holds the call that reads the file: the error is not
// one that another function returned.
func around(pass *gopass.Pass, ifs, block ast.Node, file observe.RequiredFile) bool {
	at := pass.Fset.Position(ifs.Pos()).Offset
	if file.Read.Start.Offset >= at {
		return file.Read.End.Offset <= pass.Fset.Position(ifs.End()).Offset
	}
	list, ok := block.(*ast.BlockStmt)
	if !ok {
		return false
	}
	i := slices.IndexFunc(list.List, func(s ast.Stmt) bool { return ast.Node(s) == ifs })
	if i < 1 {
		return false
	}
	before := list.List[i-1]
	return pass.Fset.Position(before.Pos()).Offset <= file.Read.Start.Offset && file.Read.End.Offset <= pass.Fset.Position(before.End()).Offset
}

// harmless returns the name of the function beside one that ends the program which does nothing but log, or "".
func harmless(pass *gopass.Pass, sel *ast.SelectorExpr) string {
	fn := pass.TypesInfo.Uses[sel.Sel]
	if fn == nil || fn.Pkg() == nil {
		return ""
	}
	word := ""
	switch fn.Pkg().Path() {
	case "log":
		word = "Print"
	case "github.com/sirupsen/logrus", "go.uber.org/zap":
		word = "Warn"
	default:
		return ""
	}
	for _, ends := range []string{"Fatal", "Panic"} {
		if rest, ok := strings.CutPrefix(fn.Name(), ends); ok {
			return word + rest
		}
	}
	return ""
}
