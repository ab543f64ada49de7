package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A patch keeps every byte in a file and, outside of CI, in a pipe. The log of a CI job gets no commands, and harmless makes
// what a terminal would obey visible.
func TestWriteVerbatim(t *testing.T) {
	const patch = "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n ::add-mask::x\n-\ta\x1b]0;x\r\n+##[error]\u202e\n"
	none := func(string) string { return "" }
	actions := func(name string) string { return map[string]string{"GITHUB_ACTIONS": "true"}[name] }
	file, err := os.Create(filepath.Join(t.TempDir(), "patch"))
	if err != nil {
		t.Fatal(err)
	}
	var pipe, log bytes.Buffer
	for _, a := range []*app{{stdout: &pipe, env: none}, {stdout: &log, env: actions}, {stdout: file, env: actions}} {
		if err := a.writeVerbatim([]byte(patch)); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if pipe.String() != patch || string(text) != patch {
		t.Errorf("changed: %q, %q", pipe.String(), text)
	}
	if want := "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n : :add-mask::x\n-\ta\x1b]0;x\r\n+## [error]\u202e\n"; log.String() != want {
		t.Errorf("log: %q, want %q", log.String(), want)
	}
	if got, want := harmless("+\ta\x1b]0;x\r\n+\u202e\n"), "+\ta\\x1b]0;x\\r\n+\\u202e\n"; got != want {
		t.Errorf("harmless: %q, want %q", got, want)
	}
}
