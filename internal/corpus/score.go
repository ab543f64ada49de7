package corpus

import (
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A Verdict is what the labels say about a finding.
type Verdict string

// Verdicts.
const (
	Right      Verdict = "right"      // labelled as a violation
	False      Verdict = "false"      // labelled as fine
	Unlabelled Verdict = "unlabelled" // nobody has looked
)

// A Judged is a finding and what the labels say about it.
type Judged struct {
	Finding check.Finding
	Verdict Verdict
	Label   Label  // of a verdict other than Unlabelled
	Place   string // what is wrong with its place, or ""
	Unnamed bool   // see Names; what a Go rule stands at is a call
}

// A Score compares one run with the labels of its repository.
type Score struct {
	Findings []Judged
	Missed   []Label // certain and likely violations of the rules that ran, without a finding
	Bindings []BindingScore
}

// A BindingScore says how a labelled container was bound.
type BindingScore struct {
	Binding Binding
	Outcome Outcome
	Got     string // "Dockerfile ⇐ cmd/api" of a wrong one
}

// An Outcome is how a container was bound.
type Outcome string

// Outcomes. An external container that stays unbound is right.
const (
	BoundRight Outcome = "right"
	BoundWrong Outcome = "wrong"
	Unbound    Outcome = "unbound"
)

// Compare judges findings and workloads by labels. ran holds the rules that were looked for. Without labels every
// finding is unlabelled.
func Compare(labels *Repository, ran []*rules.Rule, findings []check.Finding, workloads []*workload.Workload) Score {
	if labels == nil {
		labels = &Repository{}
	}
	var s Score
	for _, f := range findings {
		j := Judged{Finding: f, Verdict: Unlabelled}
		if i := labelOf(labels.Violations, f); i >= 0 {
			j.Verdict, j.Label = Right, labels.Violations[i]
		} else if i := labelOf(labels.Fine, f); i >= 0 {
			j.Verdict, j.Label = False, labels.Fine[i]
		}
		s.Findings = append(s.Findings, j)
	}
	for _, l := range labels.Violations {
		if l.Sure != "arguable" && slices.ContainsFunc(ran, func(r *rules.Rule) bool { return r.ID == l.Rule }) &&
			!slices.ContainsFunc(findings, l.about) {
			s.Missed = append(s.Missed, l)
		}
	}
	for _, b := range labels.Bindings {
		s.Bindings = append(s.Bindings, b.compare(workloads))
	}
	return s
}

func labelOf(labels []Label, f check.Finding) int {
	return slices.IndexFunc(labels, func(l Label) bool { return l.about(f) })
}

// about reports whether a label speaks about a finding. A workload's finding stands at several places, any of which may
// be the labelled one.
func (l Label) about(f check.Finding) bool {
	return f.Rule.ID == l.Rule && (l.holds(f.At) || f.Rule.Kind == rules.Workload &&
		slices.ContainsFunc(f.Related, func(r check.Related) bool { return l.holds(r.At) }))
}

// holds reports whether the labelled line is one of a span's.
func (l Label) holds(s check.Span) bool {
	return s.File == l.File && (l.Line == 0 || s.Start.Line <= l.Line && l.Line <= max(s.Start.Line, s.End.Line))
}

// compare looks for the container among workloads; there may be several of it, one for each variant of its manifest.
func (b Binding) compare(all []*workload.Workload) BindingScore {
	out := BindingScore{Binding: b, Outcome: Unbound}
	if b.External {
		out.Outcome = BoundRight
	}
	for _, w := range all {
		if w.Deploy == nil || w.Deploy.File != b.File || w.Deploy.At.Start.Line != b.Line {
			continue
		}
		image, program := "", ""
		if w.Image != nil {
			image = w.Image.File
		}
		if w.Program != nil {
			program = w.Program.Dir
		}
		switch {
		case image != "" && image != b.Image, program != "" && program != b.Program:
			out.Outcome, out.Got = BoundWrong, image+" ⇐ "+program
			return out
		case image == b.Image && program == b.Program:
			out.Outcome = BoundRight
		}
	}
	return out
}
