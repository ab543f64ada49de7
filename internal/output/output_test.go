package output_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output"
	"github.com/factorlint/factorlint/internal/output/workloadmap"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

var (
	mismatch = &rules.Rule{ID: "FL0702", Name: "port-mismatch", Kind: rules.Workload, Principle: rules.PortBinding,
		Also: []rules.Principle{rules.Automated}, Severity: rules.Error, Default: true, Precision: "high", Fix: rules.NoFix, Since: "0.1.0",
		Summary: "The ports differ.", Body: "# port-mismatch\n\nWhat happens, see [ports](https://example.com).\n\n## Bad\n\n```txtar bad\n-- x --\n```\n"}
	secret = &rules.Rule{ID: "FL1701", Name: "secret-in-image", Kind: rules.Dockerfile, Principle: rules.Secure,
		Severity: rules.Error, SecurityAt: "7.5", Precision: "high", Fix: rules.NoFix, Since: "0.1.0", Summary: "A secret."}
	unread = &rules.Rule{ID: "FL0321", Name: "env-unread", Kind: rules.Workload, Principle: rules.Config, Severity: rules.Warning, Summary: "Nobody reads it."}
)

func at(file string, line, col, endCol int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: col}, End: check.Pos{Line: line, Col: endCol}}
}

func sample() *check.Report {
	return &check.Report{
		Findings: []check.Finding{
			{Rule: mismatch, Severity: rules.Error, At: at("deploy/api.yaml", 3, 17, 21), Message: "the manifest says 8080, the program listens on 9090",
				Related:  []check.Related{{At: at("cmd/api/main.go", 6, 2, 9), Message: "listens on 9090 here"}, {Message: "nowhere"}},
				Workload: "api", Identity: "i1", Fix: &check.Fix{Message: "Declare port 9090"}},
			{Rule: unread, Severity: rules.Warning, At: check.Span{File: "gone.yaml"}, Message: "x", Identity: "i2"},
		},
		Notifications: []check.Notification{
			{Code: "yaml-syntax", Level: rules.Warning, At: at("b.yaml", 4, 1, 1), Message: "mapping values are not allowed here"},
			{Code: "go-load", Level: rules.Error, Message: "no package could be loaded"},
		},
		Suppressed: []check.Suppressed{{At: at("deploy/api.yaml", 2, 1, 2)}, {}, {}},
		Rules:      []*rules.Rule{mismatch, unread},
		Sources:    map[string][]byte{"deploy/api.yaml": []byte("ports:\n- x: 1\n\tcontainerPort: 8080\n")},
		Files:      12,
	}
}

// The last line of text says how many findings can be fixed by which flags.
func TestFixHint(t *testing.T) {
	finding := func(fix *check.Fix) check.Finding {
		return check.Finding{Rule: unread, At: check.Span{File: "x"}, Message: "x", Fix: fix}
	}
	none, safe, unsafe := finding(nil), finding(&check.Fix{Message: "x", Safe: true}), finding(&check.Fix{Message: "x"})
	for _, c := range []struct {
		findings []check.Finding
		options  output.Options
		want     string
	}{
		{[]check.Finding{none}, output.Options{FixHint: true}, "1 finding (1 note) in no files"},
		{[]check.Finding{safe}, output.Options{}, "1 finding (1 note) in no files"},
		{[]check.Finding{none, safe}, output.Options{FixHint: true}, "1 can be fixed with --fix"},
		{[]check.Finding{unsafe}, output.Options{FixHint: true}, "1 can be fixed with --fix --unsafe-fixes"},
		{[]check.Finding{safe, unsafe, safe}, output.Options{FixHint: true}, "2 can be fixed with --fix, 1 more with --unsafe-fixes"},
		{[]check.Finding{safe, unsafe}, output.Options{FixHint: true, UnsafeFixes: true}, "2 can be fixed with --fix"},
	} {
		lines := strings.Split(strings.TrimSpace(write(t, "text", &check.Report{Findings: c.findings}, c.options)), "\n")
		diff(t, c.want, lines[len(lines)-1])
	}
}

