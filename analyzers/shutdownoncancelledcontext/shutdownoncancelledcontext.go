// Package shutdownoncancelledcontext implements the rule shutdown-on-cancelled-context (FL0904).
package shutdownoncancelledcontext

import (
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers that are shut down with a context which is over already.
var Analyzer = gopass.New("shutdown-on-cancelled-context", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.SpentShutdowns(pass.Pass) {
		pass.ReportSpan(s, s, "the server is shut down with a context that is already cancelled here: Shutdown returns at once "+
			"and requests in flight are cut off when the process exits", nil)
	}
}
