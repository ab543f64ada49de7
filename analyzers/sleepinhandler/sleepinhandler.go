// Package sleepinhandler implements the rule sleep-in-handler (FL1304).
package sleepinhandler

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports constant sleeps while a request waits.
var Analyzer = gopass.New("sleep-in-handler", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.HandlerSleeps(pass.Pass) {
		pass.ReportSpan(s.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("a request sleeps here for %s: it holds its connection and its goroutine "+
			"all the while, and goes on sleeping when its client has gone away", s.For), nil)
	}
}
