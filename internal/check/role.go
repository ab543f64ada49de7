package check

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// RoleOf says what the directories and the name of a slash-separated path relative to the repository's root tell
// about its use. Files with a role other than Product are evidence and never get findings of their own, unless
// something deployed is bound to them.
func RoleOf(name string) Role {
	dir, base := path.Split(name)
	if strings.HasSuffix(base, "_test.go") {
		return Test
	}
	for _, elem := range strings.Split(strings.Trim(dir, "/"), "/") {
		elem = strings.ToLower(elem)
		for _, name := range []string{elem, strings.TrimLeft(elem, "._")} {
			if r := roleOfDir(name); r != Product {
				return r
			}
		}
	}
	if strings.Contains(strings.ToLower(base), "compose") && hasWord(base, "test", "tests", "testing", "e2e", "integration", "ci") {
		return Test // docker-compose.e2e.yaml
	}
	return Product
}

// Roles say what files are for where somebody knows better than their paths: the role of a file, or "". nil says nothing about any.
type Roles func(file string) Role

// Said returns the role that was given to a file, or "".
func (r Roles) Said(file string) Role {
	if r == nil {
		return ""
	}
	return r(file)
}

// Of returns the role that was given to a file or, where none was, that of RoleOf.
func (r Roles) Of(file string) Role { return cmp.Or(r.Said(file), RoleOf(file)) }

// A Role is the use that a file is put to in its repository.
type Role string

// Roles.
const (
	Product Role = "product" // part of what is shipped
	Test    Role = "test"    // tests, fixtures, mocks, benchmarks
	Sample  Role = "sample"  // examples, demos, documentation
	Tooling Role = "tooling" // scripts and programs for developers and CI
)

func roleOfDir(elem string) Role {
	switch elem {
	case "test", "tests", "testing", "testdata", "e2e", "mock", "mocks", "fixture", "fixtures", "suites", "acceptance":
		return Test
	case "example", "examples", "sample", "samples", "docs", "doc", "demo", "demos", "quickstart", "quickstarts", "quick-start":
		return Sample
	case "hack", "tool", "tools", "script", "scripts", "contrib", "dev", "devtools", "magefiles", "devcontainer",
		".github", ".gitlab", ".circleci", "ci":
		return Tooling
	}
	for _, prefix := range []string{"testutil", "integration", "benchmark", "e2e"} {
		if strings.HasPrefix(elem, prefix) {
			return Test
		}
	}
	return Product
}

// IsToolName reports whether the name of a main package says that it is a developer's or operator's tool rather
// than a service: *-gen, *ctl, *cli, *tool, *lint, *migrate, *loadtest, *bench.
func IsToolName(name string) bool {
	for _, suffix := range []string{"-gen", "ctl", "cli", "tool", "tools", "lint", "migrate", "migrator", "loadtest", "bench"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// SaysProduction reports whether a path says that what lies there is for production.
func SaysProduction(file string) bool { return hasWord(file, "prod", "production", "prd") }

// SaysDevelopment reports whether a path says that what lies there is for a developer's machine.
func SaysDevelopment(file string) bool {
	return hasWord(file, "local", "dev", "development", "minikube", "kind", "sandbox", "k3d", "tilt")
}

func hasWord(file string, words ...string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(file), func(r rune) bool { return strings.ContainsRune("/._-", r) }),
		func(w string) bool { return slices.Contains(words, w) })
}
