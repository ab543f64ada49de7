// Package fatalinhandler implements the rule fatal-in-handler (FL1501).
package fatalinhandler

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports calls by which a request ends the whole server.
var Analyzer = gopass.New("fatal-in-handler", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, f := range observe.RequestFatals(pass.Pass) {
		what := observe.Short(f.Via) + " ends the process"
		if f.Go {
			what += " from a goroutine that a request starts"
			if f.Via == "panic" {
				what = "panic in a goroutine that a request starts ends the process, since nothing recovers from it there"
			}
		}
		pass.ReportSpan(f.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s: a request that gets here in %s takes the whole server down, "+
			"with every other request that it is answering", what, f.From), nil)
	}
}
