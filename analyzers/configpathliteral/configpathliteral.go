// Package configpathliteral implements the rule config-path-literal (FL0306).
package configpathliteral

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers and workers that do not start without a file at a fixed path.
var Analyzer = gopass.New("config-path-literal", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, cf := range observe.LiteralConfigs(p) {
		name, _ := cf.Path.Constant()
		pass.ReportSpan(cf.At, p.At, fmt.Sprintf("%s starts only if %s is there: no variable or flag can name another place, "+
			"so every deploy has to put the file at this very path", p.Title(), name), nil)
	}
}
