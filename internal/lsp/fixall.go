package lsp

import (
	"slices"

	"github.com/factorlint/factorlint/internal/check"
)

// safe returns the edits of the safe fixes in findings, all of which are in one file. A fix that changes another file too, or
// a place that an earlier one changes, is left for the next time.
func safe(findings []check.Finding) []check.Edit {
	var out []check.Edit
	for _, f := range findings {
		if f.Fix == nil || !f.Fix.Safe {
			continue
		}
		clashes := func(e check.Edit) bool {
			return e.At.File != f.At.File || slices.ContainsFunc(out, func(o check.Edit) bool { return overlap(e.At, o.At) })
		}
		if !slices.ContainsFunc(f.Fix.Edits, clashes) {
			out = append(out, f.Fix.Edits...)
		}
	}
	return out
}

// overlap reports whether two edits concern each other: that they only touch is enough.
func overlap(a, b check.Span) bool {
	return !before(a.End, b.Start) && !before(b.End, a.Start)
}

func before(a, b check.Pos) bool { return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col }
