package directive_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/rules"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		comment string
		want    string // rules|reason|flags
	}{
		{"//factorlint:ignore sigint-only,FL0901 -- the platform sends SIGINT", "sigint-only FL0901|the platform sends SIGINT|"},
		{"// factorlint:ignore sigint-only -- why", "sigint-only|why|"},
		{"# factorlint:ignore a , b,\tc --why\r", "a b c|why|"},
		{"#factorlint:ignore a --- why -- so", "a|why -- so|"},
		{"//factorlint:ignore-file a -- why", "a|why|file"},
		{"//factorlint:ignore a", "a||"},
		{"//factorlint:ignore a --", "a||"},
		{"//factorlint:ignore a because we said so -- why", "a||prose"},
		{"//factorlint:ignore a b -- why", "a||prose"},
		{"//factorlint:ignore a b", "a||"},
		{"//factorlint:ignore -- why", "|why|"},
		{"//factorlint:ignore", "||"},
		{"//nolint:factorlint", "||nolint"},
		{"//nolint:errcheck, Factorlint // the reason", "|the reason|nolint"},

		{"//nolint:errcheck // factorlint", "no"},
		{"//nolint", "no"},
		{"# nolint:factorlint", "no"},
		{"//factorlint:ignored a -- why", "no"},
		{"// see factorlint:ignore", "no"},
		{"/*factorlint:ignore a -- why*/", "no"},
		{"", "no"},
	} {
		got := "no"
		if d, ok := directive.Parse(c.comment, "f", 3, 5, 40); ok {
			got = strings.Join(d.Rules, " ") + "|" + d.Reason + "|"
			if d.WholeFile {
				got += "file"
			}
			if d.Nolint {
				got += "nolint"
			}
			if d.Prose {
				got += "prose"
			}
			if d.At.Start != (check.Pos{Offset: 40, Line: 3, Col: 5}) || d.At.End.Offset-40 != len(strings.TrimSpace(c.comment)) || d.First != 3 || d.Last != 3 {
				t.Errorf("%s: at %+v, lines %d to %d", c.comment, d.At, d.First, d.Last)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.comment, got, c.want)
		}
	}
}

