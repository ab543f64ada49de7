package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
)

// A formatFlag chooses one of some formats; one of them is JSON.
type formatFlag struct {
	known  []string
	format string
	json   bool
}

func (f *formatFlag) add(c *cobra.Command, known []string) {
	f.known = known
	c.Flags().StringVar(&f.format, "format", known[0], "`FORMAT` to write: "+strings.Join(known, ", "))
	c.Flags().BoolVar(&f.json, "json", false, "short for --format json")
	c.MarkFlagsMutuallyExclusive("format", "json")
	complete(c, "format", words(known...))
}

// check completes the format, and returns an error for one that there is not.
func (f *formatFlag) check() error {
	if f.json {
		f.format = "json"
	}
	return checkFormat("--format", f.format, f.known)
}

// listFlags are those of the commands that list something.
type listFlags struct {
	formatFlag
	styleFlags
}

func (f *listFlags) add(c *cobra.Command, formats []string) {
	f.formatFlag.add(c, formats)
	f.styleFlags.add(c)
}

func (a *app) listOptions(f *listFlags) (output.Options, error) {
	if err := f.check(); err != nil {
		return output.Options{}, err
	}
	return a.style(f.styleFlags)
}

func (a *app) workloadsCommand() *cobra.Command {
	var (
		f    listFlags
		cfg  configFlags
		kept cacheFlags
		say  progressFlags
	)
	c := &cobra.Command{
		Use:   "workloads [PATH...]",
		Short: "Show which program, image and manifest belong together, why, and what they do",
		RunE: func(c *cobra.Command, paths []string) error {
			opts, err := a.listOptions(&f)
			if err != nil {
				return err
			}
			run := engine.Options{Paths: paths}
			if run.Config, err = cfg.load(run); err != nil {
				return err
			}
			if err := kept.apply(&run); err != nil {
				return err
			}
			told := a.follow(say, &run)
			res, err := lookAt(c.Context(), run)
			told.hide()
			if err != nil {
				return err
			}
			if err := output.Workloads(f.format, a.stdout, res.Workloads, res.Report.Prefix, opts); err != nil {
				return err
			}
			if res.Report.Untrusted {
				a.code = exitUntrusted
			}
			defer told.tell()
			return output.Notifications(a.stderr, res.Report, output.Options{GitHubActions: a.inCI()})
		},
	}
	f.add(c, output.MapFormats())
	cfg.add(c)
	kept.add(c)
	say.add(c)
	return c
}
