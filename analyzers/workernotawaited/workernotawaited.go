// Package workernotawaited implements the rule worker-not-awaited (FL0910).
package workernotawaited

import (
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports goroutines of main that work until the program ends and that nothing waits for.
var Analyzer = gopass.New("worker-not-awaited", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, w := range observe.LooseWorkers(pass.Pass) {
		pass.ReportSpan(w.At, p.At, "nothing waits for this goroutine to end: when the program has handled SIGTERM and main returns, it is cut off in the "+
			"middle of what it does", []check.Related{{At: w.Stop, Message: "SIGTERM is handled here"}})
	}
}
