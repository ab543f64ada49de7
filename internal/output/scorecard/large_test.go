package scorecard_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/scorecard"
	"github.com/factorlint/factorlint/internal/workload"
)

// shared returns a report on workloads that share code with findings.
func shared(findings, workloads int) *scorecard.Card {
	r := &check.Report{Rules: all}
	for i := range findings {
		r.Findings = append(r.Findings, check.Finding{Rule: signalRule, At: at("internal/store/x.go", i+1), Message: "nothing handles SIGTERM"})
	}
	var ws []*workload.Workload
	for i := range workloads {
		ws = append(ws, api(fmt.Sprintf("deploy/%d.yaml", i)))
	}
	return scorecard.Of(r, ws)
}

// A page has all findings and workloads, and not every link between them where there are hundreds of thousands.
func TestPageOfHundreds(t *testing.T) {
	const workloads, findings = 500, 300
	var b bytes.Buffer
	if err := scorecard.WriteHTML(&b, shared(findings, workloads), ""); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 24<<20 {
		t.Errorf("the page has %d MiB", b.Len()>>20)
	}
	for want, n := range map[string]int{
		`<article class="workload"`: workloads + 1, `<article class="finding `: findings, `class="cell `: 20 * (workloads + 1), ` 498 499 " data-text="`: findings,
		`<a href="#f0">`: 50_000/findings + 1, `<p>300 more findings: filter the list below.</p>`: workloads - 50_000/findings - 1, ` · 500 more workloads</p>`: findings,
	} {
		if got := bytes.Count(b.Bytes(), []byte(want)); got != n {
			t.Errorf("the page has %s %d times, want %d", want, got, n)
		}
	}
}

func TestMarkdownOfManyOwners(t *testing.T) {
	var b strings.Builder
	if err := scorecard.WriteMarkdown(&b, shared(1, 25)); err != nil {
		t.Fatal(err)
	}
	if want := "(" + strings.Repeat("api, ", 20) + "5 more workloads): nothing handles SIGTERM"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s", want, b.String())
	}
}

// A file may hold objects of one name. What is found in one is not of the others.
func TestOwnersOfOneName(t *testing.T) {
	object := func(line int) *workload.Workload {
		w := api("deploy/api.yaml")
		w.Deploy.ObjectAt, w.Deploy.At = at("deploy/api.yaml", line), at("deploy/api.yaml", line+3)
		w.Deploy.Variant.Services, w.Deploy.Variant.Scalers, w.Deploy.Variant.Ingresses = nil, nil, nil
		return w
	}
	sidecar := object(50)
	sidecar.Deploy.Name, sidecar.Deploy.At = "sidecar", at("deploy/api.yaml", 55)
	ws := []*workload.Workload{object(10), object(50), sidecar, object(90)}
	r := &check.Report{Rules: all}
	for _, f := range []struct {
		line    int
		logical string
	}{{9, "api"}, {10, "api"}, {49, "api/api"}, {50, "api"}, {56, "api/sidecar"}, {89, "api/api"}, {200, "api"}} {
		r.Findings = append(r.Findings, check.Finding{Rule: limitRule, At: at("deploy/api.yaml", f.line), Logical: "apps/v1/Deployment/shop/" + f.logical})
	}
	c := scorecard.Of(r, ws)
	for n, want := range [][]int{{0, 1, 2}, {3, 5}, {3, 4}, {6}} {
		if got := c.Rows[n].Findings; !slices.Equal(got, want) {
			t.Errorf("row %d has the findings %v, want %v", n, got, want)
		}
	}
}