func write(t *testing.T, format string, r *check.Report, o output.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := output.Write(format, &b, r, nil, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func diff(t *testing.T, want, got string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestText(t *testing.T) {
	diff(t, `deploy/api.yaml:3:17: error the manifest says 8080, the program listens on 9090 [FL0702 port-mismatch]
   3 |     containerPort: 8080
     |                    ^^^^
  cmd/api/main.go:6:2: listens on 9090 here
  nowhere
  fix: Declare port 9090
gone.yaml: warning x [FL0321 env-unread]
b.yaml:4:1: warning mapping values are not allowed here [yaml-syntax]
factorlint: error no package could be loaded [go-load]

2 findings (1 error, 1 warning), 1 suppressed, 2 old in 12 files
`, write(t, "text", sample(), output.Options{}))
}

func TestTextOfCleanRuns(t *testing.T) {
	diff(t, "no findings in 1 file\n", write(t, "text", &check.Report{Files: 1}, output.Options{}))
	diff(t, "no findings in 2 files, a part of the repository; not everything could be analysed\n",
		write(t, "text", &check.Report{Files: 2, Partial: true, Untrusted: true}, output.Options{}))
}

func TestTextColourChangesNothingElse(t *testing.T) {
	plain, coloured := write(t, "text", sample(), output.Options{}), write(t, "text", sample(), output.Options{Color: true})
	if !strings.Contains(coloured, "\x1b[31merror\x1b[0m") {
		t.Errorf("no red error in %q", coloured)
	}
	diff(t, plain, regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured, ""))
}

func TestPrefix(t *testing.T) {
	r := sample()
	r.Prefix = "services/x/"
	text := write(t, "text", r, output.Options{})
	for _, want := range []string{"services/x/deploy/api.yaml:3:17:", "\n  services/x/cmd/api/main.go:6:2:", "\nservices/x/b.yaml:4:1:", "\nfactorlint: error", "containerPort"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if json := write(t, "json", r, output.Options{}); strings.Count(json, `"file": "services/x/`) != 4 {
		t.Errorf("want four files with prefix in\n%s", json)
	}
}

func TestSnippets(t *testing.T) {
	long := strings.Repeat("a", 300) + "HERE" + strings.Repeat("b", 300)
	for _, c := range []struct {
		name, file, source string
		rule               *rules.Rule
		span               check.Span
		code, mark         string // both empty: no snippet
	}{
		{"wide and astral", "x.yaml", "k: 世界😀 v\r\n", unread, at("x.yaml", 1, 15, 16), "k: 世界😀 v", "          ^"},
		{"wide characters themselves", "x.yaml", "k: 世界\n", unread, at("x.yaml", 1, 4, 10), "k: 世界", "   ^^^^"},
		{"combining", "x.yaml", "e\u0301 v\n", unread, at("x.yaml", 1, 5, 6), "e\u0301 v", "  ^"},
		{"tab within", "x.yaml", "a\tb\n", unread, at("x.yaml", 1, 3, 4), "a   b", "    ^"},
		{"control characters", "x.yaml", "a\x1b[0m\u202e b\n", unread, at("x.yaml", 1, 10, 11), `a\x1b[0m\u202e b`, `               ^`},
		{"no UTF-8", "x.yaml", "\xff b\n", unread, at("x.yaml", 1, 3, 4), `\xff b`, `     ^`},
		{"empty span", "x.yaml", "a: b\n", unread, at("x.yaml", 1, 4, 4), "a: b", "   ^"},
		{"end of line", "x.yaml", "a: b\n", unread, at("x.yaml", 1, 5, 5), "a: b", "    ^"},
		{"beyond the line", "x.yaml", "a: b\n", unread, at("x.yaml", 1, 50, 60), "a: b", "    ^"},
		{"without column", "x.yaml", "a: b\n", unread, check.Span{File: "x.yaml", Start: check.Pos{Line: 1}}, "a: b", "^"},
		{"several lines", "x.yaml", "a: |\n  b\n", unread,
			check.Span{File: "x.yaml", Start: check.Pos{Line: 1, Col: 4}, End: check.Pos{Line: 2, Col: 4}}, "a: |", "   ^"},
		{"long line", "x.yaml", long, unread, at("x.yaml", 1, 301, 305),
			"…" + strings.Repeat("a", 30) + "HERE" + strings.Repeat("b", 86) + "…", strings.Repeat(" ", 31) + "^^^^"},
		{"long line, early", "x.yaml", "HERE" + long, unread, at("x.yaml", 1, 1, 5), "HERE" + strings.Repeat("a", 116) + "…", "^^^^"},
		{"blank line", "x.yaml", "  \n", unread, at("x.yaml", 1, 1, 1), "", ""},
		{"line beyond the file", "x.yaml", "a: b\n", unread, at("x.yaml", 9, 1, 1), "", ""},
		{"rule about secrets", "Dockerfile", "ENV X=hunter2\n", secret, at("Dockerfile", 1, 5, 6), "", ""},
		{"name of a secret", "Dockerfile", "ENV DB_PASSWORD=hunter2\n", unread, at("Dockerfile", 1, 5, 16), "", ""},
		{"name on the line before", "x.yaml", "- name: API_KEY\n  value: hunter2\n", unread, at("x.yaml", 2, 10, 17), "", ""},
		{"credentials in a URL", "x.yaml", "dsn: postgres://u:hunter2@db/x\n", unread, at("x.yaml", 1, 1, 4), "", ""},
		{"digest", "Dockerfile", "FROM golang:1.26@sha256:00\n", unread, at("Dockerfile", 1, 1, 5), "FROM golang:1.26@sha256:00", "^^^^"},
		{"code without literal", "a.go", "use(token)\n", unread, at("a.go", 1, 1, 4), "use(token)", "^^^"},
		{"code with literal", "a.go", "token := \"hunter2\"\n", unread, at("a.go", 1, 1, 6), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &check.Report{Sources: map[string][]byte{c.file: []byte(c.source)}, Findings: []check.Finding{{Rule: c.rule, At: c.span, Message: "m"}}}
			lines := strings.Split(write(t, "text", r, output.Options{}), "\n")
			if c.code == "" {
				if lines[1] != "" {
					t.Errorf("shows %q", lines[1])
				}
				return
			}
			diff(t, "| "+c.code+"\n| "+c.mark, strings.TrimLeft(lines[1], " 0123456789")+"\n"+strings.TrimLeft(lines[2], " "))
		})
	}
}

// hostile is what the author of a repository may have put into names and values.
func hostile() *check.Report {
	const evil = "\x1b]0;owned\a\u202e\n::add-mask::x\n##[error]y ##vso[task.complete]z"
	f := check.Finding{Rule: unread, At: check.Span{File: "::error::" + evil, Start: check.Pos{Line: 1, Col: 1}}, Message: evil,
		Related: []check.Related{{At: check.Span{File: evil}, Message: evil}}, Fix: &check.Fix{Message: evil}, Workload: evil}
	return &check.Report{
		Prefix:        "",
		Findings:      []check.Finding{f},
		Notifications: []check.Notification{{Code: "c", Message: evil, At: check.Span{File: "::set-env::" + evil}}},
		Sources:       map[string][]byte{f.At.File: []byte(evil)},
	}
}

// wellFormed returns what is wrong with an output in a format of JSON or XML.
func wellFormed(format, out string) error {
	switch format {
	case "json", "sarif", "gitlab", "rdjson", "workloads json":
		return json.Unmarshal([]byte(out), new(any))
	case "checkstyle", "junit":
		d := xml.NewDecoder(strings.NewReader(out))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

func TestHostileTextIsHarmless(t *testing.T) {
	evil := hostile().Findings[0].Message
	workloads := []*workload.Workload{{Name: "::x" + evil, Missing: []string{"\x1b[2J"}, Links: []workload.Link{{From: evil, To: evil, Reason: evil}},
		Program: &workload.Program{Name: evil, ImportPath: evil, Class: workload.Server,
			Env: workload.Set[workload.EnvRead]{Members: []workload.EnvRead{{Name: evil}}}, Unbounded: []string{evil}}}}
	for _, actions := range []bool{false, true} {
		o := output.Options{GitHubActions: actions}
		outputs := map[string]string{}
		for _, format := range output.Formats() {
			var b bytes.Buffer
			if err := output.Write(format, &b, hostile(), workloads, o); err != nil {
				t.Fatal(err)
			}
			outputs[format] = b.String()
		}
		for _, format := range output.MapFormats() {
			var b bytes.Buffer
			if err := output.Workloads(format, &b, workloads, "", o); err != nil {
				t.Fatal(err)
			}
			outputs["workloads "+format] = b.String()
		}
		for name, out := range outputs {
			if err := wellFormed(name, out); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if m := regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f-\x9f\x{202a}-\x{202e}]`).FindString(out); m != "" {
				t.Errorf("%s holds %q", name, m)
			}
			if !strings.Contains(out, "::") && !strings.Contains(out, "#58;#58;") {
				t.Errorf("%s has lost text:\n%s", name, out)
			}
			if !actions || name == "html" { // a page is no text for a log
				continue
			}
			commands := regexp.MustCompile(`(?m)^\s*::.*|(?i)##\[|##vso\[`).FindAllString(out, -1)
			if name == "github" && len(commands) == 2 { // one for the finding, one for the notification
				continue
			}
			if len(commands) > 0 {
				t.Errorf("%s holds the commands %q", name, commands)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	diff(t, `{
  "findings": [
    {
      "id": "FL0702",
      "name": "port-mismatch",
      "principle": "port-binding",
      "severity": "error",
      "message": "the manifest says 8080, the program listens on 9090",
      "file": "deploy/api.yaml",
      "line": 3,
      "column": 17,
      "endLine": 3,
      "endColumn": 21,
      "related": [
        {
          "file": "cmd/api/main.go",
          "line": 6,
          "column": 2,
          "message": "listens on 9090 here"
        },
        {
          "file": "",
          "line": 0,
          "column": 0,
          "message": "nowhere"
        }
      ],
      "workload": "api",
      "identity": "i1"
    },
    {
      "id": "FL0321",
      "name": "env-unread",
      "principle": "config",
      "severity": "warning",
      "message": "x",
      "file": "gone.yaml",
      "line": 0,
      "column": 0,
      "endLine": 0,
      "endColumn": 0,
      "related": [],
      "workload": "",
      "identity": "i2"
    }
  ],
  "notifications": [
    {
      "code": "yaml-syntax",
      "level": "warning",
      "message": "mapping values are not allowed here",
      "file": "b.yaml",
      "line": 4,
      "column": 1
    },
    {
      "code": "go-load",
      "level": "error",
      "message": "no package could be loaded",
      "file": "",
      "line": 0,
      "column": 0
    }
  ],
  "summary": {
    "errors": 1,
    "warnings": 1,
    "notes": 0,
    "suppressed": 1,
    "old": 2,
    "rules": 2,
    "files": 12,
    "partial": false,
    "untrusted": false,
    "exitCode": 1
  }
}
`, write(t, "json", sample(), output.Options{ExitCode: 1}))
}

func TestEmptyJSON(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal([]byte(write(t, "json", &check.Report{}, output.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"findings", "notifications"} {
		if list, ok := got[key].([]any); !ok || len(list) != 0 {
			t.Errorf("%s is %v, want []", key, got[key])
		}
	}
}

// docs/json.md documents every key that is written.
func TestJSONIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString(write(t, "json", sample(), output.Options{}))
	if err := output.Workloads("json", &b, workloads(), "", output.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := output.Rules("json", &b, []*rules.Rule{mismatch}, output.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(b.String(), -1) {
		if !bytes.Contains(doc, []byte("`"+m[1]+"`")) {
			t.Errorf("docs/json.md does not explain `%s`", m[1])
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	var b bytes.Buffer
	for name, err := range map[string]error{
		"Write":     output.Write("xml", &b, sample(), nil, output.Options{}),
		"Workloads": output.Workloads("sarif", &b, nil, "", output.Options{}),
		"Rules":     output.Rules("sarif", &b, nil, output.Options{}),
	} {
		if err == nil || b.Len() > 0 {
			t.Errorf("%s: no error or output for an unknown format", name)
		}
	}
}

// api is a workload as the variant of that name deploys it.
func api(variant, port, memory string) *workload.Workload {
	place := func(file string, line, col int) check.Span { return at(file, line, col, col+4) }
	code := func(line, col int) check.Span { return place("cmd/api/main.go", line, col) }
	yaml := func(line, col int) check.Span { return place("deploy/api.yaml", line, col) }
	return &workload.Workload{
		Name: "api",
		Deploy: &workload.Deploy{Name: "main", Object: "apps/v1/Deployment/shop/api", Kind: "Deployment", Platform: workload.Kubernetes, At: yaml(12, 15), Variant: &workload.Variant{Name: variant},
			EnvAt: yaml(19, 3), Env: workload.Set[workload.EnvVar]{Complete: true, Members: []workload.EnvVar{{Name: "PORT", Value: workload.Known(port, yaml(20, 10)), At: yaml(20, 3)}}},
			Ports:       []workload.Port{{Number: workload.Known(9090, yaml(14, 5)), At: yaml(14, 5)}},
			MemoryLimit: workload.Known(memory, yaml(18, 3))},
		Image: &workload.Image{Stage: "runtime", At: place("Dockerfile", 9, 1), Base: workload.Known("gcr.io/distroless/static", check.Span{}),
			Entrypoint: workload.Known(workload.Command{Words: []workload.Word{{Text: "/api"}}}, check.Span{})},
		Program: &workload.Program{Name: "api", ImportPath: "example.com/x/cmd/api", Dir: "cmd/api", Class: workload.Server, At: code(14, 6),
			Env: workload.Set[workload.EnvRead]{Members: []workload.EnvRead{
				{Name: "PORT", Required: workload.Known(true, code(16, 4)), At: code(16, 4)},
				{Name: "DEBUG", Default: workload.Known("no", code(17, 4)), At: code(17, 4)},
			}},
			Listens:   workload.Set[workload.Listen]{Members: []workload.Listen{{Addr: append(workload.Lit(":", code(20, 2)), workload.Part{}), Role: workload.MainTraffic, Framework: "net/http", At: code(20, 2)}}},
			Unbounded: []string{"os.Getenv of a computed name (a.go:3)"}},
		Links: []workload.Link{
			{From: "deploy", To: "image", Reason: "compose build: ."},
			{From: "image", To: "program", Reason: "COPY --from=build /app"},
		},
	}
}

func workloads() []*workload.Workload {
	return []*workload.Workload{
		api("deploy/test", "9090", "64Mi"),
		{
			Name:    "db",
			Deploy:  &workload.Deploy{Name: "db", Object: "compose/db", Kind: "Compose", Platform: workload.Compose, At: at("docker-compose.yml", 3, 3, 5)},
			Missing: []string{"no Dockerfile builds the image postgres:16\nservices:\n  - name: db"},
		},
		api("deploy/prod", "9091", "128Mi"),
	}
}

func TestWorkloadsText(t *testing.T) {
	var b bytes.Buffer
	if err := output.Workloads("text", &b, workloads(), "sub/", output.Options{}); err != nil {
		t.Fatal(err)
	}
	diff(t, `api
├─ deploy    container main of apps/v1/Deployment/shop/api  sub/deploy/api.yaml:12:15
├─ image     stage runtime on gcr.io/distroless/static      sub/Dockerfile:9:1
│            deploy → image: compose build: .
├─ program   example.com/x/cmd/api (server)                 sub/cmd/api/main.go:14:6
│            image → program: COPY --from=build /app
├─ env       PORT   = 9090  required    read sub/cmd/api/main.go:16:4  set sub/deploy/api.yaml:20:3
│            DEBUG  ?       default no  read sub/cmd/api/main.go:17:4
├─ ports     listens        :…    main traffic, net/http  sub/cmd/api/main.go:20:2
│            containerPort  9090                          sub/deploy/api.yaml:14:5
├─ limits    memory limit  64Mi  sub/deploy/api.yaml:18:3
├─ unknown   program  os.Getenv of a computed name (a.go:3)
└─ variant   deploy/prod: as above, but for
             - env     PORT = 9090
             - limits  memory limit 64Mi
             + env     PORT = 9091
             + limits  memory limit 128Mi

db
├─ deploy    container db of compose/db  sub/docker-compose.yml:3:3
└─ unbound   no Dockerfile builds the image postgres:16
             services:
               - name: db

2 workloads in 3 variants
`, b.String())
}

func TestWorkloadsJSON(t *testing.T) {
	var b bytes.Buffer
	if err := output.Workloads("json", &b, workloads()[1:2], "sub/", output.Options{}); err != nil {
		t.Fatal(err)
	}
	diff(t, `{
  "workloads": [
    {
      "name": "db",
      "deploy": {
        "container": "db",
        "object": "compose/db",
        "kind": "Compose",
        "platform": "compose",
        "variant": "",
        "chart": "",
        "overlay": "",
        "image": "",
        "imageAt": {
          "file": "",
          "line": 0,
          "column": 0
        },
        "file": "sub/docker-compose.yml",
        "line": 3,
        "column": 3
      },
      "image": null,
      "program": null,
      "links": [],
      "missing": [
        "no Dockerfile builds the image postgres:16\nservices:\n  - name: db"
      ],
      "env": [],
      "flags": [],
      "configs": [],
      "commands": [],
      "ports": [],
      "signals": [],
      "probes": [],
      "routes": [],
      "connections": [],
      "state": [],
      "storage": [],
      "logs": [],
      "limits": [],
      "scale": [],
      "security": [],
      "work": [],
      "unknown": []
    }
  ]
}
`, b.String())
}

// What JSON says is what the map holds: nothing is lost on the way there and back.
func TestWorkloadsJSONRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := output.Workloads("json", &b, workloads(), "sub/", output.Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct{ Workloads []*workloadmap.Map }
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	var want []*workloadmap.Map
	for _, w := range workloads() {
		want = append(want, workloadmap.Of(w, "sub/"))
	}
	if d := cmp.Diff(want, got.Workloads, cmpopts.IgnoreUnexported(workloadmap.Fact{})); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// Whatever stands in names, each line of a graph is one that its language knows, and nothing closes a label early.
func TestGraphs(t *testing.T) {
	evil := []string{`"]; click w0 "javascript:alert(1)"`, "a\nend\n%%{init: {}}%%", "</text><script>alert(1)</script>", `\" -> "x`, "`**x**` $$x$$ #quot; &quot;", "❤ 世界"}
	var ws []*workload.Workload
	for _, e := range evil {
		w := api(e, e, e)
		w.Name, w.Deploy.Name, w.Image.Stage, w.Program.Name = e, e, e, e
		w.Program.Env.Members[0].Name, w.Deploy.Env.Members[0].Name = e, e
		ws = append(ws, w)
	}
	const quoted = `"(?:[^"\\]|\\["\\])*"`
	for format, grammar := range map[string]string{
		"dot": `^(digraph factorlint \{|  rankdir=LR; .*|  subgraph cluster_\d+ \{ label=` + quoted + `;|    subgraph cluster_\d+_[a-z]+ \{ label=` + quoted + `;|` +
			`      w\d+_[a-z]+ \[style=invis, width=0, height=0, label=""\];|      w\d+_[a-z]+_\d+ \[label=` + quoted + `, tooltip=` + quoted + `\];|` +
			` *\}|  w\d+_[a-z]+ -> w\d+_[a-z]+ \[style=invis\];|  w\d+_[a-z]+_\d+ -> w\d+_[a-z]+_\d+ \[dir=none, class="[a-z]+"\];)$`,
		"mermaid": `^(flowchart LR| +subgraph w\d+(_[a-z]+)?\["[^"\[\]<>&%\x60$\\]*"\]|      w\d+_[a-z]+_(\d+|none)\["[^"\[\]<>&%\x60$\\]*"\]| +end|  w\d+_[a-z]+ ~~~ w\d+_[a-z]+|  w\d+_[a-z]+_\d+ --- w\d+_[a-z]+_\d+)$`,
	} {
		var b, again bytes.Buffer
		if err := errors.Join(output.Workloads(format, &b, ws, "", output.Options{}), output.Workloads(format, &again, ws, "", output.Options{})); err != nil {
			t.Fatal(err)
		}
		if b.String() != again.String() {
			t.Errorf("%s differs from run to run", format)
		}
		line := regexp.MustCompile(grammar)
		for l := range strings.Lines(b.String()) {
			if l = strings.TrimSuffix(l, "\n"); !line.MatchString(l) {
				t.Errorf("%s: %s", format, l)
			}
		}
		if !strings.Contains(b.String(), "❤ 世界") {
			t.Errorf("%s has lost text", format)
		}
	}
}

func TestPage(t *testing.T) {
	var b bytes.Buffer
	if err := output.Page(&b, mismatch, output.Options{}); err != nil {
		t.Fatal(err)
	}
	diff(t, `FL0702 port-mismatch
The ports differ.

principle  VII Port binding, LIFESPAR Automated
looks at   workload
severity   error
default    on
precision  high
fix        none
since      0.1.0
page       https://github.com/factorlint/factorlint/blob/main/rules/port-mismatch.md

What happens, see ports (https://example.com).

BAD

    -- x --
`, b.String())
}

// On a terminal a page's lines fit, code is in colour and never broken, and tables stay as they are.
func TestPageFits(t *testing.T) {
	r := *mismatch
	r.Summary = "The ports that the manifest and the program say differ."
	r.Body = "# x\n\nOne `kubectl get pods -A` and **two** more words, which\nmake a line.\n\n- an item that takes more than one line\n  here\n- `b`\n\n" +
		"| a | a table with a line that is longer than that |\n|---|---|\n| a | b |\n\n## Good\n\n```txtar good\n# no heading\n```\n"
	var b bytes.Buffer
	if err := output.Page(&b, &r, output.Options{Width: 30, Color: true, Hyperlinks: true}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	const link = "page       \x1b]8;;https://github.com/factorlint/factorlint/blob/main/rules/port-mismatch.md\x1b\\" +
		"https://github.com/factorlint/factorlint/blob/main/rules/port-mismatch.md\x1b]8;;\x1b\\\n"
	head, body, ok := strings.Cut(page, link)
	if !ok {
		t.Fatalf("no link in %q", page)
	}
	diff(t, "\x1b[1mFL0702\x1b[0m \x1b[1mport-mismatch\x1b[0m\nThe ports that the manifest\nand the program say differ.\n", head[:strings.Index(head, "\nprinciple")])
	diff(t, "\nOne \x1b[36mkubectl get pods -A\x1b[0m and\ntwo more words, which make a\nline.\n\n- an item that takes more than\n  one line here\n- \x1b[36mb\x1b[0m\n\n"+
		"| a | a table with a line that is longer than that |\n|---|---|\n| a | b |\n\n\x1b[1mGOOD\x1b[0m\n\n    \x1b[36m# no heading\x1b[0m\n", body)
}

func TestRulesText(t *testing.T) {
	var b bytes.Buffer
	if err := output.Rules("text", &b, []*rules.Rule{unread, secret}, output.Options{}); err != nil {
		t.Fatal(err)
	}
	diff(t, "FL0321 env-unread      workload   warning off Nobody reads it.\n"+
		"FL1701 secret-in-image dockerfile error   off A secret.\n", b.String())
}
