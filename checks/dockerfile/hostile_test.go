package dockerfile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	checks "github.com/factorlint/factorlint/checks/dockerfile"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

// TestHostile gives files that somebody may have made to keep a linter busy: each is judged, or given up with a
// notification, within two seconds.
func TestHostile(t *testing.T) {
	stages := &strings.Builder{}
	for i := range 10_000 {
		fmt.Fprintf(stages, "FROM s%d AS s%d\nRUN echo %d\nCOPY --from=s%d /a /b\n", i-1, i, i, i-1)
	}
	unconnected := &strings.Builder{}
	for i := range 10_000 {
		fmt.Fprintf(unconnected, "FROM alpine:3 AS s%d\nENV A=%d\n", i, i)
	}
	args := &strings.Builder{}
	args.WriteString("ARG A0=aaaaaaaaaa\n")
	for i := range 200 {
		fmt.Fprintf(args, "ARG A%d=${A%d}${A%d}${A%d}\n", i+1, i, i, i)
	}
	args.WriteString("FROM ${A200}\nCMD api\n")
	tests := []struct {
		name, text string
		note       bool
	}{
		{"unterminated quote", "FROM alpine:3\nENV A=\"x\nLABEL b=\"y\nRUN echo \"\nCMD [\"a\"\n", true},
		{"unterminated heredoc", "FROM alpine:3\nRUN <<EOF\n" + strings.Repeat("x\n", 100_000), true},
		{"long line", "FROM alpine:3\nRUN " + strings.Repeat("a", 20<<20) + "\n", true},
		{"long words", "FROM alpine:3\nRUN echo " + strings.Repeat("a b ", 1<<20) + "\n", true},
		{"long list", "FROM alpine:3\nRUN true" + strings.Repeat("&&a", 80_000) + "\n", false},
		{"stages", stages.String(), false},
		{"unconnected stages", unconnected.String(), false},
		{"arguments", args.String(), false},
		{"nested expansion", "ARG A=" + strings.Repeat("${A:-", 5_000) + "x" + strings.Repeat("}", 5_000) + "\nFROM $A\nCMD api\n", false},
		{"nested substitution", "FROM alpine:3\nCMD " + strings.Repeat("$(", 50_000) + "\n", false},
		{"nested shells", "FROM alpine:3\nRUN " + strings.Repeat("(", 30_000) + "\n", false},
		{"many mistakes", "FROM alpine:3\n" + strings.Repeat("ENV A=1 b\n", 5_000), true},
		{"many continuations", "FROM alpine:3\nRUN a " + strings.Repeat("\\\n b ", 30_000) + "\n", false},
		{"many instructions", "FROM alpine:3\n" + strings.Repeat("ENV A=1\nCOPY a b\nRUN a\n", 10_000), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			f, notes := dockerfile.Parse("Dockerfile", []byte(tt.text))
			for _, c := range checks.All() {
				check.Run(c, f, check.Settings{}, func(check.Finding) {})
			}
			parsed := time.Since(start)
			f.Images()
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%s, %s of it without the images", took, parsed)
			}
			if tt.note && len(notes) == 0 {
				t.Error("no notification")
			}
		})
	}
}
