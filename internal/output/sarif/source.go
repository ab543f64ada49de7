package sarif

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/factorlint/factorlint/internal/lines"
)

// A source is the content of a file.
type source struct {
	*lines.Text
	data   []byte
	hashes []string // CodeQL's hash of each line of SARIF, computed when first asked for
}

func newSource(data []byte) *source { return &source{Text: lines.New(data), data: data} }

// lineHash returns the primaryLocationLineHash of a line of SARIF.
func (s *source) lineHash(line int) string {
	if s.hashes == nil {
		s.hashes = lineHashes(s.data, s.Len())
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
func lineHashes(data []byte, n int) []string {
	first := uint64(1) // the factor that the oldest character of the window has got
	for range hashWindow {
		first *= hashFactor
	}
	var (
		out     = make([]string, 0, n)
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
		r, n := lines.Decode(data[i:])
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
