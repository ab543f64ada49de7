// Package check is the vocabulary shared by every kind of rule: places, findings, fixes and notifications.
package check

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/factorlint/factorlint/rules"
)

// A Pos is a point in a file. Line and Col count from 1, Offset from 0; Col and Offset count bytes. The zero Pos is
// no place.
type Pos struct{ Offset, Line, Col int }

// A Span is a stretch of a file. File is slash-separated and relative to the root of the repository; End is exclusive.
type Span struct {
	File       string
	Start, End Pos
}

// IsZero reports whether s names no place at all.
func (s Span) IsZero() bool { return s.File == "" }

// Spells reports whether what stands in s is a text as it is, perhaps in quotes, judged by its length: an escape, a variable or a
// template would make it longer or shorter.
func (s Span) Spells(text string) bool {
	width := s.End.Offset - s.Start.Offset
	return s.Start.Line == s.End.Line && (width == len(text) || width == len(text)+2)
}

// MarshalText writes the span as "LINE:COL:OFFSET-LINE:COL:OFFSET FILE", the zero Span as "".
func (s Span) MarshalText() ([]byte, error) {
	if s == (Span{}) {
		return nil, nil
	}
	return fmt.Appendf(nil, "%d:%d:%d-%d:%d:%d %s", s.Start.Line, s.Start.Col, s.Start.Offset, s.End.Line, s.End.Col, s.End.Offset, s.File), nil
}

// UnmarshalText reads what MarshalText wrote.
func (s *Span) UnmarshalText(text []byte) error {
	*s = Span{}
	if len(text) == 0 {
		return nil
	}
	place, file, _ := strings.Cut(string(text), " ")
	if _, err := fmt.Sscanf(place, "%d:%d:%d-%d:%d:%d", &s.Start.Line, &s.Start.Col, &s.Start.Offset, &s.End.Line, &s.End.Col, &s.End.Offset); err != nil {
		return fmt.Errorf("place %q: %w", text, err)
	}
	s.File = file
	return nil
}

// Compare orders spans by file and start.
func (s Span) Compare(t Span) int {
	return cmp.Or(cmp.Compare(s.File, t.File), cmp.Compare(s.Start.Line, t.Start.Line), cmp.Compare(s.Start.Col, t.Start.Col),
		cmp.Compare(s.End.Line, t.End.Line), cmp.Compare(s.End.Col, t.End.Col))
}

// A Related is another side of a finding: a place and what stands there.
type Related struct {
	At      Span
	Message string // a phrase without full stop: "listens on 8080 here"
}

// A Finding is one violation of a rule at one place. Its Message is complete on its own (some drivers show nothing
// else), begins in lower case and has no full stop.
type Finding struct {
	Rule     *rules.Rule
	Severity rules.Severity // the rule's, unless this finding is better or worse
	At       Span
	Message  string
	Related  []Related // the other sides of a cross-artifact finding, in the order code → image → manifest
	Fix      *Fix
	Workload string   // name of the workload it is about, or ""
	Sharing  []string // names of further workloads of which the same was found; set by triage

	// Replaces are the names of rules whose findings at any place of this one say less about the same defect.
	Replaces []string

	// Logical is the stable name of the place: a Go function, a Dockerfile stage, a manifest object. Matter is what the
	// finding is about there: a variable's name, a port. Neither holds line numbers: with the rule and the file
	// they are the finding's identity across edits.
	Logical, Matter string

	Identity string // stable across edits elsewhere; set by the engine, unique in a report
	Ordinal  int    // how many findings before this one in the report are alike in all that makes the identity; set with it
}

// A Fix is a set of edits that removes the cause of a finding.
type Fix struct {
	Message string // imperative, as an editor's menu shows it: "Handle SIGTERM as well"
	Safe    bool   // the program's other behaviour stays as it is
	Edits   []Edit
}

// An Edit replaces the bytes of a span.
type Edit struct {
	At  Span
	New string
}

// A Check is to Dockerfiles, manifests, trees and workloads what analysis.Analyzer is to packages: a rule and the
// function that looks for it in one subject.
type Check[T any] struct {
	Rule string // name of the rule's page
	Run  func(*Pass[T])
}

// A Pass gives a check its subject and takes its findings.
type Pass[T any] struct {
	Subject T
	Settings
	report func(Finding)
	rule   *rules.Rule
}

// Settings are what a configuration tells checks.
type Settings struct {
	Roles   Roles
	Options map[string]map[string]string // values of options, by the names of the rule and the option
}

// Option returns the value of an option of the rule, or "".
func (p *Pass[T]) Option(name string) string { return p.Options[p.rule.Name][name] }

// Report files a finding. Rule is set here, and Severity is the rule's.
func (p *Pass[T]) Report(f Finding) {
	p.ReportAs(p.rule.Severity, f)
}

// ReportAs files a finding with a severity other than the rule's.
func (p *Pass[T]) ReportAs(s rules.Severity, f Finding) {
	f.Rule, f.Severity = p.rule, s
	p.report(f)
}

// Run applies a check to a subject. A rule without a page reports nothing: the catalogue's test tells.
func Run[T any](c Check[T], subject T, s Settings, report func(Finding)) {
	r := rules.Lookup(c.Rule)
	if r == nil {
		return
	}
	c.Run(&Pass[T]{Subject: subject, Settings: s, report: report, rule: r})
}

// A Notification says what could not be read or judged, so that silence is never mistaken for cleanliness.
type Notification struct {
	Code    string         // stable kebab-case word: "yaml-syntax", "go-load", "dockerfile-instruction", …
	Level   rules.Severity // Error when the run cannot be trusted because of it
	At      Span           // where; zero when about the whole run. A Span with only File is about the file
	Message string
}

// A Report is the outcome of one run: what every output format writes.
type Report struct {
	Prefix        string            // from the repository's root to the analysed folder: "" or "services/api/"; put before every File
	Findings      []Finding         // sorted by place, suppressed ones left out
	Suppressed    []Suppressed      // findings silenced by a comment, and old ones that are not asked for
	Notifications []Notification    // sorted by place
	Rules         []*rules.Rule     // that were looked for, in order of id
	Sources       map[string][]byte // contents of the files that findings and notifications lie in
	Files         int               // how many files were read
	Partial       bool              // only a part of the repository was looked at
	Untrusted     bool              // something essential could not be analysed: exit code 2
}

// A Suppressed is a finding that is left out, and why: a comment silences it, or it is an old one.
type Suppressed struct {
	Finding Finding
	At      Span   // the comment; zero for an old one
	Reason  string // what the comment gives as reason, or how it is known that the finding is old
}

// Old reports whether the finding is left out because it is an old one.
func (s Suppressed) Old() bool { return s.At.IsZero() }

// Silenced returns how many findings comments silence, and how many were left out because they are old.
func (r *Report) Silenced() (byComment, old int) {
	for _, s := range r.Suppressed {
		if s.Old() {
			old++
		}
	}
	return len(r.Suppressed) - old, old
}
