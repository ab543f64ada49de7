package config_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/config"
)

// compile returns the schema as a validator has it, which looks at the schema by the rules of draft-07 first.
func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(config.SchemaURL, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(config.SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 7 {
		t.Errorf("draft %d", s.DraftVersion)
	}
	return s
}

func TestSchemaAndReaderAgree(t *testing.T) {
	s := compile(t)
	for _, c := range []struct {
		text string
		good bool
	}{
		{"{}", true},
		{"enable: [go, FL0902, sigint-only, all, Disposability]", true},
		{"enable: go", true},
		{"enable:", true},
		{"enable: [gopher]", false},
		{"enable: [1]", false},
		{"enable: {go: true}", false},
		{"disable: [[go]]", false},
		{"enabel: [go]", false},
		{"extends: https://example.com/x.yaml", false},
		{"plugins: [x.so]", false},
		{"fail-on: note", true},
		{"fail-on: Note", false},
		{"fail-on: [note]", false},
		{"fail-on:", false},
		{"rules:", true},
		{"rules: {sigint-only: {severity: note, enable: false}, FL0911: {options: {}}, runs-as-root: }", true},
		{"rules: {sigint: {severity: note}}", false},
		{"rules: {fl0902: {severity: note}}", false},
		{"rules: {sigint-only: {severity: info}}", false},
		{"rules: {sigint-only: {enable: 'yes'}}", false},
		{"rules: {sigint-only: {enable: 1}}", false},
		{"rules: {sigint-only: {level: note}}", false},
		{"rules: {sigint-only: {options: {limit: '1'}}}", false},
		{"rules: {sigint-only: off}", false},
		{"rules: {removed-api-version: {options: {kubernetes: '1.24'}}}", true},
		{"rules: {FL1901: {options: {kubernetes: '1.24'}}}", true},
		{"rules: {removed-api-version: {options: {kubernetes: 1.24}}}", false},
		{"rules: {removed-api-version: {options: {kubernetes: v1.24}}}", false},
		{"rules: {removed-api-version: {options: {kubernets: '1.24'}}}", false},
		{"rules: {removed-api-version: {options: [kubernetes]}}", false},
		{"rules: [sigint-only]", false},
		{"exclude: third_party/", true},
		{"exclude: ['*.gen.yaml', '!keep.gen.yaml', '[a-c]?/**', '[^x]y', 'a\\[b', '[!a]']", true},
		{"exclude: ['[']", false},
		{"exclude: ['[]']", false},
		{"exclude: ['[^]']", false},
		{"exclude: ['[^^]', '[^a-z^-_]', '[a^]', '[\\^]']", true},
		{"exclude: ['[]]']", false},
		{"exclude: ['a[b']", false},
		{"exclude: ['[a-]']", false},
		{"exclude: ['a\\']", false},
		{"exclude: ['']", false},
		{"paths: {exclude: [a], roles: {product: [examples/shop/], test: load/, sample: , tooling: []}}", true},
		{"paths: {roles: {tests: [a]}}", false},
		{"paths: {roles: [a]}", false},
		{"paths: {exclude: [1]}", false},
		{"services: [{name: a, program: ./cmd/a, dockerfile: Dockerfile, target: run, deploys: a.yaml#a}]", true},
		{"services: []", true},
		{"services:", true},
		{"services: [{program: ./cmd/a}]", false},
		{"services: [{name: ''}]", false},
		{"services: [null]", false},
		{"services: {name: a}", false},
		{"services: [{name: a, exec: rm}]", false},
		{"services: [{name: 1}]", false},
		{"services: [{name: a, program: ../x}]", false},
		{"services: [{name: a, program: /x}]", false},
		{"services: [{name: a, program: x/../y}]", false},
		{"services: [{name: a, program: ..x/y..}]", true},
		{"services: [{name: a, deploys: [a.yaml]}]", false},
		{"services: [{name: a, deploys: ['#a']}]", false},
		{"services: [{name: a, deploys: ['a.yaml#']}]", false},
		{"services: [{name: a, deploys: ['../a.yaml#a']}]", false},
		{"services: [{name: a, deploys: ['a/..#a']}]", false},
		{"services: [{name: a, deploys: ['https://a#a']}]", false},
		{"services: [{name: a, deploys: ['a#b/..', 'a#b://c']}]", true},
		{"helm: [{chart: charts/api, values: [a.yaml, b.yaml]}, {chart: charts/api}]", true},
		{"helm: [{values: [a.yaml]}]", false},
		{"helm: charts/api", false},
		{"helm: [{chart: charts/api, set: a=b}]", false},
		{"kustomize: [deploy/overlays/prod]", true},
		{"kustomize: ['https://example.com/base?ref=main']", false},
		{"helm: [{chart: 'oci://registry.example.com/api'}]", false},
		{"kustomize: ['/etc']", false},
		{"- go", false},
		{"text", false},
	} {
		var doc any
		if err := yaml.Unmarshal([]byte(c.text), &doc); err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if err := s.Validate(doc); (err == nil) != c.good {
			t.Errorf("%s: the schema says %v, want good %v", c.text, err, c.good)
		}
		name := write(t, filepath.Join(t.TempDir(), ".factorlint.yaml"), c.text)
		if _, err := config.Load(name); (err == nil) != c.good {
			t.Errorf("%s: the reader says %v, want good %v", c.text, err, c.good)
		}
	}
}
