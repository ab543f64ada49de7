// Package cachetest gives the tests of a package a cache of their own: what the standard library declares is then computed once,
// and not for each test.
package cachetest

import (
	"fmt"
	"os"
	"testing"

	"github.com/factorlint/factorlint/internal/cache"
)

// Main is what TestMain calls: it runs the tests with *c in a folder that goes in the end, and exits.
func Main(m *testing.M, c **cache.Cache) { os.Exit(run(m, c)) }

func run(m *testing.M, c **cache.Cache) int {
	dir, err := os.MkdirTemp("", "factorlint-cache-")
	if err == nil {
		defer os.RemoveAll(dir) //nolint:errcheck // the system clears its folder of temporary files
		*c, err = cache.Open(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
