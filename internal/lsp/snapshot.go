package lsp

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/lines"
	"github.com/factorlint/factorlint/rules"
)

// A snapshot is the outcome of one run in a folder, with its places as the client counts them. It does not change.
type snapshot struct {
	dir    string
	utf8   bool // columns are bytes, not UTF-16 code units
	report *check.Report
	texts  map[string]*lines.Text // of the files that the report names
}

func newSnapshot(dir string, utf8 bool, r *check.Report) *snapshot {
	s := &snapshot{dir: dir, utf8: utf8, report: r, texts: map[string]*lines.Text{}}
	for file, source := range r.Sources {
		s.texts[file] = lines.New(source)
	}
	return s
}

// path returns where a file of the report is. What lies outside of the folder has an absolute path there.
func (s *snapshot) path(file string) string {
	file = filepath.FromSlash(file)
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(s.dir, file)
}

func (s *snapshot) rangeOf(at check.Span) textRange {
	return rangeIn(s.texts[at.File], at, s.utf8)
}

// rangeIn returns a span as the client counts. text is nil for a file whose content is not known.
func rangeIn(text *lines.Text, at check.Span, utf8 bool) textRange {
	count := func(p check.Pos) position {
		line, column := max(p.Line, 1), max(p.Col, 1)
		switch {
		case text == nil:
		case utf8:
			line, column = text.UTF8(p)
		default:
			line, column = text.UTF16(p)
		}
		return position{line - 1, column - 1}
	}
	r := textRange{count(at.Start), count(at.End)}
	if r.End.before(r.Start) {
		r.End = r.Start
	}
	return r
}

// of returns the findings in a file.
func (s *snapshot) of(file string) []check.Finding {
	return slices.DeleteFunc(slices.Clone(s.report.Findings), func(f check.Finding) bool { return f.At.File != file })
}

// diagnostics returns what is to be shown, by the path of the file. uri gives the URI of a path.
func (s *snapshot) diagnostics(uri func(path string) string) map[string][]diagnostic {
	out := map[string][]diagnostic{}
	for _, f := range s.report.Findings {
		path := s.path(f.At.File)
		out[path] = append(out[path], s.diagnostic(f, uri))
	}
	for _, n := range s.report.Notifications {
		if n.At.IsZero() {
			continue
		}
		path := s.path(n.At.File)
		out[path] = append(out[path], diagnostic{Range: s.rangeOf(n.At), Severity: severityInformation, Code: n.Code,
			Source: "factorlint", Message: n.Message})
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b diagnostic) int {
			return cmp.Or(cmp.Compare(a.Range.Start.Line, b.Range.Start.Line), cmp.Compare(a.Range.Start.Character, b.Range.Start.Character))
		})
	}
	return out
}

func (s *snapshot) diagnostic(f check.Finding, uri func(string) string) diagnostic {
	d := diagnostic{Range: s.rangeOf(f.At), Severity: severityOf(f.Severity), Code: f.Rule.ID, Source: "factorlint",
		CodeDescription: &codeDescription{f.Rule.URL()}, Message: f.Message}
	for _, r := range f.Related {
		d.RelatedInformation = append(d.RelatedInformation,
			relatedInformation{location{uri(s.path(r.At.File)), s.rangeOf(r.At)}, r.Message})
	}
	return d
}

func severityOf(s rules.Severity) int {
	switch s {
	case rules.Error:
		return severityError
	case rules.Warning:
		return severityWarning
	}
	return severityInformation
}
