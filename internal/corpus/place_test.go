package corpus_test

import (
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/corpus"
)

func TestNames(t *testing.T) {
	sources := map[string][]byte{"k8s/api.yaml": []byte("env:\n- name: DB_PASSWORD\n  value: hunter2\n- name: MODE\n  value: fast\n"),
		"chart/templates/api.yaml": []byte("replicas: {{ .Values.replicas }}\n")}
	for _, c := range []struct {
		name, message string
		at, related   check.Span
		want          bool
	}{
		{"line before", "container \"api\" is given DB_PASSWORD as a literal", span("k8s/api.yaml", 3), check.Span{}, true},
		{"other line", "container \"api\" is given DB_PASSWORD as a literal", span("k8s/api.yaml", 5), check.Span{}, false},
		{"related line", "container \"api\" is given DB_PASSWORD as a literal", span("k8s/api.yaml", 5), span("k8s/api.yaml", 2), true},
		{"template", "Deployment \"api\" fixes 3 pods", span("chart/templates/api.yaml", 1), check.Span{}, true},
	} {
		f := check.Finding{At: c.at, Message: c.message, Related: []check.Related{{At: c.related}}}
		if got := corpus.Names(f, sources); got != c.want {
			t.Errorf("%s: got %t, want %t", c.name, got, c.want)
		}
	}
}

func TestMisplaced(t *testing.T) {
	const text = "FROM alpine:latest\n\nCMD api \\\n  --verbose\nENV A=b\n"
	span := func(token string) check.Span {
		from := strings.Index(text, token)
		pos := func(offset int) check.Pos {
			before := text[:offset]
			return check.Pos{Offset: offset, Line: strings.Count(before, "\n") + 1, Col: offset - strings.LastIndex(before, "\n")}
		}
		return check.Span{File: "Dockerfile", Start: pos(from), End: pos(from + len(token))}
	}
	shifted := span("alpine")
	shifted.Start.Col++
	for _, c := range []struct {
		name string
		at   check.Span
		want string
	}{
		{"token", span("alpine:latest"), ""},
		{"continued", span("api \\\n  --verbose"), ""},
		{"file", check.Span{File: "Dockerfile"}, ""},
		{"other file", check.Span{File: "gone", Start: check.Pos{Line: 1, Col: 1}, End: check.Pos{Offset: 1, Line: 1, Col: 2}}, "lies outside its file"},
		{"empty", span(""), "is empty"},
		{"column", shifted, "has an offset of another line and column"},
		{"space", span("CMD "), "begins or ends in white space"},
		{"lines", span("--verbose\nENV A=b"), "holds several lines"},
		{"word", span("alp"), "cuts a word"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := corpus.Misplaced(check.Finding{At: c.at}, map[string][]byte{"Dockerfile": []byte(text)})
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
