// Package envgroup implements the rule env-group (FL0301).
package envgroup

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports branches on a named environment.
var Analyzer = gopass.New("env-group", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	if p == nil {
		return
	}
	for _, b := range observe.EnvironmentBranches(pass.Pass) {
		pass.ReportSpan(b.At, p.At, fmt.Sprintf("behaviour depends on %s being %q: what production does is then run for the first time in production, "+
			"and every further deploy needs a code change", b.Name, b.Value), nil)
	}
}
