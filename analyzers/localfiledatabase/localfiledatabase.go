// Package localfiledatabase implements the rule local-file-database (FL0402).
package localfiledatabase

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports databases in files at a fixed relative path.
var Analyzer = gopass.New("local-file-database", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, d := range observe.LocalDatabases(pass.Pass) {
		pass.ReportSpan(d.At, d.Call, fmt.Sprintf("the %s database is always the file %s in the directory where the program starts: in a container it is lost with it, "+
			"each replica has its own, and no configuration can put it elsewhere", d.Kind, d.Path), nil)
	}
}
