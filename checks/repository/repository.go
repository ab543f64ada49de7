// Package repository holds the checks whose subject is the tree: what is committed.
package repository

import (
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
)

// All returns the checks of this package in order of their rules' ids.
func All() []check.Check[*repository.Tree] {
	return []check.Check[*repository.Tree]{
		committedBinary(),
		outsideReplace(),
		unpinnedChartDependency(),
		dotenvCommitted(),
	}
}
