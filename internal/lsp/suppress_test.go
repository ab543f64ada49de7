package lsp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/rules"
)

func TestSuppression(t *testing.T) {
	const ignore = "factorlint:ignore sigint-only -- TODO: say why\n"
	for _, c := range []struct {
		name, file string
		line       int
		source     string
		want       string // "" if no comment is possible
	}{
		{"go", "a.go", 4, "package a\n\nfunc f() {\n\tg()\n}\n", "package a\n\nfunc f() {\n\t//" + ignore + "\tg()\n}\n"},
		{"go in a call", "a.go", 4, "package a\n\nvar x = f(\n\t1,\n\t2,\n)\n", "package a\n\nvar x = f(\n\t//" + ignore + "\t1,\n\t2,\n)\n"},
		{"go with a doc comment", "a.go", 4, "package a\n\n// X is it.\nvar X = 1\n", "package a\n\n// X is it.\nvar X = 1 //" + ignore},
		{"go crlf", "a.go", 2, "package a\r\nvar x = 1\r\n", "package a\r\n//" + strings.TrimSpace(ignore) + "\r\nvar x = 1\r\n"},
		{"go raw string", "a.go", 3, "package a\nvar x = `\nb\nc`\n", ""},
		{"go end of raw string", "a.go", 3, "package a\nvar x = `\nb` + y\n", "package a\nvar x = `\nb` + y //" + ignore},
		{"go broken", "a.go", 3, "package a\nfunc {\nx()\n", ""},
		{"yaml", "a.yaml", 3, "a:\n  - b: c\n    d: e\n", "a:\n  - b: c\n    # " + ignore + "    d: e\n"},
		{"yaml item", "a.yml", 2, "a:\n  - b: c\n", "a:\n  # " + ignore + "  - b: c\n"},
		{"yaml block scalar", "a.yaml", 2, "a: |\n  b\n  c\n", ""},
		{"yaml key of a block scalar", "a.yaml", 2, "b: c\na: |\n  b\n  c\n", "b: c\n# " + ignore + "a: |\n  b\n  c\n"},
		{"yaml quoted text", "a.yaml", 2, "a: \"b\n  c\"\n", ""},
		{"yaml plain text", "a.yaml", 2, "a: b\n  c\n", ""},
		{"yaml flow", "a.yaml", 2, "a: [b,\n  c]\n", "a: [b,\n  # " + ignore + "  c]\n"},
		{"yaml broken", "a.yaml", 1, "a: b\nc: [\n", ""},
		{"yaml crlf", "a.yaml", 1, "a: b\r\n", "# " + strings.TrimSpace(ignore) + "\r\na: b\r\n"},
		{"yaml bom", "a.yaml", 1, "\ufeffa: b\n", "\ufeff# " + ignore + "a: b\n"},
		{"template", "a.yaml", 3, "{{- if .Values.x }}\na: b\nc: d\n{{- end }}\n", "{{- if .Values.x }}\na: b\n# " + ignore + "c: d\n{{- end }}\n"},
		{"template after a trim", "a.yaml", 2, "{{ end -}}\na: b\n", ""},
		{"template before a trim", "a.yaml", 2, "a: b\n  {{- .Values.x }}: c\n", ""},
		{"template in an action", "a.yaml", 2, "a: {{ include\n  \"b\" . }}\n", ""},
		{"template in a comment", "a.yaml", 2, "{{/*\nb: c\n*/}}\n", ""},
		{"helpers", "_helpers.tpl", 2, "{{ define \"a\" }}\nb: c\n{{ end }}\n", ""},
		{"dockerfile", "Dockerfile", 2, "FROM a\n  CMD b\n", "FROM a\n  # " + ignore + "  CMD b\n"},
		{"dockerfile continued", "Dockerfile", 4, "FROM a\nRUN b && \\\n  # why\n  c\n", "FROM a\n# " + ignore + "RUN b && \\\n  # why\n  c\n"},
		{"dockerfile heredoc", "Dockerfile", 3, "FROM a\nRUN <<EOF\nb\nEOF\n", "FROM a\n# " + ignore + "RUN <<EOF\nb\nEOF\n"},
		{"env", ".env", 1, "A=b", "# " + ignore + "A=b"},
		{"shell", "a.sh", 1, "a\n", ""},
		{"go.mod", "go.mod", 1, "module a\n", ""},
		{"beyond the file", "a.yaml", 9, "a: b\n", ""},
	} {
		f := check.Finding{Rule: rules.Lookup("sigint-only"), At: check.Span{File: c.file, Start: check.Pos{Line: c.line, Col: 1}}}
		e, ok := suppression([]byte(c.source), f)
		got := ""
		if ok {
			got = c.source[:e.At.Start.Offset] + e.New + c.source[e.At.Start.Offset:]
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// accept puts the comments that are offered for findings into a tree, and returns how many findings there is none for.
func accept(t *testing.T, dir string, r *check.Report) (without int) {
	t.Helper()
	edits := map[string][]check.Edit{}
	for _, f := range r.Findings {
		e, ok := suppression(r.Sources[f.At.File], f)
		switch {
		case !ok:
			without++
		case !slices.Contains(edits[f.At.File], e): // two findings in one instruction need one comment
			edits[f.At.File] = append(edits[f.At.File], e)
		}
	}
	for file, list := range edits {
		slices.SortStableFunc(list, func(a, b check.Edit) int { return b.At.Start.Offset - a.At.Start.Offset })
		text := r.Sources[file]
		for _, e := range list {
			text = slices.Concat(text[:e.At.Start.Offset], []byte(e.New), text[e.At.Start.Offset:])
		}
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return without
}

func look(t *testing.T, dir string, only ...string) *check.Report {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Only: only})
	if err != nil {
		t.Fatal(err)
	}
	return res.Report
}

// All comments that are offered for the sample silence their findings, and change nothing else.
func TestSuppressAll(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/repos/shop")); err != nil {
		t.Fatal(err)
	}
	before := look(t, dir)
	if n := accept(t, dir, before); n > 0 {
		t.Errorf("nothing is offered for %d findings", n)
	}
	after := look(t, dir)
	for _, f := range after.Findings {
		t.Errorf("%s at %s:%d", f.Rule.Name, f.At.File, f.At.Start.Line)
	}
	if len(after.Suppressed) != len(before.Findings) || len(after.Notifications) != len(before.Notifications) {
		t.Errorf("%d findings, of which %d were silenced", len(before.Findings), len(after.Suppressed))
	}
}

// The same holds for the cases of the rules: charts, kustomizations, Compose files.
func TestSuppressCases(t *testing.T) {
	dir := t.TempDir()
	cases, err := filepath.Glob("../../testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			file := filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".txtar"), f.Name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	kinds := []string{"dockerfile", "manifest", "repository", "comment"}
	before := look(t, dir, kinds...)
	without := accept(t, dir, before)
	after := look(t, dir, kinds...)
	if len(before.Findings) < 300 || without > len(before.Findings)/20 {
		t.Errorf("%d findings, for %d of which no comment is offered", len(before.Findings), without)
	}
	if len(after.Findings) != without {
		t.Errorf("%d findings are left, want the %d for which no comment is offered", len(after.Findings), without)
	}
	if n := len(after.Notifications); n != len(before.Notifications) {
		t.Errorf("%d notifications, %d without comments", n, len(before.Notifications))
	}
	if !t.Failed() {
		return
	}
	for _, f := range after.Findings {
		t.Logf("left: %s at %s:%d %s", f.Rule.Name, f.At.File, f.At.Start.Line, f.Message)
	}
}
