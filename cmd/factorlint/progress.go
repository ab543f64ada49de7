package main

import (
	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/progress"
)

// progressFlags say what is told about a run itself.
type progressFlags struct{ verbose, quiet bool }

func (f *progressFlags) add(c *cobra.Command) {
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say on standard error where the time went")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "say nothing but results and errors: no progress, no summary")
	c.MarkFlagsMutuallyExclusive("verbose", "quiet")
}

// A follower tells on standard error what a run does.
type follower struct {
	app      *app
	progress *progress.Progress // nil if nobody wants to know
	hide     func()             // takes the line away from the terminal, for good
	verbose  bool
}

// follow makes a run tell what it does. What it returns is hidden before anything is written, and told in the end.
func (a *app) follow(f progressFlags, o *engine.Options) *follower {
	out := &follower{app: a, hide: func() {}, verbose: f.verbose}
	shown := isTerminal(a.stderr) && a.showsProgress() && !f.quiet
	if shown || f.verbose {
		out.progress = progress.New()
		o.Progress = out.progress
	}
	if shown {
		out.hide = out.progress.Show(a.stderr)
	}
	return out
}

// tell tells where the time went, if that was asked for.
func (f *follower) tell() {
	if f.verbose {
		f.app.complain("where the time went:\n" + f.progress.Table())
	}
}

// showsProgress reports whether somebody looks at a terminal while the run lasts, and it can take a line back. CI systems set CI
// or a variable of their own; some of them give a job a terminal, whose lines all end in a log.
func (a *app) showsProgress() bool {
	ci := a.env("CI")
	return (ci == "" || ci == "0" || ci == "false") && !a.inCI() && a.env("TERM") != "dumb"
}
