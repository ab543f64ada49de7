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

func FuzzSource(f *testing.F) {
	f.Add([]byte("a\r\nb\rc\n\xe2\x82"), 2, 3)
	f.Fuzz(func(t *testing.T, data []byte, line, col int) {
		s := newSource(data)
		if n := len(lineHashes(data, s.Len())); n > s.Len() {
			t.Errorf("%d hashes for %d lines", n, s.Len())
		}
		if l, c := s.UTF16(check.Pos{Line: line, Col: col}); l < 1 || c < 1 || l > s.Len() {
			t.Errorf("position(%d:%d) = %d:%d of %d lines", line, col, l, c, s.Len())
		} else {
			s.lineHash(l)
		}
	})
}
