package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/factorlint/factorlint/internal/suggest"
)

// flagError says which flag was probably meant, and what a flag takes.
func flagError(c *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		if owners := having(c, unknown.GetSpecifiedName()); len(owners) > 0 {
			return fmt.Errorf("%w; it stands behind a command that has it: %s", err, strings.Join(owners, ", "))
		}
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return errors.New(err.Error() + suggest.DidYouMean("--"+unknown.GetSpecifiedName(), names))
	case errors.As(err, &invalid) && wanted(invalid.GetFlag()) != "":
		f := invalid.GetFlag()
		return fmt.Errorf("--%s: %q: want %s", f.Name, invalid.GetValue(), wanted(f))
	}
	return err
}

// having returns the names of a command's own commands that have a flag.
func having(c *cobra.Command, flag string) []string {
	var out []string
	for _, sub := range c.Commands() {
		if sub.Flags().Lookup(flag) != nil {
			out = append(out, sub.Name())
		}
	}
	return out
}

// wanted says what values a flag takes, "" if any text or what the error of the flag says.
func wanted(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false"
	case "duration":
		return "a duration, such as 90s or 5m"
	}
	return ""
}

// knownCommand refuses an argument where one of the command's own commands is wanted; cobra would show the help instead.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	return fmt.Errorf("unknown command %q for %q%s", args[0], c.CommandPath(), suggest.DidYouMean(args[0], names))
}

// knownTopic refuses help about a command that there is not.
func knownTopic(c *cobra.Command, args []string) error {
	about, rest, err := c.Root().Find(args)
	if err != nil {
		return err
	}
	return knownCommand(about, rest)
}

// refuseUnknown makes cobra's own commands refuse what they do not know, as the others do.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = knownTopic
		case "completion":
			c.Args, c.RunE = knownCommand, showHelp
		}
	}
}

// showHelp is what a command does that only has others.
func showHelp(c *cobra.Command, _ []string) error { return c.Help() }

// notEmpty refuses arguments that are empty: the variable of a script that names a path, or a rule, was probably not set.
func notEmpty(c *cobra.Command, args []string) error {
	for i, arg := range args {
		if arg == "" {
			return fmt.Errorf("argument %d of %q is empty", i+1, c.CommandPath())
		}
	}
	return nil
}

// trimmed returns words without the space around them that "a, b" leaves.
func trimmed(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.TrimSpace(w)
	}
	return out
}
