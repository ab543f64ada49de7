// Command testbed is golangci-lint with the factorlint plugin linked in: what "golangci-lint custom" makes of
// .custom-gcl.yml, built from the module proxy alone. The tests run it; users build their own.
package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/factorlint/factorlint/plugin"
)

func main() {
	// "(devel)" makes golangci-lint salt its cache with the hash of this binary. With a version in its place, a build with
	// changed rules would replay what an earlier one found.
	info := commands.BuildInfo{GoVersion: runtime.Version(), Version: "(devel)", Commit: "?", Date: "?"}
	if err := commands.Execute(info); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitcodes.Failure)
	}
}
