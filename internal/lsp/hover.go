package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/lines"
	"github.com/factorlint/factorlint/rules"
)

// hover shows the page of the rule that a finding, or a word of a suppression comment, is about.
func (s *server) hover(_ context.Context, p hoverParams) (*hover, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, _ := fileOf(p.TextDocument.URI)
	d := s.documents[path]
	if d == nil {
		return nil, nil
	}
	at := textRange{p.Position, p.Position}
	if shown, file, ok := s.shown(p.TextDocument.URI); ok && s.unchanged(shown, file) {
		if h := s.pageAt(shown, file, at); h != nil {
			return h, nil
		}
	}
	text := lines.New([]byte(d.text))
	for _, w := range mentions(filepath.ToSlash(path), d.text) {
		if r := rangeIn(text, w.at, s.utf8); r.touches(at) {
			return s.page(w.rule, r), nil
		}
	}
	return nil, nil
}

// pageAt returns the page of the rule whose finding at a place is the narrowest, or nil.
func (s *server) pageAt(shown *snapshot, file string, at textRange) *hover {
	var best *hover
	for _, f := range shown.of(file) {
		if r := shown.rangeOf(f.At); r.touches(at) && (best == nil || best.Range.holds(r) && best.Range != r) {
			best = s.page(f.Rule, r)
		}
	}
	return best
}

// A mention is the name or id of a rule in a suppression comment.
type mention struct {
	rule *rules.Rule
	at   check.Span
}

func mentions(file, text string) []mention {
	var out []mention
	for _, d := range directives(file, []byte(text)) {
		at := d.At.Start
		for _, word := range d.Rules {
			skipped := strings.Index(text[at.Offset:d.At.End.Offset], word)
			if skipped < 0 {
				break
			}
			at.Offset, at.Col = at.Offset+skipped, at.Col+skipped
			end := check.Pos{Offset: at.Offset + len(word), Line: at.Line, Col: at.Col + len(word)}
			if r := rules.Lookup(word); r != nil {
				out = append(out, mention{r, check.Span{File: file, Start: at, End: end}})
			}
			at = end
		}
	}
	return out
}

// page returns the page of a rule. Nothing in it comes from the repository that is looked at.
func (s *server) page(r *rules.Rule, at textRange) *hover {
	kind := "markdown"
	if formats := s.client.TextDocument.Hover.ContentFormat; len(formats) > 0 && !slices.Contains(formats, kind) {
		kind = "plaintext"
	}
	text := fmt.Sprintf("%s · %s · %s\n\n%s\n\n%s\n", r.ID, r.Severity, r.Principle, strings.TrimSpace(r.Online()), r.URL())
	return &hover{markup{kind, text}, at}
}
