// Package signalwithoutdrain implements the rule signal-without-drain (FL0903).
package signalwithoutdrain

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers that handle SIGTERM and never shut down gracefully.
var Analyzer = gopass.New("signal-without-drain", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	serve, handler, ok := observe.Undrained(pass.Pass)
	if !ok {
		return
	}
	p := observe.ProgramOf(pass.Pass)
	pass.ReportSpan(serve, p.At, fmt.Sprintf("%s handles SIGTERM but never shuts down the server that runs here: when the platform stops it, "+
		"requests in flight are cut off all the same", p.Title()), []check.Related{{At: handler, Message: "SIGTERM is handled here"}})
}
