//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// runAction runs the action's script on a folder as a step of a pull request, with the inputs' defaults, and then its last step
// as if the upload had been refused. It returns the outputs, the summary and how the last step ended.
func runAction(t *testing.T, dir string) (outputs map[string]string, summary string, last result) {
	t.Helper()
	home := t.TempDir()
	env := []string{"GITHUB_ACTIONS=true", "RUNNER_TEMP=" + home, "GITHUB_OUTPUT=" + filepath.Join(home, "output"),
		"GITHUB_STEP_SUMMARY=" + filepath.Join(home, "summary"), "GITHUB_EVENT_NAME=pull_request", "GITHUB_REPOSITORY=o/r", "GITHUB_ACTOR=somebody",
		"HEAD_REPOSITORY=stranger/r", "BIN=" + command, "INPUT_PATH=", "INPUT_CONFIG=", "INPUT_ARGS=", "INPUT_FAIL_ON=", "INPUT_SARIF_FILE=",
		"INPUT_CATEGORY=", "INPUT_UPLOAD=auto", "INPUT_WORKING_DIRECTORY=.", "INPUT_UNTRUSTED=auto", "INPUT_GO=auto", "INPUT_SUMMARY=true", "INPUT_ANNOTATIONS=auto"}
	if r := run(t, dir, env, "bash", filepath.Join(module, "action/run.sh")); r.code != 0 {
		t.Fatalf("run.sh: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	outputs = map[string]string{}
	for line := range strings.Lines(read(t, filepath.Join(home, "output"))) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		outputs[name] = value
	}
	env = append(env, "ANNOTATIONS=auto", "FILE="+outputs["annotations-file"], "UPLOAD=failure", "REQUIRED="+outputs["required"], "EXIT_CODE="+outputs["exit-code"])
	return outputs, read(t, filepath.Join(home, "summary")), run(t, dir, env, "bash", filepath.Join(module, "action/finish.sh"))
}

// The action's steps with the command itself: what it finds is counted, summed up, annotated, and ends the job.
func TestAction(t *testing.T) {
	outputs, summary, last := runAction(t, copyTree(t, "testdata/repos/shop"))
	var log struct {
		Runs []struct {
			Results     []struct{ RuleID string }
			Invocations []struct{ ExecutionSuccessful bool }
		}
	}
	if err := json.Unmarshal([]byte(read(t, outputs["sarif-file"])), &log); err != nil {
		t.Fatal(err)
	}
	if n := len(log.Runs[0].Results); n == 0 || outputs["findings"] != fmt.Sprint(n) {
		t.Errorf("findings=%s, want %d", outputs["findings"], n)
	}
	if outputs["exit-code"] != "1" || outputs["upload"] != fmt.Sprint(log.Runs[0].Invocations[0].ExecutionSuccessful) || outputs["required"] != "false" {
		t.Errorf("outputs %v", outputs)
	}
	if last.code != 1 || !strings.Contains(last.stdout, "::error file=cmd/") || !strings.Contains(summary, "FL0902") {
		t.Errorf("exit code %d, annotations:\n%s\nsummary:\n%s", last.code, last.stdout, summary)
	}
}

// A log that does not say what the code has is not uploaded.
func TestActionAfterFailure(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/newer\n\ngo 1.99.0\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() {}\n")
	outputs, _, last := runAction(t, dir)
	if outputs["exit-code"] != "2" || outputs["upload"] != "false" || last.code != 2 || !strings.Contains(last.stdout, "::error file=go.mod") {
		t.Errorf("outputs %v, exit code %d:\n%s", outputs, last.code, last.stdout)
	}
}

// Names of the repository neither become commands of the runner nor markup of the summary, and however many findings there
// are, the summary is one that GitHub takes.
func TestActionHostile(t *testing.T) {
	dir := t.TempDir()
	for i := range 400 {
		name := fmt.Sprintf("[x](javascript:alert(1))<img src=x>##[error]%d", i)
		write(t, filepath.Join(dir, name, "Dockerfile"), "FROM debian:latest\nENTRYPOINT /a --b | cat\n")
		write(t, filepath.Join(dir, name, "pod.yaml"), fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \"x\\n::add-mask::%d\\n<b>\"}\nspec:\n"+
			"  template:\n    spec:\n      containers:\n      - {name: \"##[error]\", image: \"a:latest\", ports: [{containerPort: 80}]}\n", i))
	}
	outputs, summary, last := runAction(t, dir)
	if outputs["exit-code"] != "1" {
		t.Errorf("outputs %v", outputs)
	}
	if len(summary) == 0 || len(summary) >= 1<<20 {
		t.Errorf("the summary has %d bytes", len(summary))
	}
	prose := regexp.MustCompile("`[^`\n]*`").ReplaceAllString(summary, "") // in code spans there is no markup
	for _, markup := range []string{"<img", "[x](java", "<b>"} {
		if strings.Contains(prose, markup) {
			t.Errorf("the summary has %s", markup)
		}
	}
	commands := regexp.MustCompile(`(?m)^\s*::(\w*)`).FindAllStringSubmatch(last.stdout, -1)
	count := map[string]int{}
	for _, c := range commands {
		count[c[1]]++
	}
	if count["error"] > 10 || count["warning"] > 10 || count["notice"] > 10 || count["error"]+count["warning"]+count["notice"] != len(commands) || len(commands) == 0 {
		t.Errorf("commands: %v", count)
	}
	if !strings.Contains(last.stdout, " more, of which GitHub shows no annotations") {
		t.Errorf("the rest is not counted:\n%s", last.stdout)
	}
}
