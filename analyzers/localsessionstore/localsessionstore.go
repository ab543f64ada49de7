// Package localsessionstore implements the rule local-session-store (FL0601).
package localsessionstore

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports stores that keep the sessions of a server's users in its memory or its local files.
var Analyzer = gopass.New("local-session-store", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.LocalSessions(pass.Pass) {
		pass.ReportSpan(s.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s keeps sessions in this process or its local files: another replica does not know them, "+
			"and a restart or a new release logs every user out", short(s.Name)), nil)
	}
}

var version = regexp.MustCompile(`/v[0-9]+\.`)

// short returns a symbol with the last element of its import path alone, without its version.
func short(symbol string) string {
	symbol = version.ReplaceAllString(symbol, ".")
	return symbol[strings.LastIndexByte(symbol, '/')+1:]
}
