package ci_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/ci"
	"github.com/factorlint/factorlint/rules"
)

func at(file string, line, col, end int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: col}, End: check.Pos{Line: line, Col: end}}
}

func report() *check.Report {
	find := func(rule string, s rules.Severity, at check.Span, message string) check.Finding {
		return check.Finding{Rule: rules.Lookup(rule), Severity: s, At: at, Message: message, Identity: rule + at.File}
	}
	joined := find("port-mismatch", rules.Error, at("deploy/a:b,c.yaml", 9, 30, 34), "port 8080 of 100% \x1b[31m\n::error::no")
	joined.Related = []check.Related{{At: at("main.go", 4, 2, 8), Message: "listens here"}}
	fixed := find("sigint-only", rules.Error, at("main.go", 7, 3, 9), "only SIGINT")
	fixed.Fix = &check.Fix{Message: "Handle SIGTERM", Safe: true, Edits: []check.Edit{{At: at("main.go", 7, 9, 9), New: ", syscall.SIGTERM"}}}
	elsewhere := find("shell-form-entrypoint", rules.Note, at("Dockerfile", 2, 1, 5), "shell <form> & more")
	elsewhere.Fix = &check.Fix{Edits: []check.Edit{{At: at("other", 1, 1, 1)}}}
	return &check.Report{
		Prefix:        "svc/",
		Findings:      []check.Finding{elsewhere, joined, fixed},
		Notifications: []check.Notification{{Code: "yaml-syntax", Level: rules.Warning, At: at("x.yaml", 3, 1, 1), Message: "not closed"}},
	}
}

