// Package unboundedrequestbody implements the rule unbounded-request-body (FL2001).
package unboundedrequestbody

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports request bodies that are read whole, however large they are.
var Analyzer = gopass.New("unbounded-request-body", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, b := range observe.UnboundedBodies(pass.Pass) {
		pass.ReportSpan(b.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s takes the body of a request into memory however large it is: one client that sends enough "+
			"takes the memory of all others, and the process is killed", observe.Short(b.Via)), nil)
	}
}
