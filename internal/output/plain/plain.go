// Package plain makes text harmless to print. Names, values and source lines come from the analysed repository, whose
// author may want to steer the reader's terminal, hide text from the reader or command the CI system that reads the
// log.
package plain

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns s with every control character, every invisible or direction-changing character (Unicode categories
// Cf, Zl and Zp) and every byte that is no UTF-8 written as an escape of Go's: "\x1b", "\u202e". The result is one
// line.
func Text(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for i, n := 0, 0; i < len(s); i += n {
		var r rune
		if r, n = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else if hidden(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// JSON returns a JSON text in which the characters that Text replaces and the commands that Log breaks up are written with
// escapes, so that it says the same and is harmless to print. Control characters below U+0020 are left alone: within strings
// JSON has them escaped already, and between values they are white space.
func JSON(text []byte) []byte {
	text = legacyCommand.ReplaceAll(text, []byte(`#\u0023$1`))
	dangerous := func(r rune) bool { return r >= 0x7f && hidden(r) }
	if bytes.IndexFunc(text, dangerous) < 0 {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for i, n := 0, 0; i < len(text); i += n {
		var r rune
		r, n = utf8.DecodeRune(text[i:])
		if !dangerous(r) {
			out = append(out, text[i:i+n]...)
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, u)
		}
	}
	return out
}

// XML returns an XML or HTML text in which the commands that Log breaks up are written with references, so that it says the same.
func XML(text []byte) []byte {
	if !bytes.Contains(text, []byte("::")) && !bytes.Contains(text, []byte("##")) {
		return text
	}
	return legacyCommand.ReplaceAll(lineCommand.ReplaceAll(text, []byte("$1&#58;:")), []byte("#&#35;$1"))
}

// hidden reports whether a terminal obeys r or shows nothing for it.
func hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Log returns text without the workflow commands that CI systems obey in a job's log: a line that begins with "::"
// (GitHub; white space before it does not count), and "##[" and "##vso[" anywhere (GitHub and Azure Pipelines).
func Log(text string) string {
	text = lineCommand.ReplaceAllString(text, "$1: :")
	return legacyCommand.ReplaceAllString(text, "## $1")
}

var (
	lineCommand   = regexp.MustCompile(`(?m)^([\s\p{Z}]*)::`)
	legacyCommand = regexp.MustCompile(`(?i)##(\[|vso\[)`)
)

// Markdown returns a page of Markdown as text for a terminal: headings without #, code indented instead of fenced,
// links as "text (address)".
func Markdown(page string) string {
	var (
		b      strings.Builder
		fenced bool
	)
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			continue
		case fenced && line != "":
			line = "    " + line
		case fenced:
		case strings.HasPrefix(line, "#"):
			line = strings.ToUpper(strings.TrimLeft(line, "# "))
		default:
			line = Inline(line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// Inline returns a line of Markdown as text: links as "text (address)", or as the text alone where the address is that of a file
// beside the page, nothing bold.
func Inline(line string) string {
	line = webLink.ReplaceAllString(line, "$1 ($2)")
	line = link.ReplaceAllString(line, "$1")
	line = autolink.ReplaceAllString(line, "$1")
	return strings.ReplaceAll(line, "**", "")
}

var (
	webLink  = regexp.MustCompile(`\[([^\]]*)\]\(([a-z]+://[^)]*)\)`)
	link     = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	autolink = regexp.MustCompile(`<(https?://[^>]*)>`)
)