func write(t *testing.T, format string, r *check.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := ci.Write(format, &b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLines(t *testing.T) {
	for format, want := range map[string]string{
		"concise": `svc/Dockerfile:2:1: note: FL0911 shell-form-entrypoint: shell <form> & more
svc/deploy/a:b,c.yaml:9:30: error: FL0702 port-mismatch: port 8080 of 100% \x1b[31m\n::error::no
svc/main.go:7:3: error: FL0902 sigint-only: only SIGINT
svc/x.yaml:3:1: warning: yaml-syntax: not closed
`,
		"github": `::error file=svc/deploy/a%3Ab%2Cc.yaml,line=9,endLine=9,col=30,endColumn=34,title=FL0702 port-mismatch::port 8080 of 100%25 \x1b[31m\n::error::no; listens here (svc/main.go:4:2)
::error file=svc/main.go,line=7,endLine=7,col=3,endColumn=9,title=FL0902 sigint-only::only SIGINT
::notice file=svc/Dockerfile,line=2,endLine=2,col=1,endColumn=5,title=FL0911 shell-form-entrypoint::shell <form> & more
::warning file=svc/x.yaml,line=3::not closed
`,
	} {
		if got := write(t, format, report()); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
	}
	if err := ci.Write("pdf", &bytes.Buffer{}, report()); err == nil {
		t.Error("an unknown format is written")
	}
}

// GitHub shows ten annotations of a severity for a step: these are the worst, and the rest is told in the log.
func TestGitHubLimit(t *testing.T) {
	r := &check.Report{Notifications: []check.Notification{{Code: "read", Level: rules.Warning, Message: "a warning"}, {Code: "go-load", Level: rules.Error, Message: "all is lost"}}}
	for i := range 30 {
		f := check.Finding{Rule: rules.Lookup("sigint-only"), Severity: rules.Severity(i % 3), At: at("::error::.go", i+1, 1, 2), Message: "a ##[error]"}
		r.Findings = append(r.Findings, f)
	}
	lines := strings.Split(strings.TrimSpace(write(t, "github", r)), "\n")
	count := map[string]int{}
	for _, l := range lines {
		if strings.HasPrefix(strings.TrimSpace(l), "::") {
			count[strings.Fields(l)[0]]++
		}
		if strings.Contains(l, "##[") {
			t.Errorf("the log obeys %q", l)
		}
	}
	if diff := cmp.Diff(map[string]int{"::error": 9, "::error::all": 1, "::warning": 10, "::notice": 10}, count); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	want := []string{
		"2 more, of which GitHub shows no annotations:",
		": :error::.go:30:1: error: FL0902 sigint-only: a ## [error]",
		"factorlint: warning: read: a warning",
	}
	if diff := cmp.Diff(want, lines[30:]); diff != "" || lines[0] != "::error::all is lost" {
		t.Errorf("begins with %s; the rest (-want +got):\n%s", lines[0], diff)
	}
}

func TestGitLab(t *testing.T) {
	var issues []struct {
		Description, Fingerprint, Severity string
		CheckName                          string `json:"check_name"`
		Location                           struct {
			Path  string
			Lines struct{ Begin, End int }
		}
	}
	if err := json.Unmarshal([]byte(write(t, "gitlab", report())), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range issues {
		if seen[i.Fingerprint] || i.Fingerprint == "" || !slices.Contains([]string{"info", "minor", "major"}, i.Severity) || i.Location.Lines.Begin < 1 ||
			!strings.HasPrefix(i.Location.Path, "svc/") || i.CheckName == "" || i.Description == "" {
			t.Errorf("%+v", i)
		}
		seen[i.Fingerprint] = true
	}
	if len(issues) != 3 {
		t.Errorf("%d issues", len(issues))
	}
	if got := write(t, "gitlab", &check.Report{}); got != "[]\n" {
		t.Errorf("without findings: %q", got)
	}
}

func TestRDJSON(t *testing.T) {
	var out struct {
		Diagnostics []struct {
			Severity string
			Location struct {
				Range struct{ Start, End struct{ Line, Column int } }
			}
			Suggestions []struct{ Text string }
			Related     []struct{ Message string } `json:"relatedLocations"`
		}
	}
	if err := json.Unmarshal([]byte(write(t, "rdjson", report())), &out); err != nil {
		t.Fatal(err)
	}
	d := out.Diagnostics
	if len(d) != 3 || d[0].Severity != "INFO" || d[1].Severity != "ERROR" || d[1].Location.Range.End.Column != 34 || len(d[1].Related) != 1 {
		t.Errorf("%+v", d)
	}
	if len(d[0].Suggestions) != 0 || len(d[2].Suggestions) != 1 || d[2].Suggestions[0].Text != ", syscall.SIGTERM" {
		t.Errorf("suggestions: %+v", d)
	}
}

func TestXML(t *testing.T) {
	var style struct {
		Files []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Line    int    `xml:"line,attr"`
				Message string `xml:"message,attr"`
				Source  string `xml:"source,attr"`
			} `xml:"error"`
		} `xml:"file"`
	}
	if err := xml.Unmarshal([]byte(write(t, "checkstyle", report())), &style); err != nil {
		t.Fatal(err)
	}
	if len(style.Files) != 3 || style.Files[0].Name != "svc/Dockerfile" || style.Files[0].Errors[0].Message != "shell <form> & more" ||
		style.Files[2].Errors[0].Source != "factorlint.FL0902" || style.Files[2].Errors[0].Line != 7 {
		t.Errorf("%+v", style)
	}
	var suites struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Cases    []struct {
				Failure *struct {
					Type string `xml:"type,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, "junit", report())), &suites); err != nil {
		t.Fatal(err)
	}
	if len(suites.Suites) != 3 || suites.Suites[1].Failures != 1 || suites.Suites[1].Cases[0].Failure.Type != "error" {
		t.Errorf("%+v", suites)
	}
	lost := write(t, "junit", &check.Report{Notifications: []check.Notification{{Code: "go-load", Level: rules.Error, Message: "all is lost"}}})
	if !strings.Contains(lost, `tests="1" failures="0" errors="1"`) || !strings.Contains(lost, `<error message="all is lost" type="error">`) {
		t.Errorf("an untrustworthy run passes:\n%s", lost)
	}
	clean := write(t, "junit", &check.Report{})
	if err := xml.Unmarshal([]byte(clean), &suites); err != nil || !strings.Contains(clean, `tests="1" failures="0"`) {
		t.Errorf("without findings: %v\n%s", err, clean)
	}
}
