// Package redundantautomaxprocs implements the rule redundant-automaxprocs (FL2002).
package redundantautomaxprocs

import (
	"fmt"
	"go/ast"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports imports of automaxprocs in modules whose Go does the same by itself.
var Analyzer = gopass.New("redundant-automaxprocs", run)

func run(pass *gopass.Pass) {
	if yes, _ := pass.GoAtLeast("1.25"); !yes || off(pass) {
		return
	}
	for _, f := range pass.Files {
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || path != "go.uber.org/automaxprocs" && path != "go.uber.org/automaxprocs/maxprocs" || chooses(f, spec) {
				continue
			}
			var fixes []analysis.SuggestedFix
			if spec.Name != nil && spec.Name.Name == "_" {
				if edits, ok := gopass.Remove(pass.Pass, f, spec); ok {
					fixes = []analysis.SuggestedFix{{Message: "Leave GOMAXPROCS to the runtime", TextEdits: edits}}
				}
			}
			pass.Report(spec.Path, fmt.Sprintf("%s sets GOMAXPROCS to the container's CPU limit once: with go %s in go.mod the runtime "+
				"does so by itself and follows a limit that changes, which this turns off", path, pass.Module.GoVersion), fixes...)
		}
	}
}

// off reports whether a comment of the package turns the runtime's own way off.
func off(pass *gopass.Pass) bool {
	for _, f := range pass.Files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				if strings.HasPrefix(c.Text, "//go:debug containermaxprocs=0") {
					return true
				}
			}
		}
	}
	return false
}

// chooses reports whether a file asks automaxprocs for what the runtime does not do: another least number, another way
// to round.
func chooses(f *ast.File, spec *ast.ImportSpec) bool {
	name, found := "maxprocs", false
	if spec.Name != nil {
		name = spec.Name.Name
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && (sel.Sel.Name == "Min" || sel.Sel.Name == "RoundQuotaFunc") {
				found = true
			}
		}
		return !found
	})
	return found
}
