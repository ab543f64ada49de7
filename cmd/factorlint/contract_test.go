package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/output"
)

// execute runs a command line without an environment.
func execute(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	code = run(t.Context(), args, &out, &complaints, func(string) string { return "" })
	return code, out.String(), complaints.String()
}

// folder returns a new folder with files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	faulty = "FROM debian:12\nUSER 65532\nENTRYPOINT /api --serve\n" // an error
	broken = "apiVersion: v1\nkind: Service\nmetadata: {\n"          // a notification
	note   = "FROM alpine:3.22\nUSER 65532\nENTRYPOINT /api\n"       // a note
	noGo   = "modul example.com/a\n"                                 // a run that cannot be trusted
	clean  = "FROM alpine:3.22\nUSER 65532\nENTRYPOINT [\"/api\"]\n" // nothing
)

// C1: 0 without findings from --fail-on on, 1 with some, 2 if the run cannot be trusted or was asked for in a way that means nothing.
func TestExitCodes(t *testing.T) {
	repos := map[string]string{
		"clean":   folder(t, map[string]string{"Dockerfile": clean}),
		"note":    folder(t, map[string]string{"Dockerfile": note}),
		"error":   folder(t, map[string]string{"Dockerfile": faulty}),
		"broken":  folder(t, map[string]string{"Dockerfile": clean, "a.yaml": broken}),
		"failed":  folder(t, map[string]string{"Dockerfile": clean, "go.mod": noGo, "main.go": "package main\n"}),
		"failing": folder(t, map[string]string{"Dockerfile": faulty, "go.mod": noGo, "main.go": "package main\n"}),
	}
	for _, c := range []struct {
		args string // the first word after flags is a repository
		want int
	}{
		{"clean", 0},
		{"note", 0},
		{"--fail-on=note note", 1},
		{"--fail-on=error note", 0},
		{"error", 1},
		{"--fail-on=error error", 1},
		{"--exit-zero error", 0},
		{"--diff error", 1},
		{"--diff --exit-zero error", 0},
		{"--diff clean", 0},
		{"broken", 0},
		{"--strict broken", 2},
		{"failed", 2},
		{"failing", 2},
		{"--exit-zero failing", 2},
		{"--diff failing", 2},
		{"--fail-on=fatal clean", 2},
		{"--no-such-flag clean", 2},
		{"--only=no-such-rule clean", 2},
		{"--output=no-such-format clean", 2},
		{"--config=no-such-file clean", 2},
		{"no-such-folder", 2},
	} {
		args := append([]string{"check", "--no-cache"}, strings.Fields(c.args)...)
		if dir := repos[args[len(args)-1]]; dir != "" {
			args[len(args)-1] = dir
		}
		if got, _, stderr := execute(t, args...); got != c.want {
			t.Errorf("check %s: exit code %d, want %d\n%s", c.args, got, c.want, stderr)
		}
	}
}

// C2: a machine can read standard output whatever was found and however the run ended: it holds one document and nothing else.
func TestOneDocument(t *testing.T) {
	readers := map[string]func(text string) error{
		"json": oneJSON, "jsonl": jsonLines, "sarif": oneJSON, "gitlab": oneJSON, "rdjson": oneJSON, "checkstyle": oneXML, "junit": oneXML, "github": commands,
		"html": nil, "markdown": nil, "text": nil, "concise": nil, // for people
	}
	for name, files := range map[string]map[string]string{
		"clean": {"Dockerfile": clean}, "findings": {"Dockerfile": faulty}, "notifications": {"Dockerfile": faulty, "a.yaml": broken},
		"untrusted": {"Dockerfile": faulty, "go.mod": noGo, "main.go": "package main\n", "a.yaml": broken},
	} {
		dir := folder(t, files)
		for _, format := range output.Formats() {
			read, known := readers[format]
			if !known {
				t.Errorf("%s: nobody knows what a reader of it expects", format)
			}
			if read == nil {
				continue
			}
			_, stdout, _ := execute(t, "check", "--no-cache", "-o", format, dir)
			if err := read(stdout); err != nil {
				t.Errorf("%s of %s: %v\n%s", format, name, err, stdout)
			}
		}
	}
	for _, args := range [][]string{{"rules", "--json"}, {"version", "--json"}, {"workloads", "--json", t.TempDir()}} {
		if _, stdout, _ := execute(t, args...); oneJSON(stdout) != nil {
			t.Errorf("%v: %s", args, stdout)
		}
	}
	for _, format := range output.Formats() { // what is not begun, is not begun in a way that looks like a report
		if code, stdout, stderr := execute(t, "check", "-o", format, "no-such-folder"); code != 2 || stdout != "" || stderr == "" {
			t.Errorf("%s: exit code %d, standard output %q, standard error %q", format, code, stdout, stderr)
		}
	}
}

