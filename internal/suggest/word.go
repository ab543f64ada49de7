package suggest

import (
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/rules"
)

// CheckWord returns an error, with what was probably meant, for a word that names no rule, kind or principle.
func CheckWord(word string) error {
	if len(rules.Select(word)) > 0 {
		return nil
	}
	known := []string{"all"}
	for _, k := range rules.Kinds() {
		known = append(known, string(k))
	}
	for _, p := range rules.Principles() {
		known = append(known, p.Slug())
	}
	for _, k := range known { // one that no rule belongs to is no mistake
		if strings.EqualFold(k, word) {
			return nil
		}
	}
	return fmt.Errorf("no rule, principle or kind is called %q%s", word, DidYouMean(word, append(RuleNames(), known...)))
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
