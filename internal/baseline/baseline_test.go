package baseline_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/baseline"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/rules"
)

// found returns a finding of sigint-only with the identity that triage would give it.
func found(file, function string, ordinal int) check.Finding {
	f := check.Finding{Rule: rules.Lookup("sigint-only"), At: check.Span{File: file}, Logical: "example.com/shop/" + function, Ordinal: ordinal}
	f.Identity = f.IdentityIn(file)
	return f
}

func TestWrittenAndRead(t *testing.T) {
	findings := []check.Finding{found("b.go", "b.main", 0), found("a<&>\".go", "a.main", 1), found("a<&>\".go", "a.main", 0)}
	text, err := baseline.Of(findings, "", nil).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := baseline.Of([]check.Finding{findings[1], findings[2], findings[0]}, "", nil).Bytes()
	if diff := cmp.Diff(string(text), string(again)); diff != "" || err != nil {
		t.Errorf("the order of findings makes a difference: %v\n%s", err, diff)
	}
	if lines := strings.Split(string(text), "\n"); len(lines) != 9 || !strings.Contains(lines[3], `"file":"a<&>\".go"`) || !strings.Contains(lines[5], `"file":"b.go"`) {
		t.Errorf("want a line for each of three findings, in order of file:\n%s", text)
	}
	b, err := baseline.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := baseline.Of(nil, "", b.Entries).Bytes()
	if diff := cmp.Diff(string(text), string(kept)); diff != "" || err != nil {
		t.Errorf("what is kept changes: %v\n%s", err, diff)
	}
	for i, e := range b.Entries {
		if e.Line != i+4 {
			t.Errorf("%+v stands in line %d", e, i+4)
		}
	}
}

func TestSplit(t *testing.T) {
	accepted := baseline.Of([]check.Finding{found("a.go", "a.main", 0), found("a.go", "a.main", 1), found("cmd/old/main.go", "cmd/old.main", 0)}, "", nil)
	for _, c := range []struct {
		name             string
		now              []check.Finding
		gone             string
		fresh, old, left int
	}{
		{"nothing", nil, "", 0, 0, 3},
		{"the same", []check.Finding{found("a.go", "a.main", 0), found("a.go", "a.main", 1), found("cmd/old/main.go", "cmd/old.main", 0)}, "", 0, 3, 0},
		{"a third that is alike", []check.Finding{found("a.go", "a.main", 0), found("a.go", "a.main", 1), found("a.go", "a.main", 2)}, "", 1, 2, 1},
		{"another function", []check.Finding{found("a.go", "a.run", 0)}, "", 1, 0, 3},
		{"renamed", []check.Finding{found("b.go", "a.main", 0), found("b.go", "a.main", 1)}, "a.go", 0, 2, 1},
		{"renamed, and one more", []check.Finding{found("b.go", "a.main", 0), found("b.go", "a.main", 1), found("b.go", "a.main", 2)}, "a.go", 1, 2, 1},
		{"moved to another package", []check.Finding{found("cmd/new/main.go", "cmd/new.main", 0)}, "cmd/old/main.go", 0, 1, 2},
		{"copied", []check.Finding{found("a.go", "a.main", 0), found("a.go", "a.main", 1), found("b.go", "a.main", 0)}, "", 1, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			fresh, old, left := accepted.Split(c.now, func(file string) bool { return file == c.gone })
			if len(fresh) != c.fresh || len(old) != c.old || len(left) != c.left {
				t.Errorf("%d new, %d old, %d left; want %d, %d, %d", len(fresh), len(old), len(left), c.fresh, c.old, c.left)
			}
		})
	}
}

// Of another rule an entry accepts nothing, whatever identity it claims.
func TestSplitByRule(t *testing.T) {
	f := found("a.go", "a.main", 0)
	b := &baseline.Baseline{Entries: []baseline.Entry{{Rule: "FL0911", File: "a.go", Identity: f.Identity}}}
	if fresh, old, left := b.Split([]check.Finding{f}, func(string) bool { return false }); len(fresh) != 1 || len(old) != 0 || len(left) != 1 {
		t.Errorf("%d new, %d old, %d left", len(fresh), len(old), len(left))
	}
}

