// Package servernotimeouts implements the rule server-no-timeouts (FL1301).
package servernotimeouts

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports HTTP servers for main traffic that wait for a request's header without limit.
var Analyzer = gopass.New("server-no-timeouts", run, observe.Analyzer, literals)

func run(pass *gopass.Pass) {
	known := pass.ResultOf[literals].(map[check.Span]literal)
	for _, s := range observe.UntimedServers(pass.Pass) {
		at, what := s.At, short(s.Via)+" builds a server with"
		var fixes []analysis.SuggestedFix
		if s.Literal {
			what = "http.Server has"
			if l, ok := known[s.At]; ok {
				at, fixes = l.Type, l.fix(pass)
			}
		}
		pass.ReportSpan(at, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s neither ReadHeaderTimeout nor ReadTimeout: each client that does not finish "+
			"its request's header holds a connection, a goroutine and a file descriptor for ever, until no other client is served", what), nil, fixes...)
	}
}

// short returns a symbol with the last element of its import path alone: "http.ListenAndServe", "gin.Engine.Run".
func short(symbol string) string {
	symbol = strings.Replace(symbol, "/v4.", ".", 1)
	return symbol[strings.LastIndexByte(symbol, '/')+1:]
}
