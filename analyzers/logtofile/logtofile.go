// Package logtofile implements the rule log-to-file (FL1101).
package logtofile

import (
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/workload"
)

// Analyzer reports regular files that the log of a server or worker goes to, and nowhere else.
var Analyzer = gopass.New("log-to-file", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.FileLogs(pass.Pass) {
		pass.ReportSpan(s.At, observe.ProgramOf(pass.Pass).At, "this log goes to "+describe(s.Path)+" and not to standard output: docker logs, kubectl logs and "+
			"the agents that collect logs see nothing of it, and unless the file lies in a volume it is gone with the container", nil)
	}
}

// describe names a file by what is known of its path.
func describe(path workload.Text) string {
	name, known := "", false
	for _, p := range path {
		switch p.Source {
		case workload.Literal:
			name, known = name+p.Lit, true
		case workload.FromEnv:
			name += "$" + p.Name
		default:
			name = strings.TrimSuffix(name, "…") + "…"
		}
	}
	if !known {
		return "a file"
	}
	return "the file " + strconv.Quote(name)
}
