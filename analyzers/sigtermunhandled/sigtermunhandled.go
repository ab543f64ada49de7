// Package sigtermunhandled implements the rule sigterm-unhandled (FL0901).
package sigtermunhandled

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/workload"
)

// Analyzer reports servers and workers that handle no SIGTERM.
var Analyzer = gopass.New("sigterm-unhandled", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	if p == nil || p.Class != workload.Server && p.Class != workload.Worker {
		return
	}
	if p.Signals.Open() || p.Handles("SIGTERM") {
		return
	}
	if p.Handles("SIGINT") || observe.IsLocal(p) {
		return // sigint-only says it better; nobody deploys what serves on the loopback interface
	}
	what := "nothing that its main reaches handles SIGTERM"
	var late []check.Related
	serve, serves := p.MainListen()
	for _, s := range p.Late {
		what = "handlers of SIGTERM are installed only after it has returned"
		late = append(late, check.Related{At: s.At, Message: "installed here, behind the call that has to end first"})
	}
	if !serves || p.Class == workload.Worker {
		pass.ReportSpan(p.Consumes[0].At, p.At, fmt.Sprintf("%s takes its work here and %s: when the platform stops it, "+
			"the process dies at once and the work in hand is cut off", p.Title(), what), late)
		return
	}
	pass.ReportSpan(serve.At, p.At, fmt.Sprintf("%s serves here and %s: when the platform stops it, "+
		"the process dies at once and requests in flight are cut off", p.Title(), what), late)
}
