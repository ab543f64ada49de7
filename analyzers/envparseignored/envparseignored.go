// Package envparseignored implements the rule env-parse-ignored (FL0307).
package envparseignored

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports values of environment variables that are parsed without a look at the error.
var Analyzer = gopass.New("env-parse-ignored", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, c := range observe.ParsesIgnored(pass.Pass) {
		pass.ReportSpan(c.At, p.At, fmt.Sprintf("the error of parsing %s is dropped: a value that is no such number or time is silently replaced, "+
			"and the program runs with something else than the deploy says", c.Name), nil)
	}
}
