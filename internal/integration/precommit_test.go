//go:build integration

package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/repository"
)

// goInstall is the environment in which this module is installed from its sources: with a GOPATH of its own as pre-commit
// has it, without a C compiler, with this Go and no other. The module cache is that of the machine, so that nothing is
// downloaded twice; what building this command did not need is not there to be had.
func goInstall(t *testing.T) []string {
	t.Helper()
	cache := strings.TrimSpace(run(t, module, nil, "go", "env", "GOMODCACHE").stdout)
	return []string{"GOPATH=" + t.TempDir(), "GOMODCACHE=" + cache, "GOPROXY=off", "GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOBIN="}
}

// P5: pre-commit installs ./... of the root module, so one program is all that there may be.
func TestInstall(t *testing.T) {
	env := goInstall(t)
	if r := run(t, module, env, "go", "install", "./..."); r.code != 0 {
		t.Fatal(r.stderr)
	}
	bin := filepath.Join(strings.TrimPrefix(env[0], "GOPATH="), "bin")
	programs, err := os.ReadDir(bin)
	if err != nil || len(programs) != 1 || programs[0].Name() != "factorlint" {
		t.Fatalf("%v, %v, want factorlint alone", programs, err)
	}
	if r := run(t, t.TempDir(), nil, filepath.Join(bin, "factorlint"), "version"); r.code != 0 || r.stdout == "" {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// sources returns a repository with the files of this module as they are now.
func sources(t *testing.T) string {
	t.Helper()
	tree, _, err := repository.Open(module, repository.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	dir := t.TempDir()
	for _, f := range tree.Files {
		text, err := tree.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, f.Path), string(text))
	}
	commit(t, dir)
	return dir
}

const preCommitConfig = `repos:
  - repo: %s
    rev: %s
    hooks:
      - id: %s
`

// A preCommit is pre-commit with the hooks of this module at hand.
type preCommit struct {
	env  []string
	repo string // the repository with the hooks
	rev  string
}

// hook runs one hook on the files of a repository, all of them if none is named.
func (p preCommit) hook(t *testing.T, dir, id string, files ...string) result {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	write(t, config, fmt.Sprintf(preCommitConfig, p.repo, p.rev, id))
	args := []string{"run", "--config", config, "--color", "never"}
	if len(files) == 0 {
		args = append(args, "--all-files")
	} else {
		args = append(append(args, "--files"), files...)
	}
	return run(t, dir, p.env, "pre-commit", args...)
}

// Debian's pre-commit runs the hooks as the page docs/pre-commit.md says.
func TestPreCommit(t *testing.T) {
	if r := run(t, module, nil, "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"); r.code != 0 { // P1
		t.Fatal(r.stdout, r.stderr)
	}
	path := "PATH=" + filepath.Dir(command) + string(os.PathListSeparator) + os.Getenv("PATH") // for hooks of language system
	p := preCommit{env: append(goInstall(t), "PRE_COMMIT_HOME="+t.TempDir(), path), repo: sources(t)}
	p.rev = strings.TrimSpace(run(t, p.repo, nil, "git", "rev-parse", "HEAD").stdout)
	bad, good := copyTree(t, "testdata/repos/notes/broken"), copyTree(t, "testdata/repos/notes/clean")

	expect := func(t *testing.T, r result, code int, text string) {
		t.Helper()
		if r.code != code || !strings.Contains(r.stdout, text) {
			t.Errorf("exit code %d, want %d with %q:\n%s%s", r.code, code, text, r.stdout, r.stderr)
		}
	}
	t.Run("try-repo", func(t *testing.T) { // P2
		for dir, code := range map[string]int{bad: 1, good: 0} {
			r := run(t, dir, p.env, "pre-commit", "try-repo", p.repo, "factorlint-full", "--all-files")
			if strings.Contains(r.stdout, "FL0914") != (code == 1) {
				t.Error("FL0914 is a finding of the bad repository")
			}
			expect(t, r, code, "factorlint (repository)")
		}
	})
	t.Run("files", func(t *testing.T) {
		bad, good := copyTree(t, "testdata/repos/stock/broken"), copyTree(t, "testdata/repos/stock/clean")
		for _, id := range []string{"factorlint", "factorlint-system"} {
			expect(t, p.hook(t, good, id), 0, "Passed")
			r := p.hook(t, bad, id)
			expect(t, r, 1, "FL0911")
			if strings.Contains(r.stdout, "FL0702") {
				t.Errorf("%s runs rules that need Go code:\n%s", id, r.stdout)
			}
			expect(t, p.hook(t, bad, id, "deploy/base/deployment.yaml", "go.mod"), 0, "Passed")
			expect(t, p.hook(t, bad, id, "cmd/stock/main.go"), 0, "no files to check")
		}
		write(t, filepath.Join(bad, ".factorlint.yaml"), "exclude: [Dockerfile]\n")
		expect(t, p.hook(t, bad, "factorlint", "Dockerfile"), 0, "Passed") // P4
	})
	t.Run("installed", func(t *testing.T) {
		expect(t, p.hook(t, bad, "factorlint-full-system", "Dockerfile"), 1, "FL0914")
		expect(t, p.hook(t, good, "factorlint-full-system", "Dockerfile"), 0, "Passed")
	})
	t.Run("fix", func(t *testing.T) {
		dir := copyTree(t, "testdata/repos/thumbs/clean")
		const main = "cmd/thumbs/main.go"
		write(t, filepath.Join(dir, main), read(t, filepath.Join(module, "testdata/repos/thumbs/broken", main))) // it shuts down on SIGINT alone
		commit(t, dir)
		expect(t, p.hook(t, dir, "factorlint-fix", main), 1, "files were modified by this hook")
		expect(t, p.hook(t, dir, "factorlint-fix", main), 0, "Passed")
		if changed := run(t, dir, nil, "git", "diff", "--name-only").stdout; changed != main+"\n" {
			t.Errorf("changed: %q", changed)
		}
	})
}

// P3: the entry of the fast hook with 500 files is one process and takes less than a second; however busy the machine is
// with other things.
func TestFastHook(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i := range 250 {
		service := filepath.Join("services", fmt.Sprint(i))
		files = append(files, filepath.Join(service, "Dockerfile"), filepath.Join(service, "service.yaml"))
		write(t, filepath.Join(dir, files[2*i]), "FROM golang:1.26 AS build\nCOPY . .\nRUN go build -o /api .\n\nFROM alpine:3.22\nCOPY --from=build /api /api\nUSER 65532\nENTRYPOINT /api --serve | cat\n")
		write(t, filepath.Join(dir, files[2*i+1]), fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec:\n  selector: {app: s%d}\n  ports: [{port: 80}]\n", i, i))
	}
	write(t, filepath.Join(dir, "go.mod"), "module example.com/api\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() {}\n")
	commit(t, dir)
	trace := filepath.Join(t.TempDir(), "trace")
	args := append([]string{"check", "--disable", "go,workload", "--force-exclude"}, files...)
	r := run(t, dir, nil, "strace", append([]string{"-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-o", trace, command}, args...)...)
	if !strings.Contains(r.stdout, "250 findings (250 errors) in 500 files") {
		t.Errorf("exit code %d\n%.500s\n%s", r.code, r.stdout, r.stderr)
	}
	if n := strings.Count(read(t, trace), "execve("); n != 1 {
		t.Errorf("%d programs were started:\n%s", n, read(t, trace))
	}
	c := exec.Command(command, args...)
	c.Dir = dir
	if err := c.Run(); c.ProcessState.ExitCode() != 1 {
		t.Error(err)
	}
	if used := c.ProcessState.UserTime() + c.ProcessState.SystemTime(); used > time.Second {
		t.Errorf("took %v of processor time", used)
	}
}
