package endurance

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Reports of runs.
const (
	clean   = `{"findings": [], "notifications": [], "summary": {"files": 3, "exitCode": 0}}`
	warning = `{"findings": [{"severity": "warning"}], "notifications": [{"code": "x", "level": "note"}], "summary": {"files": 3, "exitCode": 1}}`
	refused = `{"notifications": [{"code": "x", "level": "error"}], "summary": {"untrusted": true, "exitCode": 2}}`
	partly  = `{"notifications": [{"code": "internal-error", "level": "error", "message": "rule FL0901"}], "summary": {"untrusted": true, "exitCode": 2}}`
)

// program returns a program that takes the place of factorlint: a script that knows its report as $report and its cache as $cache.
func program(t *testing.T, script string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "factorlint")
	text := "#!/bin/sh\ncache=${3#--cache-dir=}\nreport=${5#json=}\nmkdir -p \"$cache\"\n" + script + "\n"
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// says returns a script that writes a report and exits.
func says(text string, code int) string {
	return fmt.Sprintf("echo '%s' > \"$report\"\nexit %d", text, code)
}

// trees returns two small folders.
func trees(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var out []string
	for _, name := range []string{"one", "two"} {
		tree := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(tree, "deploy"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tree, "deploy", "a.yaml"), []byte("kind: List\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		out = append(out, tree)
	}
	return out
}

func TestFlaws(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   []string // parts of the flaws of each checkout
	}{
		"clean":         {says(clean, 0), nil},
		"finding":       {says(warning, 1), nil},
		"refused":       {says(refused, 2), nil},
		"panic":         {"printf 'panic: oops\\n\\ngoroutine 1 [running]:\\n' >&2; exit 2", []string{"first run: broke down", "first run: exit code 2, no report", "second run: broke down", "second run: exit code 2, no report"}},
		"panic told":    {"echo 'fatal error: all goroutines are asleep' >&2\n" + says(clean, 0), []string{"first run: broke down", "second run: broke down"}},
		"rule broken":   {says(partly, 2), []string{"first run: broke down in part: rule FL0901", "second run: broke down in part"}},
		"hangs":         {"sleep 60", []string{"first run: not done after 1s", "second run: not done after 1s"}},
		"lies":          {says(warning, 0), []string{"first run: exit code 0, 1 in the report, want 1", "second run: exit code 0"}},
		"report lies":   {says(clean, 1), []string{"first run: exit code 1, 0 in the report, want 0", "second run: exit code 1"}},
		"trusted":       {says(strings.Replace(refused, "true", "false", 1), 2), []string{"first run: exit code 2, 2 in the report, want 0", "first run: 1 notifications are errors, but that it cannot be trusted is false", "second run: exit", "second run: 1 not"}},
		"half a report": {says(clean[:20], 0), []string{"first run: exit code 0, no report", "second run: exit code 0, no report"}},
		"killed":        {"kill -KILL $$", []string{"first run: exit code -1, no report", "second run: exit code -1, no report"}},
		"forgets":       {"[ -e \"$cache/$(basename \"$PWD\")\" ] && " + strings.Replace(says(clean, 0), "\n", "\n[ -e \"$cache/$(basename \"$PWD\")\" ] && ", 1) + "\ntouch \"$cache/$(basename \"$PWD\")\"\n" + says(warning, 1), []string{"second run: says something else than the first: exit code 0"}},
		"writes":        {"echo >> deploy/a.yaml\n" + says(clean, 0), []string{"the checkout was changed: deploy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := &Trial{Factorlint: program(t, c.script), Temp: t.TempDir(), Limit: time.Minute, Memory: 1 << 30, Jobs: 2, Log: io.Discard}
			if name == "hangs" {
				trial.Limit = time.Second
			}
			all, err := trial.All(t.Context(), trees(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range all {
				if len(o.Flaws) != len(c.want) {
					t.Errorf("%s: %q, want %q", o.Name, o.Flaws, c.want)
					continue
				}
				for i, f := range o.Flaws {
					if !strings.HasPrefix(f, c.want[i]) {
						t.Errorf("%s: %q, want %q", o.Name, f, c.want[i])
					}
				}
			}
		})
	}
}

// A program that hangs is asked where.
func TestHanging(t *testing.T) {
	var log bytes.Buffer
	trial := &Trial{Factorlint: program(t, "trap 'echo in the loop >&2; kill $!; exit 2' QUIT\nsleep 60 & wait"),
		Temp: t.TempDir(), Limit: time.Second, Memory: 1, Jobs: 1, Log: &log}
	all, err := trial.All(t.Context(), trees(t)[:1])
	if err != nil {
		t.Fatal(err)
	}
	if all[0].exit != 2 || !strings.Contains(log.String(), "in the loop") {
		t.Errorf("exit code %d, log:\n%s", all[0].exit, log.String())
	}
}

func TestMemory(t *testing.T) {
	trial := &Trial{Factorlint: program(t, says(clean, 0)), Temp: t.TempDir(), Limit: time.Minute, Memory: 1, Jobs: 1, Log: io.Discard}
	all, err := trial.All(t.Context(), trees(t)[:1])
	if err != nil {
		t.Fatal(err)
	}
	if f := all[0].Flaws; len(f) != 2 || !strings.Contains(f[0], "MiB, more than 0") {
		t.Errorf("%q", f)
	}
}

func TestAbsent(t *testing.T) {
	trial := &Trial{Factorlint: filepath.Join(t.TempDir(), "absent"), Temp: t.TempDir(), Limit: time.Minute, Jobs: 1, Log: io.Discard}
	if _, err := trial.All(t.Context(), trees(t)); err == nil {
		t.Error("a program that is not there ran")
	}
}

func TestWrite(t *testing.T) {
	read, err := parse([]byte(warning))
	if err != nil {
		t.Fatal(err)
	}
	a := &Outcome{Name: "a", report: read, exit: 1}
	a.costs[0].Wall, a.costs[1].Wall, a.costs[1].Memory = 2*time.Second, time.Second/4, 100<<20
	b := &Outcome{Name: "b", exit: -1, Flaws: []string{"first run: broke down"}}
	b.costs[0].Wall = 4 * time.Second
	var out strings.Builder
	flawed, err := Write(&out, []*Outcome{a, b})
	if err != nil || flawed != 1 {
		t.Errorf("%d with flaws, %v", flawed, err)
	}
	for _, want := range []string{
		"| a | 3 | 1 | 0 / 0 / 1 | 1 | 2.0 | 0.2 | 100 |\n",
		"2 repositories: 0 with exit code 0, 1 with 1, 0 with 2, 1 with another; 1 with flaws\n",
		"| first run, s | 3 | 4 | b |\n",
		"| second run, s | 0.125 | 0.25 | a |\n",
		"\n- b: first run: broke down\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not there: %s", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
