package suggest_test

import (
	"testing"

	"github.com/factorlint/factorlint/internal/suggest"
)

func TestNearest(t *testing.T) {
	known := []string{"sigint-only", "sigterm-unhandled", "disable", "enable", "env"}
	for _, c := range []struct{ word, want string }{
		{"sigint-olny", "sigint-only"}, // neighbours swapped
		{"SIGINT_ONLY", "sigint-only"},
		{"enabel", "enable"},
		{"disabled", "disable"},
		{"evn", "env"},
		{"xy", ""},
		{"", ""},
		{"something else altogether", ""},
	} {
		if got := suggest.Nearest(c.word, known); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
	if got := suggest.DidYouMean("evn", known); got != "; did you mean env?" {
		t.Errorf("DidYouMean = %q", got)
	}
}
