package manifest

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// hasKey is what this regular expression says.
func TestHasKey(t *testing.T) {
	pattern := regexp.MustCompile(`(?m)(?:^|[{,])[ \t]*(?:- )?["']?kind["']?[ \t]*:`)
	pieces := []string{"kind", "kind", "Kind", ":", ":", " ", "\t", "- ", "-", `"`, "'", "\n", "\r\n", "{", ",", "x"}
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 200_000 {
		var b strings.Builder
		for range 1 + r.IntN(9) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		want := pattern.MatchString(text)
		if got := hasKey([]byte(text), "kind"); got != want {
			t.Fatalf("%q: got %t", text, got)
		}
		if want {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d texts have the key", found)
	}
}
