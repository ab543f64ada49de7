// Package config reads .factorlint.yaml.
package config

import "github.com/factorlint/factorlint/internal/workload"

// A Config is the content of .factorlint.yaml. It can choose what is looked for and say what belongs together; it
// names nothing to run, load or download.
type Config struct {
	Path     string             // the file it was read from; paths in it are relative to its folder
	Enable   []string           // words of rules.Select: rules to add to the default ones
	Disable  []string           // and to take away
	Exclude  []string           // globs of paths to leave out
	FailOn   string             // severity from which on findings fail the run: "error", "warning", "note" or "" for the default
	Services []workload.Binding // bindings that override what Bind finds
}
