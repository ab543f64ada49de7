// Package envscattered implements the rule env-scattered (FL0308).
package envscattered

import (
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/workload"
)

// Analyzer reports servers that read their environment in many packages.
var Analyzer = gopass.New("env-scattered", run, observe.Analyzer)

// many is how many packages are too many.
const many = 5

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	if p == nil || p.Class != workload.Server {
		return
	}
	if dirs := observe.EnvironmentPackages(p); len(dirs) >= many {
		names := make([]string, len(dirs))
		for i, d := range dirs {
			names[i] = path.Base(d)
		}
		pass.ReportSpan(p.At, p.At, fmt.Sprintf("%s reads its environment in %d packages (%s): nobody sees in one place what a deploy has to set",
			p.Title(), len(dirs), strings.Join(names, ", ")), nil)
	}
}
