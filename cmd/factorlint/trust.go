package main

import (
	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
)

// trustFlags say how far those are trusted who wrote what is checked, and what it names.
type trustFlags struct {
	untrusted      bool
	ignoreComments bool
	offline        bool
}

func (f *trustFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.untrusted, "untrusted", false, "strangers wrote this: no cgo, no downloads but from the module proxy, no settings but those of --config")
	c.Flags().BoolVar(&f.offline, "offline", false, "download no Go module; exit 2 if one is not on this machine")
	c.Flags().BoolVar(&f.ignoreComments, "no-inline-ignores", false, "suppression comments silence nothing")
}

// apply gives the options of a run what is trusted.
func (f *trustFlags) apply(o *engine.Options) {
	o.Untrusted, o.Offline, o.IgnoreComments = f.untrusted, f.offline, f.ignoreComments
}

// restrict makes an untrusted repository's configuration count for nothing. One that --config names is the user's own choice.
func (f *trustFlags) restrict(c *configFlags) { c.none = c.none || f.untrusted }
