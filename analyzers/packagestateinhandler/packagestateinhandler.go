// Package packagestateinhandler implements the rule package-state-in-handler (FL0602).
package packagestateinhandler

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports package variables that keep what one request brings for other requests.
var Analyzer = gopass.New("package-state-in-handler", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.PackageState(pass.Pass) {
		name := s.Name[strings.LastIndexByte(s.Name, '.')+1:]
		pass.ReportSpan(s.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s keeps in this process what a request brings and later requests look for: another replica does not have "+
			"it, and a restart loses it", name), nil)
	}
}
