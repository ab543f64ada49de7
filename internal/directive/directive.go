// Package directive reads the comments with which a user silences a finding:
//
//	//factorlint:ignore sigint-only,FL0901 -- reason      in Go
//	# factorlint:ignore shell-form-entrypoint -- reason   in Dockerfiles, YAML and .env files
//
// It silences the line it ends, or, alone on its line, the next line that is neither blank nor a comment.
// "ignore-file" silences the whole file. A comment of golangci-lint, //nolint:factorlint, silences every rule.
package directive

import (
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// A Directive is one suppression comment.
type Directive struct {
	Rules     []string // ids and names as written; none means every rule
	Reason    string   // "" if it gives none, or has prose: then it silences nothing
	Prose     bool     // there is a reason, but also prose where the rules belong
	WholeFile bool
	Nolint    bool       // written for golangci-lint: needs no reason, and is no concern of ours when unused
	At        check.Span // the comment
	First     int        // the lines on which it silences findings
	Last      int
}

var (
	own    = regexp.MustCompile(`^(?://|#)\s?factorlint:(ignore-file|ignore)(?:\s+(.*))?$`)
	nolint = regexp.MustCompile(`^//\s?nolint:\s*([\w,\s-]*)`)
)

// Parse reads one comment, marker included. ok is false if it is not a directive. The line it silences is its own;
// whoever knows that it stands alone sets First and Last to those of the code below.
func Parse(comment, file string, line, col, offset int) (d Directive, ok bool) {
	comment = strings.TrimRight(comment, " \t\r\n")
	d = Directive{First: line, Last: line, At: check.Span{
		File:  file,
		Start: check.Pos{Offset: offset, Line: line, Col: col},
		End:   check.Pos{Offset: offset + len(comment), Line: line, Col: col + len(comment)},
	}}
	if m := own.FindStringSubmatch(comment); m != nil {
		d.WholeFile = m[1] == "ignore-file"
		names, reason, _ := strings.Cut(m[2], "--")
		d.Reason = strings.TrimSpace(strings.TrimLeft(reason, "-"))
		for _, name := range strings.SplitN(names, ",", mostRules+1) {
			if len(d.Rules) == mostRules {
				d.Reason = "" // as of prose
				break
			}
			words := strings.Fields(name)
			d.Prose = d.Prose || len(words) > 1 && reason != "" // nobody can tell what was meant
			if len(words) > 0 {
				d.Rules = append(d.Rules, words[0])
			}
		}
		if d.Prose {
			d.Reason = ""
		}
		return d, true
	}
	m := nolint.FindStringSubmatch(comment)
	if m == nil {
		return Directive{}, false
	}
	for _, name := range strings.Split(m[1], ",") {
		if strings.EqualFold(strings.TrimSpace(name), "factorlint") {
			d.Nolint = true
			_, reason, _ := strings.Cut(comment[2:], "//")
			d.Reason = strings.TrimSpace(reason)
			return d, true
		}
	}
	return Directive{}, false
}

// mostRules is how many rules a comment may name.
const mostRules = 100

// Names reports whether d is about a rule.
func (d Directive) Names(r *rules.Rule) bool {
	return len(d.Rules) == 0 && d.Nolint || slices.ContainsFunc(d.Rules, func(w string) bool {
		return strings.EqualFold(w, r.ID) || strings.EqualFold(w, r.Name)
	})
}

// Silences reports whether d silences findings of a rule on a line of a file.
func (d Directive) Silences(r *rules.Rule, file string, line int) bool {
	return (d.Reason != "" || d.Nolint) && d.At.File == file && (d.WholeFile || d.First <= line && line <= d.Last) && d.Names(r)
}
