package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

func (a *app) explainCommand() *cobra.Command {
	var color string
	c := &cobra.Command{
		Use:     "explain NAME|ID",
		Short:   "Print the page of a rule",
		Example: "  factorlint explain sigint-only\n  factorlint explain FL0902",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			r := rules.Lookup(args[0])
			if r == nil {
				return fmt.Errorf("no rule is called %q%s", args[0], suggest.DidYouMean(args[0], suggest.RuleNames()))
			}
			opts, err := a.outputOptions(color)
			if err != nil {
				return err
			}
			return output.Page(a.stdout, r, opts)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return suggest.RuleNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().StringVar(&color, "color", "auto", "colour the text: auto, always or never")
	return c
}
