package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/suggest"
)

// ruleFlags say which rules to look for.
type ruleFlags struct{ only, enable, disable []string }

func (f *ruleFlags) add(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.only, "only", nil, "look for the rules of these `WORDS` alone: ids, names, principles, kinds or all, separated by commas")
	c.Flags().StringSliceVar(&f.enable, "enable", nil, "look for the rules of these `WORDS` too")
	c.Flags().StringSliceVar(&f.disable, "disable", nil, "do not look for the rules of these `WORDS`")
	for _, flag := range []string{"only", "enable", "disable"} {
		complete(c, flag, ruleLists)
	}
}

// apply gives the options of a run the rules. The error names a word that is no rule's.
func (f *ruleFlags) apply(o *engine.Options) error {
	f.only, f.enable, f.disable = trimmed(f.only), trimmed(f.enable), trimmed(f.disable)
	if err := errors.Join(suggest.CheckWords("--only", f.only), suggest.CheckWords("--enable", f.enable), suggest.CheckWords("--disable", f.disable)); err != nil {
		return err
	}
	o.Only, o.Enable, o.Disable = f.only, f.enable, f.disable
	return nil
}
