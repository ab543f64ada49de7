// Package credentialindsn implements the rule credential-in-dsn (FL0303).
package credentialindsn

import (
	"fmt"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/gopass"
)

// Analyzer reports passwords in the addresses that programs connect to.
var Analyzer = gopass.New("credential-in-dsn", run, observe.Analyzer)

func run(pass *gopass.Pass) {
	for _, c := range observe.Credentials(pass.Pass) {
		message := fmt.Sprintf("the address given to %s holds a password: everybody who can read the repository or the binary can log in with it, "+
			"and changing it takes another build", observe.Short(c.Via))
		if c.Default != "" {
			pass.WarnSpan(c.At, c.Call, fmt.Sprintf("the default of %s is an address with a password: a deploy that does not set it logs in with a password that everybody who can read "+
				"the repository knows", c.Default))
			continue
		}
		pass.ReportSpan(c.At, c.Call, message, nil)
	}
}
