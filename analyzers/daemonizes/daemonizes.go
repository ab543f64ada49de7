// Package daemonizes implements the rule daemonizes (FL0803).
package daemonizes

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers and workers that go into the background or write a PID file.
var Analyzer = gopass.New("daemonizes", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, d := range observe.Daemonizings(pass.Pass) {
		p := observe.ProgramOf(pass.Pass)
		message := fmt.Sprintf("%s starts itself again in the background here and ends: the container stops with its first process, and the platform "+
			"can neither watch, stop nor restart the one that stays", p.Title())
		if d.File != "" {
			message = fmt.Sprintf("%s writes its process id to %s: in a container the platform knows its process, every replica has the id 1, "+
				"and a file left behind by one that was killed names a process that is another", p.Title(), d.File)
		}
		pass.ReportSpan(d.At, p.At, message, nil)
	}
}
