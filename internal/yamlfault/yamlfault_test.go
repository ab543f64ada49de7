package yamlfault_test

import (
	"errors"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/yamlfault"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		text    string
		line    int
		problem string
	}{
		{"a: [b\n", 1, "did not find expected ',' or ']'"},
		{"a: b\nc: [d\n", 2, "did not find expected ',' or ']'"},
		{"a: b\nc: {d\ne: f\n", 2, "did not find expected ',' or '}'"},
		{"a: b\n}\n", 2, "did not find expected key"},
		{"a: b]\nc: d]]\n- e\n", 3, "did not find expected key"},
		{"- a\n- b\nc: d\n", 3, "did not find expected '-' indicator"},
		{"a: !x!b c\n", 1, "found undefined tag handle"},
		{"a: b\n\nc: \"d\n", 3, "found unexpected end of stream"},
		{"\"a\n", 1, "found unexpected end of stream"},
		{"a: b\n\tc: d\n", 2, "found a tab character that violates indentation"},
		{"a: @b\n", 1, "found character that cannot start any token"},
		{"a: b\n c: d\n", 2, "mapping values are not allowed in this context"},
		{"a: b\nc: *.go\n", 2, "did not find expected alphabetic or numeric character"},
		{"a: b\nc: *d\n", 2, "unknown anchor 'd' referenced"},
		{"a: b\nc: \xff\n", 2, "invalid leading UTF-8 octet"},
		{"a: b\nc:\n- \x01\n", 3, "control characters are not allowed"},
	} {
		err := yaml.Unmarshal([]byte(c.text), new(yaml.Node))
		if err == nil {
			t.Errorf("%q: no error", c.text)
			continue
		}
		if line, problem := yamlfault.Of([]byte(c.text), err); line != c.line || problem != c.problem {
			t.Errorf("%q: line %d, %s; want %d, %s", c.text, line, problem, c.line, c.problem)
		}
	}
	if line, problem := yamlfault.Of(nil, errors.New("something else")); line != 0 || problem != "something else" {
		t.Errorf("line %d, %s", line, problem)
	}
}
