// Package triage turns what the rules found into what a user is told: suppressed findings set aside, duplicates
// dropped, identities given, order made.
package triage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

// Input is what a run found.
type Input struct {
	Prefix     string // see check.Report
	Findings   []check.Finding
	Directives []directive.Directive
	Rules      []*rules.Rule // that were looked for
	Roles      check.Roles
	// Unread reports whether a file, or what a finding in it depends on, could not be analysed: an unused comment there
	// proves nothing.
	Unread func(file string) bool
}

// Apply returns a report with the findings that remain, those that comments silence, and those about the comments.
func Apply(in Input) *check.Report {
	rep := &check.Report{}
	used := make([]bool, len(in.Directives))
	findings := dedupe(replace(product(in.Findings, in.Roles)))
	silencers := byFile(in.Directives)
	rep.Findings = slices.Grow(rep.Findings, len(findings))
	for _, f := range findings {
		if i := silencers.of(f); i >= 0 {
			used[i] = true
			rep.Suppressed = append(rep.Suppressed, check.Suppressed{Finding: f, At: in.Directives[i].At, Reason: in.Directives[i].Reason})
			continue
		}
		rep.Findings = append(rep.Findings, f)
	}
	for _, f := range comments(in, used) {
		if i := silencers.of(f); i < 0 {
			rep.Findings = append(rep.Findings, f)
		}
	}
	slices.SortStableFunc(rep.Findings, compare)
	all := make([]*check.Finding, 0, len(rep.Findings)+len(rep.Suppressed))
	for i := range rep.Findings {
		all = append(all, &rep.Findings[i])
	}
	for i := range rep.Suppressed {
		all = append(all, &rep.Suppressed[i].Finding)
	}
	slices.SortStableFunc(all, func(a, b *check.Finding) int { return compare(*a, *b) }) // silencing one renumbers no other
	identify(all, in.Prefix)
	for _, f := range all {
		shorten(f)
	}
	return rep
}

// maxMessage is how many bytes of a message are told: names and values of the repository stand in it.
const maxMessage = 2_000

// shorten cuts the messages of a finding.
func shorten(f *check.Finding) {
	f.Message = check.Cut(f.Message, maxMessage)
	for i := range f.Related {
		f.Related[i].Message = check.Cut(f.Related[i].Message, maxMessage)
	}
}

func compare(a, b check.Finding) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Message, b.Message), cmp.Compare(a.Workload, b.Workload))
}

// product drops findings in files that are not shipped, unless what they are about is deployed.
func product(fs []check.Finding, roles check.Roles) []check.Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f check.Finding) bool {
		return f.Rule == nil || roles.Of(f.At.File) != check.Product && !(f.Rule.Kind == rules.Go && f.Workload != "")
	})
}

// replace drops the findings whose defect another finding explains in whole. Their fix mends that as well.
func replace(fs []check.Finding) []check.Finding {
	type claim struct {
		rule string
		file string
		line int
	}
	claimed := map[claim]int{} // by which finding
	for i, f := range fs {
		for _, rule := range f.Replaces {
			claimed[claim{rule, f.At.File, f.At.Start.Line}] = i
			for _, rel := range f.Related {
				claimed[claim{rule, rel.At.File, rel.At.Start.Line}] = i
			}
		}
	}
	var out []check.Finding
	fixes := map[int]*check.Fix{}
	for _, f := range fs {
		if by, ok := claimed[claim{f.Rule.Name, f.At.File, f.At.Start.Line}]; ok && f.Fix != nil {
			fixes[by] = f.Fix
		}
	}
	for i, f := range fs {
		if _, ok := claimed[claim{f.Rule.Name, f.At.File, f.At.Start.Line}]; ok {
			continue
		}
		if f.Fix == nil {
			f.Fix = fixes[i]
		}
		out = append(out, f)
	}
	return out
}

