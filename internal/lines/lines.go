// Package lines tells places in a file in the way in which editors and readers of SARIF count them.
package lines

import (
	"sort"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/check"
)

// A Text is the content of a file with its lines as factorlint counts them (they end in LF) and as others do (in LF,
// CR LF or CR).
type Text struct {
	data      []byte
	ours      []int // offset of the beginning of each of our lines
	theirs    []int // offset of the beginning of each line of others
	theirEnds []int // and of its end, the line's terminator left out

	marks map[int][]mark // places in long lines, by the offset of the line: in a file of one line are all findings
}

// A mark is a place in a line.
type mark struct{ offset, column int }

// between is how many bytes lie between the marks of a line at least.
const between = 4 << 10

// New returns the text of a file's content, which must not change afterwards.
func New(data []byte) *Text {
	t := &Text{data: data, ours: []int{0}, theirs: []int{0}}
	for i, c := range data {
		switch c {
		case '\n':
			t.ours = append(t.ours, i+1)
			t.theirs = append(t.theirs, i+1)
			end := i
			if i > 0 && data[i-1] == '\r' {
				end--
			}
			t.theirEnds = append(t.theirEnds, end)
		case '\r':
			if i+1 == len(data) || data[i+1] != '\n' {
				t.theirs = append(t.theirs, i+1)
				t.theirEnds = append(t.theirEnds, i)
			}
		}
	}
	t.theirEnds = append(t.theirEnds, len(data))
	for i, begin := range t.theirs {
		if end := t.theirEnds[i]; end-begin > between {
			t.mark(begin, end)
		}
	}
	return t
}

// mark makes the marks of a line.
func (t *Text) mark(begin, end int) {
	if t.marks == nil {
		t.marks = map[int][]mark{}
	}
	next := begin + between
	for at, column := begin, 1; at < end; {
		if at >= next {
			t.marks[begin] = append(t.marks[begin], mark{at, column})
			next = at + between
		}
		r, n := Decode(t.data[at:])
		column += utf16.RuneLen(r)
		at += n
	}
}

// Len returns how many lines others count.
func (t *Text) Len() int { return len(t.theirs) }

// UTF16 returns the line of others and the column in UTF-16 code units, both counted from 1, of a place in our lines and
// bytes. A place outside the file is moved to the nearest inside.
func (t *Text) UTF16(p check.Pos) (line, column int) {
	line, begin, end := t.find(p)
	column = 1
	marks := t.marks[begin]
	if n := sort.Search(len(marks), func(i int) bool { return marks[i].offset > end }); n > 0 {
		begin, column = marks[n-1].offset, marks[n-1].column
	}
	for begin < end {
		r, n := Decode(t.data[begin:])
		column += utf16.RuneLen(r)
		begin += n
	}
	return line, column
}

// UTF8 is UTF16 with columns in bytes.
func (t *Text) UTF8(p check.Pos) (line, column int) {
	line, begin, end := t.find(p)
	return line, 1 + end - begin
}

// find returns the line of others that a place lies in, and the offsets of that line's beginning and of the place.
func (t *Text) find(p check.Pos) (line, begin, at int) {
	if p.Line < 1 {
		return 1, 0, 0
	}
	offset := len(t.data)
	if p.Line <= len(t.ours) {
		offset = t.ours[p.Line-1] + max(p.Col-1, 0)
		if p.Line < len(t.ours) {
			offset = min(offset, t.ours[p.Line]-1)
		}
		offset = min(offset, len(t.data))
	}
	line = sort.SearchInts(t.theirs, offset+1)
	return line, t.theirs[line-1], min(offset, t.theirEnds[line-1])
}

// Decode returns the first character of b as the WHATWG decoder for UTF-8 reads it, which programs in JavaScript use:
// the longest beginning of a sequence that is not continued is one U+FFFD (utf8.DecodeRune makes it several).
func Decode(b []byte) (r rune, size int) {
	r, size = utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		for size < len(b) && !utf8.FullRune(b[:size+1]) {
			size++
		}
	}
	return r, size
}
