// Package analyzers lists the Go rules.
package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/autoackconsumer"
	"github.com/factorlint/factorlint/analyzers/backgroundcontextinhandler"
	"github.com/factorlint/factorlint/analyzers/configfileonly"
	"github.com/factorlint/factorlint/analyzers/configpathliteral"
	"github.com/factorlint/factorlint/analyzers/connectatinit"
	"github.com/factorlint/factorlint/analyzers/credentialindsn"
	"github.com/factorlint/factorlint/analyzers/daemonizes"
	"github.com/factorlint/factorlint/analyzers/defaultclientcall"
	"github.com/factorlint/factorlint/analyzers/dotenvrequired"
	"github.com/factorlint/factorlint/analyzers/envgroup"
	"github.com/factorlint/factorlint/analyzers/environmentbuildtag"
	"github.com/factorlint/factorlint/analyzers/envparseignored"
	"github.com/factorlint/factorlint/analyzers/envscattered"
	"github.com/factorlint/factorlint/analyzers/fatalinhandler"
	"github.com/factorlint/factorlint/analyzers/gincontextingoroutine"
	"github.com/factorlint/factorlint/analyzers/gomaxprocsoverride"
	"github.com/factorlint/factorlint/analyzers/hardcodedendpoint"
	"github.com/factorlint/factorlint/analyzers/hardcodedport"
	"github.com/factorlint/factorlint/analyzers/localfiledatabase"
	"github.com/factorlint/factorlint/analyzers/localsessionstore"
	"github.com/factorlint/factorlint/analyzers/logshipping"
	"github.com/factorlint/factorlint/analyzers/logtofile"
	"github.com/factorlint/factorlint/analyzers/packagestateinhandler"
	"github.com/factorlint/factorlint/analyzers/pprofonpublicmux"
	"github.com/factorlint/factorlint/analyzers/printaslogging"
	"github.com/factorlint/factorlint/analyzers/redundantautomaxprocs"
	"github.com/factorlint/factorlint/analyzers/serverclosedisfatal"
	"github.com/factorlint/factorlint/analyzers/servernotimeouts"
	"github.com/factorlint/factorlint/analyzers/shutdownoncancelledcontext"
	"github.com/factorlint/factorlint/analyzers/shutdownrace"
	"github.com/factorlint/factorlint/analyzers/sigintonly"
	"github.com/factorlint/factorlint/analyzers/signalwithoutdrain"
	"github.com/factorlint/factorlint/analyzers/sigtermunhandled"
	"github.com/factorlint/factorlint/analyzers/sleepinhandler"
	"github.com/factorlint/factorlint/analyzers/sqlpoolunbounded"
	"github.com/factorlint/factorlint/analyzers/unboundedrequestbody"
	"github.com/factorlint/factorlint/analyzers/unboundedshutdown"
	"github.com/factorlint/factorlint/analyzers/workernotawaited"
)

// All returns the analyzers of the Go rules, in order of the rules' ids.
func All() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		envgroup.Analyzer,                   // FL0301
		hardcodedendpoint.Analyzer,          // FL0302
		credentialindsn.Analyzer,            // FL0303
		dotenvrequired.Analyzer,             // FL0304
		configfileonly.Analyzer,             // FL0305
		configpathliteral.Analyzer,          // FL0306
		envparseignored.Analyzer,            // FL0307
		envscattered.Analyzer,               // FL0308
		connectatinit.Analyzer,              // FL0401
		localfiledatabase.Analyzer,          // FL0402
		environmentbuildtag.Analyzer,        // FL0504
		localsessionstore.Analyzer,          // FL0601
		packagestateinhandler.Analyzer,      // FL0602
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
		workernotawaited.Analyzer,           // FL0910
		logtofile.Analyzer,                  // FL1101
		logshipping.Analyzer,                // FL1102
		printaslogging.Analyzer,             // FL1103
		servernotimeouts.Analyzer,           // FL1301
		defaultclientcall.Analyzer,          // FL1302
		backgroundcontextinhandler.Analyzer, // FL1303
		sleepinhandler.Analyzer,             // FL1304
		fatalinhandler.Analyzer,             // FL1501
		sqlpoolunbounded.Analyzer,           // FL1504
		autoackconsumer.Analyzer,            // FL1601
		gincontextingoroutine.Analyzer,      // FL1602
		pprofonpublicmux.Analyzer,           // FL1704
		unboundedrequestbody.Analyzer,       // FL2001
		redundantautomaxprocs.Analyzer,      // FL2002
	}
}