// dedupe keeps one of several findings of a rule at one place: two programs may share the code, two deploys the
// image. The one that is kept names the workloads of all.
func dedupe(fs []check.Finding) []check.Finding {
	slices.SortStableFunc(fs, func(a, b check.Finding) int {
		return cmp.Or(cmp.Compare(a.Rule.ID, b.Rule.ID), a.At.Compare(b.At), cmp.Compare(a.Matter, b.Matter), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Message, b.Message))
	})
	same := func(a, b check.Finding) bool { return a.Rule == b.Rule && a.At == b.At && a.Matter == b.Matter }
	first := 0
	for i := range fs {
		if !same(fs[first], fs[i]) {
			first = i
		}
		kept := &fs[first]
		if name := fs[i].Workload; name != "" && name != kept.Workload && !slices.Contains(kept.Sharing, name) {
			kept.Sharing = append(kept.Sharing, name)
		}
	}
	return slices.CompactFunc(fs, same)
}

// silencers are directives by file, each with its index.
type silencers struct {
	all    []directive.Directive
	inFile map[string][]int
}

func byFile(all []directive.Directive) silencers {
	s := silencers{all, map[string][]int{}}
	for i, d := range all {
		s.inFile[d.At.File] = append(s.inFile[d.At.File], i)
	}
	return s
}

// of returns the index of the first directive that silences a finding at any of its places, or -1.
func (s silencers) of(f check.Finding) int {
	first := s.at(f.Rule, f.At)
	for _, rel := range f.Related {
		if i := s.at(f.Rule, rel.At); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

func (s silencers) at(r *rules.Rule, at check.Span) int {
	for _, i := range s.inFile[at.File] {
		if s.all[i].Silences(r, at.File, at.Start.Line) {
			return i
		}
	}
	return -1
}

// comments returns the findings about suppression comments: without a reason, or silencing nothing.
func comments(in Input, used []bool) []check.Finding {
	var out []check.Finding
	ran := func(name string) *rules.Rule {
		i := slices.IndexFunc(in.Rules, func(r *rules.Rule) bool { return strings.EqualFold(r.ID, name) || strings.EqualFold(r.Name, name) })
		if i < 0 {
			return nil
		}
		return in.Rules[i]
	}
	unused, reasonless := ran("unused-suppression"), ran("suppression-without-reason")
	report := func(r *rules.Rule, d directive.Directive, message string) {
		if r != nil && in.Roles.Of(d.At.File) == check.Product {
			out = append(out, check.Finding{Rule: r, Severity: r.Severity, At: d.At, Message: message, Matter: strings.Join(d.Rules, ",")})
		}
	}
	guesses := 100 // what a word was meant to be takes long to find out
	for i, d := range in.Directives {
		if d.Nolint || used[i] {
			continue
		}
		if d.Prose {
			report(reasonless, d, "this comment silences nothing because more than rules stands before \"--\": name them alone, with commas between them")
			continue
		}
		if d.Reason == "" {
			report(reasonless, d, "this comment silences nothing because it gives no reason: write \"-- \" and why after the rule")
			continue
		}
		if len(d.Rules) == 0 {
			report(unused, d, "this comment names no rule, so it silences nothing")
			continue
		}
		for _, w := range d.Rules {
			if rules.Lookup(w) != nil {
				continue
			}
			guess := ""
			if guesses--; guesses >= 0 {
				guess = suggest.DidYouMean(w, suggest.RuleNames())
			}
			report(unused, d, fmt.Sprintf("no rule is called %q, so this comment silences nothing of that name%s", w, guess))
		}
		// a rule that did not run, or could not see the file, may well have something to silence
		if slices.ContainsFunc(d.Rules, func(w string) bool { return ran(w) == nil }) || in.Unread != nil && in.Unread(d.At.File) {
			continue
		}
		report(unused, d, fmt.Sprintf("nothing here violates %s any more: this comment would hide the next violation", strings.Join(d.Rules, ", ")))
	}
	return out
}

// identify gives each finding an identity that survives edits elsewhere, with an ordinal where that is not unique.
func identify(fs []*check.Finding, prefix string) {
	seen := map[string]int{}
	for _, f := range fs {
		file := prefix + f.At.File
		f.Ordinal = 0
		key := f.IdentityIn(file)
		f.Ordinal = seen[key]
		seen[key]++
		f.Identity = f.IdentityIn(file)
	}
}
