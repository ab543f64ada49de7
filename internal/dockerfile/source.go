package dockerfile

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A source finds places in a Dockerfile's bytes.
type source struct {
	path   string
	text   []byte
	starts []int // offset of each line
	escape byte
}

func newSource(path string, text []byte) *source {
	s := &source{path: path, text: text, starts: []int{0}, escape: '\\'}
	for i, b := range text {
		if b == '\n' {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

func (s *source) pos(offset int) check.Pos {
	lo, hi := 0, len(s.starts)
	for lo+1 < hi {
		if mid := (lo + hi) / 2; s.starts[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return check.Pos{Offset: offset, Line: lo + 1, Col: offset - s.starts[lo] + 1}
}

func (s *source) span(start, end int) check.Span {
	return check.Span{File: s.path, Start: s.pos(start), End: s.pos(end)}
}

// line returns the span of the text of a line, or of the whole file's last line if there is none such.
func (s *source) line(n int) check.Span {
	n = min(max(n, 1), len(s.starts))
	start, end := s.starts[n-1], len(s.text)
	if n < len(s.starts) {
		end = s.starts[n]
	}
	text := s.text[start:end]
	trimmed := bytes.TrimLeft(text, " \t")
	start += len(text) - len(trimmed)
	return s.span(start, start+len(bytes.TrimRight(trimmed, " \t\r\n")))
}

// A joined is an instruction's text as BuildKit reads it, continuation lines joined and comments between them
// dropped, with the source offset of each byte.
type joined struct {
	src  *source
	text string
	at   []int
	next int // offset after the last line that belongs to it
}

// join reads the instruction that begins on a line (1-based), as parser.Parse of BuildKit v0.31.1 does.
func (s *source) join(line int) joined {
	j := joined{src: s}
	var text []byte
	continuation := continuationAt(s.escape)
	for n := line; n <= len(s.starts); n++ {
		start, end := s.starts[n-1], len(s.text)
		if n < len(s.starts) {
			end = s.starts[n]
		}
		j.next = end
		if n == 1 && bytes.HasPrefix(s.text, utf8BOM) {
			start += len(utf8BOM)
		}
		raw := bytes.TrimRight(s.text[start:end], "\r\n")
		stripped := bytes.TrimLeftFunc(raw, unicode.IsSpace)
		switch {
		case n == line:
			start += len(raw) - len(stripped)
			raw = stripped
		case len(stripped) == 0 || stripped[0] == '#':
			continue
		}
		more := false
		if m := continuation.FindSubmatchIndex(raw); m != nil {
			raw, more = raw[:m[2]], true
		}
		for i, b := range raw {
			text = append(text, b)
			j.at = append(j.at, start+i)
		}
		if !more {
			break
		}
	}
	j.text = string(text)
	return j
}

var utf8BOM = []byte("\ufeff")

func continuationAt(escape byte) *regexp.Regexp {
	e := regexp.QuoteMeta(string(escape))
	return regexp.MustCompile(`(?:^|[^` + e + `])(` + e + `)[ \t]*$`)
}

// span returns the source of text[from:to].
func (j joined) span(from, to int) check.Span {
	if len(j.at) == 0 || from >= len(j.at) || to <= from {
		return check.Span{}
	}
	return j.src.span(j.at[from], j.at[to-1]+1)
}

func (j joined) word(from, to int) workload.Word {
	return workload.Word{Text: j.text[from:to], At: j.span(from, to)}
}

// keyword returns the end of the instruction's name.
func (j joined) keyword() int {
	if i := strings.IndexFunc(j.text, unicode.IsSpace); i >= 0 {
		return i
	}
	return len(j.text)
}

// args returns where the arguments begin and end, the flags left out. from is where to look for them.
func (j joined) args(from int) (start, end int) {
	end = len(strings.TrimRightFunc(j.text, unicode.IsSpace))
	for start = j.skip(from); start < end && strings.HasPrefix(j.text[start:], "--"); {
		flag := start
		start = j.skip(j.endOfWord(start, true))
		if strings.TrimSpace(j.text[flag:start]) == "--" {
			break
		}
	}
	return min(start, end), end
}

func (j joined) skip(i int) int {
	for i < len(j.text) {
		r, n := utf8.DecodeRuneInString(j.text[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += n
	}
	return i
}

// endOfWord returns where the word that begins at i ends; quoted says whether quotes and escapes hold it together.
func (j joined) endOfWord(i int, quoted bool) int {
	var quote rune
	for i < len(j.text) {
		r, n := utf8.DecodeRuneInString(j.text[i:])
		switch {
		case quoted && r == rune(j.src.escape) && quote != '\'':
			i += n
			if i < len(j.text) {
				_, n = utf8.DecodeRuneInString(j.text[i:])
			} else {
				n = 0
			}
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case quoted && (r == '"' || r == '\''):
			quote = r
		case unicode.IsSpace(r):
			return i
		}
		i += n
	}
	return i
}

// words splits text[start:end] at white space.
func (j joined) words(start, end int, quoted bool) []workload.Word {
	var out []workload.Word
	for i := j.skip(start); i < end; {
		stop := min(j.endOfWord(i, quoted), end)
		out = append(out, j.word(i, stop))
		i = j.skip(stop)
	}
	return out
}

// array reads text[start:end] as a JSON array of strings. ok is false if it is none.
func (j joined) array(start, end int) (out []workload.Word, ok bool) {
	var want []string
	if !strings.HasPrefix(j.text[start:end], "[") || json.Unmarshal([]byte(j.text[start:end]), &want) != nil {
		return nil, false
	}
	for i := start + 1; i < end; i++ {
		if j.text[i] != '"' {
			continue
		}
		from := i
		for i++; i < end && j.text[i] != '"'; i++ {
			if j.text[i] == '\\' {
				i++
			}
		}
		if len(out) == len(want) || i >= end {
			return nil, false
		}
		out = append(out, workload.Word{Text: want[len(out)], At: j.span(from, i+1)})
	}
	return out, len(out) == len(want)
}
