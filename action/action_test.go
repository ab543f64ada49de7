// Package action tests the scripts of the GitHub Action with stand-ins for all that they run: factorlint, curl, gh, git and go.
package action

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tools are the programs of the machine that the scripts need; there is nothing else on their PATH but stand-ins.
var tools = []string{"awk", "bash", "cat", "chmod", "cp", "cut", "grep", "gzip", "mkdir", "mktemp", "rm", "sha256sum", "sh", "tar", "touch", "uname"}

// A runner is a machine that a script of the action runs on.
type runner struct {
	t    *testing.T
	home string // with bin, for stand-ins; temp; work, the checkout; and the files that GitHub's variables name
	env  map[string]string
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	r := &runner{t: t, home: t.TempDir()}
	for _, dir := range []string{"bin", "temp", "work"} {
		if err := os.Mkdir(filepath.Join(r.home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range tools {
		name, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(name, filepath.Join(r.home, "bin", tool)); err != nil {
			t.Fatal(err)
		}
	}
	r.env = map[string]string{
		"PATH": filepath.Join(r.home, "bin"), "HOME": r.home, "T": r.home, "RUNNER_TEMP": filepath.Join(r.home, "temp"), "RUNNER_OS": "Linux",
		"RUNNER_ARCH": "X64", "GITHUB_OUTPUT": filepath.Join(r.home, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(r.home, "summary"),
	}
	return r
}

// standIn puts a program on PATH: a shell script that first notes its arguments, one a line, in the file NAME.args.
func (r *runner) standIn(name, script string) {
	r.t.Helper()
	text := "#!/bin/sh\nprintf '%s\\n' \"$@\" >>\"$T/" + name + ".args\"\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(r.home, "bin", name), []byte(text), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// read returns what a file below home holds; one that does not exist holds nothing.
func (r *runner) read(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.home, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		r.t.Fatal(err)
	}
	return string(text)
}

// run runs a script with more variables, and returns its exit code and all that it printed.
func (r *runner) run(script string, env map[string]string) (code int, out string) {
	r.t.Helper()
	file, err := filepath.Abs(script)
	if err != nil {
		r.t.Fatal(err)
	}
	all := maps.Clone(r.env)
	maps.Copy(all, env)
	c := exec.Command("bash", file)
	c.Dir = filepath.Join(r.home, "work")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c.Env = append(c.Env, name+"="+all[name])
	}
	var b bytes.Buffer
	c.Stdout, c.Stderr = &b, &b
	err = c.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), b.String()
}

// outputs returns what a script wrote to GITHUB_OUTPUT. Every line has to be NAME=VALUE.
func (r *runner) outputs() map[string]string {
	r.t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(r.read("output")) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if _, twice := out[name]; twice || !ok {
			r.t.Errorf("output %q", line)
		}
		out[name] = value
	}
	return out
}

// inert demands that no text of an input was run: the tests' inputs would make a file called ran.
func (r *runner) inert() {
	r.t.Helper()
	err := filepath.WalkDir(r.home, func(name string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Base(name) == "ran" {
			r.t.Errorf("an input was run: %s", name)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}
