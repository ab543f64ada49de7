package lsp

import (
	"fmt"
	"testing"
)

func TestParseSettings(t *testing.T) {
	for _, c := range []struct{ options, want string }{ // want is the error
		{"", ""},
		{"null", ""},
		{"{}", ""},
		{`{"config": "a.yaml", "enable": ["all"], "disable": ["FL0902", "secure"], "only": ["dockerfile"]}`, ""},
		{"[]", "the value is no object"},
		{`{"only": "go"}`, "only is no list of texts"},
		{`{"only": [1]}`, "only is no text"},
		{`{"config": []}`, "config is no text"},
		{`{"confg": ""}`, `unknown field "confg"; want config, enable, disable and only`},
		{`{"enable": ["sigint"], "disable": ["docker"]}`,
			"enable: no rule, principle or kind is called \"sigint\"\ndisable: no rule, principle or kind is called \"docker\""},
	} {
		_, err := parseSettings([]byte(c.options))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.options, got, c.want)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"a.go", "package a\n\nvar x = f() //factorlint:ignore sigint-only,FL0906 -- sigint-only\n", "3:33-3:44 FL0902 3:45-3:51 FL0906 "},
		{"a.go", "package a\n\nvar x = `\n//factorlint:ignore sigint-only -- why\n`\n", ""},
		{"a.yaml", "a: b # factorlint:ignore-file a, FL0906,\n", "1:34-1:40 FL0906 "},
		{"a.yaml", "a: |\n  # factorlint:ignore FL0906 -- why\n", ""},
	} {
		got := ""
		for _, m := range mentions(c.file, c.text) {
			got += fmt.Sprintf("%d:%d-%d:%d %s ", m.at.Start.Line, m.at.Start.Col, m.at.End.Line, m.at.End.Col, m.rule.ID)
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
