package suggest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/suggest"
)

func TestNearest(t *testing.T) {
	known := []string{"sigint-only", "sigterm-unhandled", "disable", "enable", "env", "init"}
	for _, c := range []struct{ word, want string }{
		{"sigint-olny", "sigint-only"}, // neighbours swapped
		{"SIGINT_ONLY", "sigint-only"},
		{"enabel", "enable"},
		{"disabled", "disable"},
		{"evn", "env"},
		{"inti", "init"},
		{"lint", ""}, // half of it
		{"xy", ""},
		{"", ""},
		{"something else altogether", ""},
		{strings.Repeat("enable", 1<<18), ""}, // at once
	} {
		if got := suggest.Nearest(c.word, known); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
	if got := suggest.DidYouMean("evn", known); got != "; did you mean env?" {
		t.Errorf("DidYouMean = %q", got)
	}
}

func TestNoRule(t *testing.T) {
	for word, want := range map[string]string{
		"sigint-olny": `no rule is called "sigint-olny"; did you mean sigint-only?`,
		"SECURE":      `"SECURE" names several rules, and one is wanted: factorlint rules SECURE lists them`,
	} {
		if got := suggest.NoRule(word).Error(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Each word is told that means nothing, and what else is asked is asked of those that mean something.
func TestCheckWords(t *testing.T) {
	odd := func(w string) error {
		if w == "go" {
			return errors.New("go is odd")
		}
		return nil
	}
	if err := suggest.CheckWords("--only", []string{"FL0902", "all", "logs", "Go"}, odd); err != nil {
		t.Error(err)
	}
	err := suggest.CheckWords("--only", []string{"sigint-olny", "go", "logs"}, odd)
	const want = "--only: no rule, principle or kind is called \"sigint-olny\"; did you mean sigint-only?\n--only: go is odd"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
