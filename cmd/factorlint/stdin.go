package main

import (
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/overlay"
	"github.com/factorlint/factorlint/internal/repository"
)

// stdinFlags say which file standard input stands for.
type stdinFlags struct{ name string }

func (f *stdinFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.name, "stdin-filename", "", "with - as PATH: standard input holds what `FILE` would hold")
	for _, other := range []string{"files-from", "facts"} { // they speak of what is on the disk
		c.MarkFlagsMutuallyExclusive("stdin-filename", other)
	}
}

// apply lets standard input stand for a file, the only one that the report is about, if the paths say so.
func (f *stdinFlags) apply(o *engine.Options, stdin io.Reader) error {
	asked := slices.Contains(o.Paths, "-")
	switch {
	case asked && len(o.Paths) > 1:
		return errors.New("-: standard input is looked at alone, name no other path")
	case asked && f.name == "":
		return errors.New("-: --stdin-filename has to say which file standard input stands for")
	case !asked && f.name != "":
		return errors.New("--stdin-filename: want - as the only path")
	case !asked:
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(stdin, repository.MaxFileSize+1)) // one too large is told as one on the disk is
	if err != nil {
		return err
	}
	if o.Overlay, err = overlay.Of(f.name, text); err != nil {
		return err
	}
	o.Paths = slices.Collect(maps.Keys(o.Overlay))
	return nil
}

// writeFixed writes what fixes made of standard input, if that is what they were for, to standard output.
func (a *app) writeFixed(done *engine.Fixed) error {
	for _, text := range done.Overlay { // one at most
		if err := a.writeVerbatim(text); err != nil {
			return err
		}
	}
	return nil
}
