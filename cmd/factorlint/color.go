package main

import (
	"fmt"
	"io"
	"os"

	"github.com/factorlint/factorlint/internal/suggest"
)

// useColor decides about colour on a stream: --color, then NO_COLOR (no-color.org), then CLICOLOR_FORCE, FORCE_COLOR and
// CLICOLOR (bixense.com/clicolors), then TERM, then whether the stream is a terminal.
func useColor(mode string, env func(string) string, terminal bool) (bool, error) {
	forced := func(name string) bool { return env(name) != "" && env(name) != "0" }
	switch {
	case mode == "always":
		return true, nil
	case mode == "never":
		return false, nil
	case mode != "auto":
		return false, fmt.Errorf("--color %q: want auto, always or never%s", mode,
			suggest.DidYouMean(mode, []string{"auto", "always", "never"}))
	case env("NO_COLOR") != "":
		return false, nil
	case forced("CLICOLOR_FORCE"), forced("FORCE_COLOR"):
		return true, nil
	case env("CLICOLOR") == "0", env("TERM") == "dumb":
		return false, nil
	}
	return terminal, nil
}

// isTerminal reports whether w is a character device: a terminal, since nobody colours text for other ones.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
