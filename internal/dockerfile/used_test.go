package dockerfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/dockerfile"
)

func TestUsed(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{ // the variables that the build may use
		{"none", "ENV A=1 B=2\nCOPY x /x\nCMD [\"/x\"]", ""},
		{"named by an instruction", "ENV A=1 B=2\nWORKDIR /srv/$A", "A"},
		{"named before it is set", "WORKDIR /$A\nENV A=1", "A"},
		{"named by another's value", "ENV A=1\nENV B=${A}/x", "A"},
		{"named by the command", "ENV A=1\nCMD /x --a \"$A\"", "A"},
		{"named in a heredoc", "ENV A=1\nRUN <<EOF\necho $A\nEOF", "A"},
		{"named in a comment", "# A is for x\nENV A=1\n# A again\nCMD [\"/x\"]", ""},
		{"part of a longer name", "ENV A=1\nWORKDIR /$AB", ""},
		{"before plain commands", "ENV A=1\nRUN apk add --no-cache git && mkdir /x && go build ./... && chmod 755 /x", ""},
		{"before a script", "ENV A=1\nRUN ./build.sh\nENV B=2", "A"},
		{"before make", "ENV A=1\nRUN make", "A"},
		{"before go generate", "ENV A=1\nRUN go generate ./...", "A"},
		{"before a text piped to a shell", "ENV A=1\nRUN curl -s example.com | sh", "A"},
		{"of a stage below", "ENV A=1\nRUN make\nFROM build\nENV B=2", "A"},
		{"of another stage", "ENV A=1\nRUN make\nFROM alpine:3\nENV B=2", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, notes := dockerfile.Parse("Dockerfile", []byte("FROM golang:1 AS build\n"+c.text))
			if len(notes) > 0 {
				t.Fatal(notes)
			}
			var used []string
			for _, v := range f.Image("", nil).Env {
				if v.Used {
					used = append(used, v.Name)
				}
			}
			slices.Sort(used)
			if got := strings.Join(used, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
