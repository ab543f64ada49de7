package lines_test

import (
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/lines"
)

func TestUTF16(t *testing.T) {
	s := lines.New([]byte("\ufeffa😀é\tb\r\nlone\rcr\n\xff\xe2\x82x\n"))
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
		if line, col := s.UTF16(check.Pos{Line: c.line, Col: c.col}); line != c.wantLine || col != c.wantCol {
			t.Errorf("%d:%d = %d:%d, want %d:%d", c.line, c.col, line, col, c.wantLine, c.wantCol)
		}
	}
}

func TestUTF8(t *testing.T) {
	s := lines.New([]byte("a😀é\tb\r\nlone\rcr\n"))
	for _, c := range []struct{ line, col, wantLine, wantCol int }{
		{1, 6, 1, 6},
		{1, 10, 1, 10},
		{1, 99, 1, 10}, // before the CR
		{2, 7, 3, 2},   // after a CR that ends a line elsewhere
		{3, 1, 4, 1},
	} {
		if line, col := s.UTF8(check.Pos{Line: c.line, Col: c.col}); line != c.wantLine || col != c.wantCol {
			t.Errorf("%d:%d = %d:%d, want %d:%d", c.line, c.col, line, col, c.wantLine, c.wantCol)
		}
	}
}

// In a long line, which has marks, columns are those that counting from its beginning gives.
func TestUTF16OfLongLine(t *testing.T) {
	text := strings.Repeat("é😀x\xff", 5_000)
	s := lines.New([]byte("short\n" + text + "\nshort\n"))
	for _, n := range []int{0, 1, 1_023, 1_024, 2_000, 4_999} {
		if line, col := s.UTF16(check.Pos{Line: 2, Col: 8*n + 1}); line != 2 || col != 5*n+1 {
			t.Errorf("byte %d is %d:%d, want 2:%d", 8*n+1, line, col, 5*n+1)
		}
	}
	if line, col := s.UTF16(check.Pos{Line: 3, Col: 2}); line != 3 || col != 2 {
		t.Errorf("%d:%d, want 3:2", line, col)
	}
}
