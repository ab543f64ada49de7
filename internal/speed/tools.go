package speed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tools says which programs to run.
type Tools struct {
	Factorlint   string
	GolangciLint string
	Linters      string // of golangci-lint: names, or "standard"
	Vet          string // the tool that "go vet" runs
}

// A tool is a program with the place of what it keeps between runs.
type tool struct {
	name    string
	command func(kept string) (env, command []string) // kept is a folder, empty at first
}

// The order is that of all costs.
const (
	self = iota
	golangci
	vet
)

func (t *Tools) list() []tool {
	linters := []string{"--default=none", "--enable=" + t.Linters}
	if t.Linters == "standard" {
		linters = []string{"--default=standard"}
	}
	return []tool{
		{"factorlint", func(kept string) (env, command []string) {
			return nil, t.check("--cache-dir="+kept, filepath.Join(kept, report))
		}},
		{"golangci-lint", func(kept string) (env, command []string) {
			return []string{"GOLANGCI_LINT_CACHE=" + kept}, append([]string{t.GolangciLint, "run", "--no-config", "--tests=false",
				"--issues-exit-code=0", "--allow-parallel-runners", "./..."}, linters...)
		}},
		{"go vet", func(kept string) (env, command []string) {
			return nil, []string{"go", "vet", "-vettool=" + vetLink(kept), "./..."}
		}},
	}
}

// report is the file in factorlint's folder that has what it found last.
const report = "report.json"

// check returns the command that looks for all rules, and writes what it finds as JSON.
func (t *Tools) check(cache, out string) []string {
	return []string{t.Factorlint, "check", "--exit-zero", "--enable=go,dockerfile,manifest,repository,workload", cache, "-o", "json=" + out, "."}
}

// vetLink returns the name of the link to vet in a folder. The go command keeps what vet found in the build cache by what the tool
// calls itself: its name and version. So another name makes it look again.
func vetLink(kept string) string { return filepath.Join(kept, "vet-"+filepath.Base(kept)) }

// fresh makes a folder for what a tool keeps.
func (t *Tools) fresh(dir string) (string, error) {
	kept, err := os.MkdirTemp(dir, "kept-")
	if err != nil {
		return "", err
	}
	return kept, os.Symlink(t.Vet, vetLink(kept))
}

// reference returns what factorlint finds in dir if nothing is kept.
func (t *Tools) reference(ctx context.Context, dir, temp string) ([]byte, error) {
	out := filepath.Join(temp, "reference.json")
	if _, err := Measure(ctx, dir, nil, t.check("--no-cache", out)...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// compare fails unless the last run that kept things in a folder found what is wanted.
func compare(kept string, want []byte) error {
	got, err := os.ReadFile(filepath.Join(kept, report))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("the report differs from that of --no-cache: %d and %d bytes", len(got), len(want))
	}
	return nil
}

// VetTool returns the tool that "go vet" runs.
func VetTool() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "vet").Output()
	return strings.TrimSpace(string(out)), err
}