func TestSilences(t *testing.T) {
	r := &rules.Rule{ID: "FL0902", Name: "sigint-only"}
	for _, c := range []struct {
		comment string
		file    string
		line    int
		want    bool
	}{
		{"//factorlint:ignore sigint-only -- why", "a.go", 7, true},
		{"//factorlint:ignore fl0902 -- why", "a.go", 7, true},
		{"//factorlint:ignore other -- why", "a.go", 7, false},
		{"//factorlint:ignore sigint-only -- why", "a.go", 8, false},
		{"//factorlint:ignore sigint-only -- why", "b.go", 7, false},
		{"//factorlint:ignore sigint-only", "a.go", 7, false},
		{"//factorlint:ignore-file sigint-only -- why", "a.go", 99, true},
		{"//factorlint:ignore-file sigint-only", "a.go", 99, false},
		{"//nolint:factorlint", "a.go", 7, true},
		{"//nolint:factorlint", "a.go", 6, false},
	} {
		d, ok := directive.Parse(c.comment, "a.go", 7, 1, 0)
		if got := d.Silences(r, c.file, c.line); !ok || got != c.want {
			t.Errorf("%s on %s:%d: got %t, want %t", c.comment, c.file, c.line, got, c.want)
		}
	}
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		name, file, src string
		want            []string // "line:col rule first-last"
	}{
		{"yaml", "a.yaml", `# factorlint:ignore above -- why

# another comment
---
kind: Pod # factorlint:ignore beside -- why
text: "a # factorlint:ignore quoted -- why"
text: 'a '' # factorlint:ignore quoted -- why' # factorlint:ignore after-quote -- why
url: a#factorlint:ignore glued -- why
name: it's # factorlint:ignore apostrophe -- why
`, []string{"1:1 above 5-5", "5:11 beside 5-5", "7:48 after-quote 7-7", "9:12 apostrophe 9-9"}},
		{"block scalar", "a.yml", `run:
  - cmd: |
      # factorlint:ignore text -- why

      more
    # factorlint:ignore comment -- why
    name: x
  - |-
    # factorlint:ignore text -- why
  # factorlint:ignore comment -- why
  - last
`, []string{"6:5 comment 7-7", "10:3 comment 11-11"}},
		{"crlf and bom", "a.yaml", "\ufeff# factorlint:ignore a -- why\r\nb: c\r\n", []string{"1:4 a 2-2"}},
		{"env", "deploy/.env", "# factorlint:ignore a -- why\nA=b # factorlint:ignore b -- why\nC='d # factorlint:ignore c -- why'\nD=e#factorlint:ignore d -- why\n",
			[]string{"1:1 a 2-2", "2:5 b 2-2"}},
		{"go.mod", "go.mod", "module x\n\nreplace a => ../a // factorlint:ignore a -- why\n//factorlint:ignore b -- why\nreplace b => ../b\n",
			[]string{"3:19 a 3-3", "4:1 b 5-5"}},
		{"nothing below", "a.yaml", "a: b\n# factorlint:ignore a -- why\n", []string{"2:1 a 2-2"}},
		{"dockerfile", "Dockerfile", `# factorlint:ignore a -- why
FROM golang # factorlint:ignore no-comment -- why
# factorlint:ignore b -- why

RUN one && \
  # factorlint:ignore c -- why
  two && \

  three
RUN <<EOF cat <<-"END"
# factorlint:ignore text -- why
EOF
# factorlint:ignore text -- why
	END
# factorlint:ignore d -- why
RUN <<EOF
text
EOF
CMD x
`, []string{"1:1 a 2-2", "3:1 b 5-9", "6:3 c 7-9", "15:1 d 16-18"}},
		{"windows escape", "Dockerfile.win", "# escape=`\n# factorlint:ignore a -- why\nCOPY a C:\\\nRUN a `\n b\n# factorlint:ignore b -- why\nRUN c `\n d\n",
			[]string{"2:1 a 3-3", "6:1 b 7-8"}},
		{"heredoc without end", "Dockerfile", "# factorlint:ignore a -- why\nRUN <<EOF\ntext\n", []string{"1:1 a 2-3"}},
	} {
		var got []string
		for _, d := range directive.Scan(c.file, []byte(c.src)) {
			if text := c.src[d.At.Start.Offset:d.At.End.Offset]; !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "//") || strings.Contains(text, "\n") {
				t.Errorf("%s: span holds %q", c.name, text)
			}
			got = append(got, fmt.Sprintf("%d:%d %s %d-%d", d.At.Start.Line, d.At.Start.Col, d.Rules[0], d.First, d.Last))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestBegin(t *testing.T) {
	src := []byte("FROM a\nRUN b && \\\n  # why\n  c\nRUN <<EOF cat <<END\nx\nEOF\ny\nEND\nCMD z\n")
	for line, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 2, 4: 2, 5: 5, 6: 5, 8: 5, 9: 5, 10: 10, 99: 99} {
		if got := directive.Begin("Dockerfile", src, line); got != want {
			t.Errorf("line %d: %d, want %d", line, got, want)
		}
	}
	if got := directive.Begin("a.yaml", []byte("a: |\n  b \\\n  c\n"), 3); got != 3 {
		t.Errorf("a line of YAML: %d", got)
	}
}

func FuzzScan(f *testing.F) {
	f.Add("a.yaml", "a: |\n # factorlint:ignore x -- y\n- - >")
	f.Add("Dockerfile", "RUN <<-A <<B\n\tA\nB\n# factorlint:ignore x -- y")
	f.Add(".env", "A=\"\\\n# factorlint:ignore")
	f.Fuzz(func(t *testing.T, file, src string) {
		for _, d := range directive.Scan(file, []byte(src)) {
			if d.First < 1 || d.Last < d.First || d.At.End.Offset > len(src) {
				t.Errorf("%+v", d)
			}
		}
	})
}
