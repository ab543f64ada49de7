package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/engine"
)

// cacheLimit is how many bytes the cache may take in the long run.
const cacheLimit = 1 << 30

// cacheFlags say whether what was found is kept, and where.
type cacheFlags struct {
	none bool
	dir  string
}

func (f *cacheFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.none, "no-cache", false, "take nothing from the cache and leave nothing there")
	c.Flags().StringVar(&f.dir, "cache-dir", "", "keep what was found in this `DIR`, for the next run (default factorlint in the user's cache directory)")
	complete(c, "cache-dir", folders)
	c.MarkFlagsMutuallyExclusive("no-cache", "cache-dir")
}

// apply gives the options of a run a cache. Without a folder for it there is none.
func (f *cacheFlags) apply(o *engine.Options) error {
	if f.none {
		return nil
	}
	var (
		c   *cache.Cache
		err error
	)
	if f.dir != "" {
		if c, err = cache.Open(f.dir); err != nil {
			return fmt.Errorf("--cache-dir: %w", err)
		}
	} else if c, err = cache.Default(); err != nil {
		return nil //nolint:nilerr // no folder, no cache
	}
	c.Trim(cacheLimit)
	o.Cache, o.Tool = c, readVersion().String()+" "+cache.Build()
	return nil
}
