//go:build integration

package integration

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	mod "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const (
	goreleaserModule = "github.com/goreleaser/goreleaser/v2@v2.16.0"
	ourModule        = "github.com/factorlint/factorlint"
)

// tagged returns a clone of this repository whose last commit has the tag v0.1.0.
func tagged(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	for _, args := range [][]string{{"clone", "-q", module, dir}, {"-C", dir, "tag", "v0.1.0"}} {
		if r := run(t, module, nil, "git", args...); r.code != 0 {
			t.Fatalf("git %v: %s", args, r.stderr)
		}
	}
	return dir
}

// proxied returns the environment for a go command with a clean module cache, to whose proxy v0.1.0 was published.
func proxied(t *testing.T) []string {
	t.Helper()
	source, proxy := tagged(t), t.TempDir()
	dir := filepath.Join(proxy, filepath.FromSlash(ourModule), "@v")
	write(t, filepath.Join(dir, "list"), "v0.1.0\n")
	write(t, filepath.Join(dir, "v0.1.0.info"), `{"Version": "v0.1.0", "Time": "2026-01-01T00:00:00Z"}`)
	write(t, filepath.Join(dir, "v0.1.0.mod"), read(t, filepath.Join(source, "go.mod")))
	var archive bytes.Buffer
	if err := zip.CreateFromVCS(&archive, mod.Version{Path: ourModule, Version: "v0.1.0"}, source, "v0.1.0", ""); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "v0.1.0.zip"), archive.String())
	variable := func(name string) string { return strings.TrimSpace(run(t, module, nil, "go", "env", name).stdout) }
	known := filepath.Join(variable("GOMODCACHE"), "cache", "download") // what was downloaded before is not downloaded again
	// -trimpath: what was built for another module cache need not be built again
	return []string{"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(known) + "," + variable("GOPROXY"), "GONOSUMDB=" + ourModule,
		"GOPATH=" + t.TempDir(), "GOMODCACHE=" + t.TempDir(), "GOFLAGS=-modcacherw -trimpath", "CGO_ENABLED=0", "GOWORK=off", "GOBIN="}
}

// installed returns the command that "go install" makes of the published version.
func installed(t *testing.T, env []string, flags ...string) string {
	t.Helper()
	bin := t.TempDir()
	args := slices.Concat([]string{"install"}, flags, []string{ourModule + "/cmd/factorlint@v0.1.0"})
	if r := run(t, bin, append(env, "GOBIN="+bin), "go", args...); r.code != 0 {
		t.Fatalf("go %v: %s", args, r.stderr)
	}
	return filepath.Join(bin, "factorlint")
}

// Whoever installs a version gets that version, and it says so. Two releases of it, made in two places, have the same bytes, and
// the command in them those that everybody gets who builds it with the same flags.
func TestRelease(t *testing.T) {
	env := proxied(t)
	bin := installed(t, env)
	if r := run(t, t.TempDir(), nil, bin, "version"); !strings.HasPrefix(r.stdout, "factorlint v0.1.0,") {
		t.Errorf("version: %s%s", r.stdout, r.stderr)
	}
	if r := run(t, t.TempDir(), nil, bin, "version", "--format", "json"); !strings.Contains(r.stdout, `"version":"v0.1.0"`) {
		t.Errorf("version: %s%s", r.stdout, r.stderr)
	}
	goreleaser := filepath.Join(t.TempDir(), "goreleaser")
	if r := run(t, t.TempDir(), []string{"GOBIN=" + filepath.Dir(goreleaser)}, "go", "install", goreleaserModule); r.code != 0 {
		t.Fatalf("go install %s: %s", goreleaserModule, r.stderr)
	}
	if r := run(t, module, nil, goreleaser, "check"); r.code != 0 {
		t.Errorf("goreleaser check: %s%s", r.stdout, r.stderr)
	}
	first, second := release(t, goreleaser, env), release(t, goreleaser, env)
	sums := read(t, filepath.Join(first, "checksums.txt"))
	if got := read(t, filepath.Join(second, "checksums.txt")); got != sums || strings.Count(sums, "\n") != 1 {
		t.Errorf("checksums of the first release:\n%sand of the second:\n%s", sums, got)
	}
	files := unpack(t, filepath.Join(first, "factorlint_0.1.0_"+runtime.GOOS+"_"+runtime.GOARCH+".tar.gz"))
	for _, name := range []string{"LICENSE", "README.md", "completions/factorlint.bash", "completions/_factorlint", "completions/factorlint.fish", "man/factorlint-check.1"} {
		if len(files[name]) == 0 {
			t.Errorf("no %s in the archive", name)
		}
	}
	own := read(t, installed(t, env, "-ldflags=-s -w"))
	if !bytes.Equal(files["factorlint"], []byte(own)) {
		t.Errorf("the command in the archive has %d bytes, one that is built with the same flags others: %d", len(files["factorlint"]), len(own))
	}
}

// release makes a release for this machine alone in a new clone, and returns the folder that it is in.
func release(t *testing.T, goreleaser string, env []string) string {
	t.Helper()
	clone := tagged(t)
	targets := regexp.MustCompile(`(?m)^    targets: .*$`)
	config := filepath.Join(t.TempDir(), "goreleaser.yaml")
	write(t, config, targets.ReplaceAllString(read(t, filepath.Join(clone, ".goreleaser.yaml")), "    targets: ["+runtime.GOOS+"_"+runtime.GOARCH+"]"))
	args := []string{"release", "--clean", "--config", config, "--skip=publish,announce,sign,sbom,docker"}
	if r := run(t, clone, env, goreleaser, args...); r.code != 0 {
		t.Fatalf("goreleaser %v: %s%s", args, r.stdout, r.stderr)
	}
	return filepath.Join(clone, "dist")
}

// unpack returns the files in an archive by name.
func unpack(t *testing.T, name string) map[string][]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if out[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}
