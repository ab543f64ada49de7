package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/engine"
)

// cacheLimit is how many bytes the cache may take in the long run.
const cacheLimit = 1 << 30

// cacheFlags say whether what was found in Go code is kept, and where.
type cacheFlags struct {
	none bool
	dir  string
}

func (f *cacheFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.none, "no-cache", false, "take nothing from the cache and leave nothing there")
	c.Flags().StringVar(&f.dir, "cache-dir", "", "keep what was found in Go code in this `DIR` (default factorlint in the user's cache directory)")
}

// apply gives the options of a run a cache. Without a folder for it there is none.
func (f *cacheFlags) apply(o *engine.Options) error {
	if f.none {
		return nil
	}
	dir := f.dir
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil //nolint:nilerr // no home, no cache
		}
		dir = filepath.Join(user, "factorlint")
	}
	c, err := cache.Open(dir)
	if err != nil {
		if f.dir == "" {
			return nil
		}
		return fmt.Errorf("--cache-dir: %w", err)
	}
	c.Trim(cacheLimit)
	o.Cache, o.Tool = c, buildID()
	return nil
}

// buildID tells this build of the command from others: by its version, and, since that says nothing of a build from a changed
// tree, by the size and the time of the file.
func buildID() string {
	id := readVersion().String()
	if file, err := os.Executable(); err == nil {
		if info, err := os.Stat(file); err == nil {
			id += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return id
}
