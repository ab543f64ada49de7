// Package directive reads the comments with which a user silences a finding.
package directive

import (
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// A Directive is one suppression comment.
type Directive struct {
	Rules     []string // ids and names as written
	Reason    string   // "" if it gives none: then it silences nothing
	WholeFile bool
	At        check.Span // the comment
	Line      int        // the line it stands on; it silences this line and the next line that holds code
}

// Parse reads one comment, marker included ("//factorlint:ignore sigint-only -- reason").
// ok is false if it is not a directive.
func Parse(comment, file string, line, col, offset int) (d Directive, ok bool) {
	return Directive{}, false
}

// Silences reports whether d silences findings of a rule on a line of a file.
func (d Directive) Silences(r *rules.Rule, file string, line int) bool { return false }
