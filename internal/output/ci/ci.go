// Package ci writes a report in the formats of CI systems and of the tools that they show findings with.
package ci

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
)

var formats = map[string]func(*check.Report) ([]byte, error){
	"github": github, "gitlab": gitlab, "checkstyle": checkstyle, "junit": junit, "rdjson": rdjson, "concise": concise,
}

// Formats returns the formats that Write knows.
func Formats() []string {
	return []string{"concise", "github", "gitlab", "checkstyle", "junit", "rdjson"}
}

// Write writes a report in one of Formats. The error is that of w, or tells of an unknown format.
func Write(format string, w io.Writer, r *check.Report) error {
	f := formats[format]
	if f == nil {
		return fmt.Errorf("no such format: %s", format)
	}
	out, err := f(r)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// concise has one line for each finding and each notification, as editors and grep read them, with columns in bytes:
//
//	deploy/api.yaml:9:30: error: FL0702 port-mismatch: containerPort is 8080, but …
func concise(r *check.Report) ([]byte, error) {
	var b bytes.Buffer
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s: %s %s: %s\n", place(r, f.At), f.Severity, f.Rule.ID, f.Rule.Name, plain.Text(f.Message))
	}
	for _, n := range r.Notifications {
		fmt.Fprintf(&b, "%s: %s: %s: %s\n", place(r, n.At), n.Level, plain.Text(n.Code), plain.Text(n.Message))
	}
	return b.Bytes(), nil
}

func place(r *check.Report, at check.Span) string {
	switch {
	case at.File == "":
		return "factorlint"
	case at.Start.Line == 0:
		return file(r, at)
	}
	return fmt.Sprintf("%s:%d:%d", file(r, at), at.Start.Line, at.Start.Col)
}

// file returns the path of a place relative to the repository's root.
func file(r *check.Report, at check.Span) string { return plain.Text(r.Prefix + at.File) }

// full returns a finding's message with its other sides, as sentences of one line.
func full(r *check.Report, f check.Finding) string {
	s := plain.Text(f.Message)
	for _, rel := range f.Related {
		s += "; " + plain.Text(rel.Message)
		if !rel.At.IsZero() {
			s += " (" + place(r, rel.At) + ")"
		}
	}
	return s
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return plain.JSON(b.Bytes()), err
}
