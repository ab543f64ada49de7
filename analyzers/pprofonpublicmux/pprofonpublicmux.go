// Package pprofonpublicmux implements the rule pprof-on-public-mux (FL1704).
package pprofonpublicmux

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports profiles that are served where the main traffic arrives.
var Analyzer = gopass.New("pprof-on-public-mux", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	for _, at := range observe.PublicProfiles(pass.Pass) {
		pass.ReportSpan(at, p.At, fmt.Sprintf("net/http/pprof registers itself with http.DefaultServeMux, and %s serves that with its main traffic: whoever reaches the "+
			"service can read its command line and its heap and start CPU profiles under /debug/pprof/", p.Title()), nil)
	}
}
