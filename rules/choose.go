package rules

import (
	"fmt"
	"slices"
)

// A Switch turns the rules that words of [Select] name on or off.
type Switch struct {
	Words []string
	On    bool
}

// Choose returns the rules to look for, in order of id: those that the words of only name, or those that are on by default if
// there are none, changed by each switch in turn. A word that names no rule is an error.
func Choose(only []string, switches ...Switch) ([]*Rule, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	on := map[*Rule]bool{}
	for _, r := range all {
		on[r] = r.Default && len(only) == 0
	}
	for _, s := range slices.Concat([]Switch{{only, true}}, switches) {
		for _, w := range s.Words {
			named := Select(w)
			if len(named) == 0 {
				return nil, fmt.Errorf("no rule, kind or principle is called %q", w)
			}
			for _, r := range named {
				on[r] = s.On
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *Rule) bool { return !on[r] }), nil
}
