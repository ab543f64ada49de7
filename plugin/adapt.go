package plugin

import (
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/rules"
)

// adapt returns the analyzer of a rule in the form that golangci-lint makes the best of. That writes "NAME: MESSAGE", so the
// name is the rule's id and the message does not repeat it.
//
// A rule that fails on odd code reports so: its error would end the run of all others.
func adapt(a *analysis.Analyzer, r *rules.Rule) *analysis.Analyzer {
	adapted := *a
	adapted.Name = r.ID
	adapted.Run = func(p *analysis.Pass) (any, error) {
		inner := *p
		inner.Report = func(d analysis.Diagnostic) { p.Report(simplify(p, r, d)) }
		result, err := a.Run(&inner)
		if err != nil && len(p.Files) > 0 {
			name := p.Files[0].Name
			p.Report(analysis.Diagnostic{Pos: name.Pos(), End: name.End(), Category: r.ID, URL: a.URL, Message: strings.TrimPrefix(err.Error(), r.ID+" ")})
			return &gopass.Result{}, nil
		}
		if result, ok := result.(*gopass.Result); ok {
			for _, w := range result.Withheld { // golangci-lint has to see what its own comments silence, or it calls them unused
				if w.By != nil && w.By.Nolint {
					inner.Report(w.Diagnostic)
				}
			}
		}
		return result, err
	}
	return &adapted
}

// simplify leaves out of a diagnostic what golangci-lint makes something else of: it shows related places as issues of their
// own, applies all fixes and not one of them, also those that need a person's eye, and takes their edits for such of the file of
// the diagnostic.
func simplify(p *analysis.Pass, r *rules.Rule, d analysis.Diagnostic) analysis.Diagnostic {
	d.Message = strings.TrimPrefix(d.Message, d.Category+": ")
	d.Related = nil
	if r.Fix != rules.SafeFix {
		d.SuggestedFixes = nil
	}
	d.SuggestedFixes = d.SuggestedFixes[:min(1, len(d.SuggestedFixes))]
	for _, fix := range d.SuggestedFixes {
		for _, e := range fix.TextEdits {
			if p.Fset.File(e.Pos) != p.Fset.File(d.Pos) {
				d.SuggestedFixes = nil
			}
		}
	}
	return d
}
