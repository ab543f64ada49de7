package manifest

import (
	"path"
	"regexp"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// artifacts returns the names of the images that a configuration of Skaffold builds, those of its profiles included.
func artifacts(o *object) []string {
	if o.group() != "skaffold" {
		return nil
	}
	builds := []node{o.root.get("build")}
	for _, p := range o.root.get("profiles").items() {
		builds = append(builds, p.get("build"))
	}
	var out []string
	for _, b := range builds {
		for _, artifact := range b.get("artifacts").items() {
			if name := artifact.get("image").str(); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// tiltBuild matches what makes an image in a Tiltfile: docker_build, docker_build_with_restart, custom_build, ko_build, …
var tiltBuild = regexp.MustCompile(`(?m)^[^#\n]*\b(?:docker_build|custom_build|ko_build|podman_build|docker_compose_build)\w*\(\s*(?:ref\s*=\s*)?['"]([^'"\n]+)['"]`)

// tiltfile notes the names of the images that a Tiltfile builds.
func (l *loader) tiltfile(name string) {
	if base := path.Base(name); base != "Tiltfile" && !strings.HasSuffix(base, ".Tiltfile") {
		return
	}
	data, err := l.readFile(name)
	if err != nil || len(data) > maxFile {
		return
	}
	for _, m := range tiltBuild.FindAllSubmatch(data, -1) {
		l.retagged[workload.ImageName(string(m[1]))] = true
	}
}

// markRetagged finds the containers whose image such a tool builds. It compares names without tag, as they do.
func (l *loader) markRetagged(variants []*workload.Variant) {
	for _, v := range variants {
		for _, d := range v.Deploys {
			ref, _ := d.Image.Get()
			d.Retagged = l.retagged[workload.ImageName(ref)] || strings.HasPrefix(ref, "ko://")
		}
	}
}
