package sarif

import (
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

func TestLineHashes(t *testing.T) {
	for _, c := range []struct {
		data string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{"FROM scratch\nCMD [\"/api\"]\n", []string{"902d787941c3d11c:1", "7e984caf7c614636:1", "c129715d7a2bc9a3:1"}},
		{"\ufefffunc main() { 😀\t}\r\n\r\nend", []string{"fea6f956f8436f40:1", "165fbdbbce84915c:1", "43b6461eda086fe2:1"}},
		{"a\xff\xe2\x82b\n\xf0\x9f\x98", []string{"cbd723e35d0e4bb7:1", "8989dec65f08d110:1"}},
		{strings.Repeat(strings.Repeat("x", 130)+"\n", 3),
			[]string{"52b56201ffb58620:1", "52b56201ffb58620:2", "52b56201ffb58620:3", "c129715d7a2bc9a3:1"}},
	} {
		if got := lineHashes([]byte(c.data), len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%.40q: %v, want %v", c.data, got, c.want)
		}
	}
	// blanks do not count, and every kind of line end is the same
	want := lineHashes([]byte("ab\ncd\n\nab\n"), 5)
	for _, same := range []string{"a b\n\tcd\n \n  ab\n", "ab\r\ncd\r\n\r\nab\r\n", "ab\rcd\r\rab\r"} {
		if got := lineHashes([]byte(same), 5); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", same, got, want)
		}
	}
}

func TestPosition(t *testing.T) {
	s := newSource([]byte("\ufeffa😀é\tb\r\nlone\rcr\n\xff\xe2\x82x\n"))
	for _, c := range []struct{ line, col, wantLine, wantCol int }{
		{0, 0, 1, 1},
		{1, 1, 1, 1},
		{1, 4, 1, 2},  // after the byte order mark
		{1, 9, 1, 5},  // 😀 is four bytes and two units
		{1, 11, 1, 6}, // é is two bytes and one unit
		{1, 13, 1, 8}, // the CR
		{1, 99, 1, 8}, // beyond the line
		{2, 1, 2, 1},  // lone
		{2, 6, 3, 1},  // after a CR that ends a line elsewhere
		{3, 4, 4, 3},  // bytes that are no UTF-8 are two U+FFFD
		{4, 1, 5, 1},  // the empty last line
		{9, 1, 5, 1},  // beyond the file
	} {
		if line, col := s.position(check.Pos{Line: c.line, Col: c.col}); line != c.wantLine || col != c.wantCol {
			t.Errorf("position(%d:%d) = %d:%d, want %d:%d", c.line, c.col, line, col, c.wantLine, c.wantCol)
		}
	}
}

func FuzzSource(f *testing.F) {
	f.Add([]byte("a\r\nb\rc\n\xe2\x82"), 2, 3)
	f.Fuzz(func(t *testing.T, data []byte, line, col int) {
		s := newSource(data)
		if n := len(lineHashes(data, len(s.theirs))); n > len(s.theirs) {
			t.Errorf("%d hashes for %d lines", n, len(s.theirs))
		}
		if l, c := s.position(check.Pos{Line: line, Col: col}); l < 1 || c < 1 || l > len(s.theirs) {
			t.Errorf("position(%d:%d) = %d:%d of %d lines", line, col, l, c, len(s.theirs))
		} else {
			s.lineHash(l)
		}
	})
}
