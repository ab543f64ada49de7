package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
)

func buildsAtStart() check.Check[*dockerfile.File] {
	return each("builds-at-start", func(p *check.Pass[*dockerfile.File], r release) {
		img, list := starts(r)
		for _, s := range list {
			if s.Substitute || s.Maybe {
				continue
			}
			what := building(s.Args())
			if what == "" {
				continue
			}
			reportAt(p, s, s.At, img, check.Finding{
				Message: buildsMessage(s.by(), what), Matter: what,
			})
			return
		}
	})
}

func buildsMessage(by, what string) string {
	return fmt.Sprintf("%s runs %s: every container builds anew when it starts, so it starts late, may get other versions than its neighbours, and does not start at all while the network or a registry is down",
		by, what)
}

// building returns the words of a command line that build or install what should be in the image, "" if it does not.
func building(args []string) string {
	if len(args) < 2 {
		if len(args) == 1 && path.Base(args[0]) == "yarn" {
			return "yarn"
		}
		return ""
	}
	name := path.Base(args[0])
	verb := ""
	for _, a := range args[1:] {
		if !strings.HasPrefix(a, "-") {
			verb = a
			break
		}
	}
	if strings.HasPrefix(name, "python") && len(args) > 3 && args[1] == "-m" && args[2] == "pip" {
		name, verb = "pip", args[3]
	}
	verbs := builders[name]
	if !slices.Contains(strings.Fields(verbs), verb) {
		return ""
	}
	// packages of other people's; a test or a check is no release
	if name == "go" && slices.Contains(args, "-o") && slices.Contains(args, "/dev/null") {
		return ""
	}
	return name + " " + verb
}

// builders are the commands of build tools and package managers that belong to the build.
var builders = map[string]string{
	"go": "run build install get", "npm": "install i ci", "yarn": "install", "pnpm": "install i", "pip": "install", "pip3": "install",
	"poetry": "install", "pipenv": "install", "uv": "sync", "bundle": "install", "composer": "install", "apt-get": "install", "apt": "install", "apk": "add",
	"yum": "install", "dnf": "install", "microdnf": "install", "cargo": "run build install", "mvn": "package install spring-boot:run",
	"gradle": "build bootRun", "dotnet": "run build",
}
