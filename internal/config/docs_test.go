package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/config"
)

func TestSchemaOfTheDocs(t *testing.T) {
	want, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/factorlint.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/factorlint.schema.json is not what config schema prints: make generate")
	}
}

var fence = regexp.MustCompile("(?ms)^ *```ya?ml\\n(.*?)^ *```$")

// Each configuration of the documentation is one, for the reader and the schema alike.
func TestExamplesOfTheDocs(t *testing.T) {
	s := compile(t)
	files := []string{"../../README.md"}
	for _, pattern := range []string{"../../docs/*.md", "../../rules/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	examples := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fence.FindAllSubmatch(text, -1) {
			var doc any
			if err := yaml.Unmarshal(m[1], &doc); err != nil || !isConfig(doc) && filepath.Base(file) != "configuration.md" {
				continue
			}
			examples[filepath.Base(file)]++
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s: %v\n%s", file, err, m[1])
			}
			if _, err := config.Load(write(t, filepath.Join(t.TempDir(), ".factorlint.yaml"), string(m[1]))); err != nil {
				t.Errorf("%s: %v\n%s", file, err, m[1])
			}
		}
	}
	for file, want := range map[string]int{"README.md": 1, "configuration.md": 2, "binding.md": 1, "removed-api-version.md": 1} {
		if examples[file] < want {
			t.Errorf("%s: %d examples, want %d", file, examples[file], want)
		}
	}
}

// isConfig reports whether a document has no other keys than those of a configuration; services of Compose are a mapping.
func isConfig(doc any) bool {
	keys := []string{"enable", "disable", "rules", "exclude", "paths", "fail-on", "services", "helm", "kustomize"}
	m, ok := doc.(map[string]any)
	for key := range m {
		ok = ok && slices.Contains(keys, key)
	}
	_, compose := m["services"].(map[string]any)
	return ok && len(m) > 0 && !compose
}
