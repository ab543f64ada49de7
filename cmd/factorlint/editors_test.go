package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/suggest"
	"github.com/factorlint/factorlint/rules"
)

// settingsIn returns the first block of JSON in a section of docs/editors.md.
func settingsIn(t *testing.T, section string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/editors.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), "\n## "+section+"\n")
	_, block, begins := strings.Cut(text, "\n```json\n")
	block, _, ends := strings.Cut(block, "\n```\n")
	if !found || !begins || !ends {
		t.Fatalf("docs/editors.md: no JSON under %q", section)
	}
	return block
}

// The task for Visual Studio Code reads every finding that check writes for the sample.
func TestProblemMatcher(t *testing.T) {
	var tasks struct {
		Tasks []struct {
			Args           []string
			ProblemMatcher struct {
				Pattern struct {
					Regexp                                      string
					File, Line, Column, Severity, Code, Message int
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(settingsIn(t, "Visual Studio Code")), &tasks); err != nil {
		t.Fatal(err)
	}
	task := tasks.Tasks[0]
	p := task.ProblemMatcher.Pattern
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), append(task.Args, "../../testdata/repos/shop"), &stdout, &stderr, func(string) string { return "" }); code != exitFindings {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	pattern := regexp.MustCompile(p.Regexp)
	lines := 0
	for line := range strings.Lines(stdout.String()) {
		lines++
		m := pattern.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Errorf("not matched: %s", line)
			continue
		}
		r := rules.Lookup(m[p.Code])
		if r == nil || line != fmt.Sprintf("%s:%s:%s: %s: %s %s: %s\n", m[p.File], m[p.Line], m[p.Column], m[p.Severity], m[p.Code], r.Name, m[p.Message]) {
			t.Errorf("%q is matched as %q", line, m)
		}
	}
	if lines < 10 {
		t.Errorf("only %d findings", lines)
	}
}

// What the page shows as settings names rules and principles that exist.
func TestEditorSettings(t *testing.T) {
	var settings struct {
		Config                string
		Enable, Disable, Only []string
	}
	d := json.NewDecoder(strings.NewReader(settingsIn(t, "Settings")))
	d.DisallowUnknownFields()
	if err := d.Decode(&settings); err != nil {
		t.Fatal(err)
	}
	if err := suggest.CheckWords("settings", append(settings.Enable, settings.Disable...)); err != nil {
		t.Error(err)
	}
}
