package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// An entry explains one thing.
type entry struct{ name, meaning string }

// exits are the exit codes.
var exits = []entry{
	{"0", "no finding at or above --fail-on"},
	{"1", "there are such findings; with --diff, there is a patch"},
	{"2", "the run could not be trusted: wrong usage or configuration, or something essential could not be analysed; wins over 1"},
}

// exitsHeading begins what helps say about exit codes; manual pages have a section for that.
const exitsHeading = "\n\nExit codes:"

// exitsHelp returns what helps say about exit codes.
func exitsHelp() string { return exitsHeading + lines(exits) }

// environment is what factorlint itself reads of the environment. The go command reads more.
var environment = []entry{
	{"FACTORLINT_FAIL_ON etc.", "any flag of any command, here --fail-on; lists with commas or one item a line, switches true or false; the command line wins"},
	{"NO_COLOR", "if not empty, no colour"},
	{"CLICOLOR_FORCE, FORCE_COLOR", "if neither empty nor 0, colour wherever text goes"},
	{"CLICOLOR", "if 0, no colour"},
	{"TERM", "if dumb, neither colour nor progress"},
	{"PAGER, LESS", "what shows the pages of rules on a terminal"},
	{"XDG_CACHE_HOME", "folder of the cache's folder (on Unix; else that of the system for caches)"},
	{"CI, GITHUB_ACTIONS, TF_BUILD", "set by CI systems: no progress, and in the log nothing that they obey"},
	{"GOGC, GOMEMLIMIT", "as for every Go program; if unset, factorlint chooses where it loads no Go code"},
}

// lines returns entries as lines of text.
func lines(entries []entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "\n  %-28s  %s", e.name, e.meaning)
	}
	return b.String()
}

// section returns entries as a section of a manual page (man 7 groff_man).
func section(title string, entries []entry) string {
	b := ".SH " + title + "\n"
	for _, e := range entries {
		b += fmt.Sprintf(".TP\n\\fB%s\\fP\n%s\n", roff(e.name), roff(e.meaning))
	}
	return b
}

// roff returns a text as roff wants it: hyphens are not to be dashes.
func roff(text string) string { return strings.ReplaceAll(text, "-", `\-`) }

// manCommand writes the manual pages that releases bring along. They bear the date of SOURCE_DATE_EPOCH, if that is set.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write the manual pages into a folder",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			root.Use, root.DisableAutoGenTag = "factorlint COMMAND", true
			var commands []entry
			for _, sub := range root.Commands() {
				sub.Long, _, _ = strings.Cut(sub.Long, exitsHeading)
				if sub.IsAvailableCommand() {
					commands = append(commands, entry{sub.UseLine(), sub.Short})
				}
			}
			root.Long, _, _ = strings.Cut(root.Long, exitsHeading)
			if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "factorlint"}, args[0]); err != nil {
				return err
			}
			more := section("EXIT STATUS", exits) + section("ENVIRONMENT", environment)
			return errors.Join(appendTo(filepath.Join(args[0], "factorlint.1"), section("COMMANDS", commands)+more),
				appendTo(filepath.Join(args[0], "factorlint-check.1"), more))
		},
	}
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
