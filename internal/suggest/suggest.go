// Package suggest finds the word that a user probably meant.
package suggest

import "strings"

// Nearest returns the member of known that is nearest to word, or "" if none is near: at most a third of the word's
// letters, and at least two, but one of a word of four or less, may be inserted, dropped, replaced or swapped with a
// neighbour. Letters compare without case; the first of equally near members wins.
func Nearest(word string, known []string) string {
	best, limit := "", max(2, len(word)/3)+1
	if len(word) <= 4 { // lint is no misspelt init
		limit = 2
	}
	for _, k := range known {
		if max(len(word)-len(k), len(k)-len(word)) >= limit {
			continue // so many letters would have to be inserted or dropped; a hostile word may have a million
		}
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < limit && d < len(k) {
			best, limit = k, d
		}
	}
	return best
}

// DidYouMean returns "; did you mean x?" with the nearest word, or "" if none is near.
func DidYouMean(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return "; did you mean " + n + "?"
	}
	return ""
}

// Distance returns how many letters of a word must be inserted, dropped, replaced or swapped with a neighbour to make it
// another. Letters compare without case.
func Distance(a, b string) int { return distance(strings.ToLower(a), strings.ToLower(b)) }

// distance is the optimal string alignment distance, in bytes.
func distance(a, b string) int {
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := prev[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
