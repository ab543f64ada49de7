package scorecard_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/scorecard"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
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

// A page has limits, and says what it leaves out; its links lead to what it shows.
func TestPageOfThousands(t *testing.T) {
	r := &check.Report{Rules: all}
	for i := range 6_000 {
		f := check.Finding{Rule: limitRule, Severity: rules.Warning, At: at(fmt.Sprintf("deploy/%d.yaml", i), 9), Logical: "api", Message: "no limit"}
		if i == 5_999 {
			f.Severity = rules.Error
		}
		r.Findings = append(r.Findings, f)
		r.Notifications = append(r.Notifications, check.Notification{Code: "read", Message: "cannot be read"})
	}
	var ws []*workload.Workload
	for i := range 2_500 {
		w := api(fmt.Sprintf("deploy/%d.yaml", i))
		for range 60 {
			w.Deploy.Env.Members = append(w.Deploy.Env.Members, workload.EnvVar{Name: fmt.Sprintf("V%d", len(w.Deploy.Env.Members))})
		}
		ws = append(ws, w)
	}
	card := scorecard.Of(r, ws)
	var b bytes.Buffer
	if err := scorecard.WriteHTML(&b, card, ""); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if len(page) > 64<<20 {
		t.Errorf("the page has %d MiB", len(page)>>20)
	}
	const cut = "the page shows 1000 of 2500 workloads, the 5000 worst of 6000 findings, 1000 of 6000 notifications; other formats show all"
	if card.Cut() != cut {
		t.Errorf("cut is %q", card.Cut())
	}
	for want, n := range map[string]int{"<p><strong>Not all is shown</strong>: " + cut + ".</p>": 1, `<article class="workload"`: 1_001, `<article class="finding `: 5_000, `id="f5999"`: 1, `id="f4999"`: 0, "more rows.</p>": -1} {
		if got := strings.Count(page, want); got != n && (n >= 0 || got == 0) {
			t.Errorf("the page has %s %d times, want %d", want, got, n)
		}
	}
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(`id="([fw]\d+)"`).FindAllStringSubmatch(page, -1) {
		ids[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="#([fw]\d+)"`).FindAllStringSubmatch(page, -1) {
		if !ids[link[1]] {
			t.Fatalf("a link leads to %s, which is not there", link[1])
		}
	}
}
