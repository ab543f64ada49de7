package baseline

import (
	"maps"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
)

// maxGuesses is how many pairs of a finding and a name that its file may have had are tried at most.
const maxGuesses = 1_000_000

// Split tells the findings that a baseline accepts from new ones, and returns the entries of which there is no finding. gone reports
// whether a file, named from the top of the repository, is not there any more: then its entries count for the file that has the same
// findings now.
func (b *Baseline) Split(findings []check.Finding, gone func(file string) bool) (fresh, old []check.Finding, unmet []Entry) {
	left := map[string]Entry{} // by identity
	for _, e := range b.Entries {
		left[e.Identity] = e
	}
	for _, f := range findings {
		e, ok := left[f.Identity]
		if !ok || e.Rule != f.Rule.ID {
			fresh = append(fresh, f)
			continue
		}
		delete(left, f.Identity)
		old = append(old, f)
	}
	former := formerNames(left, gone)
	guesses := 0
	fresh = slices.DeleteFunc(fresh, func(f check.Finding) bool {
		for _, file := range former[f.Rule.ID] {
			if guesses++; guesses > maxGuesses {
				return false
			}
			if id := f.IdentityIn(file); left[id].File == file {
				delete(left, id)
				old = append(old, f)
				return true
			}
		}
		return false
	})
	for _, e := range b.Entries {
		if _, ok := left[e.Identity]; ok {
			unmet = append(unmet, e)
		}
	}
	return fresh, old, unmet
}

// formerNames returns the files of entries that are gone, by rule and sorted.
func formerNames(entries map[string]Entry, gone func(file string) bool) map[string][]string {
	known := map[string]bool{}
	files := map[string]map[string]bool{}
	for _, e := range entries {
		if _, ok := known[e.File]; !ok {
			known[e.File] = gone(e.File)
		}
		if !known[e.File] {
			continue
		}
		if files[e.Rule] == nil {
			files[e.Rule] = map[string]bool{}
		}
		files[e.Rule][e.File] = true
	}
	out := map[string][]string{}
	for rule, names := range files {
		out[rule] = slices.Sorted(maps.Keys(names))
	}
	return out
}
