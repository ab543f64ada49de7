// Package backgroundcontextinhandler implements the rule background-context-in-handler (FL1303).
package backgroundcontextinhandler

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports calls to other parties that nothing ends although a request waits for them.
var Analyzer = gopass.New("background-context-in-handler", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, d := range observe.BackgroundContexts(pass.Pass) {
		pass.ReportSpan(d.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s gets %s() while a request waits for it: it goes on when the client has gone away, and "+
			"nothing ends it when the other side does not answer", observe.Short(d.Via), d.Context), nil)
	}
}
