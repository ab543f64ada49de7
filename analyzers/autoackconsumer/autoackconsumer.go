// Package autoackconsumer implements the rule auto-ack-consumer (FL1601).
package autoackconsumer

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports consumers whose broker forgets a message before the work is done.
var Analyzer = gopass.New("auto-ack-consumer", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, a := range observe.AutoAcks(pass.Pass) {
		pass.ReportSpan(a.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("the broker takes every message for done as soon as %s has been handed it: what the program was "+
			"working on or had not begun when it stops or fails is lost", observe.Short(a.Via)), nil)
	}
}
