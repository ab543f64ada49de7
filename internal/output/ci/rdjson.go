package ci

import (
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// rdjson writes reviewdog's diagnostics; columns are bytes and ends exclusive
// (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf).
func rdjson(r *check.Report) ([]byte, error) {
	type position struct {
		Line   int `json:"line"`
		Column int `json:"column,omitempty"`
	}
	type span struct {
		Start position `json:"start"`
		End   position `json:"end"`
	}
	type location struct {
		Path  string `json:"path"`
		Range *span  `json:"range,omitempty"`
	}
	type code struct {
		Value string `json:"value"`
		URL   string `json:"url"`
	}
	type suggestion struct {
		Range span   `json:"range"`
		Text  string `json:"text"`
	}
	type related struct {
		Message  string   `json:"message"`
		Location location `json:"location"`
	}
	type diagnostic struct {
		Message     string       `json:"message"`
		Location    location     `json:"location"`
		Severity    string       `json:"severity"`
		Code        code         `json:"code"`
		Suggestions []suggestion `json:"suggestions,omitempty"`
		Related     []related    `json:"relatedLocations,omitempty"`
	}
	spanOf := func(at check.Span) span {
		return span{position{at.Start.Line, at.Start.Col}, position{at.End.Line, at.End.Col}}
	}
	locate := func(at check.Span) location {
		l := location{Path: file(r, at)}
		if at.Start.Line > 0 {
			s := spanOf(at)
			l.Range = &s
		}
		return l
	}
	severities := map[rules.Severity]string{rules.Error: "ERROR", rules.Warning: "WARNING", rules.Note: "INFO"}
	diagnostics := []diagnostic{}
	for _, f := range r.Findings {
		d := diagnostic{Message: plain.Text(f.Message), Location: locate(f.At), Severity: severities[f.Severity], Code: code{f.Rule.ID, f.Rule.URL()}}
		for _, rel := range f.Related {
			if !rel.At.IsZero() {
				d.Related = append(d.Related, related{plain.Text(rel.Message), locate(rel.At)})
			}
		}
		// a suggestion knows no other file
		if f.Fix != nil && !slices.ContainsFunc(f.Fix.Edits, func(e check.Edit) bool { return e.At.File != f.At.File }) {
			for _, e := range f.Fix.Edits {
				d.Suggestions = append(d.Suggestions, suggestion{spanOf(e.At), e.New})
			}
		}
		diagnostics = append(diagnostics, d)
	}
	return encode(map[string]any{
		"source":      map[string]string{"name": "factorlint", "url": "https://github.com/factorlint/factorlint"},
		"diagnostics": diagnostics,
	})
}
