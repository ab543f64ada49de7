package changes_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/changes"
	"github.com/factorlint/factorlint/internal/check"
)

func at(from, to int) check.Span {
	return check.Span{Start: check.Pos{Line: from, Col: 1}, End: check.Pos{Line: to, Col: 2}}
}

// touched lists those of the first ten lines that changed.
func touched(l changes.Lines) string {
	var out []string
	for line := range 10 {
		if l.Touch(at(line+1, line+1)) {
			out = append(out, fmt.Sprint(line+1))
		}
	}
	return strings.Join(out, " ")
}

func TestParsePatch(t *testing.T) {
	for _, c := range []struct {
		name, patch string
		want        map[string]string
		outside     []string
	}{
		{"nothing", "", nil, nil},
		{"added and altered", "diff --git a/x/a.go b/x/a.go\n--- a/x/a.go\n+++ b/x/a.go\n@@ -1,3 +1,4 @@ func f() {\n one\n-two\n+2\n+2.5\n three\n@@ -7 +8 @@\n-seven\n+7\n",
			map[string]string{"x/a.go": "2 3 8"}, nil},
		{"taken away", "--- a/a.go\n+++ b/a.go\n@@ -1,2 +1 @@\n one\n-two\n", map[string]string{"a.go": ""}, nil},
		{"a line that looks like a header", "--- a/a.sql\n+++ b/a.sql\n@@ -1,2 +1,2 @@\n--- a/b\n+++ b/b\n x\n--- a/c\n+++ b/c\n@@ -1 +3 @@\n-x\n+y\n",
			map[string]string{"a.sql": "1", "c": "3"}, nil},
		{"no newline at the end", "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n--- a/b\n+++ b/b\n@@ -0,0 +2 @@\n+x\n",
			map[string]string{"a": "1", "b": "2"}, nil},
		{"new and gone", "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+x\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
			map[string]string{"new": "1 2 3 4 5 6 7 8 9 10"}, nil},
		{"renamed", "diff --git a/a b/b\nsimilarity index 90%\nrename from a\nrename to b\n--- a/a\n+++ b/b\n@@ -4 +4 @@\n-x\n+y\n", map[string]string{"b": "4"}, nil},
		{"other prefixes", "--- i/a\n+++ w/a\n@@ -1 +1 @@\n-x\n+y\n--- x/b\n+++ x/b\n@@ -1 +1 @@\n-x\n+y\n", map[string]string{"a": "1", "x/b": "1"}, nil},
		{"no prefixes", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+y\ndiff --git b/y b/y\n--- b/y\n+++ b/y\n@@ -1 +1 @@\n-x\n+y\n" +
			"diff --git \"w/\\303\\251\" \"w/\\303\\251\"\n--- /dev/null\n+++ \"w/\\303\\251\"\n@@ -0,0 +1 @@\n+y\n",
			map[string]string{"x": "1", "b/y": "1", "w/é": "1 2 3 4 5 6 7 8 9 10"}, nil},
		{"renamed without prefixes", "diff --git a/x b/x\nrename from a/x\nrename to b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+y\n", map[string]string{"b/x": "1"}, nil},
		{"new with a prefix", "diff --git a/b/x b/b/x\nnew file mode 100644\n--- /dev/null\n+++ b/b/x\n@@ -0,0 +1 @@\n+y\n", map[string]string{"b/x": "1 2 3 4 5 6 7 8 9 10"}, nil},
		{"copied", "diff --git a/x b/y z\nsimilarity index 100%\ncopy from x\ncopy to y z\ndiff --git a/x b/\"\303\"\ncopy to \"\\303\\251\"\n--- a/x\n+++ \"b/\\303\\251\"\n@@ -2 +2 @@\n-x\n+y\n",
			map[string]string{"y z": "1 2 3 4 5 6 7 8 9 10", "é": "1 2 3 4 5 6 7 8 9 10"}, nil},
		{"a message that speaks of copies", "copy to Paris\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n-- \ncopy to Rome\n", map[string]string{"a": "1"}, nil},
		{"quoted and with spaces", "--- \"a/\\303\\251\\\"\"\n+++ \"b/\\303\\251\\\"\"\n@@ -1 +1 @@\n-x\n+y\n--- a/a b\t\n+++ b/a b\t2026-01-01\n@@ -1 +1 @@\n-x\n+y\n",
			map[string]string{"é\"": "1", "a b": "1"}, nil},
		{"ends of lines of DOS", "--- a/a\r\n+++ b/a\r\n@@ -1 +1 @@\r\n-x\r\n+y\r\n", map[string]string{"a": "1"}, nil},
		{"outside", "--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-x\n+y\n--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-x\n+y\n", nil,
			[]string{"../../etc/passwd", "/etc/passwd"}},
		{"an empty line that is in both", "--- a/a\n+++ b/a\n@@ -1,2 +1,3 @@\n x\n\n+y\n", map[string]string{"a": "3"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := changes.ParsePatch([]byte(c.patch))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for file, lines := range p.Files {
				got[file] = touched(lines)
			}
			if !maps.Equal(got, c.want) || !slices.Equal(p.Outside, c.outside) {
				t.Errorf("got %v, outside %q; want %v, outside %q", got, p.Outside, c.want, c.outside)
			}
		})
	}
}

