package corpus

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// Misplaced says what is wrong with the place of a finding, by the contents of the files; "" if nothing is. What is about a whole
// file has no line.
func Misplaced(f check.Finding, sources map[string][]byte) string {
	at, text := f.At, sources[f.At.File]
	switch {
	case at.Start.Line == 0:
		return ""
	case at.Start.Offset < 0 || at.End.Offset > len(text) || at.Start.Offset > at.End.Offset:
		return "lies outside its file"
	case at.Start.Offset == at.End.Offset:
		return "is empty"
	case bytes.Count(text[:at.Start.Offset], []byte("\n"))+1 != at.Start.Line,
		at.Start.Offset-bytes.LastIndexByte(text[:at.Start.Offset], '\n') != at.Start.Col:
		return "has an offset of another line and column"
	}
	token := string(text[at.Start.Offset:at.End.Offset])
	switch {
	case strings.TrimSpace(token) != token:
		return "begins or ends in white space"
	case strings.Contains(token, "\n") && !isBlock(token):
		return "holds several lines"
	case cuts(text, at.Start.Offset), cuts(text, at.End.Offset):
		return "cuts a word"
	}
	return ""
}

// isBlock reports whether lines are one token: the first opens a bracket that the last closes, or each says that the next one belongs
// to it.
func isBlock(token string) bool {
	lines := strings.Split(token, "\n")
	if strings.ContainsAny(lines[0], "([{") && ends(token, ")]}") {
		return true
	}
	return !slices.ContainsFunc(lines[:len(lines)-1], func(line string) bool { return !ends(line, "\\`") })
}

// ends reports whether the last character of a line is one of a set.
func ends(line, set string) bool {
	line = strings.TrimRight(line, " \t\r")
	return line != "" && strings.Contains(set, line[len(line)-1:])
}

// cuts reports whether an offset lies within a word.
func cuts(text []byte, at int) bool {
	return at > 0 && at < len(text) && isWord(text[at-1]) && isWord(text[at])
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// word matches what a message may name: names, numbers, paths, images.
var word = regexp.MustCompile(`[\w./:@$-]*\w{2,}|\d`)

// Names reports whether the lines of a finding, the line before or those of its related places show a word of its message. Where they
// do not, somebody should look: what is missing somewhere is not shown there, and what a template writes stands elsewhere.
func Names(f check.Finding, sources map[string][]byte) bool {
	said := map[string]bool{}
	for _, w := range word.FindAllString(strings.ToLower(f.Message), -1) {
		said[strings.Trim(w, ":.")] = true
	}
	spans := []check.Span{f.At}
	for _, r := range f.Related {
		spans = append(spans, r.At)
	}
	for _, s := range spans {
		lines := strings.Split(string(sources[s.File]), "\n")
		if s.Start.Line < 1 || s.End.Line > len(lines) {
			continue
		}
		shown := strings.ToLower(strings.Join(lines[max(0, s.Start.Line-2):s.End.Line], " "))
		if strings.Contains(shown, "{{") || slices.ContainsFunc(word.FindAllString(shown, -1), func(w string) bool { return said[strings.Trim(w, ":.")] }) {
			return true
		}
	}
	return false
}
