// Package hardcodedendpoint implements the rule hardcoded-endpoint (FL0302).
package hardcodedendpoint

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports hosts of one deployment that servers and workers connect to whatever they are told.
var Analyzer = gopass.New("hardcoded-endpoint", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, e := range observe.Endpoints(pass.Pass) {
		where := "a host that exists in one deployment only"
		if e.Local {
			where = "which in a container is the container itself"
		}
		pass.ReportSpan(e.At, e.Call, fmt.Sprintf("%s always connects to %s, %s: no environment variable, flag or configuration can change it, "+
			"so a deploy in which the other side is somewhere else needs another build", p.Title(), e.Host, where), nil)
	}
}
