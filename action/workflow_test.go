package action

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A step is what one step of the action or of a workflow says.
type step struct {
	ID, If, Uses, Run string
	ContinueOnError   bool `yaml:"continue-on-error"`
	With, Env         map[string]string
}

// steps returns the steps of action.yml and of all workflows, by file.
func steps(t *testing.T) map[string][]step {
	t.Helper()
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	out := map[string][]step{}
	for _, file := range append(files, "../action.yml") {
		var content struct {
			Runs struct{ Steps []step }
			Jobs map[string]struct{ Steps []step }
		}
		if err := yaml.Unmarshal([]byte(read(t, file)), &content); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[file] = content.Runs.Steps
		for _, job := range content.Jobs {
			out[file] = append(out[file], job.Steps...)
		}
		if len(out[file]) == 0 {
			t.Errorf("%s has no steps", file)
		}
	}
	return out
}

var pinned = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}$`)

// No expression is pasted into a script, where whoever can choose its value could choose commands; and what others publish is
// taken at one commit, since a tag can be moved.
func TestWorkflows(t *testing.T) {
	for file, all := range steps(t) {
		for _, s := range all {
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: an expression in a script: %s", file, s.Run)
			}
			if s.Uses != "" && s.Uses != "./" && !pinned.MatchString(s.Uses) {
				t.Errorf("%s: not pinned to a commit: %s", file, s.Uses)
			}
			if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
				t.Errorf("%s: the checkout leaves the token behind", file)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The version of each pinned action stands beside it, and one action is pinned to one commit everywhere, in the documentation
// too.
func TestPins(t *testing.T) {
	line := regexp.MustCompile(`(?m)uses: ([\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	pins := map[string]string{}
	for file, all := range steps(t) {
		text := read(t, file)
		uses := 0
		for _, s := range all {
			if strings.Contains(s.Uses, "@") {
				uses++
			}
		}
		found := line.FindAllStringSubmatch(text, -1)
		if len(found) != uses {
			t.Errorf("%s: %d of %d pins name their version", file, len(found), uses)
		}
		for _, m := range found {
			if other, ok := pins[m[1]]; ok && other != m[2] {
				t.Errorf("%s: %s is pinned to %s and to %s", file, m[1], m[2], other)
			}
			pins[m[1]] = m[2]
		}
	}
	for _, m := range line.FindAllStringSubmatch(read(t, "../docs/github.md"), -1) {
		if pins[m[1]] != m[2] {
			t.Errorf("docs/github.md has %s at %s, the workflows at %s", m[1], m[2], pins[m[1]])
		}
	}
}

// Every input of the action is used, inputs and outputs are documented, every variable that the scripts read is given, and only the last step fails the job for
// what was found.
func TestAction(t *testing.T) {
	text, page := read(t, "../action.yml"), read(t, "../docs/github.md")
	var action struct {
		Inputs  map[string]struct{ Description string }
		Outputs map[string]struct{ Value string }
	}
	if err := yaml.Unmarshal([]byte(text), &action); err != nil {
		t.Fatal(err)
	}
	for name, input := range action.Inputs {
		if !strings.Contains(text, "inputs."+name+" ") || input.Description == "" || !strings.Contains(page, "\n| `"+name+"` |") {
			t.Errorf("input %s is not used, or not described", name)
		}
	}
	for name, output := range action.Outputs {
		if output.Value != "${{ steps.run.outputs."+name+" }}" || !strings.Contains(page, "\n| `"+name+"` |") {
			t.Errorf("output %s is %s, or not described", name, output.Value)
		}
	}
	all := steps(t)["../action.yml"]
	for _, s := range all {
		_, script, ok := strings.Cut(strings.TrimSuffix(s.Run, `"`), "$GITHUB_ACTION_PATH/action/")
		if !ok {
			continue
		}
		content := read(t, script)
		for name := range s.Env {
			if name != "GH_TOKEN" && !strings.Contains(content, "$"+name) && !strings.Contains(content, "${"+name) {
				t.Errorf("%s does not read %s", script, name)
			}
		}
		for _, m := range regexp.MustCompile(`\$\{?(INPUT_\w+)`).FindAllStringSubmatch(content, -1) {
			if _, ok := s.Env[m[1]]; !ok {
				t.Errorf("%s is not given %s", script, m[1])
			}
		}
	}
	upload, finish := all[len(all)-2], all[len(all)-1]
	if !upload.ContinueOnError || upload.If != "${{ !cancelled() && steps.run.outputs.upload == 'true' }}" ||
		finish.If != "${{ !cancelled() && steps.run.outcome == 'success' }}" || finish.Env["UPLOAD"] != "${{ steps.upload.outcome }}" {
		t.Errorf("upload: %+v\nlast step: %+v", upload, finish)
	}
}
