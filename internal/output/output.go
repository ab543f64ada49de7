// Package output writes what a run found: for people, for programs and for code scanning services. All of it is
// deterministic, and harmless to print whatever the analysed repository holds.
package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/ci"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/internal/output/sarif"
	"github.com/factorlint/factorlint/internal/output/scorecard"
	"github.com/factorlint/factorlint/internal/workload"
)

// Options says how to write.
type Options struct {
	Color         bool   // colour text; other formats have none
	Hyperlinks    bool   // in text rules are links to their pages, as terminals show them (OSC 8)
	Width         int    // columns that the page of a rule may take; 0 leaves its lines as they are
	GitHubActions bool   // what people read goes to the log of a CI job: what would be a command there is broken up
	Version       string // factorlint's version in the form of semver.org, without "v"
	ExitCode      int    // with which factorlint is about to end
	Category      string // of a SARIF log; "" for factorlint or, if the report is partial, factorlint-partial
	Suppressed    bool   // whether a SARIF log holds suppressed findings too, marked as such
	FixHint       bool   // whether text tells how many findings can be fixed
	UnsafeFixes   bool   // whether that is with --unsafe-fixes
	Quiet         bool   // text has no summary

	LeftOut func(what string) // is told what a format leaves out of a large report; nil if nobody is
}

// Formats returns the formats that Write knows, the default first.
func Formats() []string {
	return append([]string{"text", "json", "jsonl", "sarif", "html", "markdown"}, ci.Formats()...)
}

// ShowsWorkloads reports whether Write needs the workloads for a format.
func ShowsWorkloads(format string) bool { return format == "html" || format == "markdown" }

// Write writes a report in one of Formats; html and markdown judge the workloads by it. The error is that of w, or tells of an
// unknown format.
func Write(format string, w io.Writer, r *check.Report, ws []*workload.Workload, o Options) error {
	switch format {
	case "text":
		return writeText(w, r, o)
	case "json":
		return writeJSON(w, reportJSON(r, o))
	case "jsonl":
		return writeJSONLines(w, reportJSON(r, o))
	case "sarif":
		return sarif.Write(w, r, sarif.Options{Version: o.Version, ExitCode: o.ExitCode, Category: o.Category, Suppressed: o.Suppressed})
	case "html":
		card := scorecard.Of(r, ws)
		if cut := card.Cut(); cut != "" && o.LeftOut != nil {
			o.LeftOut(cut)
		}
		return scorecard.WriteHTML(w, card, o.Version)
	case "markdown":
		return toLog(w, o, func(w io.Writer) error { return scorecard.WriteMarkdown(w, scorecard.Of(r, ws)) })
	case "concise":
		return toLog(w, o, func(w io.Writer) error { return ci.Write(format, w, r) })
	}
	return ci.Write(format, w, r)
}

// toLog writes text for people, to which the log of a CI job may be listening.
func toLog(w io.Writer, o Options, write func(io.Writer) error) error {
	if !o.GitHubActions {
		return write(w)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	_, err := io.WriteString(w, plain.Log(b.String()))
	return err
}

// writeJSONLines writes a report as lines: an object with one key, which says what it holds, for each finding and each notification,
// and the summary in the end.
func writeJSONLines(w io.Writer, r jsonReport) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	var errs []error
	for _, f := range r.Findings {
		errs = append(errs, e.Encode(map[string]any{"finding": f}))
	}
	for _, n := range r.Notifications {
		errs = append(errs, e.Encode(map[string]any{"notification": n}))
	}
	errs = append(errs, e.Encode(map[string]any{"summary": r.Summary}))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	_, err := w.Write(plain.JSON(b.Bytes()))
	return err
}

// writeJSON writes v indented, with characters that are unsafe to print escaped.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(plain.JSON(b.Bytes()))
	return err
}

// Count is check.Count that says "no files" for none.
func Count(n int, noun string) string {
	if n == 0 {
		return "no " + noun + "s"
	}
	return check.Count(n, noun)
}

// bySeverity counts findings.
func bySeverity(findings []check.Finding) (errors, warnings, notes int) {
	var n [3]int
	for _, f := range findings {
		n[f.Severity]++
	}
	return n[2], n[1], n[0]
}
