// Package build reads how a repository builds its images, and what it calls them: from Makefiles, scripts, workflows of CI
// services and the configuration of tools that build images. Nothing is run.
package build

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// Found is what a repository tells about its images.
type Found struct {
	Made     []workload.Made
	Renamed  []workload.Renaming
	Programs []workload.Binary // that are built outside of any Dockerfile; Path and Package are relative to the root
}

// Targets returns the stages whose images a tool puts into the manifests, by Dockerfile. An image that is made in several ways
// tells none.
func (f Found) Targets() map[string][]string {
	type stage struct{ dockerfile, target string }
	stages := map[string]stage{} // by image
	for _, m := range f.Made {
		if !m.Retags || m.Local {
			continue
		}
		var s stage
		if m.Build != nil {
			s = stage{m.Build.Path(), m.Build.Target}
		}
		if old, ok := stages[m.Image]; ok && old != s {
			s = stage{}
		}
		stages[m.Image] = s
	}
	out := map[string][]string{}
	for _, image := range slices.Sorted(maps.Keys(stages)) {
		if s := stages[image]; s.target != "" {
			out[s.dockerfile] = append(out[s.dockerfile], s.target)
		}
	}
	return out
}

// maxFound is how many images, names and programs are kept of each.
const maxFound = 2000

// Read looks at those of a repository's files (sorted) that may build images.
func Read(fsys fs.FS, files []string) Found {
	around := dockerfile.Surroundings(fsys, files, nil)("")
	r := &reader{around: around, follower: dockerfile.NewFollower(around)}
	for _, name := range files {
		r.file(name)
	}
	return r.found
}

// A reader collects what the files say.
type reader struct {
	around   dockerfile.Around
	follower *dockerfile.Follower
	found    Found
}

func (r *reader) file(name string) {
	base := path.Base(name)
	lower := strings.ToLower(base)
	ext := path.Ext(lower)
	isYAML := ext == ".yaml" || ext == ".yml"
	switch {
	case lower == "makefile" || lower == "gnumakefile":
		r.makefile(name)
	case ext == ".sh" || ext == ".bash":
		r.script(name)
	case lower == "tiltfile" || ext == ".tiltfile":
		r.tiltfile(name)
	case lower == "docker-bake.hcl" || lower == "docker-bake.override.hcl" || lower == "docker-bake.json":
		r.bake(name)
	case !isYAML && base != "Kustomization":
	case strings.HasPrefix(lower, "skaffold"):
		r.skaffold(name)
	case strings.HasPrefix(strings.TrimPrefix(lower, "."), "goreleaser"):
		r.goreleaser(name)
	case lower == ".ko.yaml":
		// it says how programs are built, not what their images are called
	case lower == "kustomization.yaml" || lower == "kustomization.yml" || base == "Kustomization":
		r.kustomization(name)
	case strings.HasPrefix(lower, "cloudbuild"):
		r.cloudBuild(name)
	case isPipeline(name):
		r.pipeline(name)
	}
}

// isPipeline reports whether a file says what a CI service or task runner runs.
func isPipeline(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, prefix := range []string{".gitlab-ci", "azure-pipelines", "bitbucket-pipelines", ".drone", ".woodpecker", "taskfile"} {
		if strings.HasPrefix(base, prefix) {
			return true
		}
	}
	for _, dir := range []string{".github/", ".gitlab/", ".circleci/", ".woodpecker/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}

// mentions reports whether a text is worth following.
func mentions(text []byte) bool {
	s := string(text)
	for _, word := range []string{" build", "go install", "$(", "${", " tag "} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

func (r *reader) makefile(name string) {
	if !mentions(r.around.Read(name)) {
		return
	}
	r.programs(r.follower.FollowMakefile(name, r.ran))
}

// script follows a script of its own. Scripts run in the root of the repository, or where they lie, if that has the
// Dockerfile that they name; one that something calls with arguments is followed there.
func (r *reader) script(name string) {
	text := r.around.Read(name)
	if !mentions(text) {
		return
	}
	before := len(r.found.Made)
	for _, dir := range []string{path.Dir(name), "."} {
		r.follow(string(text), dir, lines(name, 1), nil)
		if len(r.found.Made) > before || dir == "." {
			return
		}
	}
}

// follow goes through shell text that runs in a directory.
func (r *reader) follow(script, dir string, at func(from, to int) check.Span, vars map[string]string) {
	r.programs(r.follower.Follow(dockerfile.Text{Script: script, Dir: dir, At: at, Vars: vars}, r.ran))
}

func (r *reader) programs(bins []workload.Binary) {
	if len(r.found.Programs)+len(bins) <= maxFound {
		r.found.Programs = append(r.found.Programs, bins...)
	}
}

// lines places everything in a text that stands in one place of a file at that line.
func lines(file string, line int) func(from, to int) check.Span {
	at := check.Span{File: file, Start: check.Pos{Line: line, Col: 1}, End: check.Pos{Line: line, Col: 1}}
	return func(int, int) check.Span { return at }
}

// made notes an image that is built, if its Dockerfile is there or its name matters without.
func (r *reader) made(m workload.Made) {
	m.Image = strings.TrimSpace(m.Image)
	if m.Image == "" || len(r.found.Made) == maxFound || strings.Contains(path.Base(workload.ImageName(m.Image)), "${") {
		return // nothing can be told from such a name
	}
	if b := m.Build; b != nil {
		if b.Dockerfile == "" {
			b.Dockerfile = path.Join(b.Context, "Dockerfile")
			if c := path.Join(b.Context, "Containerfile"); !r.around.Has(b.Dockerfile) && r.around.Has(c) {
				b.Dockerfile = c
			}
		}
		if !r.around.Has(b.Dockerfile) {
			if m.Build = nil; !m.Retags {
				return
			}
		}
	}
	r.found.Made = append(r.found.Made, m)
}

// renamed notes that an image has a second name.
func (r *reader) renamed(from, to string, how string, at check.Span) {
	if from != "" && to != "" && len(r.found.Renamed) < maxFound {
		r.found.Renamed = append(r.found.Renamed, workload.Renaming{From: from, To: to, How: how, At: at})
	}
}

// inTree joins a path to a directory of the repository; ok is false for what leads out of it or cannot be told.
func inTree(dir, name string) (string, bool) {
	if dir == "" || name == "" || path.IsAbs(name) || strings.Contains(name, "://") || strings.ContainsAny(name, "${") {
		return "", false
	}
	name = path.Join(dir, name)
	return name, name != ".." && !strings.HasPrefix(name, "../")
}

// args reads build arguments: "NAME=value", or "NAME", whose value comes from elsewhere.
func args(list []string) map[string]workload.Value[string] {
	out := map[string]workload.Value[string]{}
	for _, a := range list {
		name, value, ok := strings.Cut(a, "=")
		if name == "" {
			continue
		}
		out[name] = workload.Unknown[string](check.Span{})
		if ok && !strings.Contains(value, "${") {
			out[name] = workload.Known(value, check.Span{})
		}
	}
	return out
}
