// Package connectatinit implements the rule connect-at-init (FL0401).
package connectatinit

import (
	"fmt"
	"path"

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
		pass.ReportSpan(c.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s connects to %s while the package is initialised: whatever imports it waits for the "+
			"connection before main begins, so nothing can set another address, try again or stop when told to, and tests and other commands need it too",
			path.Base(c.Via), to), nil)
	}
}
