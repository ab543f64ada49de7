// Package shutdownrace implements the rule shutdown-race (FL0905).
package shutdownrace

import (
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports programs that end while another goroutine still shuts their server down.
var Analyzer = gopass.New("shutdown-race", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, r := range observe.ShutdownRaces(pass.Pass) {
		pass.ReportSpan(r.At, p.At, "the call that serves returns as soon as Shutdown begins in another goroutine, and the program ends without waiting for it: "+
			"requests in flight are cut off", []check.Related{{At: r.Shutdown, Message: "shut down here, in a goroutine"}})
	}
}
