// Package logshipping implements the rule log-shipping (FL1102).
package logshipping

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports servers and workers that send their log to a collector themselves.
var Analyzer = gopass.New("log-shipping", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, s := range observe.Shipments(pass.Pass) {
		name := s.Via[strings.LastIndexByte(s.Via, '/')+1:]
		pass.ReportSpan(s.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("%s makes the program send its log to %s itself: while that cannot be reached, records are lost "+
			"or the code that logs waits", name, strings.ReplaceAll(s.To, "-", " ")), nil)
	}
}
