package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/factorlint/factorlint/internal/suggest"
)

// variablePrefix begins the names of variables; the name of the flag follows that they stand for.
const variablePrefix = "FACTORLINT_"

// variableOf returns the name of the variable that stands for a flag.
func variableOf(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// isVariable reports whether a variable may stand for a flag: those that only ask for a text do not count.
func isVariable(f *pflag.Flag) bool { return f.Name != "help" && f.Name != "version" }

// fromEnvironment sets the flags that the command line leaves out, and rules out by no other flag, to what their variables say. It
// complains about variables that stand for no flag of any command: they do not end a run, since clusters make such variables for every
// pod beside a service of that name.
func (a *app) fromEnvironment(c *cobra.Command) error {
	for _, text := range unknownVariables(os.Environ(), c.Root()) {
		a.complain(text)
	}
	var given []*pflag.Flag
	c.Flags().VisitAll(func(f *pflag.Flag) {
		ruledOut := slices.ContainsFunc(excludedBy(f), c.Flags().Changed)
		if isVariable(f) && !f.Changed && !ruledOut && a.env(variableOf(f.Name)) != "" {
			given = append(given, f)
		}
	})
	var errs []error
	for _, f := range given {
		if err := setFlag(f, a.env(variableOf(f.Name))); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", variableOf(f.Name), err))
		} else if f.Changed {
			a.fromEnv = append(a.fromEnv, f.Name)
		}
	}
	return errors.Join(append(errs, a.contradiction(c))...)
}

// setFlag gives a flag the value of its variable. A switch that is set to what it is anyway counts as not given.
func setFlag(f *pflag.Flag, value string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		f.Changed = true
		return list.Replace(splitList(value))
	}
	if f.Value.Type() == "bool" {
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q: want %s", value, wanted(f))
		}
		if strconv.FormatBool(on) == f.DefValue {
			return nil
		}
	}
	f.Changed = true
	err := f.Value.Set(value)
	if err != nil && wanted(f) != "" {
		return fmt.Errorf("%q: want %s", value, wanted(f))
	}
	return err
}

// splitList splits at line ends or, in a text of one line, at commas. Empty items are left out.
func splitList(text string) []string {
	separator := ","
	if strings.Contains(strings.TrimSpace(text), "\n") {
		separator = "\n"
	}
	var out []string
	for item := range strings.SplitSeq(text, separator) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// exclusive is the annotation in which cobra notes the groups of flags of which only one may be given.
const exclusive = "cobra_annotation_mutually_exclusive"

// excludedBy returns the flags that may not be given together with one.
func excludedBy(f *pflag.Flag) []string {
	var out []string
	for _, group := range f.Annotations[exclusive] {
		out = append(out, strings.Fields(group)...)
	}
	return slices.DeleteFunc(out, func(name string) bool { return name == f.Name })
}

// contradiction returns an error if two flags were given that exclude each other.
func (a *app) contradiction(c *cobra.Command) error {
	var given []*pflag.Flag
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			given = append(given, f)
		}
	})
	for i, f := range given {
		for _, g := range given[:i] {
			if slices.Contains(excludedBy(f), g.Name) {
				return fmt.Errorf("%s and %s exclude each other", a.givenAs(g), a.givenAs(f))
			}
		}
	}
	return nil
}

// givenAs returns what gave a flag: its variable, or itself.
func (a *app) givenAs(f *pflag.Flag) string {
	if slices.Contains(a.fromEnv, f.Name) {
		return variableOf(f.Name)
	}
	return "--" + f.Name
}

// unknownVariables says which variables stand for no flag of any command, and which one was probably meant.
func unknownVariables(environ []string, root *cobra.Command) []string {
	known := variables(root)
	var out []string
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		flag, ours := strings.CutPrefix(name, variablePrefix)
		if !ours || value == "" || slices.Contains(known, flag) {
			continue
		}
		text := fmt.Sprintf("the environment variable %s stands for no flag", name)
		if meant := suggest.Nearest(flag, known); meant != "" {
			text += "; did you mean " + variablePrefix + meant + "?"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// variables returns the names, without their prefix, of all variables that stand for flags of a command and those below it.
func variables(c *cobra.Command) []string {
	var out []string
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if isVariable(f) {
			out = append(out, strings.TrimPrefix(variableOf(f.Name), variablePrefix))
		}
	})
	for _, sub := range c.Commands() {
		out = append(out, variables(sub)...)
	}
	return out
}

// withVariables adds to an error which of the flags that it names were given by variables.
func (a *app) withVariables(err error) string {
	text := err.Error()
	for _, flag := range a.fromEnv {
		if slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" :,;()[]?\n", r) }), "--"+flag) {
			text += fmt.Sprintf(" (--%s is what %s says)", flag, variableOf(flag))
		}
	}
	return text
}
