package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A hook is what .pre-commit-hooks.yaml says of one.
type hook struct {
	ID            string
	Entry         string
	Files         string
	Language      string
	RequireSerial bool `yaml:"require_serial"`
	PassFilenames bool `yaml:"pass_filenames"`
}

// UnmarshalYAML fills in what pre-commit does.
func (h *hook) UnmarshalYAML(n *yaml.Node) error {
	type plain hook
	h.PassFilenames = true
	return n.Decode((*plain)(h))
}

func hooks(t *testing.T) map[string]hook {
	t.Helper()
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []hook
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	out := map[string]hook{}
	for _, h := range list {
		out[h.ID] = h
	}
	return out
}

// pre-commit takes a hook's files for a pattern that Python's re.search is to find in a path. The patterns keep to what Go's
// regexp reads in the same way.
func TestHookFiles(t *testing.T) {
	const (
		fast = 1 << iota
		full
		none = 0
		both = fast | full
	)
	all := hooks(t)
	for name, want := range map[string]int{
		"Dockerfile": both, "Dockerfile.prod": both, "api.Dockerfile": both, "build/api-Dockerfile": both, "dockerfile": both, "Dockerfile-dev": both, "DockerfileArm": both,
		"Containerfile": both, "deploy/Containerfile.api": both,
		"compose.yaml": both, "docker-compose.override.yml": both, "deploy/api.YAML": both, "deploy/list.json": both,
		"kustomization.yaml": both, "deploy/base/Kustomization": both,
		"chart/Chart.yaml": both, "chart/templates/_helpers.tpl": both, "chart/values.yaml": both, "chart/values-production.yml": both,
		"go.mod": both, "services/api/go.mod": both, "go.work": both, "Procfile": both, "entrypoint.sh": both,
		".env": both, "deploy/.env": both, ".env.production": both, "prod.env": both,
		"bin/server": both, // perhaps a compiled program
		"main.go":    full, "go.sum": full, ".dockerignore": full, "api.Dockerfile.dockerignore": both, "Makefile": both, "docker-bake.hcl": full, "chart/Chart.lock": full,
		"README.md": none, "foo.txt": none, "LICENSE.txt": none, "a.b/c.md": none, "web/index.html": none, "logo.png": none, "cargo.model": none,
		"environment.py": none, ".envrc": none, "dockerfiles.md": none, ".gitignore": none,
	} {
		for id, h := range all {
			matches := want&full != 0
			if strings.TrimSuffix(id, "-system") == "factorlint" {
				matches = want&fast != 0
			}
			if got := regexp.MustCompile(h.Files).MatchString(name); got != matches {
				t.Errorf("%s: %s: matches %t, want %t", id, name, got, matches)
			}
		}
	}
}

func TestHooks(t *testing.T) {
	all := hooks(t)
	for _, id := range []string{"factorlint", "factorlint-full", "factorlint-fix", "factorlint-system", "factorlint-full-system"} {
		h, ok := all[id]
		if !ok {
			t.Errorf("there is no hook %s", id)
		}
		if !h.RequireSerial { // two runs at a time would each read the whole repository
			t.Errorf("%s may run in parallel", id)
		}
		twin, system := strings.CutSuffix(id, "-system")
		if want := all[twin]; system && (h.Entry != want.Entry || h.Files != want.Files || h.PassFilenames != want.PassFilenames || h.Language != "system") {
			t.Errorf("%s does not do what %s does: %v, %v", id, twin, h, want)
		}
		named := slices.Contains(strings.Fields(h.Entry), "--force-exclude")
		if h.PassFilenames != named {
			t.Errorf("%s: file names are passed %t, --force-exclude is given %t", id, h.PassFilenames, named)
		}
	}
}
