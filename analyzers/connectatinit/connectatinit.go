// Package connectatinit implements the rule connect-at-init (FL0401).
package connectatinit

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports connections that are opened while a package is initialised.
var Analyzer = gopass.New("connect-at-init", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, c := range observe.InitConnections(pass.Pass) {
		to := c.Kind
		if to == "" || to == "sql" {
			to = "another party"
		}
		pass.ReportSpan(c.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s connects to %s before main begins, while a package is initialised: until the other side answers "+
			"no signal is handled and nothing can be logged or tried again by main, and every program and test with that package needs the other side to be there",
			observe.Short(c.Via), to), nil)
	}
}