// What is no patch, or one that does not say which lines are new, must not pass for one that changes nothing.
func TestParsePatchRefuses(t *testing.T) {
	for patch, want := range map[string]string{
		"{}\n": `no patch: no line begins with "diff --git" or "---"`,
		"--- a/a\n+++ b/a\n@@ -1,99999999999999999999 +1 @@\n+y\n":                                   `line 3: a hunk has to say where it begins: "@@ -1,99999999999999999999 +1 @@"`,
		"--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n-x\n+y\n":                                                  "line 5: the patch ends in the middle of a hunk",
		"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n[-x-]{+y+}\n":                            "line 5: a line of a hunk has to begin with a space, + or -",
		"diff --cc a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,1 -1,1 +1,1 @@@\n- x\n -z\n++y\n":       "line 1: it compares a merge with all of its parents: compare with one of them",
		"diff --combined a\nindex 1,2..3\n--- a/a\n+++ b/a\n@@@ -1,1 -1,1 +1,1 @@@\n- x\n -z\n++y\n": "line 1: it compares a merge with all of its parents: compare with one of them",
	} {
		if _, err := changes.ParsePatch([]byte(patch)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", patch, err, want)
		}
	}
}

func TestTouch(t *testing.T) {
	lines := changes.Between([]byte("1\n2\n3\n4\n5\n6\n"), []byte("1\n2\nthree\n4\n5\n6\nseven\n"))
	if got := touched(lines); got != "3 7" {
		t.Errorf("lines %s changed, want 3 7", got)
	}
	if got := touched(changes.Between([]byte("1\n2\n3\n"), []byte("1\r\n2\r\nthree\r\n"))); got != "3" {
		t.Errorf("with other ends of lines %s changed, want 3", got)
	}
	for span, want := range map[check.Span]bool{at(1, 2): false, at(2, 4): true, at(4, 6): false, at(6, 9): true, {}: false,
		{Start: check.Pos{Line: 2, Col: 1}, End: check.Pos{Line: 3, Col: 1}}: false} {
		if got := lines.Touch(span); got != want {
			t.Errorf("%v: %v, want %v", span, got, want)
		}
	}
	if !(changes.Lines{Added: true}).Touch(check.Span{File: "new"}) {
		t.Error("a new file has not changed")
	}
}

func TestRenamed(t *testing.T) {
	text := func(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
	gone := map[string][]byte{"a": text("one", "two", "three", "four"), "b": text("red", "green", "blue"), "c": text("left", "right"), "empty": nil}
	came := map[string][]byte{"a2": text("one", "two", "three", "5"), "a3": text("one", "two", "three", "four"), "b2": text("red", "x", "y", "zzzzzzzzz"), "c2": text("right", "left")}
	gone["d"], came["d2"] = text("1", "2"), []byte("1\r\n2\r\n")
	want := map[string]string{"a3": "a", "c2": "c", "d2": "d"}
	if diff := cmp.Diff(want, changes.Renamed(gone, came)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzParsePatch: whatever a patch holds, reading it ends, and it names only files of the repository.
func FuzzParsePatch(f *testing.F) {
	f.Add([]byte("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-x\n+y\n z\n"))
	f.Add([]byte("--- \"a/\\303\"\n+++ \"b/\\400\"\n@@ -1 +1 @@"))
	f.Add([]byte("--- a\n+++ "))
	f.Add([]byte("--- /dev/null\n+++ b/../x\n@@ -0,0 +9,9 @@\n+\n\\"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := changes.ParsePatch(text)
		if err != nil {
			return
		}
		for file := range p.Files {
			if strings.HasPrefix(file, "/") || slices.Contains(strings.Split(file, "/"), "..") {
				t.Errorf("%q lies outside", file)
			}
		}
	})
}
