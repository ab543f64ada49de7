// Package unboundedshutdown implements the rule unbounded-shutdown (FL0906).
package unboundedshutdown

import (
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports server shutdowns that may wait for ever.
var Analyzer = gopass.New("unbounded-shutdown", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.Unbounded(pass.Pass) {
		pass.ReportSpan(s, s, "Shutdown gets a context without a deadline: one connection that never becomes idle keeps the process from exiting "+
			"until the platform kills it", nil)
	}
}
