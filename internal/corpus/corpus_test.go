package corpus_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/corpus"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

const labels = `# Labels

Positive: ` + "`<alias> <file>:<line> — <rule>`" + `

## 1. shop = acme/shop (a web shop), tool = acme/shop-tool
BIND: shop deploy/api.yaml:9 container api ⇐ Dockerfile ⇐ . (root main.go)
BIND: shop deploy/api.yaml:20 container warm ⇐ Dockerfile ⇐ scripts/warm.sh
BIND: shop compose.yaml:4 container db ⇐ docker/db/Dockerfile ⇐ external
BIND: shop compose.yaml:9 container redis ⇐ external
PORT: shop listens on 8080 — everywhere.
shop main.go:12,30 — FL0901 sigterm-unhandled — two mains — both serve — certain
shop Dockerfile:7 — FL0911 shell-form-entrypoint — ash execs it [note] — arguable
NOT: shop .env.example:0 — FL0332 dotenv-committed — example file — certain

### other = acme/other
tool main.go:3 — FL0902 sigint-only — no SIGTERM — likely
`

func TestParseLabels(t *testing.T) {
	got, err := corpus.ParseLabels(labels)
	if err != nil {
		t.Fatal(err)
	}
	want := corpus.Labels{
		"acme/shop": {
			Violations: []corpus.Label{
				{File: "main.go", Line: 12, Rule: "FL0901", Sure: "certain", Why: "two mains — both serve"},
				{File: "main.go", Line: 30, Rule: "FL0901", Sure: "certain", Why: "two mains — both serve"},
				{File: "Dockerfile", Line: 7, Rule: "FL0911", Sure: "arguable", Why: "ash execs it [note]"},
			},
			Fine: []corpus.Label{{File: ".env.example", Rule: "FL0332", Sure: "certain", Why: "example file"}},
			Bindings: []corpus.Binding{
				{File: "deploy/api.yaml", Line: 9, Name: "api", Image: "Dockerfile", Program: "."},
				{File: "deploy/api.yaml", Line: 20, Name: "warm", Image: "Dockerfile"},
				{File: "compose.yaml", Line: 4, Name: "db", Image: "docker/db/Dockerfile"},
				{File: "compose.yaml", Line: 9, Name: "redis", External: true},
			},
		},
		"acme/shop-tool": {Violations: []corpus.Label{{File: "main.go", Line: 3, Rule: "FL0902", Sure: "likely", Why: "no SIGTERM"}}},
		"acme/other":     {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func TestParseLabelsErrors(t *testing.T) {
	for line, want := range map[string]string{
		"shop main.go:1 — FL0901 sigterm-unhandled — why":           "line 2: want four parts",
		"shop main.go — FL0901 sigterm-unhandled — why — certain":   "line 2: no place",
		"shop main.go:1 — sigterm-unhandled — why — certain":        "line 2: no rule",
		"shop main.go:1 — FL0901 sigterm-unhandled — why — perhaps": "line 2: no certainty",
		"BIND: shop compose.yaml:1 ⇐ Dockerfile ⇐ .":                "line 2: want a manifest",
	} {
		_, err := corpus.ParseLabels("# shop = acme/shop\n" + line + "\n")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", line, err, want)
		}
	}
}

func span(file string, line int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: 1}, End: check.Pos{Line: line, Col: 2}}
}

