package output

import "github.com/factorlint/factorlint/internal/check"

// The types below are the JSON format, as docs/json.md documents it.

type jsonReport struct {
	Findings      []jsonFinding      `json:"findings"`
	Notifications []jsonNotification `json:"notifications"`
	Summary       jsonSummary        `json:"summary"`
}

type jsonFinding struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Principle string        `json:"principle"`
	Severity  string        `json:"severity"`
	Message   string        `json:"message"`
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"endLine"`
	EndColumn int           `json:"endColumn"`
	Related   []jsonRelated `json:"related"`
	Workload  string        `json:"workload"`
	Identity  string        `json:"identity"`
}

type jsonRelated struct {
	jsonPlace
	Message string `json:"message"`
}

type jsonNotification struct {
	Code    string `json:"code"`
	Level   string `json:"level"`
	Message string `json:"message"`
	jsonPlace
}

type jsonPlace struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonSummary struct {
	Errors     int  `json:"errors"`
	Warnings   int  `json:"warnings"`
	Notes      int  `json:"notes"`
	Suppressed int  `json:"suppressed"`
	Old        int  `json:"old"`
	Rules      int  `json:"rules"`
	Files      int  `json:"files"`
	Partial    bool `json:"partial"`
	Untrusted  bool `json:"untrusted"`
	ExitCode   int  `json:"exitCode"`
}

func reportJSON(r *check.Report, o Options) jsonReport {
	out := jsonReport{
		Findings:      make([]jsonFinding, 0, len(r.Findings)),
		Notifications: make([]jsonNotification, 0, len(r.Notifications)),
	}
	for _, f := range r.Findings {
		j := jsonFinding{
			ID: f.Rule.ID, Name: f.Rule.Name, Principle: f.Rule.Principle.Slug(),
			Severity: f.Severity.String(), Message: f.Message,
			File: r.Prefix + f.At.File, Line: f.At.Start.Line, Column: f.At.Start.Col,
			EndLine: f.At.End.Line, EndColumn: f.At.End.Col,
			Related: make([]jsonRelated, 0, len(f.Related)), Workload: f.Workload, Identity: f.Identity,
		}
		for _, rel := range f.Related {
			j.Related = append(j.Related, jsonRelated{placeJSON(rel.At, r.Prefix), rel.Message})
		}
		out.Findings = append(out.Findings, j)
	}
	for _, n := range r.Notifications {
		out.Notifications = append(out.Notifications,
			jsonNotification{Code: n.Code, Level: n.Level.String(), Message: n.Message, jsonPlace: placeJSON(n.At, r.Prefix)})
	}
	s := &out.Summary
	s.Errors, s.Warnings, s.Notes = bySeverity(r.Findings)
	s.Suppressed, s.Old = r.Silenced()
	s.Rules, s.Files = len(r.Rules), r.Files
	s.Partial, s.Untrusted, s.ExitCode = r.Partial, r.Untrusted, o.ExitCode
	return out
}

func placeJSON(at check.Span, prefix string) jsonPlace {
	if at.IsZero() {
		return jsonPlace{}
	}
	return jsonPlace{prefix + at.File, at.Start.Line, at.Start.Col}
}
