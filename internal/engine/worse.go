package engine

import (
	"errors"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/fix"
	"github.com/factorlint/factorlint/rules"
)

// A place is where a rule is told by what it finds there that its fixes help.
type place struct {
	rule *rules.Rule
	file string
}

func placeOf(f check.Finding) place { return place{f.Rule, f.At.File} }

// faults are the places in which fixes do not help, with the reason.
type faults map[place]error

// of returns the findings whose fixes are at fault, as skipped.
func (x faults) of(fixed []check.Finding) (out []fix.Skipped) {
	for _, f := range fixed {
		if why, ok := x[placeOf(f)]; ok {
			out = append(out, fix.Skipped{Finding: f, Reason: fix.Undone, Detail: why})
		}
	}
	return out
}

// without returns the findings whose fixes are not at fault.
func (x faults) without(findings []check.Finding) []check.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool { return x[placeOf(f)] != nil })
}

// worse says which fixes of the plan of a state made it no better: their rule finds as much as before in a file in which it was fixed, or
// something cannot be read any more. None did if it is better.
func worse(before, after *state) faults {
	out := faults{}
	for _, n := range unknown(before.Report, after.Report) {
		blame := slices.DeleteFunc(slices.Clone(before.plan.Fixed), func(f check.Finding) bool { return !edits(f, n.At.File) })
		if len(blame) == 0 {
			blame = before.plan.Fixed
		}
		for _, f := range blame {
			out[placeOf(f)] = errors.New(n.Message)
		}
	}
	for _, f := range before.plan.Fixed {
		at := placeOf(f)
		if out[at] == nil && fixable(after.Report, at) >= fixable(before.Report, at) {
			out[at] = errors.New("the rule finds as much afterwards")
		}
	}
	return out
}

// unknown returns the notifications of what could not be read that came with a change, none if there are no more than before.
func unknown(was, is *check.Report) []check.Notification {
	if len(is.Notifications) <= len(was.Notifications) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(is.Notifications), func(n check.Notification) bool {
		return slices.ContainsFunc(was.Notifications, func(o check.Notification) bool { return o.Code == n.Code && o.Message == n.Message })
	})
}

// edits reports whether the fix of a finding changes a file.
func edits(f check.Finding, file string) bool {
	return slices.ContainsFunc(f.Fix.Edits, func(e check.Edit) bool { return e.At.File == file })
}

// fixable counts the findings with a fix in a place.
func fixable(rep *check.Report, at place) (n int) {
	for _, f := range rep.Findings {
		if f.Fix != nil && placeOf(f) == at {
			n++
		}
	}
	return n
}
