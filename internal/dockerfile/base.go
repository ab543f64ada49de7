package dockerfile

import (
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// A baseImage is what is known of an image that the Dockerfile does not build, by its reference alone.
type baseImage struct {
	shell   workload.Shell
	workDir string            // "" if unknown
	env     map[string]string // variables it sets besides PATH
	closed  bool              // it sets no others
	user    string            // "" if unknown
}

// baseOf tells what is known of a base image. The facts are those of the official images of Docker Hub and of the
// vendors named here; a reference that is none of them is unknown. ref may be marked.
func baseOf(ref string) baseImage {
	b := factsOf(ref)
	if b.user = "root"; !b.closed && !plainRoot[repoOf(ref)] {
		b.user = ""
	}
	if strings.HasPrefix(ref, "gcr.io/distroless/") {
		switch _, tag := splitRef(ref); {
		case marked(ref):
			b.user = ""
		case strings.Contains(tag, "nonroot"):
			b.user = "65532"
		}
	}
	return b
}

// ShellOf returns what /bin/sh is in an image from elsewhere, as far as its reference tells.
func ShellOf(ref string) workload.Shell { return baseOf(ref).shell }

// plainRoot are official images that set no USER, though they set variables.
var plainRoot = set(`golang node python ruby php rust openjdk eclipse-temurin maven gradle buildpack-deps fedora rockylinux almalinux
	amazonlinux centos oraclelinux`)

// repoOf returns the repository of a reference on Docker Hub without what may be left out: "golang".
func repoOf(ref string) string {
	name, _ := splitRef(strings.ToLower(ref))
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/"), "index.docker.io/"), "library/")
}

func factsOf(ref string) baseImage {
	_, tag := splitRef(strings.ToLower(ref))
	repo := repoOf(ref)
	last := path.Base(repo)
	switch {
	case repo == "scratch":
		return baseImage{shell: workload.NoShell, workDir: "/", closed: true}
	case marked(repo):
		return baseImage{shell: shellOfTag(tag)}
	case strings.HasPrefix(repo, "gcr.io/distroless/"):
		b := baseImage{shell: workload.NoShell, workDir: "/", closed: true}
		if strings.Contains(tag, "debug") {
			b.shell = workload.UnknownShell // BusyBox, but not as /bin/sh
		}
		if strings.Contains(tag, "nonroot") {
			b.workDir = "/home/nonroot"
		}
		if marked(tag) {
			b.workDir = ""
		}
		return b
	case strings.HasPrefix(repo, "cgr.dev/chainguard/") && (last == "static" || last == "glibc-dynamic") && !strings.Contains(tag, "dev"):
		return baseImage{shell: workload.NoShell}
	case repo == "golang":
		return baseImage{shell: officialShell(tag), workDir: "/go", env: map[string]string{"GOPATH": "/go", "GOTOOLCHAIN": "local"}, closed: !marked(tag)}
	case repo == "alpine", repo == "busybox":
		return baseImage{shell: workload.Ash, workDir: "/", closed: true}
	case repo == "debian", repo == "ubuntu":
		return baseImage{shell: workload.Dash, workDir: "/", closed: true}
	case last == "alpine", strings.Contains(last, "busybox"):
		return baseImage{shell: workload.Ash}
	case isRedHat(repo, last):
		return baseImage{shell: workload.Bash}
	case debianBased[repo]:
		return baseImage{shell: officialShell(tag)}
	}
	return baseImage{shell: shellOfTag(tag)}
}

// debianBased are official images whose tags without the name of a distribution are Debian or Ubuntu.
var debianBased = set(`buildpack-deps node python ruby php perl rust gcc nginx httpd redis postgres memcached haproxy
	mariadb mongo rabbitmq tomcat eclipse-temurin maven gradle erlang elixir haskell`)

func isRedHat(repo, last string) bool {
	switch last {
	case "fedora", "fedora-minimal", "rockylinux", "almalinux", "amazonlinux", "centos", "oraclelinux":
		return true
	}
	return strings.HasPrefix(repo, "registry.access.redhat.com/ubi") || strings.HasPrefix(repo, "registry.redhat.io/ubi") ||
		strings.HasPrefix(repo, "redhat/ubi")
}

// officialShell returns the shell of an official image that is Debian unless its tag says otherwise.
func officialShell(tag string) workload.Shell {
	if s := shellOfTag(tag); s != workload.UnknownShell {
		return s
	}
	for _, other := range []string{"windowsservercore", "nanoserver", "oracle", "ubi", "centos", "fedora", "al2", "amazonlinux"} {
		if strings.Contains(tag, other) {
			return workload.UnknownShell
		}
	}
	if marked(tag) { // it may end in -alpine
		return workload.UnknownShell
	}
	return workload.Dash
}

// shellOfTag returns the shell of the distribution that a tag names.
func shellOfTag(tag string) workload.Shell {
	for _, part := range strings.FieldsFunc(tag, func(r rune) bool { return r == '-' || r == '.' || r == '_' }) {
		part, _, _ = strings.Cut(part, markOpen)
		switch strings.TrimRight(part, "0123456789") {
		case "alpine":
			return workload.Ash
		case "debian", "ubuntu", "slim", "bookworm", "bullseye", "buster", "stretch", "jessie", "trixie", "forky", "sid",
			"noble", "jammy", "focal", "bionic", "xenial":
			return workload.Dash
		}
	}
	return workload.UnknownShell
}

// splitRef splits a reference into name and tag; a digest is dropped.
func splitRef(ref string) (name, tag string) {
	ref, _, _ = strings.Cut(ref, "@")
	slash := strings.LastIndexByte(ref, '/')
	if colon := strings.LastIndexByte(ref, ':'); colon > slash {
		return ref[:colon], ref[colon+1:]
	}
	return ref, ""
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
