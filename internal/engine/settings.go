package engine

import "github.com/factorlint/factorlint/internal/check"

// grade gives findings the severities that the configuration asks for.
func (r *run) grade(rep *check.Report) {
	set := func(f *check.Finding) {
		if s, ok := r.config.Severity(f.Rule); ok {
			f.Severity = s
		}
	}
	for i := range rep.Findings {
		set(&rep.Findings[i])
	}
	for i := range rep.Suppressed {
		set(&rep.Suppressed[i].Finding)
	}
}
