package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/rules"
)

// complete lets shells complete the value of a flag that the command has.
func complete(c *cobra.Command, flag string, f cobra.CompletionFunc) {
	c.RegisterFlagCompletionFunc(flag, f) //nolint:errcheck // that there is no such flag, or that this was done already, shows in a test
}

// words completes one of some words.
func words(known ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(known, cobra.ShellCompDirectiveNoFileComp)
}

// folders completes the path of a folder.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// outputs completes FORMAT, and the name of a file behind FORMAT=.
func outputs(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(begun, "=") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return output.Formats(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// ruleNames completes the name of a rule.
func ruleNames(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	return continuing(begun, describedRules()), cobra.ShellCompDirectiveNoFileComp
}

// ruleWords completes a word that names rules.
func ruleWords(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	return continuing(begun, append(groups(), describedRules()...)), cobra.ShellCompDirectiveNoFileComp
}

// ruleLists completes the last of several such words with commas between them. Behind a comma they are not described: cobra's script
// for bash (v1.10.2) compares what is described with its commas escaped, and finds nothing.
func ruleLists(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	before := begun[:strings.LastIndex(begun, ",")+1]
	var out []string
	for _, w := range append(groups(), describedRules()...) {
		if before != "" {
			w, _, _ = strings.Cut(w, "\t")
		}
		out = append(out, before+w)
	}
	return continuing(begun, out), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// continuing returns those of some words that begin as the user has begun.
func continuing(begun string, known []string) []string {
	return slices.DeleteFunc(known, func(w string) bool { return !strings.HasPrefix(w, begun) })
}

// describedRules returns the names of all rules with what they say.
func describedRules() []string {
	all, _ := rules.All() // a page that cannot be read is reported by the catalogue's test
	var out []string
	for _, r := range all {
		out = append(out, cobra.CompletionWithDesc(r.Name, r.Summary))
	}
	return out
}

// groups returns the words that name several rules, with what these have in common.
func groups() []string {
	out := []string{cobra.CompletionWithDesc("all", "every rule")}
	for _, k := range rules.Kinds() {
		out = append(out, cobra.CompletionWithDesc(string(k), "rules that look at "+k.About()))
	}
	for _, p := range rules.Principles() {
		out = append(out, cobra.CompletionWithDesc(p.Slug(), p.Summary()))
	}
	return out
}
