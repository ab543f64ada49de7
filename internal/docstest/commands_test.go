package docstest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

const advice = `
A command of the documentation has to run as it is written. Each block starts anew: one with "make ", "./cmd/factorlint" or
"testdata/" in it in a clone of this repository, every other one in a clone of a small service (testdata/repos/shop), on a branch that
is one commit ahead of origin/main. It ends with exit code 0, or 1 if it runs factorlint, and prints what the page shows, where a line
"…" stands for any lines. What cannot be executed here (it needs the network, a release, another system) is listed in
elsewhere_test.go, with the reason and the test that shows it instead.`

// bin is the folder of the factorlint command built for these tests.
var bin string

func TestMain(m *testing.M) { os.Exit(setUp(m)) }

func setUp(m *testing.M) int {
	dir, err := os.MkdirTemp("", "factorlint-docs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system clears its folder of temporary files
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "factorlint"), "./cmd/factorlint")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	bin = dir
	return m.Run()
}

var (
	inClone  = regexp.MustCompile(`\./cmd/factorlint|\btestdata/|\bmake `)
	compiles = regexp.MustCompile(`\bgo (run|install) \./cmd/factorlint|\bmake `)
)

// Every command is executed, or listed with the test that stands for it. Those that compile factorlint in a clone, which takes
// half a minute, wait for TestCommandsInClone.
func TestCommands(t *testing.T) {
	shared := t.TempDir()
	for _, b := range allBlocks(t) {
		if all := here(b, b.commands(t)); len(all) > 0 && !compiles.MatchString(b.text) {
			t.Run(b.String(), func(t *testing.T) {
				t.Parallel()
				dir := service
				if inClone.MatchString(b.text) {
					dir = clone
				}
				execute(t, dir(t), shared, b, all)
			})
		}
	}
}

// here returns the commands that are not listed as executed elsewhere.
func here(b block, all []command) []command {
	return slices.DeleteFunc(all, func(c command) bool {
		return slices.ContainsFunc(elsewhere, func(e exception) bool { return e.page == b.page && e.command == c.text })
	})
}

// execute runs commands of a block one after the other in one shell that starts in dir, and compares what they print. What
// factorlint caches lies in the folder shared.
func execute(t *testing.T, dir, shared string, b block, all []command) {
	t.Helper()
	var script strings.Builder
	for _, c := range all {
		fmt.Fprintf(&script, "%s\nprintf '%s%%d\\n' $?\n", c.text, mark)
	}
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-c", script.String())
	shell.WaitDelay = time.Second
	shell.Dir, shell.Env = dir, environment(t, shared)
	var out bytes.Buffer
	shell.Stdout, shell.Stderr = &out, &out
	if err := shell.Run(); err != nil {
		t.Errorf("%s: sh: %v", b, err)
	}
	printed := strings.Split(out.String(), mark)
	for i, c := range all {
		if i+1 >= len(printed) {
			t.Fatalf("%s:%d: %s\nended the shell:\n%s%s", b.page, c.line, c.text, out.String(), advice)
		}
		status, rest, _ := strings.Cut(printed[i+1], "\n")
		c.judge(t, b.page, status, printed[i])
		printed[i+1] = rest
	}
}

// hang is how long a block may take on a machine that does other things as well; in a clone it compiles factorlint.
const hang = 20 * time.Minute

// mark precedes the exit code of each command in what the shell prints.
const mark = "\x1eexit code "

// judge compares how a command ended with what the page says.
func (c command) judge(t *testing.T, page, status, out string) {
	t.Helper()
	findings := status == "1" && strings.Contains(c.text, "factorlint")
	if status != "0" && !findings {
		t.Errorf("%s:%d: %s\nexit code %s:\n%s%s", page, c.line, c.text, status, out, advice)
	}
	if c.output != nil && !shows(strings.Split(strings.TrimSuffix(out, "\n"), "\n"), c.output) {
		t.Errorf("%s:%d: %s\nprints\n%s\nwhere the page shows\n%s\n%s", page, c.line, c.text, out, strings.Join(c.output, "\n"), advice)
	}
}

// shows tells whether lines are those that a page shows, where "…" stands for any number of lines.
func shows(lines, page []string) bool {
	i := slices.Index(page, "…")
	if i < 0 {
		return slices.Equal(lines, page)
	}
	if len(lines) < i || !slices.Equal(lines[:i], page[:i]) {
		return false
	}
	for rest := lines[i:]; ; rest = rest[1:] {
		if shows(rest, page[i+1:]) {
			return true
		}
		if len(rest) == 0 {
			return false
		}
	}
}

// environment is that of a user without any configuration, on a machine where factorlint, Go and git are, as a job of GitHub's
// has it. Nothing is downloaded.
func environment(t *testing.T, shared string) []string {
	t.Helper()
	home := t.TempDir()
	env := []string{
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + home,
		"TMPDIR=" + t.TempDir(),
		"XDG_CACHE_HOME=" + shared,
		"GOBIN=" + filepath.Join(home, "bin"),
		"GOPROXY=off",
		"GITHUB_STEP_SUMMARY=" + filepath.Join(home, "step-summary.md"),
		"RUNNER_TEMP=" + home,
	}
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOTOOLCHAIN", "GOFLAGS").Output()
	if err != nil {
		t.Fatal(err)
	}
	values := strings.Split(string(out), "\n")
	env = append(env, "GOCACHE="+values[0], "GOMODCACHE="+values[1], "GOTOOLCHAIN="+values[2], "GOFLAGS="+values[3])
	return append(env, gitIdentity...)
}

var gitIdentity = []string{
	"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull,
	"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com", "GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com",
}

// service returns a clone of a repository with a service, on a branch that is one commit ahead of origin/main.
func service(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	origin, dir := filepath.Join(top, "origin"), filepath.Join(top, "shop")
	if err := os.CopyFS(origin, os.DirFS(filepath.Join(module, "testdata/repos/shop"))); err != nil {
		t.Fatal(err)
	}
	commit(t, origin)
	git(t, top, "clone", "-q", origin, dir)
	git(t, dir, "checkout", "-q", "-b", "change")
	for _, f := range txtar.Parse([]byte(change)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, dir)
	return dir
}

// change is what the branch of the service adds: a violation.
const change = `
-- deploy/tools.Dockerfile --
FROM alpine:latest
CMD sleep 60
`

// clone returns a clone of this repository.
func clone(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "factorlint")
	err := fs.WalkDir(os.DirFS(module), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.Contains([]string{".git", "bin", "node_modules"}, d.Name()) {
			return fs.SkipDir
		}
		if err != nil || !d.IsDir() && !d.Type().IsRegular() || d.Name() == ".git" {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o755)
	})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, dir)
	return dir
}

// commit commits everything in a folder, which becomes a repository if it is none.
func commit(t *testing.T, dir string) {
	t.Helper()
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "a state")
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir, c.Env = dir, append(os.Environ(), gitIdentity...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strconv.Quote(strings.Join(args, " ")), err, out)
	}
}
