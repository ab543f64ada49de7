// Package snippet shows the source line of a finding, unless it may hold a secret.
package snippet

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/plain"
	"github.com/factorlint/factorlint/rules"
)

// Limits of a snippet, in columns of the terminal.
const (
	tabWidth     = 4
	snippetWidth = 120
	snippetLead  = 30 // shown before the finding where a long line is cut
)

// longest is how many bytes a line may have to be shown, and the line before it. Longer ones were not written by hand, and each of the
// findings in such a line would have to look through all of it for a secret.
const longest = 4 << 10

// Of returns the line of source that a place of a rule's finding begins on, made fit for a terminal, and the carets to print
// under it. Both are empty if there is no such line or if it may hold a secret.
func Of(source []byte, rule *rules.Rule, at check.Span) (code, mark string) {
	line, before, ok := lineAt(source, at.Start)
	if !ok || strings.TrimSpace(line) == "" || rule.SecurityAt != "" ||
		mayHoldSecret(at.File, line) || mayHoldSecret(at.File, before) {
		return "", ""
	}
	end := len(line)
	if at.End.Line <= at.Start.Line {
		end = min(end, at.End.Col-1)
	}
	start := min(at.Start.Col-1, len(line))

	var text strings.Builder
	col, from, to := 0, -1, 0 // columns so far, of the first caret and after the last
	for i, n := 0, 0; i < len(line); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(line[i:])
		s, w := cell(line[i:i+n], r, col)
		if i >= start && from < 0 {
			from = col
		}
		if col += w; i < end {
			to = col
		}
		text.WriteString(s)
	}
	if from < 0 {
		from = col
	}
	return cut(text.String(), strings.Repeat(" ", from)+strings.Repeat("^", max(to-from, 1)), from)
}

// cut keeps of a long line and its carets what is around the column from.
func cut(text, under string, from int) (string, string) {
	if Columns(text) <= snippetWidth {
		return text, under
	}
	left := 0
	if from > snippetWidth-snippetLead {
		left = from - snippetLead
	}
	var out strings.Builder
	col, skipped := 0, 0
	if left > 0 {
		out.WriteString("…")
	}
	for _, r := range text {
		w := width(r)
		switch {
		case col < left:
			skipped += w
		case col-skipped >= snippetWidth:
			return out.String() + "…", clip(under, skipped, left > 0)
		default:
			out.WriteRune(r)
		}
		col += w
	}
	return out.String(), clip(under, skipped, left > 0)
}

// clip drops the first columns of a line of carets, makes place for an ellipsis and keeps it as short as the line.
func clip(under string, drop int, ellipsis bool) string {
	under = under[min(drop, len(under)):]
	under = under[:min(len(under), snippetWidth)]
	if ellipsis {
		under = " " + under
	}
	return under
}

// lineAt returns the line of a place without its end, and the line before it. The place's offset leads there at once; where that does
// not fit, lines are counted, which takes the longer the further down the place is. ok is false if either is too long.
func lineAt(source []byte, at check.Pos) (line, before string, ok bool) {
	if at.Line < 1 || at.Col > longest || len(source) == 0 {
		return "", "", false
	}
	begin := at.Offset - (at.Col - 1)
	if at.Col < 1 || begin <= 0 || at.Offset > len(source) || source[begin-1] != '\n' || bytes.IndexByte(source[begin:at.Offset], '\n') >= 0 {
		if begin = beginOf(source, at.Line); begin < 0 {
			return "", "", false
		}
	}
	text, whole := firstLine(source[begin:])
	if begin == 0 {
		return text, "", whole
	}
	above := source[max(0, begin-1-longest) : begin-1]
	from := bytes.LastIndexByte(above, '\n') + 1
	return text, string(above[from:]), whole && (from > 0 || len(above) < longest)
}

// firstLine returns the first line of a text without its end, unless it is too long.
func firstLine(text []byte) (line string, ok bool) {
	head := text[:min(len(text), longest)]
	end := bytes.IndexByte(head, '\n')
	if end < 0 {
		end = len(head)
	}
	return strings.TrimSuffix(string(head[:end]), "\r"), end < longest
}

// beginOf returns the offset of a line (counted from 1), -1 if there is none.
func beginOf(source []byte, line int) (offset int) {
	for ; line > 1; line-- {
		end := bytes.IndexByte(source[offset:], '\n')
		if end < 0 {
			return -1
		}
		offset += end + 1
	}
	return offset
}

// cell returns how one character is shown at a column, and how many columns that takes.
func cell(raw string, r rune, col int) (string, int) {
	if r == '\t' {
		n := tabWidth - col%tabWidth
		return strings.Repeat(" ", n), n
	}
	s := plain.Text(raw)
	if s != raw {
		return s, len(s)
	}
	return s, width(r)
}

// Columns returns how many columns of a terminal a text takes.
func Columns(s string) (n int) {
	for _, r := range s {
		n += width(r)
	}
	return n
}

// width returns how many columns of a terminal a character takes: none for combining marks, two for the wide ranges
// of Unicode's East Asian Width (UAX #11) and for emoji.
func width(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0xa4cf, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1faff, 1}, {0x20000, 0x3fffd, 1}},
}

// mayHoldSecret reports whether a line of a file names a credential or holds one in a URL or DSN. Code without a
// string literal does not count.
func mayHoldSecret(file, line string) bool {
	if strings.HasSuffix(file, ".go") && !strings.ContainsAny(line, "\"`") {
		return false
	}
	if strings.Contains(line, "@") && userinfo.MatchString(strings.ReplaceAll(line, "@sha256:", "")) {
		return true
	}
	for _, name := range identifier.FindAllString(line, -1) {
		if check.IsSecretName(name) {
			return true
		}
	}
	return false
}

var (
	userinfo   = regexp.MustCompile(`[^\s:@/]*:[^\s@]+@`)
	identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_-]*`)
)
