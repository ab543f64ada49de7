package suggest

import (
	"errors"
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

// NoRule returns the error for a word that is wanted to name one rule and does not.
func NoRule(word string) error {
	if rules.Lookup(word) == nil && CheckWord(word) == nil {
		return fmt.Errorf("%q names several rules, and one is wanted: factorlint rules %s lists them", word, word)
	}
	return fmt.Errorf("no rule is called %q%s", word, DidYouMean(word, RuleNames()))
}

// Severity reads the word of a severity. The error says what was probably meant.
func Severity(word string) (rules.Severity, error) {
	s, err := rules.ParseSeverity(word)
	if err != nil {
		err = fmt.Errorf("%w%s", err, DidYouMean(word, rules.Severities()))
	}
	return s, err
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

// CheckWords returns an error for each of some words that names no rule, kind or principle, and for each that one of further checks
// has something against. where says where the words stand.
func CheckWords(where string, words []string, further ...func(word string) error) error {
	var errs []error
	for _, w := range words {
		err := CheckWord(w)
		for i := 0; i < len(further) && err == nil; i++ {
			err = further[i](w)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
	}
	return errors.Join(errs...)
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
