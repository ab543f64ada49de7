package sarif

import (
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/rules"
)

// cwe is the name of the taxonomy of weaknesses.
const cwe = "CWE"

// A weakness is an entry of the Common Weakness Enumeration.
type weakness struct{ number, title, url string } // "798", "Use of Hard-coded Credentials", and its page

// reference matches a link to a weakness in a rule's page.
var reference = regexp.MustCompile(`\[CWE-(\d+): ([^\]]+)\]\((https://cwe\.mitre\.org/data/definitions/\d+\.html)\)`)

// weaknesses returns those that a rule's page refers to.
func weaknesses(r *rules.Rule) []weakness {
	var out []weakness
	for _, m := range reference.FindAllStringSubmatch(r.Body, -1) {
		out = append(out, weakness{m[1], m[2], m[3]})
	}
	return out
}

// allWeaknesses returns the weaknesses of several rules, each once and in order of number, as text.
func allWeaknesses(listed []*rules.Rule) []weakness {
	var out []weakness
	for _, r := range listed {
		out = append(out, weaknesses(r)...)
	}
	slices.SortStableFunc(out, func(x, y weakness) int { return strings.Compare(x.number, y.number) })
	return slices.CompactFunc(out, func(x, y weakness) bool { return x.number == y.number })
}

func (w weakness) id() string { return "CWE-" + w.number }

// tag returns the tag by which code scanning shows a weakness, with three digits at least: "external/cwe/cwe-079".
func (w weakness) tag() string {
	return "external/cwe/cwe-" + strings.Repeat("0", max(3-len(w.number), 0)) + w.number
}
