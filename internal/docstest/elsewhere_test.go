package docstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An exception is a command that is not executed here as it is written.
type exception struct {
	page, command string
	why           string
	shown         string // the test that shows its substance, or the file of this repository that does
}

const (
	unreleased = "there is no release yet"
	substitute = "something else replaces a part of it first"
	github     = "needs GitHub and a release"
	preCommit  = "needs pre-commit, which downloads a release"
)

// elsewhere lists all of them.
var elsewhere = []exception{
	{"README.md", "make test", "all tests, these among them", ".ci/run"},
	{"docs/ci.md", "go install github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0", "needs the network", "TestReviewdog"},
	{"docs/ci.md", "reviewdog -f=rdjson -reporter=local -diff='git diff HEAD~1' -fail-level=error < factorlint.rdjson", "needs reviewdog", "TestReviewdog"},
	{"docs/ci.md", "go install github.com/factorlint/factorlint/cmd/factorlint@v0.1.0", unreleased, "TestRelease"},
	{"docs/ci.md", "factorlint check -o text -o sarif=$(Build.ArtifactStagingDirectory)/factorlint.sarif --sarif-include-suppressed", substitute, "cmd/factorlint/testdata/script/sarif.txtar"},
	{"docs/facts.md", `factorlint facts --dir facts --shard "$SHARD/4"`, "the matrix says which shard", "cmd/factorlint/testdata/script/facts.txtar"},
	{"docs/facts.md", "go install github.com/factorlint/factorlint/cmd/factorlint@v0.1.0", unreleased, "TestRelease"},
	{"docs/facts.md", "factorlint check --facts facts -o sarif=factorlint.sarif", "needs what four jobs uploaded", "cmd/factorlint/testdata/script/facts.txtar"},
	{"docs/github.md", "go install github.com/factorlint/factorlint/cmd/factorlint@v0.1.0", unreleased, "TestRelease"},
	{"docs/github.md", "gh attestation verify factorlint_0.1.0_linux_amd64.tar.gz --repo factorlint/factorlint", github, "TestInstallRelease"},
	{"docs/github.md", "sha256sum --check --ignore-missing checksums.txt", github, "TestRelease"},
	{"docs/github.md", `cosign verify-blob checksums.txt --bundle checksums.txt.sigstore.json --certificate-oidc-issuer https://token.actions.githubusercontent.com \
  --certificate-identity https://github.com/factorlint/factorlint/.github/workflows/release.yml@refs/tags/v0.1.0`, github, ".github/workflows/release.yml"},
	{"docs/github.md", "CGO_ENABLED=0 go install -trimpath -ldflags='-s -w' github.com/factorlint/factorlint/cmd/factorlint@v0.1.0", unreleased, "TestRelease"},
	{"docs/performance.md", `make bench-go DIR="/path/to/checkout /path/to/another" RUNS=5 COLD=1`, "needs checkouts, and takes hours", "TestMeasure"},
	{"docs/pre-commit.md", "pre-commit install", preCommit, "TestPreCommit"},
	{"docs/pre-commit.md", "pre-commit run --all-files", preCommit, "TestPreCommit"},
	{"docs/pre-commit.md", "factorlint check --disable go,workload --force-exclude {staged_files}", substitute, "TestFastHook"},
}

// What the list says is so: each command is on its page, and each test exists.
func TestElsewhere(t *testing.T) {
	var onPages []exception
	for _, b := range allBlocks(t) {
		for _, c := range b.commands(t) {
			onPages = append(onPages, exception{page: b.page, command: c.text})
		}
	}
	for _, e := range elsewhere {
		if !slices.Contains(onPages, exception{page: e.page, command: e.command}) {
			t.Errorf("%s has no such command any more, take it out of elsewhere_test.go: %s", e.page, e.command)
		}
		if e.why == "" || !exists(t, e.shown) {
			t.Errorf("%s: %s: say why it cannot be executed here, and which test shows it instead: there is no %q", e.page, e.command, e.shown)
		}
	}
}

// exists tells whether a test of that name, or a file of that path, is in this repository.
func exists(t *testing.T, shown string) bool {
	t.Helper()
	if !strings.HasPrefix(shown, "Test") {
		_, err := os.Stat(filepath.Join(module, shown))
		return shown != "" && err == nil
	}
	out, err := exec.Command("grep", "-rlE", "--include=*_test.go", `^func `+shown+`\(`, module).Output()
	return err == nil && len(out) > 0
}
