package changes

import (
	"bytes"
	"cmp"
	"slices"
)

// maxPairs is how many pairs of files are compared at most: git stops at a million, too (git-config, diff.renameLimit).
const maxPairs = 1_000_000

// A pair is a file that is gone and one that came, and which part of the larger one is in the other.
type pair struct {
	before, after string
	alike         float64
}

// Renamed returns the former names of files that came, by new name: those of files that are gone and of which half or more is in them,
// as for git diff -M. Each has one, the most alike.
func Renamed(gone, came map[string][]byte) map[string]string {
	out := map[string]string{}
	if len(gone)*len(came) > maxPairs {
		return out
	}
	gone, came = allUnixEnds(gone), allUnixEnds(came)
	counted := map[string]map[string]int{}
	for after, text := range came {
		counted[after] = weigh(text)
	}
	var pairs []pair
	for before, text := range gone {
		lines := weigh(text)
		for after := range came {
			larger := max(len(text), len(came[after]), 1)
			if a := float64(common(lines, counted[after])) / float64(larger); a >= 0.5 {
				pairs = append(pairs, pair{before, after, a})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.alike, a.alike), cmp.Compare(a.before, b.before), cmp.Compare(a.after, b.after))
	})
	taken := map[string]bool{}
	for _, p := range pairs {
		if _, ok := out[p.after]; !ok && !taken[p.before] {
			out[p.after] = p.before
			taken[p.before] = true
		}
	}
	return out
}

// unixEnds returns a text with the ends of lines that git's store has: a work tree on Windows may have others (git-config, core.autocrlf).
func unixEnds(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

func allUnixEnds(files map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for name, text := range files {
		out[name] = unixEnds(text)
	}
	return out
}

// weigh returns how many bytes each different line of a text takes in all.
func weigh(text []byte) map[string]int {
	out := map[string]int{}
	for line := range bytes.Lines(text) {
		out[string(line)] += len(line)
	}
	return out
}

// common returns how many bytes of one text are in lines of the other one as well.
func common(a, b map[string]int) (n int) {
	for line, size := range a {
		n += min(size, b[line])
	}
	return n
}
