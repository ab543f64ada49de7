package lsp

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/fix"
	"github.com/factorlint/factorlint/internal/repository"
)

// Kinds of code actions.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.factorlint"
)

func (s *server) codeAction(ctx context.Context, p codeActionParams) ([]codeAction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil { // a newer request made this one wait, and the client does not
		return nil, err
	}
	out := []codeAction{}
	shown, file, ok := s.shown(p.TextDocument.URI)
	if !ok || !s.unchanged(shown, file) {
		return out, nil
	}
	findings := shown.of(file)
	if asked(p.Context.Only, quickFix) {
		for _, f := range findings {
			if shown.rangeOf(f.At).touches(p.Range) {
				out = append(out, s.actions(shown, f)...)
			}
		}
	}
	if asked(p.Context.Only, fixAll) {
		here := func(other string) error {
			if other == file {
				return nil
			}
			return errOther
		}
		if edits := fixed(shown, findings, fix.Options{Refuse: here}); len(edits) > 0 {
			out = append(out, codeAction{Title: "Apply all safe fixes of factorlint in this file", Kind: fixAll, Edit: s.edit(shown, edits)})
		}
	}
	return out, nil
}

// shown returns what the client shows of the folder that an open document lies in, and the document's path in there.
func (s *server) shown(uri string) (shown *snapshot, file string, ok bool) {
	path, _ := fileOf(uri)
	n := s.sessionOf(path)
	if n == nil || n.latest == nil || s.documents[path] == nil {
		return nil, "", false
	}
	file, ok = repository.Within(path, n.dir)
	return n.latest, file, ok
}

// unchanged reports whether a file, in the editor or else on the disk, has the content in which findings were found.
func (s *server) unchanged(shown *snapshot, file string) bool {
	source, ok := shown.report.Sources[file]
	if !ok {
		return false
	}
	path := shown.path(file)
	if d := s.documents[path]; d != nil {
		return d.text == string(source)
	}
	now, err := os.ReadFile(path)
	return err == nil && bytes.Equal(now, source)
}

// asked reports whether a client that asks for some kinds of actions alone gets one of a kind.
func asked(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool { return o == kind || strings.HasPrefix(kind, o+".") })
}

// actions returns what can be done about a finding.
func (s *server) actions(shown *snapshot, f check.Finding) []codeAction {
	var out []codeAction
	diagnostics := []diagnostic{shown.diagnostic(f, s.uri)}
	edits := fixed(shown, []check.Finding{f}, fix.Options{Unsafe: true, Refuse: func(file string) error {
		if s.unchanged(shown, file) {
			return nil
		}
		return errOther
	}})
	if len(edits) > 0 {
		title := f.Fix.Message
		if !f.Fix.Safe {
			title += " (may change what it does)"
		}
		out = append(out, codeAction{Title: title, Kind: quickFix, Diagnostics: diagnostics, IsPreferred: f.Fix.Safe,
			Edit: s.edit(shown, edits)})
	}
	if e, ok := suppression(shown.report.Sources[f.At.File], f); ok {
		out = append(out, codeAction{Title: "Accept " + f.Rule.Name + " here, with a comment", Kind: quickFix, Diagnostics: diagnostics,
			Edit: s.edit(shown, []check.Edit{e})})
	}
	return out
}

// errOther is why a fix is not offered that changes a file which is not as it was, or another one.
var errOther = errors.New("another file")

// fixed returns what the fixes of findings change, one stretch of lines a file.
func fixed(shown *snapshot, findings []check.Finding, o fix.Options) []check.Edit {
	var out []check.Edit
	result := fix.Apply(findings, shown.report.Sources, o)
	for _, file := range slices.Sorted(maps.Keys(result.Files)) {
		out = append(out, difference(file, string(shown.report.Sources[file]), string(result.Files[file])))
	}
	return out
}

// difference returns the edit that makes one text of another: it replaces the lines between the first and the last that differ.
func difference(file, before, after string) check.Edit {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	first := 0
	for first < min(len(a), len(b)) && a[first] == b[first] {
		first++
	}
	last := 0 // lines at the end that are the same
	for last < min(len(a), len(b))-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	start := check.Pos{Offset: len(strings.Join(a[:first], "")), Line: first + 1, Col: 1}
	end := check.Pos{Offset: len(before) - len(strings.Join(a[len(a)-last:], "")), Line: len(a) - last + 1, Col: 1}
	if last == 0 {
		end.Line, end.Col = len(a), len(a[len(a)-1])+1
	}
	return check.Edit{At: check.Span{File: file, Start: start, End: end}, New: strings.Join(b[first:len(b)-last], "")}
}

// edit returns edits in the form that the client understands.
func (s *server) edit(shown *snapshot, edits []check.Edit) workspaceEdit {
	var out workspaceEdit
	for _, file := range files(edits) {
		var list []textEdit
		for _, e := range edits {
			if e.At.File == file {
				list = append(list, textEdit{shown.rangeOf(e.At), e.New})
			}
		}
		path := shown.path(file)
		if !s.client.Workspace.WorkspaceEdit.DocumentChanges {
			if out.Changes == nil {
				out.Changes = map[string][]textEdit{}
			}
			out.Changes[s.uri(path)] = list
			continue
		}
		id := documentID{URI: s.uri(path)}
		if d := s.documents[path]; d != nil {
			id.Version = &d.version
		}
		out.DocumentChanges = append(out.DocumentChanges, documentEdit{id, list})
	}
	return out
}

// files returns the names of the files that edits change, sorted.
func files(edits []check.Edit) []string {
	var out []string
	for _, e := range edits {
		out = append(out, e.At.File)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
