package endurance

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
)

// A report is what is read of factorlint's, as docs/json.md describes it.
type report struct {
	Findings      []struct{ Severity string }
	Notifications []struct{ Code, Level, Message string }
	Summary       struct {
		Files     int
		Untrusted bool
		ExitCode  int
	}
}

func parse(text []byte) (r report, err error) {
	err = json.Unmarshal(text, &r)
	return r, err
}

// want returns the exit code that the report asks for: 2 if it cannot be trusted, 1 with a finding from warnings on, else 0.
func (r *report) want() int {
	if r.Summary.Untrusted {
		return 2
	}
	for _, f := range r.Findings {
		if f.Severity != "note" {
			return 1
		}
	}
	return 0
}

// told returns how many notifications of a level there are.
func (r *report) told(level string) (n int) {
	for _, x := range r.Notifications {
		if x.Level == level {
			n++
		}
	}
	return n
}

// broke is what the Go runtime writes when a program breaks down.
var broke = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d+ )`)

// flaws returns what is wrong with a run.
func (t *Trial) flaws(e *ended) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if e.hung {
		add("not done after %v", t.Limit)
		return out // all else follows from this
	}
	if broke.MatchString(e.stderr) {
		add("broke down")
	}
	if e.cost.Memory > t.Memory {
		add("took %d MiB, more than %d", e.cost.Memory>>20, t.Memory>>20)
	}
	if e.broken != nil {
		add("exit code %d, no report: %v", e.code, e.broken)
		return out
	}
	r := &e.read
	if want := r.want(); e.code != want || r.Summary.ExitCode != want {
		add("exit code %d, %d in the report, want %d", e.code, r.Summary.ExitCode, want)
	}
	if n := r.told("error"); r.Summary.Untrusted != (n > 0) {
		add("%d notifications are errors, but that it cannot be trusted is %v", n, r.Summary.Untrusted)
	}
	for _, n := range r.Notifications {
		if n.Code == "internal-error" {
			add("broke down in part: %s", n.Message)
		}
	}
	return out
}

// listing returns the mode, the size and the time of the last change of everything in a folder, by path relative to it.
func listing(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		out[rel] = fmt.Sprint(info.Mode(), info.Size(), info.ModTime().UnixNano())
		return err
	})
	return out, err
}

// changed returns the first path at which two listings differ, or nothing.
func changed(before, after map[string]string) string {
	for _, l := range []map[string]string{before, after} {
		for _, rel := range slices.Sorted(maps.Keys(l)) {
			if before[rel] != after[rel] {
				return rel
			}
		}
	}
	return ""
}
