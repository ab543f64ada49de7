package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What init writes is a configuration, and changes no finding; nor does it once all its comments are settings.
func TestInitChangesNothing(t *testing.T) {
	kept := t.TempDir()
	command := func(t *testing.T, want int, args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), args, &stdout, &stderr, func(name string) string {
			return map[string]string{"FACTORLINT_CACHE_DIR": kept}[name]
		})
		if want >= 0 && code != want {
			t.Fatalf("%s: exit code %d, want %d\n%s", strings.Join(args, " "), code, want, &stderr)
		}
		return stdout.String()
	}
	// findings leaves out how many files were read
	findings := func(t *testing.T, dir string) string {
		return regexp.MustCompile(`(?m)^(no|\d+) findings?.*$`).ReplaceAllString(command(t, -1, "check", dir), "")
	}
	setting := regexp.MustCompile(`(?m)^#([a-z]|  )`)
	for _, repo := range []string{"shop", "notes/broken", "notes/clean", "stock/broken", "thumbs/broken"} {
		t.Run(repo, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("../../testdata/repos", repo))); err != nil {
				t.Fatal(err)
			}
			before := findings(t, dir)
			command(t, exitClean, "init", dir)
			file := filepath.Join(dir, ".factorlint.yaml")
			command(t, exitClean, "config", "verify", file)
			if d := cmp.Diff(before, findings(t, dir)); d != "" {
				t.Errorf("findings (-before +after)\n%s", d)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all := setting.ReplaceAll(text, []byte("$1"))
			if bytes.Equal(all, text) {
				t.Errorf("nothing was found:\n%s", text)
			}
			if err := os.WriteFile(file, all, 0o644); err != nil {
				t.Fatal(err)
			}
			command(t, exitClean, "config", "verify", file)
			if d := cmp.Diff(before, findings(t, dir)); d != "" {
				t.Errorf("findings with all settings (-before +after)\n%s\n%s", d, all)
			}
		})
	}
}
