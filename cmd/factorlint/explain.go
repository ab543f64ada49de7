package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

func (a *app) explainCommand() *cobra.Command {
	var (
		style   styleFlags
		noPager bool
	)
	c := &cobra.Command{
		Use:   "explain NAME|ID...",
		Short: "Print the pages of rules",
		Long: `Print the pages of rules. On a terminal they are shown by PAGER, else by less, if they are longer than it is high.

"factorlint rules" lists the rules.`,
		Example: "  factorlint explain sigint-only\n  factorlint explain FL0902 FL0911",
		RunE: func(c *cobra.Command, names []string) error {
			if len(names) == 0 {
				return errors.New("want the names or ids of rules; factorlint rules lists them")
			}
			opts, err := a.style(style)
			if err != nil {
				return err
			}
			opts.Width, _ = sizeOf(a.stdout)
			text, err := explain(names, opts)
			if err != nil {
				return err
			}
			if noPager {
				_, err = a.stdout.Write(text)
				return err
			}
			return a.page(c.Context(), text)
		},
		ValidArgsFunction: ruleNames,
	}
	style.add(c)
	c.Flags().BoolVar(&noPager, "no-pager", false, "do not start a pager")
	return c
}

// explain returns the pages of rules, one below the other. The error names each that does not exist.
func explain(names []string, o output.Options) ([]byte, error) {
	var (
		b    bytes.Buffer
		errs []error
	)
	for i, name := range names {
		r := rules.Lookup(name)
		if r == nil {
			errs = append(errs, suggest.NoRule(name))
			continue
		}
		if i > 0 {
			b.WriteString("\n\n")
		}
		errs = append(errs, output.Page(&b, r, o))
	}
	return b.Bytes(), errors.Join(errs...)
}
