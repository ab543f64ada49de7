// Package configfileonly implements the rule config-file-only (FL0305).
package configfileonly

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers that take their configuration from files alone.
var Analyzer = gopass.New("config-file-only", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, cf := range observe.FileOnly(p) {
		name := "a file"
		if path, known := cf.Path.Constant(); known && path != "" {
			name = path
		}
		pass.ReportSpan(cf.At, p.At, fmt.Sprintf("%s takes its configuration from %s alone: no environment variable overrides anything in it, "+
			"so that deploys can differ only by carrying other files", p.Title(), name), nil)
	}
}
