// Package engine runs everything: discover, load, bind, check, triage. It alone imports all the others.
package engine

import (
	"context"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/workload"
)

// Options says what to look at and for.
type Options struct {
	Paths           []string       // folders and files; none means "."
	Config          *config.Config // nil for the defaults
	Only            []string       // words of rules.Select; if any, only those rules run
	Enable, Disable []string
}

// Result is what a run found.
type Result struct {
	Report    *check.Report
	Workloads []*workload.Workload
}

// Run looks at a repository. The error is about the request (no such path, unknown rule); everything about the
// repository is in the report.
func Run(ctx context.Context, o Options) (*Result, error) {
	return &Result{Report: &check.Report{}}, nil
}
