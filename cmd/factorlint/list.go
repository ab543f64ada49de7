package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/rules"
)

// listFlags are those of the commands that list something.
type listFlags struct{ format, color string }

func (f *listFlags) add(c *cobra.Command, formats []string) {
	c.Flags().StringVar(&f.format, "format", formats[0], "`FORMAT` to write: "+strings.Join(formats, ", "))
	c.Flags().StringVar(&f.color, "color", "auto", "colour text: auto, always or never")
}

func (a *app) listOptions(f listFlags, formats []string) (output.Options, error) {
	if err := checkFormat("--format", f.format, formats); err != nil {
		return output.Options{}, err
	}
	return a.outputOptions(f.color)
}

func (a *app) rulesCommand() *cobra.Command {
	var f listFlags
	c := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			opts, err := a.listOptions(f, output.ListFormats())
			if err != nil {
				return err
			}
			all, err := rules.All()
			if err != nil {
				return err
			}
			return output.Rules(f.format, a.stdout, all, opts)
		},
	}
	f.add(c, output.ListFormats())
	return c
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
			opts, err := a.listOptions(f, output.MapFormats())
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
			res, err := engine.Run(c.Context(), run)
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
