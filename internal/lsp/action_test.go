package lsp

import (
	"strings"
	"testing"
)

func TestDifference(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{ // of the stretch: line:column-line:column text
		{"a\nb\nc\n", "a\nx\nc\n", "x\n"},
		{"a\nb\nc\n", "a\nb\nx\nc\n", "x\n"},
		{"a\na\na\n", "a\na\n", ""},
		{"a", "b", "b"},
		{"a\nb", "a\nc", "c"},
		{"a\nb", "a\n", ""},
		{"", "a\n", "a\n"},
		{"a\n", "", ""},
		{"a\r\nb\r\n", "a\r\nc\r\n", "c\r\n"},
		{"é\nb\n", "è\nb\n", "è\n"},
		{"a\n", "a\nb", "b"},
	} {
		e := difference("f", c.before, c.after)
		if got := c.before[:e.At.Start.Offset] + e.New + c.before[e.At.End.Offset:]; got != c.after || e.New != c.want {
			t.Errorf("%q to %q: %q, replacing by %q", c.before, c.after, got, e.New)
		}
		for _, p := range []struct{ offset, line, col int }{{e.At.Start.Offset, e.At.Start.Line, e.At.Start.Col}, {e.At.End.Offset, e.At.End.Line, e.At.End.Col}} {
			before := c.before[:p.offset]
			if line, col := strings.Count(before, "\n")+1, p.offset-strings.LastIndex(before, "\n"); p.line != line || p.col != col {
				t.Errorf("%q to %q: offset %d is %d:%d, not %d:%d", c.before, c.after, p.offset, line, col, p.line, p.col)
			}
		}
	}
}
