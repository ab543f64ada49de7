package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// violation is a repository whose only finding is a warning, with a configuration.
func violation(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Dockerfile":       "FROM debian:latest\nUSER 1000\nCMD [\"/api\"]\n",
		".factorlint.yaml": config,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The command line wins over the environment, that over the file, and that over the default.
func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		name, file, env, flags string
		want                   int
		stderr                 string
	}{
		{name: "default", want: exitFindings},
		{name: "file", file: "fail-on: error", want: exitClean},
		{name: "environment over file", file: "fail-on: error", env: "FAIL_ON=warning", want: exitFindings},
		{name: "environment over default", env: "FAIL_ON=error", want: exitClean},
		{name: "flag over environment", env: "FAIL_ON=error", flags: "--fail-on=warning", want: exitFindings},
		{name: "flag over all", file: "fail-on: note", env: "FAIL_ON=note", flags: "--fail-on=error", want: exitClean},
		{name: "empty is unset", file: "fail-on: error", env: "FAIL_ON=", want: exitClean},

		{name: "rules of the file", file: "disable: all", want: exitClean},
		{name: "rules of the environment over the file", file: "disable: all", env: "ENABLE=go,FL0201", want: exitFindings},
		{name: "rules one a line", file: "disable: all", env: "ENABLE=go\nFL0201\n", want: exitFindings},
		{name: "rules of flags over the environment", env: "ENABLE=dockerfile", flags: "--enable=go --disable=dockerfile", want: exitClean},

		{name: "switch", env: "EXIT_ZERO=true", want: exitClean},
		{name: "switch off on the command line", env: "EXIT_ZERO=1", flags: "--exit-zero=false", want: exitFindings},
		{name: "untrusted", file: "disable: all", env: "UNTRUSTED=true", want: exitFindings},
		{name: "no switch", env: "EXIT_ZERO=perhaps", want: exitUntrusted, stderr: `FACTORLINT_EXIT_ZERO: "perhaps": want true or false`},

		{name: "flag over a variable that it excludes", file: "disable: all", env: "NO_CONFIG=true", flags: "--config=FILE", want: exitClean},
		{name: "variables that exclude each other", env: "NO_CONFIG=true CONFIG=FILE", want: exitUntrusted,
			stderr: "FACTORLINT_CONFIG and FACTORLINT_NO_CONFIG exclude each other"},
		{name: "a switch that is off excludes nothing", file: "disable: all", env: "NO_CONFIG=false CONFIG=FILE", want: exitClean},
		{name: "untrusted on the command line, a fix in the environment", env: "FIX=true", flags: "--untrusted", want: exitFindings},

		{name: "wrong severity", env: "FAIL_ON=fatal", want: exitUntrusted, stderr: "--fail-on is what FACTORLINT_FAIL_ON says"},
		{name: "wrong rule", env: "ONLY=dockerfil", want: exitUntrusted, stderr: "did you mean dockerfile? (--only is what FACTORLINT_ONLY says)"},
		{name: "wrong format", env: "OUTPUT=texd", want: exitUntrusted, stderr: "--output is what FACTORLINT_OUTPUT says"},
		{name: "wrong file", env: "CONFIG=absent.yaml", want: exitUntrusted, stderr: "--config is what FACTORLINT_CONFIG says"},
		{name: "help is no setting", env: "HELP=true", want: exitFindings},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := violation(t, c.file)
			file := filepath.Join(dir, ".factorlint.yaml")
			env := map[string]string{"FACTORLINT_NO_CACHE": "true"}
			for _, pair := range strings.Split(c.env, " ") {
				name, value, _ := strings.Cut(pair, "=")
				env["FACTORLINT_"+name] = strings.ReplaceAll(value, "FILE", file)
			}
			args := append([]string{"check", dir}, strings.Fields(strings.ReplaceAll(c.flags, "FILE", file))...)
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), args, &stdout, &stderr, func(name string) string { return env[name] })
			if code != c.want || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("exit code %d, want %d with %q on stderr\n%s%s", code, c.want, c.stderr, &stdout, &stderr)
			}
		})
	}
}

func TestOutputsFromEnvironment(t *testing.T) {
	dir := violation(t, "")
	file := filepath.Join(dir, "out.json")
	env := map[string]string{"FACTORLINT_OUTPUT": "concise, json=" + file}
	var stdout, stderr bytes.Buffer
	run(t.Context(), []string{"check", dir, "--only=dockerfile"}, &stdout, &stderr, func(name string) string { return env[name] })
	if !strings.Contains(stdout.String(), "FL0201") || strings.Contains(stdout.String(), "\n\n") {
		t.Errorf("standard output is not concise:\n%s%s", &stdout, &stderr)
	}
	if text, err := os.ReadFile(file); err != nil || !bytes.Contains(text, []byte("FL0201")) {
		t.Errorf("%s, %v", text, err)
	}
}

// Every flag of every command has a variable of its own, and no variable stands for two.
func TestEveryFlagIsAVariable(t *testing.T) {
	root := (&app{}).root()
	flagOf := map[string]string{}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if other := flagOf[variableOf(f.Name)]; other != "" && other != f.Name {
				t.Errorf("%s stands for --%s and --%s", variableOf(f.Name), other, f.Name)
			}
			flagOf[variableOf(f.Name)] = f.Name
			if got := unknownVariables([]string{variableOf(f.Name) + "=x"}, root); len(got) > 0 && isVariable(f) {
				t.Error(got)
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
}

func TestUnknownVariables(t *testing.T) {
	got := unknownVariables([]string{"FACTORLINT_FAILON=error", "PATH=/", "FACTORLINT_FAIL_ON=error", "FACTORLINT_SERVICE_HOST=10.0.0.1", "FACTORLINT_HELP=1", "FACTORLINT_NOTHING="},
		(&app{}).root())
	want := []string{
		"the environment variable FACTORLINT_FAILON stands for no flag; did you mean FACTORLINT_FAIL_ON?",
		"the environment variable FACTORLINT_HELP stands for no flag",
		"the environment variable FACTORLINT_SERVICE_HOST stands for no flag",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
