package check_test

import (
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcdef", 5, "ab…"}, {"aéb😀c", 8, "aéb…"}, {"\xff\xff\xff\xff\xff", 4, "\xff…"},
	} {
		if got := check.Cut(c.text, c.limit); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}
