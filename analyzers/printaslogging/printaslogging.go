// Package printaslogging implements the rule print-as-logging (FL1103).
package printaslogging

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports fmt.Print and its like on the way of a request.
var Analyzer = gopass.New("print-as-logging", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, p := range observe.Prints(pass.Pass) {
		pass.ReportSpan(p.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s on the way of a request writes lines without time, level or request into the log: nobody can "+
			"filter them, and a collector that expects structured lines drops or mangles them", p.Via), nil)
	}
}