func TestParse(t *testing.T) {
	entry := `{"rule": "FL0902", "name": "sigint-only", "file": "a.go", "in": "", "identity": "00"}`
	for _, c := range []struct{ name, text, want string }{
		{"empty", ``, "line 1: no baseline: unexpected EOF"},
		{"no JSON", "{\n\nversion", "line 3: no baseline: invalid character 'v'"},
		{"list", `[]`, "line 1: no baseline: want {, not ["},
		{"no version", `{"findings": []}`, "it has version 0, and this factorlint reads 1"},
		{"another version", "{\"version\": 2,\n\"findings\": []}", "line 2: no baseline: it has version 2, and this factorlint reads 1: remove it, and factorlint baseline writes a new one"},
		{"version of another type", `{"version": "1"}`, "cannot unmarshal string"},
		{"another member", `{"version": 1, "accept": []}`, `there is no member "accept" in a baseline`},
		{"another member of an entry", "{\"version\": 1,\n\"findings\": [\n{\"rule\": \"FL0902\", \"line\": 3}]}", `line 3: no baseline: json: unknown field "line"`},
		{"cut off", "{\"version\": 1,\n\"findings\": [" + entry + ",\n", "line 3: no baseline: unexpected EOF"},
		{"more", "{\"version\": 1}\n{}", "something follows the baseline"},
		{"deep", `{"version": 1, "findings": [` + strings.Repeat(`{"rule":`, 20_000), "no baseline: "},
		{"bad after many", "{\"version\": 1,\n\"findings\": [\n" + strings.Repeat(entry+",\n", 300) + "x]}", "line 303: no baseline: invalid character 'x'"},
		{"a conflict", "{\"version\": 1,\n\"findings\": [\n" + strings.Repeat(entry+",\n", 50) + "<<<<<<< HEAD\n" + entry + "\n=======\n>>>>>>> main\n]}",
			"line 53: no baseline: a merge has left a conflict here: keep the entries of both sides"},
		{"a conflict after the last", "{\"version\": 1,\n\"findings\": [\n" + entry + "\n<<<<<<< HEAD\n=======\n," + entry + "\n>>>>>>> main\n]}", "line 4: no baseline: a merge"},
		{"byte order mark", "\ufeff" + `{"version": 1, "findings": [` + entry + `]}`, ""},
		{"fine", `{"version": 1, "findings": [` + entry + `]}`, ""},
		{"nothing accepted", `{"version": 1}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := baseline.Parse([]byte(c.text))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// What names no file of the repository does not count, and is told with its line.
func TestProblems(t *testing.T) {
	var text strings.Builder
	text.WriteString("{\"version\": 1, \"findings\": [")
	for _, file := range []string{"../../etc/passwd", "/etc/passwd", "a/../b.go", "a//b.go", ""} {
		fmt.Fprintf(&text, "\n{\"rule\": \"FL0902\", \"file\": %q, \"identity\": \"00\"},", file)
	}
	text.WriteString("\n{\"file\": \"a.go\"}, {\"rule\": \"FL0902\", \"file\": \"a.go\", \"identity\": \"00\"}]}")
	b, err := baseline.Parse([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Entries) != 1 || len(b.Problems) != 6 {
		t.Fatalf("%d entries and %d problems, want 1 and 6", len(b.Entries), len(b.Problems))
	}
	for i, p := range b.Problems {
		if p.Line != i+2 {
			t.Errorf("line %d: %s; want line %d", p.Line, p.Message, i+2)
		}
	}
}

// A file that is too large, or is none, is refused before it is read.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.json")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 2<<30); err != nil { // takes no room
		t.Fatal(err)
	}
	for name, want := range map[string]string{large: "2147483648 bytes", dir: "not a regular file", filepath.Join(dir, "absent"): "no such file"} {
		if _, err := baseline.Load(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", filepath.Base(name), err, want)
		}
	}
}
