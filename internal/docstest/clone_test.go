//go:build integration

package docstest

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The commands that TestCommands leaves out are executed in a clone of this repository.
func TestCommandsInClone(t *testing.T) {
	dir, shared := clone(t), t.TempDir()
	for _, b := range allBlocks(t) {
		if all := here(b, b.commands(t)); len(all) > 0 && compiles.MatchString(b.text) {
			t.Run(b.String(), func(t *testing.T) { execute(t, dir, shared, b, all) })
		}
	}
}

// actionlint has nothing to say about the workflows of the pages. Of a workflow that is shown in part the rest is filled in.
func TestWorkflowSnippets(t *testing.T) {
	version := regexp.MustCompile(`(?m)^ACTIONLINT_VERSION := (\S+)$`).FindStringSubmatch(read(t, "Makefile"))
	if version == nil {
		t.Fatal("no version of actionlint in the Makefile")
	}
	for _, b := range allBlocks(t) {
		if b.language != "yaml" || !isWorkflow(b.text) {
			continue
		}
		text := b.text
		if strings.HasPrefix(text, "    steps:") {
			text = "jobs:\n  job:\n    runs-on: ubuntu-24.04\n" + text
		}
		if strings.HasPrefix(text, "jobs:") {
			text = "on: push\n" + text
		}
		lint := exec.Command("go", "run", "github.com/rhysd/actionlint/cmd/actionlint@"+version[1], "-shellcheck=", "-pyflakes=", "-")
		lint.Stdin = strings.NewReader(text)
		if out, err := lint.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", b, err, out)
		}
	}
}
