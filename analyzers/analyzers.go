// Package analyzers lists the Go rules.
package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/daemonizes"
	"github.com/factorlint/factorlint/analyzers/defaultclientcall"
	"github.com/factorlint/factorlint/analyzers/dotenvrequired"
	"github.com/factorlint/factorlint/analyzers/envgroup"
	"github.com/factorlint/factorlint/analyzers/gomaxprocsoverride"
	"github.com/factorlint/factorlint/analyzers/hardcodedport"
	"github.com/factorlint/factorlint/analyzers/redundantautomaxprocs"
	"github.com/factorlint/factorlint/analyzers/serverclosedisfatal"
	"github.com/factorlint/factorlint/analyzers/servernotimeouts"
	"github.com/factorlint/factorlint/analyzers/shutdownoncancelledcontext"
	"github.com/factorlint/factorlint/analyzers/shutdownrace"
	"github.com/factorlint/factorlint/analyzers/sigintonly"
	"github.com/factorlint/factorlint/analyzers/signalwithoutdrain"
	"github.com/factorlint/factorlint/analyzers/sigtermunhandled"
	"github.com/factorlint/factorlint/analyzers/unboundedshutdown"
)

// All returns the analyzers of the Go rules, in order of the rules' ids.
func All() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		envgroup.Analyzer,                   // FL0301
		dotenvrequired.Analyzer,             // FL0304
		hardcodedport.Analyzer,              // FL0701
		gomaxprocsoverride.Analyzer,         // FL0801
		daemonizes.Analyzer,                 // FL0803
		sigtermunhandled.Analyzer,           // FL0901
		sigintonly.Analyzer,                 // FL0902
		signalwithoutdrain.Analyzer,         // FL0903
		shutdownoncancelledcontext.Analyzer, // FL0904
		shutdownrace.Analyzer,               // FL0905
		unboundedshutdown.Analyzer,          // FL0906
		serverclosedisfatal.Analyzer,        // FL0907
		servernotimeouts.Analyzer,           // FL1301
		defaultclientcall.Analyzer,          // FL1302
		redundantautomaxprocs.Analyzer,      // FL2002
	}
}
