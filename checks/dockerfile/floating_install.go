package dockerfile

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func floatingInstall() check.Check[*dockerfile.File] {
	return each("floating-install", func(p *check.Pass[*dockerfile.File], r release) {
		f := p.Subject
		if r.development() || onWindows(r) {
			return
		}
		img := r.image()
		if img.Entrypoint.Absent() && img.Cmd.Absent() { // a base of other images, or a place to build in
			return
		}
		chain := r.chain()
		for _, s := range f.Stages {
			inImage := slices.Contains(chain, s)
			for _, in := range s.Instructions {
				calls, _ := f.Commands(in)
				for _, c := range calls {
					what, program := floating(c)
					if what == "" || !inImage && !copied(f, img, s, program) {
						continue
					}
					p.Report(check.Finding{
						At:      c.At,
						Message: fmt.Sprintf("%s: the next build of the same commit may put another version into the image", what),
						Logical: s.Label(), Matter: strings.Join(c.Args(), " "),
					})
				}
			}
		}
	})
}

// floating says what a command installs without a version, and the name of the program if it is known.
func floating(c *dockerfile.Call) (what, program string) {
	args := c.Args()
	switch name := c.Name(); name {
	case "go":
		return floatingGo(args)
	case "curl", "wget":
		if len(c.Into) > 0 && !c.Substitute && shells[path.Base(c.Into[0])] && !pinned(args) && !pinned(c.Into) {
			return fmt.Sprintf("%s pipes whatever the address serves at the moment into %s", name, path.Base(c.Into[0])), ""
		}
	case "sh", "bash", "ash", "dash", "zsh", "source", "eval":
		for _, inner := range c.Inner {
			if (inner == "curl" || inner == "wget") && !pinned(args) {
				return fmt.Sprintf("%s runs whatever %s gets at the moment", name, inner), ""
			}
		}
	}
	return "", ""
}

var shells = map[string]bool{"sh": true, "bash": true, "ash": true, "dash": true, "zsh": true}

// floatingGo is go install and go get.
func floatingGo(args []string) (what, program string) {
	if len(args) < 3 || args[1] != "install" && args[1] != "get" {
		return "", ""
	}
	update := false
	for _, a := range args[2:] {
		if strings.HasPrefix(a, "-") {
			update = update || a == "-u" || strings.HasPrefix(a, "-u=")
			continue
		}
		name, version, has := strings.Cut(a, "@")
		if strings.HasPrefix(a, ".") || strings.Contains(a, "$") {
			continue
		}
		name = strings.TrimSuffix(name, "/...")
		switch program = path.Base(name); {
		case has && slices.Contains([]string{"latest", "master", "main", "HEAD", "upgrade", "dev", "develop"}, version):
			return fmt.Sprintf("go %s takes whatever %s of %s is at the moment", args[1], version, name), program
		case has || args[1] == "install" || !strings.Contains(name, ".") || !strings.Contains(name, "/"):
		case update:
			return fmt.Sprintf("go get -u takes whatever the newest version of %s is at the moment", name), program
		default:
			return fmt.Sprintf("go get without a version takes whatever the newest version of %s is at the moment", name), program
		}
	}
	return "", ""
}

// pinned reports whether a version, a commit or a variable that may be one stands in the words.
func pinned(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return version.MatchString(a) })
}

var version = regexp.MustCompile(`\d+\.\d+|[0-9a-f]{12}|/v\d+/|\$\{.*(?i:ver|tag|rev|commit).*\}|[?&=]v?\d`)

// copied reports whether a program that a stage installs is copied into the image.
func copied(f *dockerfile.File, img *workload.Image, from *dockerfile.Stage, program string) bool {
	if program == "" {
		return false
	}
	for _, c := range img.Copies {
		if !c.Stage || f.Find(c.From) != from {
			continue
		}
		for _, s := range c.Sources {
			if src, ok := s.Get(); ok && path.Base(src) == program && path.Base(path.Dir(src)) == "bin" {
				return true
			}
		}
	}
	return false
}
