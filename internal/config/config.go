// Package config reads .factorlint.yaml.
package config

import "github.com/factorlint/factorlint/internal/workload"

// A Config is the content of .factorlint.yaml.
type Config struct {
	Enable   []string           // words of rules.Select: rules to add to the default ones
	Disable  []string           // and to take away
	Exclude  []string           // globs of paths to leave out
	Services []workload.Binding // bindings that override what Bind finds
}
