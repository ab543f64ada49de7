package sarif

import (
	"sort"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/check"
)

// A source is the content of a file with its lines as factorlint counts them (they end in LF) and as SARIF's readers
// do (in LF, CR LF or CR).
type source struct {
	data      []byte
	ours      []int    // offset of the beginning of each of our lines
	theirs    []int    // offset of the beginning of each line of SARIF
	theirEnds []int    // and of its end, the line's terminator left out
	hashes    []string // CodeQL's hash of each line of SARIF, computed when first asked for
}

func newSource(data []byte) *source {
	s := &source{data: data, ours: []int{0}, theirs: []int{0}}
	for i, c := range data {
		switch c {
		case '\n':
			s.ours = append(s.ours, i+1)
			s.theirs = append(s.theirs, i+1)
			end := i
			if i > 0 && data[i-1] == '\r' {
				end--
			}
			s.theirEnds = append(s.theirEnds, end)
		case '\r':
			if i+1 == len(data) || data[i+1] != '\n' {
				s.theirs = append(s.theirs, i+1)
				s.theirEnds = append(s.theirEnds, i)
			}
		}
	}
	s.theirEnds = append(s.theirEnds, len(data))
	return s
}

// position returns the line and the column in UTF-16 code units, both counted from 1, of a place in our lines and
// bytes. A place outside the file is moved to the nearest inside.
func (s *source) position(p check.Pos) (line, column int) {
	if p.Line < 1 {
		return 1, 1
	}
	offset := len(s.data)
	if p.Line <= len(s.ours) {
		offset = s.ours[p.Line-1] + max(p.Col-1, 0)
		if p.Line < len(s.ours) {
			offset = min(offset, s.ours[p.Line]-1)
		}
		offset = min(offset, len(s.data))
	}
	line = sort.SearchInts(s.theirs, offset+1)
	column = 1
	for i, end := s.theirs[line-1], min(offset, s.theirEnds[line-1]); i < end; {
		r, n := decode(s.data[i:])
		column += utf16.RuneLen(r)
		i += n
	}
	return line, column
}

// decode returns the first character of b as the WHATWG decoder for UTF-8 reads it, which programs in JavaScript use:
// the longest beginning of a sequence that is not continued is one U+FFFD (utf8.DecodeRune makes it several).
func decode(b []byte) (r rune, size int) {
	r, size = utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		for size < len(b) && !utf8.FullRune(b[:size+1]) {
			size++
		}
	}
	return r, size
}

// lineHash returns the primaryLocationLineHash of a line of SARIF.
func (s *source) lineHash(line int) string {
	if s.hashes == nil {
		s.hashes = lineHashes(s.data, len(s.theirs))
	}
	return s.hashes[line-1]
}

// Parameters of CodeQL's hash: it rolls over the next 100 characters that are not blank.
const (
	hashWindow = 100
	hashFactor = 37
)

// lineHashes computes what github/codeql-action (src/fingerprints.ts) computes for each line of a file: a
// polynomial hash of the 100 characters that follow the line's beginning, blanks left out, and an ordinal among
// equal hashes. Code scanning tells by it whether an alert is an old one.
func lineHashes(data []byte, lines int) []string {
	first := uint64(1) // the factor that the oldest character of the window has got
	for range hashWindow {
		first *= hashFactor
	}
	var (
		out     = make([]string, 0, lines)
		window  [hashWindow]uint64
		pending [hashWindow]bool // a line begins at this character, and its hash is not yet out
		count   = map[uint64]int{}
		hash    uint64
		at      int
		begins  = true
		afterCR bool
	)
	emit := func() {
		if pending[at] {
			pending[at] = false
			count[hash]++
			out = append(out, strconv.FormatUint(hash, 16)+":"+strconv.Itoa(count[hash]))
		}
	}
	roll := func(c uint64) {
		hash = hashFactor*hash + c - first*window[at]
		window[at] = c
		at = (at + 1) % hashWindow
	}
	char := func(c uint64) {
		if c == ' ' || c == '\t' || afterCR && c == '\n' {
			afterCR = false
			return
		}
		if afterCR = c == '\r'; afterCR {
			c = '\n'
		}
		emit()
		if begins {
			pending[at] = true
		}
		begins = c == '\n'
		roll(c)
	}
	for i := 0; i < len(data); {
		r, n := decode(data[i:])
		i += n
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			char(uint64(high))
			char(uint64(low))
		} else {
			char(uint64(r))
		}
	}
	char(0xffff) // the end
	for range hashWindow {
		emit()
		roll(0)
	}
	return out
}
