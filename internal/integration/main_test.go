//go:build integration

package integration

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// Where everything is; set by TestMain.
var (
	module  string // root of this module
	command string // the factorlint command, built for these tests
)

func TestMain(m *testing.M) { os.Exit(setUp(m)) }

func setUp(m *testing.M) int {
	dir, err := os.MkdirTemp("", "factorlint-integration-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if module, err = filepath.Abs("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	command = filepath.Join(dir, "factorlint")
	build := exec.Command("go", "build", "-o", command, "./cmd/factorlint")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// A result is how a command ended.
type result struct {
	stdout, stderr string
	code           int // exit code
}

// run runs a command in a folder, with env added to the environment. A command that cannot be started fails the test.
func run(t *testing.T, dir string, env []string, name string, args ...string) result {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return result{stdout.String(), stderr.String(), c.ProcessState.ExitCode()}
}

// copyTree returns a copy of a folder of this module, in a repository of its own with all files committed.
func copyTree(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(module, filepath.FromSlash(name)))); err != nil {
		t.Fatal(err)
	}
	commit(t, dir)
	return dir
}

// commit commits everything in a folder, which becomes a repository if it is none.
func commit(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"add", "-A"},
		{"-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "a state"},
	} {
		if r := run(t, dir, nil, "git", args...); r.code != 0 {
			t.Fatalf("git %v: %s%s", args, r.stdout, r.stderr)
		}
	}
}

// read returns the text of a file.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write writes a file, and the folders that it lies in.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// unpackTree writes the files of a txtar archive into a folder.
func unpackTree(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
	}
}

// The command that was built is the one that is tested: it finds the flaws of the sample.
func TestCommand(t *testing.T) {
	dir := copyTree(t, "testdata/repos/shop")
	r := run(t, dir, nil, command, "check", "-o", "concise")
	if r.code != 1 || r.stdout == "" {
		t.Errorf("exit code %d, want 1 with findings:\n%s%s", r.code, r.stdout, r.stderr)
	}
}
