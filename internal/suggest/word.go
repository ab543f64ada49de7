package suggest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/rules"
)

// CheckWord returns an error, with what was probably meant, for a word that names no rule, kind or principle.
func CheckWord(word string) error {
	words := Words()
	if slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) }) {
		return nil
	}
	return fmt.Errorf("no rule, principle or kind is called %q%s", word, DidYouMean(word, words))
}

// Words returns the words that name rules: names, ids, "all", kinds, principles. Some may name none yet.
func Words() []string {
	words := append(RuleNames(), "all")
	for _, k := range rules.Kinds() {
		words = append(words, string(k))
	}
	for _, p := range append(rules.Principles(), rules.Linter) {
		words = append(words, p.Slug())
	}
	return words
}

// RuleNames returns the names of all rules, then their ids.
func RuleNames() []string {
	all, _ := rules.All() // a page that cannot be read is reported by the catalogue's test
	var names, ids []string
	for _, r := range all {
		names, ids = append(names, r.Name), append(ids, r.ID)
	}
	return append(names, ids...)
}
