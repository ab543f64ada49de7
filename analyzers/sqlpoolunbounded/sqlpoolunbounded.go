// Package sqlpoolunbounded implements the rule sql-pool-unbounded (FL1504).
package sqlpoolunbounded

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports pools of database connections without a limit.
var Analyzer = gopass.New("sql-pool-unbounded", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, u := range observe.UnboundedPools(pass.Pass) {
		pass.ReportSpan(u.At, observe.ProgramOf(pass.Pass).At, fmt.Sprintf("nothing limits how many connections the pool from %s opens: under load each replica opens one per "+
			"concurrent query until the database refuses more, for all its clients", observe.Short(u.Via)), nil)
	}
}
