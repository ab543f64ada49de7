package build

import (
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// skaffold reads the artifacts of a configuration of Skaffold, those of its profiles included.
func (r *reader) skaffold(name string) {
	dir := path.Dir(name)
	for _, root := range r.documents(name) {
		builds := []node{root.get("build")}
		for _, p := range root.get("profiles").items() {
			builds = append(builds, p.get("build"))
		}
		for _, b := range builds {
			for _, a := range b.get("artifacts").items() {
				r.artifact(dir, a)
			}
		}
	}
}

// artifact reads one artifact of Skaffold.
func (r *reader) artifact(dir string, a node) {
	image := a.get("image")
	m := workload.Made{Image: image.str(), Retags: true, At: image.at(), How: "the artifact " + image.str() + " in " + place(image.at())}
	context, ok := inTree(dir, orDot(a.get("context").str()))
	docker, ko := a.get("docker"), a.get("ko")
	switch {
	case !ok, a.get("custom").Node != nil, a.get("buildpacks").Node != nil, a.get("jib").Node != nil, a.get("bazel").Node != nil:
	case ko.Node != nil:
		if in, ok := inTree(context, orDot(ko.get("dir").str())); ok {
			m.Package, _ = inTree(in, orDot(ko.get("main").str()))
		}
	default:
		m.Build = r.contextBuild(context, docker.get("dockerfile").str(), docker.get("target").str(), docker.get("buildArgs"), image.at())
	}
	r.made(m)
}

// contextBuild returns a build whose Dockerfile is named relative to its context; it is nil if something cannot be told.
func (r *reader) contextBuild(context, file, target string, arguments node, at check.Span) *workload.Build {
	var list []string
	for _, p := range arguments.pairs() {
		list = append(list, p.key+"="+p.value.str())
	}
	b := &workload.Build{Context: context, Target: target, Args: args(list), At: at}
	if file != "" {
		var ok bool
		if b.Dockerfile, ok = inTree(context, file); !ok {
			return nil
		}
	}
	if strings.Contains(target, "${") {
		return nil
	}
	return b
}

func orDot(s string) string {
	if s == "" {
		return "."
	}
	return s
}

// kustomization reads the second names that a kustomization gives to images.
func (r *reader) kustomization(name string) {
	for _, root := range r.documents(name) {
		for _, i := range root.get("images").items() {
			to := i.get("newName")
			r.renamed(i.get("name").str(), to.str(), "images of "+place(to.at()), to.at())
		}
	}
}

// goreleaser reads what GoReleaser builds: programs, images of Dockerfiles that copy them, and images of ko.
func (r *reader) goreleaser(name string) {
	dir := path.Dir(name)
	for _, root := range r.documents(name) {
		mains := map[string]string{} // by the builds' ids
		for _, b := range root.get("builds").items() {
			pkg, ok := inTree(dir, path.Join(orDot(b.get("dir").str()), strings.TrimSuffix(orDot(b.get("main").str()), "main.go")))
			if !ok {
				continue
			}
			binary := b.get("binary").str()
			if binary == "" {
				binary = root.get("project_name").str()
			}
			mains[b.get("id").str()] = pkg
			if binary != "" && !strings.Contains(binary, "${") {
				r.programs([]workload.Binary{{Path: path.Join(dir, path.Base(binary)), Package: pkg, Tags: b.get("tags").words(), At: b.at()}})
			}
		}
		for _, d := range root.get("dockers").items() {
			r.goreleaserImage(dir, d, d.get("image_templates").words())
		}
		for _, d := range root.get("dockers_v2").items() {
			r.goreleaserImage(dir, d, d.get("images").words())
		}
		for _, k := range root.get("kos").items() {
			r.goreleaserKo(k, mains)
		}
	}
}

func (r *reader) goreleaserImage(dir string, d node, images []string) {
	if b := r.contextBuild(dir, d.get("dockerfile").str(), "", d.get("build_args"), d.at()); b != nil {
		for _, image := range images {
			r.docker(image, *b, "the image "+image)
		}
	}
}

// goreleaserKo reads an entry of kos. Without bare, preserve_import_paths or base_import_paths the name ends in a hash.
func (r *reader) goreleaserKo(k node, mains map[string]string) {
	repositories := append(k.get("repositories").words(), k.get("repository").words()...)
	pkg, ok := mains[k.get("build").str()]
	if main := k.get("main").str(); main != "" {
		pkg, ok = inTree(orDot(k.get("working_dir").str()), main)
	}
	if !ok && len(mains) == 1 && k.get("build").Node == nil {
		for _, only := range mains {
			pkg, ok = only, true
		}
	}
	for _, image := range repositories {
		switch {
		case !ok:
			continue
		case k.get("bare").str() == "true":
		case k.get("base_import_paths").str() == "true":
			image = path.Join(image, path.Base(pkg))
		default:
			continue
		}
		r.made(workload.Made{Image: image, Package: pkg, How: "kos of " + place(k.at()), At: k.at()})
	}
}
