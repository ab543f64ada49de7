package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

// ruleFilter says which rules are listed. A filter that is not set leaves nothing out.
type ruleFilter struct {
	byDefault  string   // "on" or "off"
	severities []string // any of them
	fixable    bool
}

func (f *ruleFilter) add(c *cobra.Command) {
	c.Flags().StringVar(&f.byDefault, "default", "", "only rules that are `on|off` without configuration")
	c.Flags().StringSliceVar(&f.severities, "severity", nil, "only rules of this `SEVERITY`: error, warning or note")
	c.Flags().BoolVar(&f.fixable, "fixable", false, "only rules that --fix can do something about, if need be with --unsafe-fixes")
	complete(c, "default", words("on", "off"))
	complete(c, "severity", words(rules.Severities()...))
}

// check tidies the values, and returns an error for those that there are not.
func (f *ruleFilter) check() error {
	if f.byDefault != "" && f.byDefault != "on" && f.byDefault != "off" {
		return fmt.Errorf("--default %q: want on or off", f.byDefault)
	}
	f.severities = trimmed(f.severities)
	for _, s := range f.severities {
		if _, err := suggest.Severity(s); err != nil {
			return fmt.Errorf("--severity: %w", err)
		}
	}
	return nil
}

// leavesOut reports whether a rule is not listed.
func (f *ruleFilter) leavesOut(r *rules.Rule) bool {
	return f.byDefault != "" && r.Default != (f.byDefault == "on") ||
		len(f.severities) > 0 && !slices.Contains(f.severities, r.Severity.String()) ||
		f.fixable && r.Fix == rules.NoFix
}

func (a *app) rulesCommand() *cobra.Command {
	var (
		f      listFlags
		filter ruleFilter
	)
	c := &cobra.Command{
		Use:   "rules [WORD...]",
		Short: "List the rules",
		Long: "List the rules, or those that words name: ids, names, kinds and principles, as in --only of check. Flags leave out some of them." +
			"\n\nKinds: " + strings.Join(kinds(), ", ") + "\nPrinciples: " + strings.Join(principles(), ", "),
		Example: "  factorlint rules go --default off\n  factorlint rules disposability --severity error --json",
		RunE: func(_ *cobra.Command, named []string) error {
			opts, err := a.listOptions(&f)
			if err != nil {
				return err
			}
			if err := filter.check(); err != nil {
				return err
			}
			if len(named) == 0 {
				named = []string{"all"}
			}
			if err := suggest.CheckWords("rules", named); err != nil {
				return err
			}
			list, err := rules.Choose(named)
			if err != nil {
				return err
			}
			return output.Rules(f.format, a.stdout, slices.DeleteFunc(list, filter.leavesOut), opts)
		},
		ValidArgsFunction: ruleWords,
	}
	f.add(c, output.ListFormats())
	filter.add(c)
	return c
}

func principles() []string {
	var out []string
	for _, p := range rules.Principles() {
		out = append(out, p.Slug())
	}
	return out
}

func kinds() []string {
	var out []string
	for _, k := range rules.Kinds() {
		out = append(out, string(k))
	}
	return out
}