func TestCompare(t *testing.T) {
	all, err := corpus.ParseLabels(labels)
	if err != nil {
		t.Fatal(err)
	}
	sigterm, dotenv, shell := &rules.Rule{ID: "FL0901"}, &rules.Rule{ID: "FL0332"}, &rules.Rule{ID: "FL0911"}
	findings := []check.Finding{
		{Rule: sigterm, At: span("main.go", 12)},
		{Rule: sigterm, At: span("main.go", 99)},
		{Rule: dotenv, At: span(".env.example", 4)},
	}
	workloads := []*workload.Workload{
		{Deploy: &workload.Deploy{File: "deploy/api.yaml", At: span("deploy/api.yaml", 9)}, Image: &workload.Image{File: "Dockerfile"}, Program: &workload.Program{Dir: "."}},
		{Deploy: &workload.Deploy{File: "deploy/api.yaml", At: span("deploy/api.yaml", 20)}, Image: &workload.Image{File: "Dockerfile"}, Program: &workload.Program{Dir: "cmd/x"}},
		{Deploy: &workload.Deploy{File: "compose.yaml", At: span("compose.yaml", 4)}},
		{Deploy: &workload.Deploy{File: "compose.yaml", At: span("compose.yaml", 9)}},
		{Program: &workload.Program{Dir: "cmd/y"}},
	}
	s := corpus.Compare(all["acme/shop"], []*rules.Rule{sigterm, dotenv, shell}, findings, workloads)
	var verdicts []corpus.Verdict
	for _, j := range s.Findings {
		verdicts = append(verdicts, j.Verdict)
	}
	if diff := cmp.Diff([]corpus.Verdict{corpus.Right, corpus.Unlabelled, corpus.False}, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	if len(s.Missed) != 1 || s.Missed[0].String() != "main.go:30 FL0901" {
		t.Errorf("missed %v, want main.go:30 alone: what is arguable does not count", s.Missed)
	}
	var outcomes []corpus.Outcome
	for _, b := range s.Bindings {
		outcomes = append(outcomes, b.Outcome)
	}
	if diff := cmp.Diff([]corpus.Outcome{corpus.BoundRight, corpus.BoundWrong, corpus.Unbound, corpus.BoundRight}, outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if s := corpus.Compare(all["acme/shop"], []*rules.Rule{shell}, nil, nil); len(s.Missed) != 0 {
		t.Errorf("missed %v of rules that did not run", s.Missed)
	}
	drain := &rules.Rule{ID: "FL0914", Kind: rules.Workload}
	twoSided := &corpus.Repository{Violations: []corpus.Label{{File: "main.go", Line: 7, Rule: "FL0914", Sure: "certain"}}}
	at := check.Finding{Rule: drain, At: span("deploy/api.yaml", 9), Related: []check.Related{{At: span("main.go", 7)}}}
	if s := corpus.Compare(twoSided, []*rules.Rule{drain}, []check.Finding{at}, nil); s.Findings[0].Verdict != corpus.Right || len(s.Missed) > 0 {
		t.Errorf("a label at the other side of a workload's finding: %+v", s)
	}
	if s := corpus.Compare(nil, []*rules.Rule{sigterm}, findings, workloads); len(s.Findings) != 3 || s.Findings[0].Verdict != corpus.Unlabelled {
		t.Errorf("without labels: %+v", s)
	}
}

// TestMeasure measures two small repositories.
func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"acme_shop/Dockerfile": "FROM alpine:latest\nCOPY api /api\nENTRYPOINT [\"/api\"]\nUSER 65532\n",
		"acme_shop/.env":       "DB_PASSWORD=q7Wm2xTz9RbL\n",
		"unknown/Dockerfile":   "FROM alpine:3.22\nCOPY api /api\nENTRYPOINT [\"/api\"]\nUSER 65532\n",
		"README.md":            "no checkout\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	known, err := corpus.ParseLabels(`# shop = acme/shop, gone = acme/gone
shop Dockerfile:1 — FL0201 unpinned-base-image — latest — certain
shop Dockerfile:3 — FL0911 shell-form-entrypoint — no — certain
NOT: shop .env:1 — FL0332 dotenv-committed — a made-up password — certain
`)
	if err != nil {
		t.Fatal(err)
	}
	found, absent, err := corpus.Checkouts(dir, known)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"acme/gone"}, absent); diff != "" {
		t.Errorf("absent (-want +got):\n%s", diff)
	}
	var (
		runs []*corpus.Run
		out  strings.Builder
	)
	for _, c := range found {
		r, err := corpus.Measure(t.Context(), c, known, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, r)
		if err := corpus.WriteRun(&out, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := corpus.WriteSummary(&out, runs, absent); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"acme/shop: 2 findings, 0 notifications, ",
		"FL0201 unpinned-base-image: 1 right Dockerfile:1: ",
		"FL0332 dotenv-committed: 1 false .env:1: ",
		"unknown: 0 findings, 0 notifications, ",
		", not labelled",
		"FL0201 unpinned-base-image 1 1 1 0 0 0",
		"FL0332 dotenv-committed 1 1 0 1 0 0",
		"FL0911 shell-form-entrypoint 0 0 0 0 0 1",
		"all is well acme/shop .env:1 FL0332 (certain): a made-up password",
		"without a finding acme/shop Dockerfile:3 FL0911 (certain): no",
		"labelled and not checked out: acme/gone",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}
