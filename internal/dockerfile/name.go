package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// IsDockerfile reports whether a file of that name (or slash-separated path) is a Dockerfile: Dockerfile,
// Containerfile, Dockerfile.web, Dockerfile-release, DockerfileArm, api.Dockerfile, api-Dockerfile. Documents, templates, ignore files and source
// code of such a name are not.
func IsDockerfile(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, word := range []string{"dockerfile", "containerfile"} {
		if base == word {
			return true
		}
		rest, ok := strings.CutPrefix(base, word)
		if ok && strings.ContainsAny(rest[:1], ".-_") && len(rest) > 1 && !strings.HasSuffix(base, "~") {
			return !slices.Contains(otherFiles(), strings.TrimPrefix(path.Ext(rest), "."))
		}
		if stem, ok := strings.CutSuffix(base, word); ok && len(stem) > 1 && strings.ContainsAny(stem[len(stem)-1:], ".-_") {
			return true
		}
		// DockerfileRelease, Dockerfile2
		if r := path.Base(name); ok && rest != "" && r[0] == base[0]-'a'+'A' && strings.ContainsAny(r[len(word):][:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
			return !slices.Contains(otherFiles(), strings.TrimPrefix(path.Ext(rest), "."))
		}
	}
	return false
}

// otherFiles returns the extensions that make Dockerfile.x something else.
func otherFiles() []string {
	return []string{
		"dockerignore", "containerignore", "md", "txt", "rst", "adoc", "html", "log",
		"tmpl", "tpl", "template", "gotmpl", "j2", "jinja", "jinja2", "erb", "mustache", "hbs", "in", "m4", "ejs",
		"go", "py", "js", "ts", "rb", "rs", "java", "sh", "nix", "json", "yaml", "yml", "toml", "lock", "sum", "sig",
		"orig", "bak", "old", "swp", "rej", "disabled", "diff", "patch", "png", "svg", "zip", "gz", "identifier",
	}
}

// Role says what the Dockerfile is for, by its folders and by the words of its own name: Dockerfile-test,
// dev.Dockerfile and docker/development/Dockerfile make images for developers, which nobody deploys.
func (f *File) Role() check.Role {
	if said := f.Roles.Said(f.Path); said != "" {
		return said
	}
	if r := check.RoleOf(f.Path); r != check.Product {
		return r
	}
	for _, dir := range strings.Split(path.Dir(f.Path), "/") {
		for _, w := range strings.FieldsFunc(strings.ToLower(dir), isSeparator) {
			switch w {
			case "dev", "devel", "develop", "development", "devcontainer", "local":
				return check.Tooling
			case "dummy":
				return check.Test
			}
		}
	}
	return roleOfName(path.Base(f.Path))
}

func isSeparator(r rune) bool { return strings.ContainsRune(".-_", r) }

// roleOfName reads the words of the name of a Dockerfile or a stage.
func roleOfName(name string) check.Role {
	words := strings.FieldsFunc(strings.ToLower(name), isSeparator)
	for _, w := range words {
		if strings.HasSuffix(w, "hotreload") {
			return check.Tooling
		}
		switch w {
		case "test", "tests", "testing", "e2e", "integration", "unittest", "bench", "benchmark", "mock":
			return check.Test
		case "example", "sample", "demo":
			return check.Sample
		case "dev", "devel", "develop", "development", "devcontainer", "debug", "debugger", "local", "ci", "lint", "linter",
			"tools", "watch", "cross", "docs", "reload", "livereload", "delve", "dlv", "tilt":
			return check.Tooling
		}
	}
	return check.Product
}
