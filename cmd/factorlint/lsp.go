package main

import (
	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/lsp"
)

func (a *app) lspCommand() *cobra.Command {
	var kept cacheFlags
	c := &cobra.Command{
		Use:   "lsp",
		Short: "Answer an editor in the Language Server Protocol",
		Long: `Answer an editor in the Language Server Protocol, on standard input and output, until it exits.

The exit code is 0 if the editor asked for the shutdown before, else 1.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			var o engine.Options
			if err := kept.apply(&o); err != nil {
				return err
			}
			if !lsp.Serve(c.Context(), c.InOrStdin(), a.stdout, lsp.Options{Version: readVersion().Version, Cache: o.Cache, Tool: o.Tool}) {
				a.code = 1
			}
			return nil
		},
	}
	kept.add(c)
	c.Flags().Bool("stdio", true, "no other way is known; some editors name it")
	return c
}
