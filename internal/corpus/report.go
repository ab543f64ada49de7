package corpus

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/factorlint/factorlint/rules"
)

// WriteRun writes what was found in one repository, by rule.
func WriteRun(w io.Writer, r *Run) error {
	p := &printer{w: w}
	labelled := ""
	if !r.Labelled {
		labelled = ", not labelled"
	}
	p.line("%s: %d findings, %d notifications, %s%s", r.Name, len(r.Findings), len(r.Notes), r.Took.Round(10*time.Millisecond), labelled)
	for _, rule := range r.Rules {
		of := slices.DeleteFunc(slices.Clone(r.Findings), func(j Judged) bool { return j.Finding.Rule != rule })
		if len(of) > 0 {
			p.line("  %s %s: %d", rule.ID, rule.Name, len(of))
		}
		for _, j := range of {
			p.line("    %-10s %s:%d: %s", j.Verdict, j.Finding.At.File, j.Finding.At.Start.Line, j.Finding.Message)
		}
	}
	return p.err
}

// WriteSummary writes the numbers of all runs: per rule how many findings are right, false and unlabelled and how many
// labelled violations were missed; each false finding, each missed violation and each place that looks wrong; how containers
// were bound. absent are labelled repositories that were not there.
func WriteSummary(w io.Writer, runs []*Run, absent []string) error {
	p := &printer{w: w}
	p.line("\nrules")
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	rows := &printer{w: table}
	rows.line("id\trule\tfindings\trepositories\tright\tfalse\tunlabelled\tmissed")
	for _, rule := range ran(runs) {
		var c counts
		for _, r := range runs {
			c.add(r, rule)
		}
		rows.line("%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d", rule.ID, rule.Name, c.findings, c.repositories, c.right, c.wrong, c.unlabelled, c.missed)
	}
	p.err = cmp.Or(p.err, rows.err, table.Flush())
	p.line("\nfindings where the labels say that all is well")
	for _, r := range runs {
		for _, j := range r.Findings {
			if j.Verdict == False {
				p.line("  %s %s (%s): %s", r.Name, j.Label, j.Label.Sure, j.Label.Why)
			}
		}
	}
	p.line("\nlabelled violations without a finding")
	for _, r := range runs {
		for _, l := range r.Missed {
			p.line("  %s %s (%s): %s", r.Name, l, l.Sure, l.Why)
		}
	}
	p.places(runs)
	p.bindings(runs)
	if len(absent) > 0 {
		p.line("\nlabelled and not checked out: %s", strings.Join(absent, ", "))
	}
	return p.err
}

// ran returns the rules that any run looked for, in order of id.
func ran(runs []*Run) []*rules.Rule {
	var out []*rules.Rule
	for _, r := range runs {
		for _, rule := range r.Rules {
			if !slices.Contains(out, rule) {
				out = append(out, rule)
			}
		}
	}
	slices.SortFunc(out, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// counts are the numbers of one rule.
type counts struct{ findings, repositories, right, wrong, unlabelled, missed int }

func (c *counts) add(r *Run, rule *rules.Rule) {
	before := c.findings
	for _, j := range r.Findings {
		if j.Finding.Rule != rule {
			continue
		}
		c.findings++
		switch j.Verdict {
		case Right:
			c.right++
		case False:
			c.wrong++
		case Unlabelled:
			c.unlabelled++
		}
	}
	if c.findings > before {
		c.repositories++
	}
	for _, l := range r.Missed {
		if l.Rule == rule.ID {
			c.missed++
		}
	}
}

// A printer writes lines until one cannot be written.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) places(runs []*Run) {
	all, wrong, unnamed := 0, 0, 0
	for _, r := range runs {
		all += len(r.Findings)
		for _, j := range r.Findings {
			if j.Place != "" {
				wrong++
			} else if j.Unnamed {
				unnamed++
			}
		}
	}
	p.line("\nplaces of findings: %d of %d are wrong; %d to look at, which show no word of the message", wrong, all, unnamed)
	for _, r := range runs {
		for _, j := range r.Findings {
			if at := j.Finding.At; j.Place != "" || j.Unnamed {
				p.line("  %s %s:%d:%d %s %s: %s", r.Name, at.File, at.Start.Line, at.Start.Col, j.Finding.Rule.ID, cmp.Or(j.Place, "to look at"), j.Finding.Message)
			}
		}
	}
}

func (p *printer) bindings(runs []*Run) {
	own, external := map[Outcome]int{}, map[Outcome]int{}
	for _, r := range runs {
		for _, b := range r.Bindings {
			if b.Binding.External {
				external[b.Outcome]++
			} else {
				own[b.Outcome]++
			}
		}
	}
	p.line("\ncontainers that run the repository's own image: %d bound right, %d wrong, %d unbound; other people's images: %d left alone, %d bound",
		own[BoundRight], own[BoundWrong], own[Unbound], external[BoundRight], external[BoundWrong])
	for _, r := range runs {
		for _, b := range r.Bindings {
			switch b.Outcome {
			case BoundWrong:
				p.line("  wrong    %s %s: want %s ⇐ %s, got %s", r.Name, b.Binding, b.Binding.Image, b.Binding.Program, b.Got)
			case Unbound:
				p.line("  unbound  %s %s: want %s ⇐ %s", r.Name, b.Binding, b.Binding.Image, b.Binding.Program)
			case BoundRight:
			}
		}
	}
}
