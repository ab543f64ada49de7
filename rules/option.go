package rules

import (
	"fmt"
	"regexp"
	"strings"
)

// An Option is something that a configuration can tell a rule.
type Option struct {
	Name    string // kebab-case
	Pattern string // regular expression that values match, in the syntax that Go and JavaScript share
	Doc     string // one sentence, with a full stop: what the rule makes of it
}

// Allows reports whether the option may have a value.
func (o Option) Allows(value string) bool {
	ok, err := regexp.MatchString(o.Pattern, value)
	return ok && err == nil
}

// parseOption reads "NAME PATTERN SENTENCE".
func parseOption(text string) (Option, error) {
	f := strings.SplitN(text, " ", 3)
	if len(f) != 3 {
		return Option{}, fmt.Errorf("option %q: want a name, a pattern and a sentence", text)
	}
	if _, err := regexp.Compile(f[1]); err != nil {
		return Option{}, fmt.Errorf("option %s: %w", f[0], err)
	}
	return Option{Name: f[0], Pattern: f[1], Doc: f[2]}, nil
}
