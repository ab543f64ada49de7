//go:build integration

package integration

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/output"
)

// A sarifLog is what these tests read of a SARIF log, factorlint's or the Multitool's.
type sarifLog struct {
	Runs []struct {
		Results []struct {
			RuleID  string
			Level   string
			Message struct{ Text string }
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Descriptor struct{ ID string }
				Message    struct{ Text string }
			}
		}
	}
}

func readLog(t *testing.T, file string) (log sarifLog) {
	t.Helper()
	if err := json.Unmarshal([]byte(strings.TrimPrefix(read(t, file), "\ufeff")), &log); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return log
}

// S1: Microsoft's SARIF Multitool finds nothing but notes by its rules for SARIF and for GitHub.
func TestMultitool(t *testing.T) {
	multitool := installMultitool(t)
	logs := t.TempDir()
	shop := copyTree(t, "testdata/repos/shop")
	broken := t.TempDir()
	unpackTree(t, broken, unreadable)
	for name, args := range map[string][]string{
		"empty":      {t.TempDir()},
		"shop":       {shop},
		"suppressed": {"--sarif-include-suppressed", broken},
		"part":       {filepath.Join(shop, "cmd")},
		"broken":     {broken},
	} {
		log := filepath.Join(logs, name+".sarif")
		if r := run(t, logs, nil, command, append([]string{"check", "-o", "sarif=" + log}, args...)...); r.stdout != "" {
			t.Fatalf("%s: %s%s", name, r.stdout, r.stderr)
		}
		for _, fault := range multitool(log) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	// what it is told to find, it finds
	bad := filepath.Join(logs, "bad.sarif")
	write(t, bad, `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}}}]}`)
	if len(multitool(bad)) == 0 {
		t.Error("a log without results and rules passes")
	}
}

// installMultitool installs the SARIF Multitool and returns what looks at a log with it: without a network, and by what it writes,
// since its exit code is 0 whatever it finds.
func installMultitool(t *testing.T) func(log string) (faults []string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		write(t, filepath.Join(dir, name), read(t, filepath.Join(module, "internal/integration/tools", name)))
	}
	if r := run(t, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); r.code != 0 {
		t.Fatalf("npm ci: %s%s", r.stdout, r.stderr)
	}
	tool := filepath.Join(dir, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")
	if err := os.Chmod(tool, 0o755); err != nil {
		t.Fatal(err)
	}
	offline := exec.Command("unshare", "--map-root-user", "--net", "true").Run() == nil
	return func(log string) (faults []string) {
		out := filepath.Join(dir, filepath.Base(log)+".validation.sarif")
		command := []string{tool, "validate", log, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--output", out, "--log", "ForceOverwrite",
			"--config", filepath.Join(module, "internal/integration/testdata/multitool.xml")} // without the rule that fetches all addresses
		if offline {
			command = append([]string{"unshare", "--map-root-user", "--net"}, command...)
		}
		r := run(t, dir, nil, command[0], command[1:]...)
		validation := readLog(t, out)
		if r.code != 0 || len(validation.Runs) != 1 || !validation.Runs[0].Invocations[0].ExecutionSuccessful {
			t.Fatalf("the Multitool has failed on %s: %s%s", log, r.stdout, r.stderr)
		}
		for _, res := range validation.Runs[0].Results {
			if res.Level != "note" {
				faults = append(faults, fmt.Sprintf("%s %s %v", res.Level, res.RuleID, res.Message))
			}
		}
		return faults
	}
}

// unreadable is a tree of which every part gives a notification, with one finding, which is suppressed.
const unreadable = `
-- a/a.go --
package a

func {
-- b/go.mod --
module example.com/b

foo
-- b/b.go --
package b
-- d/go.mod --
module example.com/d

go 1.26
-- d/d.go --
package d

import _ "nosuchstd/foo"
-- e/go.mod --
module example.com/e

go 1.26

replace example.com/z => ../../../nowhere

require example.com/z v1.0.0
-- e/e.go --
package e

import _ "example.com/z"
-- chart/Chart.yaml --
apiVersion: v2
name: c
version: 1.0.0
-- chart/templates/a.yaml --
{{ fail "no" }}
-- k1/kustomization.yaml --
resources: [../nowhere, missing.yaml]
-- k2/kustomization.yaml --
resources: [https://127.0.0.1:9/x]
-- bad.yaml --
kind: Service
apiVersion: v1
metadata: {
-- compose.yaml --
services:
  a:
    build: ./nowhere
    env_file: missing.env
include: [gone.yaml]
-- Dockerfile --
# factorlint:ignore unpinned-base-image -- a sample
FROM alpine
FOO bar
`

// S5 and S6: two clones in different folders, looked at from different folders, by different users with different numbers of
// processors, give the same bytes in every format, and nothing in them tells of the machine.
func TestClones(t *testing.T) {
	origin := copyTree(t, "testdata/repos/shop")
	if err := os.Remove(filepath.Join(origin, "go.mod")); err != nil { // then it is the repository's name that binds this image
		t.Fatal(err)
	}
	write(t, filepath.Join(origin, "cmd/go.mod"), "module example.com/shop/cmd\n\ngo 1.26\n")
	write(t, filepath.Join(origin, "deploy/site.yaml"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: site}\nspec:\n"+
		"  selector: {matchLabels: {app: site}}\n  template:\n    metadata: {labels: {app: site}}\n"+
		"    spec: {containers: [{name: site, image: example.com/acme/shop:1}]}\n")
	unpackTree(t, origin, unreadable)
	if err := os.Symlink("/etc/passwd", filepath.Join(origin, "outside.yaml")); err != nil {
		t.Fatal(err)
	}
	commit(t, origin)
	var logs [2]map[string]string
	for i, clone := range []string{filepath.Join(t.TempDir(), "alpha"), filepath.Join(t.TempDir(), "deep", "er", "shop")} {
		for _, args := range [][]string{
			{"clone", "-q", origin, clone},
			{"-C", clone, "remote", "set-url", "origin", "https://example.com/acme/shop.git"},
		} {
			if r := run(t, origin, nil, "git", args...); r.code != 0 {
				t.Fatalf("git %v: %s", args, r.stderr)
			}
		}
		cwd, path := clone, "."
		if i > 0 {
			cwd, path = filepath.Dir(clone), filepath.Base(clone)
		}
		logs[i] = allFormats(t, cwd, path, i)
	}
	for _, format := range output.Formats() {
		if logs[0][format] != logs[1][format] {
			t.Errorf("%s differs from clone to clone", format)
		}
	}
}

// allFormats returns what is written of a repository in each format, for the nth user.
func allFormats(t *testing.T, cwd, path string, n int) map[string]string {
	t.Helper()
	dir, temp := t.TempDir(), t.TempDir()
	user, marker := fmt.Sprintf("us3r-of-clone-%d", n), fmt.Sprintf("m4rker-%d", n)
	env := []string{fmt.Sprintf("GOMAXPROCS=%d", 1+3*n), "USER=" + user, "LOGNAME=" + user, "TMPDIR=" + temp, "FACTORLINT_TEST_MARKER=" + marker}
	args := []string{"check", path}
	for _, format := range output.Formats() {
		args = append(args, "-o", format+"="+filepath.Join(dir, format))
	}
	if r := run(t, cwd, env, command, args...); r.code != 2 || r.stdout != "" {
		t.Fatalf("exit code %d, want 2 since a module cannot be loaded: %s%s", r.code, r.stdout, r.stderr)
	}
	goenv := run(t, cwd, nil, "go", "env", "GOROOT", "GOMODCACHE", "GOCACHE")
	private := append(strings.Fields(goenv.stdout), cwd, temp, dir, module, user, marker)
	if host, err := os.Hostname(); err == nil && host != "localhost" {
		private = append(private, host)
	}
	out := map[string]string{}
	for _, format := range output.Formats() {
		out[format] = read(t, filepath.Join(dir, format))
		if out[format] == "" {
			t.Fatalf("%s is empty", format)
		}
		for _, word := range private {
			if strings.Contains(out[format], word) {
				t.Errorf("%s holds %q", format, word)
			}
		}
	}
	return out
}

// S13: of more findings than GitHub accepts the worst are written, the log and standard error say so, and it can be uploaded.
func TestTooManyFindings(t *testing.T) {
	const files, secrets = 250, 100 // of each file one warning and that many errors; the last file has ten errors less
	dir := t.TempDir()
	for i := range files {
		n := secrets
		if i == files-1 {
			n -= 10
		}
		text := "FROM alpine\nUSER 65532\n"
		for j := range n {
			text += fmt.Sprintf("ENV SERVICE_%d_PASSWORD=kR7vQ2nW9xTz%d\n", j, j)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("service%03d", i), "Dockerfile"), text+"ENTRYPOINT [\"/api\"]\n")
	}
	file := filepath.Join(t.TempDir(), "out.sarif")
	r := run(t, dir, nil, command, "check", "--only", "secret-in-image,unpinned-base-image", "-o", "sarif="+file)
	const total = files*(secrets+1) - 10
	message := fmt.Sprintf("25000 worst of %d findings", total)
	if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, message) {
		t.Errorf("exit code %d, %s%s, want %q on standard error", r.code, r.stdout, r.stderr, message)
	}
	log := readLog(t, file).Runs[0]
	levels := map[string]int{}
	for _, res := range log.Results {
		levels[res.Level]++
	}
	if levels["error"] != files*secrets-10 || levels["warning"] != 10 || len(log.Results) != 25000 {
		t.Errorf("%d results: %v", len(log.Results), levels)
	}
	notes := log.Invocations[0].ToolExecutionNotifications
	if len(notes) != 1 || notes[0].Descriptor.ID != "too-many-findings" || !strings.Contains(notes[0].Message.Text, fmt.Sprint(total)) {
		t.Errorf("notifications %+v", notes)
	}
	text := read(t, file)
	var small bytes.Buffer
	w := gzip.NewWriter(&small)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d compressed", len(text), small.Len())
	if small.Len() > 10<<20 {
		t.Errorf("the log has %d bytes compressed, more than GitHub takes", small.Len())
	}
}
