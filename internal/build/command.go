package build

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// ran looks at one command of a script.
func (r *reader) ran(c dockerfile.Ran) {
	if len(c.Words) < 2 {
		return
	}
	words := c.Words[1:]
	tool := path.Base(c.Words[0])
	switch {
	case tool == "ko":
		r.ko(c)
	case tool == "executor": // of kaniko
		r.dockerBuild(c, words)
	case len(words) > 3 && slices.Equal(words[:3], []string{"edit", "set", "image"}): // whatever kustomize is called
		r.setImage(c, words[3:])
	case strings.HasPrefix(tool, "${"), slices.Contains([]string{"docker", "podman", "nerdctl", "buildah"}, tool):
		words = subcommand(words)
		if len(words) > 1 && (words[0] == "buildx" || words[0] == "image" || words[0] == "builder") {
			words = subcommand(words[1:])
		}
		switch {
		case len(words) == 0:
		case words[0] == "build" || words[0] == "bud" || words[0] == "b":
			r.dockerBuild(c, words[1:])
		case words[0] == "tag" && len(words) == 3:
			r.renamed(words[1], words[2], tool+" tag in "+place(c.At), c.At)
		}
	}
}

// subcommand drops the flags before the subcommand: docker --context x build.
func subcommand(words []string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		if slices.Contains([]string{"--context", "-c", "--config", "-H", "--host", "-l", "--log-level", "--builder", "--namespace", "-n"}, words[0]) && len(words) > 1 {
			words = words[1:]
		}
		words = words[1:]
	}
	return words
}

// alone are flags of image builders that take no value of their own (docker build, buildx, podman, buildah, nerdctl).
var alone = strings.Fields(`--push --load --pull --no-cache --rm --force-rm --squash --quiet -q --compress --debug -D --layers
	--all-platforms --check --disable-content-trust --squash-all --tls-verify --http-proxy --stdin --omit-history --help
	--single-snapshot --cleanup --no-push --reproducible --skip-tls-verify --insecure --verbose -v --skip-unused-stages`)

// dockerBuild reads the words after docker build.
func (r *reader) dockerBuild(c dockerfile.Ran, words []string) {
	var (
		tags, arguments, contexts []string
		file, target              string
		hasFile                   bool
	)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if !strings.HasPrefix(word, "-") || word == "-" {
			contexts = append(contexts, word)
			continue
		}
		flag, value, ok := strings.Cut(word, "=")
		if !ok && len(flag) > 2 && flag[1] != '-' && strings.ContainsAny(flag[1:2], "tf") { // -tname
			flag, value, ok = flag[:2], flag[2:], true
		}
		if !ok && !slices.Contains(alone, flag) && i+1 < len(words) {
			i++
			value = words[i]
		}
		switch flag {
		case "-t", "--tag", "--destination", "-d":
			tags = append(tags, value)
		case "-f", "--file", "--dockerfile":
			file, hasFile = value, true
		case "--target":
			target = value
		case "--build-arg":
			arguments = append(arguments, value)
		case "--context", "-c":
			contexts = append(contexts, strings.TrimPrefix(value, "dir://"))
		}
	}
	if len(contexts) > 1 { // unknown words may be flags, or nothing
		contexts = slices.DeleteFunc(contexts, func(s string) bool { return strings.HasPrefix(s, "${") })
	}
	if len(contexts) != 1 || strings.Contains(target, "${") {
		return
	}
	dir, ok := inTree(c.Dir, contexts[0])
	if !ok {
		return
	}
	b := workload.Build{Context: dir, Target: target, Args: args(arguments), At: c.At}
	if hasFile {
		if b.Dockerfile, ok = inTree(c.Dir, file); !ok {
			return
		}
	}
	for _, tag := range tags {
		r.docker(tag, b, path.Base(c.Words[0])+" build -t "+tag)
	}
}

// docker notes an image that is built from a Dockerfile.
func (r *reader) docker(image string, b workload.Build, how string) {
	r.made(workload.Made{Image: image, Build: &b, How: how + " in " + place(b.At), At: b.At})
}

// ko reads ko build, which makes an image of a main package without a Dockerfile.
func (r *reader) ko(c dockerfile.Ran) {
	words := c.Words[1:]
	if words[0] != "build" && words[0] != "publish" {
		return
	}
	bare, base := false, false
	var packages []string
	for i := 1; i < len(words); i++ {
		flag, _, ok := strings.Cut(words[i], "=")
		switch {
		case !strings.HasPrefix(flag, "-"):
			packages = append(packages, words[i])
		case flag == "--bare":
			bare = true
		case flag == "-B" || flag == "--base-import-paths":
			base = true
		case !ok && slices.Contains([]string{"--tags", "-t", "--platform", "--image-label", "--sbom", "--sbom-dir", "--tarball", "--oci-layout-path", "-j", "--jobs", "--image-refs", "--tag-only"}, flag):
			i++
		}
	}
	repository := c.Var("KO_DOCKER_REPO")
	if len(packages) == 0 {
		packages = []string{"."}
	}
	for _, p := range packages {
		dir, ok := inTree(c.Dir, p)
		if !ok || !strings.HasPrefix(p, ".") {
			continue
		}
		m := workload.Made{Image: repository, Package: dir, How: "ko build " + p + " in " + place(c.At), At: c.At}
		switch {
		case bare && len(packages) == 1:
		case base:
			m.Image = path.Join(repository, path.Base(dir))
		default: // its name ends in a hash
			continue
		}
		r.made(m)
	}
}

// setImage reads the words after kustomize edit set image: name=new.
func (r *reader) setImage(c dockerfile.Ran, pairs []string) {
	for _, pair := range pairs {
		if name, image, ok := strings.Cut(pair, "="); ok {
			r.renamed(name, image, "kustomize edit set image in "+place(c.At), c.At)
		}
	}
}
