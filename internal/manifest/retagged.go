package manifest

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// artifacts notes the names of the images that a configuration of Skaffold builds, those of its profiles included.
func (l *loader) artifacts(o *object) {
	if o.group() != "skaffold" {
		return
	}
	builds := []node{o.root.get("build")}
	for _, p := range o.root.get("profiles").items() {
		builds = append(builds, p.get("build"))
	}
	for _, b := range builds {
		for _, artifact := range b.get("artifacts").items() {
			if name := artifact.get("image").str(); name != "" {
				build := skaffoldBuild(o, artifact)
				if old, ok := l.retagged[name]; ok && !sameBuild(old, build) {
					build = nil // a profile, or another configuration, builds it in another way
				}
				l.retagged[name] = build
			}
		}
	}
}

// skaffoldBuild returns how an artifact is built from its Dockerfile (skaffold.dev/docs/references/yaml), or nil if something else
// builds it, or from somewhere else.
func skaffoldBuild(o *object, artifact node) *workload.Build {
	docker := artifact.get("docker")
	for _, other := range []string{"ko", "jib", "bazel", "buildpacks", "custom"} {
		if artifact.get(other).ok() {
			return nil
		}
	}
	if kaniko := artifact.get("kaniko"); kaniko.ok() {
		docker = kaniko
	}
	context := inTree(path.Dir(o.file), cmp.Or(artifact.get("context").str(), "."))
	file := cmp.Or(docker.get("dockerfile").str(), "Dockerfile")
	if context == "" || strings.Contains(context+file, "{{") || inTree(context, file) == "" {
		return nil
	}
	b := &workload.Build{Context: context, Dockerfile: inTree(context, file), Target: docker.get("target").str(), At: artifact.get("image").span(),
		Args: map[string]workload.Value[string]{}}
	for _, arg := range docker.get("buildArgs").pairs() {
		b.Args[arg.key.str()] = workload.Unknown[string](arg.key.span()) // it may be a template
	}
	return b
}

func sameBuild(a, b *workload.Build) bool {
	return a != nil && b != nil && a.Context == b.Context && a.Dockerfile == b.Dockerfile && a.Target == b.Target
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
		l.retagged[workload.ImageName(string(m[1]))] = nil
	}
}

// markRetagged finds the containers whose image such a tool builds, and how. It compares names without tag, as they do.
func (l *loader) markRetagged(variants []*workload.Variant) {
	for _, v := range variants {
		for _, d := range v.Deploys {
			ref, _ := d.Image.Get()
			build, ok := l.retagged[workload.ImageName(ref)]
			d.Retagged = ok || strings.HasPrefix(ref, "ko://")
			if build != nil && l.files[build.Dockerfile] {
				d.Build = build
			}
		}
	}
}
