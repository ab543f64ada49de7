package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/baseline"
	"github.com/factorlint/factorlint/internal/changes"
	"github.com/factorlint/factorlint/internal/engine"
)

// maxPatch is how large a patch may be, in bytes.
const maxPatch = 256 << 20

// newFlags say which findings are old, so that they are neither reported nor count.
type newFlags struct {
	baseline, revision, branch, patch string

	past string // folder for what was at a revision; "" if there is none
}

func (f *newFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.baseline, "baseline", "", "report only what this `FILE`, which factorlint baseline wrote, does not accept")
	c.Flags().StringVar(&f.revision, "new-from-rev", "", "report only what was not found at this git `REVISION`, or is in lines changed since")
	c.Flags().StringVar(&f.branch, "new-from-merge-base", "", "report only what was not found where this `BRANCH` and HEAD parted, or is in lines changed since")
	c.Flags().StringVar(&f.patch, "new-from-patch", "", "report only what has a side in a line that this patch in `FILE` changes; - is standard input")
	c.MarkFlagsMutuallyExclusive("new-from-rev", "new-from-merge-base", "new-from-patch")
	c.MarkFlagsMutuallyExclusive("new-from-patch", "fix") // a patch tells of lines as they were before the first fix
}

// any reports whether a run leaves something out.
func (f *newFlags) any() bool {
	return f.baseline != "" || f.revision != "" || f.branch != "" || f.patch != ""
}

// forget removes what apply took out of git's store.
func (f *newFlags) forget() {
	if f.past != "" {
		os.RemoveAll(f.past) //nolint:errcheck // the system clears its folder of temporary files
	}
}

// since is engine.Since.
func (f *newFlags) since(ctx context.Context, o engine.Options, revision string, parted bool) (_ *engine.Past, err error) {
	if f.past, err = os.MkdirTemp("", "factorlint-"); err != nil {
		return nil, err
	}
	return engine.Since(ctx, o, f.past, revision, parted)
}

// apply tells the options of a run what is old. The caller closes the past, and forgets it.
func (f *newFlags) apply(ctx context.Context, o *engine.Options, stdin io.Reader) (err error) {
	if f.baseline != "" {
		if o.Baseline, err = loadBaseline(f.baseline); err != nil {
			return fmt.Errorf("--baseline: %w", err)
		}
	}
	if len(o.Paths) == 0 { // of a list that names nothing
		return nil
	}
	switch {
	case f.revision != "":
		if o.Past, err = f.since(ctx, *o, f.revision, false); err != nil {
			return fmt.Errorf("--new-from-rev: %w", err)
		}
	case f.branch != "":
		if o.Past, err = f.since(ctx, *o, f.branch, true); err != nil {
			return fmt.Errorf("--new-from-merge-base: %w", err)
		}
	case f.patch != "":
		if o.Past, err = fromPatch(f.patch, stdin); err != nil {
			return fmt.Errorf("--new-from-patch: %w", err)
		}
	}
	return nil
}

// fromPatch reads a patch; "-" is stdin.
func fromPatch(name string, stdin io.Reader) (*engine.Past, error) {
	text, err := readPatch(name, stdin)
	if err != nil {
		return nil, err
	}
	p, err := changes.ParsePatch(text)
	if err != nil {
		return nil, err
	}
	return engine.FromPatch(p), nil
}

func readPatch(name string, stdin io.Reader) ([]byte, error) {
	text, err := readList(name, io.LimitReader(stdin, maxPatch+1))
	if err == nil && len(text) > maxPatch {
		err = fmt.Errorf("more than %d bytes", maxPatch)
	}
	return text, err
}

// loadBaseline reads a baseline, and tells how to make one if there is none.
func loadBaseline(name string) (*baseline.Baseline, error) {
	b, err := baseline.Load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: factorlint baseline --baseline %s writes it", filepath.ToSlash(name), filepath.ToSlash(name))
	}
	return b, err
}
