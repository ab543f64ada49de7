// Package connectatinit implements the rule connect-at-init (FL0401).
package connectatinit

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
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
		who := observe.Short(c.Via) + " connects"
		var asked []check.Related
		if c.Ask != nil {
			who = fmt.Sprintf("what %s returns connects", observe.Short(c.Via))
			asked = []check.Related{{At: c.Ask.At, Message: "asked to connect here"}}
		}
		pass.ReportSpan(c.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s to %s before main begins, while a package is initialised: until the other side answers "+
			"no signal is handled and nothing can be logged or tried again by main, and every program and test with that package needs the other side to be there",
			who, to), asked)
	}
}
