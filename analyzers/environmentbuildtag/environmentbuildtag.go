// Package environmentbuildtag implements the rule environment-build-tag (FL0504).
package environmentbuildtag

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"

	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports build constraints named after an environment.
var Analyzer = gopass.New("environment-build-tag", run)

func run(pass *gopass.Pass) {
	files := pass.Files
	for _, name := range pass.IgnoredFiles {
		if pass.ReadFile == nil {
			break
		}
		src, err := pass.ReadFile(name)
		if err != nil {
			continue
		}
		if f, err := parser.ParseFile(pass.Fset, name, src, parser.ParseComments|parser.PackageClauseOnly|parser.SkipObjectResolution); err == nil {
			files = append(files[:len(files):len(files)], f)
		}
	}
	for _, f := range files {
		for _, group := range f.Comments {
			if group.Pos() > f.Package {
				break
			}
			for _, c := range group.List {
				if tag := environment(c); tag != "" {
					pass.Report(c, fmt.Sprintf("whether this file is compiled depends on the build tag %s, the name of an environment: what runs there is another binary than "+
						"the one that was tested elsewhere", tag))
				}
			}
		}
	}
}

// environment returns the name of an environment that a build constraint asks for, or "".
func environment(c *ast.Comment) string {
	if !constraint.IsGoBuild(c.Text) {
		return ""
	}
	expr, err := constraint.Parse(c.Text)
	if err != nil {
		return ""
	}
	found := ""
	expr.Eval(func(tag string) bool {
		switch tag {
		case "prod", "production", "prd", "staging", "stage", "stg":
			found = tag
		}
		return false
	})
	return found
}
