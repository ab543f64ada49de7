package ci

import (
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// gitlab writes a Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
func gitlab(r *check.Report) ([]byte, error) {
	type lines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	severities := map[rules.Severity]string{rules.Error: "major", rules.Warning: "minor", rules.Note: "info"}
	issues := []issue{}
	for _, f := range r.Findings {
		issues = append(issues, issue{
			Description: f.Rule.ID + ": " + full(r, f), CheckName: f.Rule.Name, Fingerprint: f.Identity, Severity: severities[f.Severity],
			Location: location{file(r, f.At), lines{max(f.At.Start.Line, 1), max(f.At.End.Line, 1)}},
		})
	}
	return encode(issues)
}
