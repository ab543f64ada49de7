// Package hardcodedport implements the rule hardcoded-port (FL0701).
package hardcodedport

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/workload"
)

// Analyzer reports main-traffic listeners on a constant address.
var Analyzer = gopass.New("hardcoded-port", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	p := observe.ProgramOf(pass.Pass)
	if p == nil || p.Class != workload.Server {
		return
	}
	for _, l := range p.Listens.Members {
		addr, ok := l.Addr.Constant()
		if !ok || l.Role != workload.MainTraffic || len(l.Addr) == 0 || l.Addr[0].At.IsZero() {
			continue
		}
		colon := strings.LastIndexByte(addr, ':')
		port := addr[colon+1:]
		switch {
		case colon < 0, strings.HasSuffix(port, "]"), port == "", port == "0", port == "80", port == "443", port == "http", port == "https":
			continue // a socket, any port, or the ports that redirects and ACME need
		}
		pass.ReportSpan(l.Addr[len(l.Addr)-1].At, l.At, fmt.Sprintf("%s always listens on port %s: no environment variable, flag or configuration can change it, "+
			"so two deploys on one host, or a platform that assigns the port, need another build", p.Title(), port), nil)
	}
}
