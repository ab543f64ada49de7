package action

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// released gives a runner a curl that has release v1.2.3, a git that knows its tag, a gh that verifies, and no go.
func released(t *testing.T) *runner {
	t.Helper()
	r := newRunner(t)
	release := filepath.Join(r.home, "release")
	if err := os.Mkdir(release, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(release, "factorlint"), []byte("#!/bin/sh\ntouch \"$T/started\"\necho factorlint v1.2.3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(release, "factorlint_1.2.3_linux_amd64.tar.gz")
	if out, err := exec.Command("tar", "-czf", archive, "-C", release, "factorlint").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	sums := fmt.Sprintf("%064d  factorlint_1.2.3_linux_arm64.tar.gz\n%x  factorlint_1.2.3_linux_amd64.tar.gz\n", 0, sha256.Sum256(content))
	if err := os.WriteFile(filepath.Join(release, "checksums.txt"), []byte(sums), 0o644); err != nil {
		t.Fatal(err)
	}
	r.standIn("curl", `for url; do :; done; while [ "$1" != --output ]; do shift; done; cp "$T/release/${url##*/}" "$2"`)
	r.standIn("git", `printf '%s\t%s\n' 1111111111111111111111111111111111111111 refs/tags/v1.2.3 `+commit+` 'refs/tags/v1.2.3^{}'`)
	r.standIn("gh", "")
	r.env["VERSION"], r.env["VERIFY"] = "", "auto"
	r.env["GITHUB_ACTION_PATH"] = "/home/runner/work/_actions/factorlint/factorlint/v1.2.3"
	return r
}

func TestInstallRelease(t *testing.T) {
	for name, c := range map[string]struct{ location, version string }{
		"tag":            {"/r/_actions/factorlint/factorlint/v1.2.3", ""},
		"commit":         {"/r/_actions/factorlint/factorlint/" + commit, ""},
		"windows":        {`D:\a\_actions\factorlint\factorlint\v1.2.3`, ""},
		"version":        {"/r/_actions/factorlint/factorlint/main", "v1.2.3"},
		"version, local": {"/r/work/repo/repo/./", "1.2.3"},
	} {
		t.Run(name, func(t *testing.T) {
			r := released(t)
			code, out := r.run("install.sh", map[string]string{"GITHUB_ACTION_PATH": c.location, "VERSION": c.version})
			if code != 0 || !strings.HasSuffix(out, "factorlint v1.2.3\n") {
				t.Fatalf("exit code %d:\n%s", code, out)
			}
			if bin := r.outputs()["bin"]; !strings.HasPrefix(bin, r.env["RUNNER_TEMP"]) {
				t.Errorf("bin=%s", bin)
			}
			if want := "https://github.com/factorlint/factorlint/releases/download/v1.2.3/checksums.txt\n"; !strings.Contains(r.read("curl.args"), want) {
				t.Errorf("downloaded:\n%s", r.read("curl.args"))
			}
			want := "--repo\nfactorlint/factorlint\n--signer-workflow\nfactorlint/factorlint/.github/workflows/release.yml\n"
			if !strings.HasPrefix(r.read("gh.args"), "attestation\nverify\n") || !strings.HasSuffix(r.read("gh.args"), want) {
				t.Errorf("verified:\n%s", r.read("gh.args"))
			}
		})
	}
}

// A fork of the action takes the releases of the fork.
func TestInstallFromFork(t *testing.T) {
	r := released(t)
	if code, out := r.run("install.sh", map[string]string{"GITHUB_ACTION_PATH": "/r/_actions/other/lint/v1.2.3"}); code != 0 {
		t.Fatal(out)
	}
	if !strings.Contains(r.read("curl.args"), "https://github.com/other/lint/releases/download/") || !strings.Contains(r.read("gh.args"), "--repo\nother/lint\n") {
		t.Errorf("%s%s", r.read("curl.args"), r.read("gh.args"))
	}
}

// What cannot be verified is not started.
func TestInstallRefuses(t *testing.T) {
	write := func(r *runner, name, text string) {
		if err := os.WriteFile(filepath.Join(r.home, "release", name), []byte(text), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		change func(*runner)
		say    string
	}{
		"altered archive": {func(r *runner) { write(r, "factorlint_1.2.3_linux_amd64.tar.gz", "altered") }, "as the release says"},
		"not listed":      {func(r *runner) { write(r, "checksums.txt", "") }, "does not name"},
		"name in another": {func(r *runner) { write(r, "checksums.txt", "0 x-factorlint_1.2.3_linux_amd64.tar.gz\n") }, "does not name"},
		"no download":     {func(r *runner) { r.standIn("curl", "exit 22") }, "could not be downloaded"},
		"not attested":    {func(r *runner) { r.standIn("gh", "exit 1") }, "attestation of factorlint_1.2.3_linux_amd64.tar.gz"},
		"gh is missing": {func(r *runner) {
			r.env["VERIFY"] = "true"
			if err := os.Remove(filepath.Join(r.home, "bin", "gh")); err != nil {
				r.t.Fatal(err)
			}
		}, "gh is needed"},
		"word":      {func(r *runner) { r.env["VERIFY"] = "flase" }, "want true, false or auto"},
		"processor": {func(r *runner) { r.env["RUNNER_ARCH"] = "ARM" }, "no releases for ARM"},
		"no tags": {func(r *runner) {
			r.standIn("git", "exit 128")
			r.env["GITHUB_ACTION_PATH"] = "/r/_actions/factorlint/factorlint/" + commit
		}, "tags of factorlint/factorlint could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			r := released(t)
			c.change(r)
			code, out := r.run("install.sh", nil)
			if code != 2 || !strings.Contains(out, c.say) || r.read("output") != "" {
				t.Errorf("exit code %d, outputs %q:\n%s", code, r.read("output"), out)
			}
			if _, err := os.Stat(filepath.Join(r.home, "started")); err == nil {
				t.Error("it was started")
			}
		})
	}
}

func TestInstallWithoutAttestation(t *testing.T) {
	r := released(t)
	r.standIn("gh", "exit 1")
	if code, out := r.run("install.sh", map[string]string{"VERIFY": "false"}); code != 0 || r.read("gh.args") != "" {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	r = released(t)
	if err := os.Remove(filepath.Join(r.home, "bin", "gh")); err != nil {
		t.Fatal(err)
	}
	if code, out := r.run("install.sh", nil); code != 0 || !strings.Contains(out, "the attestation was not") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// An action that is taken from a branch or a folder is built.
func TestInstallBuilds(t *testing.T) {
	r := released(t)
	r.standIn("go", `if [ "$1" = env ]; then echo "$T/$2"; exit; fi
printf '#!/bin/sh\necho built in %s\n' "$PWD" >"$4/factorlint"; chmod 755 "$4/factorlint"`)
	action := filepath.Join(r.home, "work")
	code, out := r.run("install.sh", map[string]string{"GITHUB_ACTION_PATH": action})
	if code != 0 || !strings.Contains(out, "built in "+action) || r.read("curl.args") != "" {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	r = released(t)
	if code, out := r.run("install.sh", map[string]string{"GITHUB_ACTION_PATH": action}); code != 2 || !strings.Contains(out, "actions/setup-go") {
		t.Errorf("without Go: exit code %d:\n%s", code, out)
	}
}

// What Go downloads and builds is kept for the next run, unless something else does so already.
func TestInstallCache(t *testing.T) {
	r := released(t)
	r.standIn("go", `echo "$T/$2"`)
	if code, out := r.run("install.sh", nil); code != 0 {
		t.Fatal(out)
	}
	if o := r.outputs(); o["go-cache"] != filepath.Join(r.home, "GOCACHE") || o["go-modules"] != filepath.Join(r.home, "GOMODCACHE") {
		t.Errorf("outputs %v", o)
	}
	r = released(t)
	r.standIn("go", `echo "$T/$2"`)
	if err := os.MkdirAll(filepath.Join(r.home, "GOMODCACHE", "cache", "download"), 0o755); err != nil {
		t.Fatal(err)
	}
	if code, out := r.run("install.sh", nil); code != 0 || len(r.outputs()) != 1 {
		t.Errorf("exit code %d, outputs %v:\n%s", code, r.outputs(), out)
	}
}

func TestInstallHostileVersion(t *testing.T) {
	for _, version := range []string{"$(touch ran)", "v1.2.3;touch ran", "v1.2.3\nbin=ran", "--help", "../../v1.2.3", "v1.2.3/../..", "`touch ran`", "v1.2.3 -o ran"} {
		r := released(t)
		if code, out := r.run("install.sh", map[string]string{"VERSION": version}); code != 2 || !strings.Contains(out, "want one like v0.1.0") {
			t.Errorf("%q: exit code %d:\n%s", version, code, out)
		}
		if r.read("output")+r.read("curl.args") != "" {
			t.Errorf("%q: outputs %q, downloaded %q", version, r.read("output"), r.read("curl.args"))
		}
		r.inert()
	}
}