func oneJSON(text string) error {
	var v any
	return json.Unmarshal([]byte(text), &v)
}

func jsonLines(text string) error {
	var errs []error
	for line := range strings.Lines(text) {
		errs = append(errs, oneJSON(line))
	}
	return errors.Join(errs...)
}

func oneXML(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = true
	roots, depth := 0, 0
	for {
		switch token, err := d.Token(); token := token.(type) {
		case nil:
			if errors.Is(err, io.EOF) && roots == 1 {
				return nil
			}
			return errors.Join(err, errors.New("want one element"))
		case xml.StartElement:
			if depth++; depth == 1 {
				roots++
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(token)) != "" {
				return errors.New("text beside the element")
			}
		}
	}
}

func commands(text string) error {
	if !regexp.MustCompile(`^(::(error|warning|notice) [^\n]*\n)*$`).MatchString(text) {
		return errors.New("a line that is no workflow command")
	}
	return nil
}

// C9: every place that lists the rules lists the same ones, and each has a page that explain shows.
func TestOneCatalogue(t *testing.T) {
	pages, err := filepath.Glob("../../rules/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, p := range pages {
		if name := strings.TrimSuffix(filepath.Base(p), ".md"); name != "README" {
			want = append(want, name)
		}
	}
	var listed struct {
		Rules []struct{ ID, Name, URL string }
	}
	_, text, _ := execute(t, "rules", "--json")
	if err := json.Unmarshal([]byte(text), &listed); err != nil {
		t.Fatal(err)
	}
	var names, ids []string
	for _, r := range listed.Rules {
		names, ids = append(names, r.Name), append(ids, r.ID)
		for _, word := range []string{r.ID, r.Name} {
			code, page, stderr := execute(t, "explain", word)
			if code != 0 || stderr != "" || !strings.HasPrefix(page, r.ID+" "+r.Name+"\n") || !strings.Contains(page, r.URL) {
				t.Errorf("explain %s: exit code %d, %s%.200s", word, code, stderr, page)
			}
		}
	}
	same := func(what string, want, got []string) {
		t.Helper()
		slices.Sort(got)
		if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	same("rules --json", want, names)

	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
		}
	}
	_, text, _ = execute(t, "check", "--no-cache", "--only", "all", "-o", "sarif", t.TempDir())
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	var inSARIF []string
	for _, r := range log.Runs[0].Tool.Driver.Rules {
		inSARIF = append(inSARIF, r.ID)
	}
	same("SARIF", ids, inSARIF)

	_, text, _ = execute(t, "__complete", "explain", "")
	var completed []string
	for line := range strings.Lines(text) {
		if name, _, ok := strings.Cut(line, "\t"); ok {
			completed = append(completed, name)
		}
	}
	same("completion", want, completed)

	var schema struct {
		Properties struct {
			Rules struct{ Properties map[string]any }
		}
	}
	_, text, _ = execute(t, "config", "schema")
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		t.Fatal(err)
	}
	same("the configuration's schema", slices.Concat(want, ids), slices.Collect(maps.Keys(schema.Properties.Rules.Properties)))
}
