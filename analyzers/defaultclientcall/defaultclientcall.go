// Package defaultclientcall implements the rule default-client-call (FL1302).
package defaultclientcall

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports requests that servers send with http.DefaultClient.
var Analyzer = gopass.New("default-client-call", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, r := range observe.UntimedRequests(pass.Pass) {
		name := strings.Replace(strings.TrimPrefix(r.Via, "net/"), "http.Client.", "http.DefaultClient.", 1)
		pass.ReportSpan(r.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s waits for an answer without limit: when the other side accepts the connection and "+
			"does not answer, this goroutine and whoever waits for it hang for ever", name), nil)
	}
}
