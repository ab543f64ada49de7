package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/suggest"
)

// modes are the values of --color and --hyperlinks.
var modes = []string{"auto", "always", "never"}

// styleFlags say how text on standard output looks.
type styleFlags struct{ color, hyperlinks string }

func (f *styleFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.color, "color", "auto", "colour text on standard output: `WHEN` is auto, always or never")
	c.Flags().StringVar(&f.hyperlinks, "hyperlinks", "auto", "link rules to their pages in text on standard output: `WHEN` is auto, always or never")
	complete(c, "color", words(modes...))
	complete(c, "hyperlinks", words(modes...))
}

// style returns the options for text on standard output. With auto there are links where there is colour, on a terminal.
func (a *app) style(f styleFlags) (output.Options, error) {
	o := output.Options{GitHubActions: a.inCI(), Version: readVersion().semantic()}
	for _, m := range []struct{ flag, mode string }{{"--color", f.color}, {"--hyperlinks", f.hyperlinks}} {
		if !slices.Contains(modes, m.mode) {
			return o, fmt.Errorf("%s %q: want auto, always or never%s", m.flag, m.mode, suggest.DidYouMean(m.mode, modes))
		}
	}
	terminal := isTerminal(a.stdout)
	o.Color = useColor(f.color, a.env, terminal)
	o.Hyperlinks = f.hyperlinks == "always" || f.hyperlinks == "auto" && terminal && o.Color
	return o, nil
}

// useColor decides about colour on a stream: --color, then NO_COLOR (no-color.org), then CLICOLOR_FORCE, FORCE_COLOR and
// CLICOLOR (bixense.com/clicolors), then TERM, then whether the stream is a terminal. mode is one of modes.
func useColor(mode string, env func(string) string, terminal bool) bool {
	forced := func(name string) bool { return env(name) != "" && env(name) != "0" }
	switch {
	case mode != "auto":
		return mode == "always"
	case env("NO_COLOR") != "":
		return false
	case forced("CLICOLOR_FORCE"), forced("FORCE_COLOR"):
		return true
	case env("CLICOLOR") == "0", env("TERM") == "dumb":
		return false
	}
	return terminal
}

// isTerminal reports whether w writes to a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// sizeOf returns the columns and lines of the terminal that w writes to, 0 if it writes to none.
func sizeOf(w io.Writer) (columns, lines int) {
	f, ok := w.(*os.File)
	if !ok {
		return 0, 0
	}
	columns, lines, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return columns, lines
}
