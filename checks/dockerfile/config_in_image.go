package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

func configInImage() check.Check[*dockerfile.File] {
	return each("config-in-image", func(p *check.Pass[*dockerfile.File], r release) {
		img := r.image()
		if r.development() {
			return
		}
		for _, c := range img.Copies {
			if c.From != "" && !c.Stage {
				continue
			}
			for _, s := range c.Sources {
				name, ok := s.Get()
				if !ok {
					continue
				}
				what, deploy := configOf(name)
				if deploy == "" {
					continue
				}
				p.Report(check.Finding{
					At: s.At(),
					Message: fmt.Sprintf("%s, %s, is copied into the image: every other deploy of the image carries it too, and changing a value takes a new build",
						name, what),
					Logical: img.Stage, Matter: name,
				})
			}
		}
	})
}

// configOf says what a file of config is, and of which deploy it is ("" if of none).
func configOf(name string) (what, deploy string) {
	base := strings.ToLower(path.Base(name))
	words := strings.FieldsFunc(base, func(r rune) bool { return strings.ContainsRune(".-_", r) })
	if len(words) == 0 || slices.ContainsFunc(words, isSample) {
		return "", ""
	}
	env := ""
	for _, w := range words {
		switch w {
		case "prod", "production", "staging", "stage", "live", "preprod":
			env = w
		}
	}
	switch {
	case base == ".env":
		return "the environment of one deploy", base
	case strings.HasPrefix(base, ".env.") || strings.HasSuffix(base, ".env") && env != "":
		if env == "" {
			return "", ""
		}
	case env == "" || notConfig(base, words):
		return "", ""
	default:
		switch path.Ext(base) {
		case ".yaml", ".yml", ".json", ".toml", ".ini", ".properties", ".cfg", ".hcl", ".conf", ".xml":
		default:
			return "", ""
		}
	}
	return "the config of " + env, env
}

// isSample reports whether a word of a file's name says that it is to be copied and filled in.
func isSample(word string) bool {
	switch word {
	case "example", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema", "test", "testing":
		return true
	}
	return false
}

// notConfig reports whether a file belongs to a build tool or to a web server beside the program, whose files are the
// same in every deploy.
func notConfig(base string, words []string) bool {
	for _, w := range words {
		switch w {
		case "nginx", "httpd", "apache", "caddy", "haproxy", "envoy", "supervisord", "supervisor", "tsconfig", "webpack", "package", "babel",
			"compose", "angular", "requirements", "pom", "vite", "lock", "crontab":
			return true
		}
	}
	return strings.HasPrefix(base, "docker-compose")
}
