package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/baseline"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
)

// defaultBaseline is the file that accepted findings are written to.
const defaultBaseline = ".factorlint-baseline.json"

type baselineFlags struct {
	configFlags
	trustFlags
	ruleFlags
	cache    cacheFlags
	progress progressFlags
	file     string
	prune    bool
}

func (a *app) baselineCommand() *cobra.Command {
	var f baselineFlags
	c := &cobra.Command{
		Use:   "baseline [PATH...]",
		Short: "Accept what is found now, so that check reports only what is new",
		Long: `Write what is found now to a file of accepted findings. "factorlint check --baseline FILE" then reports what is not in it.

A file that is there is brought up to date. Entries that this run cannot judge stay: of paths and rules that it does not look at.
With --prune nothing new is accepted: only entries whose finding is gone are removed.`,
		RunE: func(c *cobra.Command, args []string) error { return a.baseline(c, args, &f) },
	}
	f.configFlags.add(c)
	f.trustFlags.add(c)
	f.ruleFlags.add(c)
	f.cache.add(c)
	f.progress.add(c)
	c.Flags().StringVar(&f.file, "baseline", defaultBaseline, "`FILE` to write")
	c.Flags().BoolVar(&f.prune, "prune", false, "accept nothing new: only remove entries whose finding is gone")
	return c
}

func (a *app) baseline(c *cobra.Command, args []string, f *baselineFlags) error {
	if err := writable(f.file); err != nil {
		return err
	}
	run := engine.Options{Paths: args, ReportOnly: true}
	if err := f.ruleFlags.apply(&run); err != nil {
		return err
	}
	f.trustFlags.apply(&run, &f.configFlags)
	var err error
	if run.Config, err = f.load(run); err != nil {
		return err
	}
	if run.Baseline, err = baseline.Load(f.file); errors.Is(err, fs.ErrNotExist) && !f.prune {
		run.Baseline = &baseline.Baseline{Path: f.file}
	} else if err != nil {
		return about(f.file, err)
	}
	if err := f.cache.apply(&run); err != nil {
		return err
	}
	told := a.follow(f.progress, &run)
	defer told.hide()
	res, err := lookAt(c.Context(), run)
	told.hide()
	if err != nil {
		return err
	}
	defer told.tell()
	return a.writeBaseline(f, run.Baseline, res)
}

// writeBaseline brings a baseline up to date with what a run found.
func (a *app) writeBaseline(f *baselineFlags, was *baseline.Baseline, res *engine.Result) error {
	r := res.Report
	unread := *r
	unread.Notifications = slices.DeleteFunc(slices.Clone(r.Notifications), func(n check.Notification) bool { return n.Code == engine.StaleCode })
	if err := output.Notifications(a.stderr, &unread, output.Options{GitHubActions: a.inCI()}); err != nil {
		return err
	}
	if r.Untrusted {
		a.code = exitUntrusted
		a.complain("not everything essential could be analysed, so that it is unknown what to accept: nothing was written")
		return nil
	}
	var accepted []check.Finding
	for _, s := range r.Suppressed {
		if s.Old() {
			accepted = append(accepted, s.Finding)
		}
	}
	removed := len(was.Entries) - len(accepted) - len(res.Unjudged)
	added := 0
	if !f.prune {
		added = len(r.Findings)
		accepted = append(accepted, r.Findings...)
	}
	text, err := baseline.Of(accepted, r.Prefix, res.Unjudged).Bytes()
	if err != nil {
		return err
	}
	err = writeFile(f.file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil || f.progress.quiet {
		return err
	}
	a.complain(fmt.Sprintf("%s accepts %s: %d added, %d removed", f.file, output.Count(len(accepted)+len(res.Unjudged), "finding"), added, removed))
	return nil
}
