package output

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/output/snippet"
	"github.com/factorlint/factorlint/rules"
)

// writeText writes a report for people. A finding is
//
//	deploy/api.yaml:9:30: error the manifest declares port 8080 … [FL0702 port-mismatch]
//	   9 |         - containerPort: 8080
//	     |                          ^^^^
//	  cmd/api/main.go:6:23: listens on 9090 here
//	  fix: Declare port 9090
//
// with columns in bytes. Notifications follow the findings, and one line sums up.
func writeText(w io.Writer, r *check.Report, o Options) error {
	p := printer{Options: o, prefix: r.Prefix}
	for _, f := range r.Findings {
		p.finding(f, r.Sources[f.At.File])
	}
	p.notifications(r)
	if o.Quiet {
		return p.flush(w)
	}
	if len(r.Findings)+len(r.Notifications) > 0 {
		p.line("")
	}
	p.line("%s", summary(r))
	if hint := fixHint(r.Findings, o.UnsafeFixes); o.FixHint && hint != "" {
		p.line("%s", hint)
	}
	return p.flush(w)
}

// fixHint says how many of the findings have a fix that --fix applies, and how many more need --unsafe-fixes; "" if none has one.
func fixHint(findings []check.Finding, unsafeFixes bool) string {
	fixable, hidden := 0, 0
	for _, f := range findings {
		switch {
		case f.Fix == nil:
		case f.Fix.Safe || unsafeFixes:
			fixable++
		default:
			hidden++
		}
	}
	switch {
	case fixable > 0 && hidden > 0:
		return fmt.Sprintf("%d can be fixed with --fix, %d more with --unsafe-fixes", fixable, hidden)
	case fixable > 0:
		return fmt.Sprintf("%d can be fixed with --fix", fixable)
	case hidden > 0:
		return fmt.Sprintf("%d can be fixed with --fix --unsafe-fixes", hidden)
	}
	return ""
}

// Notifications writes only the notifications of a report, as the text format does.
func Notifications(w io.Writer, r *check.Report, o Options) error {
	p := printer{Options: o, prefix: r.Prefix}
	p.notifications(r)
	return p.flush(w)
}

func (p *printer) notifications(r *check.Report) {
	for _, n := range r.Notifications {
		p.line("%s %s %s %s", p.place(n.At), p.severity(n.Level), plain.Text(n.Message), p.paint(dim, "["+plain.Text(n.Code)+"]"))
	}
}

func (p *printer) finding(f check.Finding, source []byte) {
	p.line("%s %s %s %s", p.place(f.At), p.severity(f.Severity), plain.Text(f.Message),
		p.paint(dim, "["+p.link(f.Rule, f.Rule.ID+" "+f.Rule.Name)+"]"))
	if code, mark := snippet.Of(source, f.Rule, f.At); code != "" {
		gutter := fmt.Sprintf("%4d | ", f.At.Start.Line)
		p.line("%s%s", p.paint(dim, gutter), code)
		p.line("%s%s", p.paint(dim, strings.Repeat(" ", len(gutter)-2)+"| "), p.paint(colours[f.Severity], mark))
	}
	for _, rel := range f.Related {
		place := ""
		if !rel.At.IsZero() {
			place = p.place(rel.At) + " "
		}
		p.line("  %s%s", place, plain.Text(rel.Message))
	}
	if f.Fix != nil {
		p.line("  fix: %s", plain.Text(f.Fix.Message))
	}
}

func summary(r *check.Report) string {
	s := Count(len(r.Findings), "finding")
	if len(r.Findings) > 0 {
		var parts []string
		errors, warnings, notes := bySeverity(r.Findings)
		for _, c := range []struct {
			n    int
			noun string
		}{{errors, "error"}, {warnings, "warning"}, {notes, "note"}} {
			if c.n > 0 {
				parts = append(parts, Count(c.n, c.noun))
			}
		}
		s += " (" + strings.Join(parts, ", ") + ")"
	}
	silenced, old := r.Silenced()
	if silenced > 0 {
		s += fmt.Sprintf(", %d suppressed", silenced)
	}
	if old > 0 {
		s += fmt.Sprintf(", %d old", old)
	}
	s += " in " + Count(r.Files, "file")
	if r.Partial {
		s += ", a part of the repository"
	}
	if r.Untrusted {
		s += "; not everything could be analysed"
	}
	return s
}

// A printer collects lines of text for people. Texts from the repository are to go through plain.Text.
type printer struct {
	Options
	prefix string // put before every file
	bytes.Buffer
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.Buffer, format+"\n", args...) }

func (p *printer) flush(w io.Writer) error {
	return toLog(w, p.Options, func(w io.Writer) error {
		_, err := p.WriteTo(w)
		return err
	})
}

// place returns "file:line:col:", "file:" or, for no place, "factorlint:".
func (p *printer) place(at check.Span) string {
	s := "factorlint"
	if !at.IsZero() {
		s = plain.Text(p.prefix + at.File)
	}
	if at.Start.Line > 0 {
		s += fmt.Sprintf(":%d:%d", at.Start.Line, max(at.Start.Col, 1))
	}
	return p.paint(bold, s+":")
}

// SGR parameters of ECMA-48.
const (
	bold = "1"
	dim  = "2"
)

// colours of the severities: note cyan, warning yellow, error red.
var colours = [...]string{rules.Note: "36", rules.Warning: "33", rules.Error: "31"}

func (p *printer) severity(s rules.Severity) string { return p.paint(colours[s], s.String()) }

// link returns a text that leads to a rule's page on the web: the address is our own, whatever is analysed.
func (p *printer) link(r *rules.Rule, text string) string {
	if !p.Hyperlinks {
		return text
	}
	return "\x1b]8;;" + r.URL() + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

func (p *printer) paint(sgr, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}
