package scorecard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/output/scorecard"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

func at(file string, line int) check.Span {
	return check.Span{File: file, Start: check.Pos{Line: line, Col: 1}, End: check.Pos{Line: line, Col: 5}}
}

func rule(id string, kind rules.Kind, p rules.Principle, also ...rules.Principle) *rules.Rule {
	return &rules.Rule{ID: id, Name: strings.ToLower(id), Kind: kind, Principle: p, Also: also, Severity: rules.Error}
}

var (
	envRule    = rule("FL0320", rules.Workload, rules.Config)
	portRule   = rule("FL0702", rules.Workload, rules.PortBinding, rules.Automated)
	signalRule = rule("FL0901", rules.Go, rules.Disposability)
	imageRule  = rule("FL0201", rules.Dockerfile, rules.Dependencies)
	limitRule  = rule("FL2003", rules.Manifest, rules.ResourceAware)
	treeRule   = rule("FL0101", rules.Repository, rules.Codebase)
	all        = []*rules.Rule{envRule, portRule, signalRule, imageRule, limitRule, treeRule}
)

// api is a server of which everything is known, deployed by a file.
func api(file string) *workload.Workload {
	d := &workload.Deploy{Name: "api", Object: "apps/v1/Deployment/shop/api", Kind: "Deployment", Platform: workload.Kubernetes, File: file, At: at(file, 10),
		EnvSources: []workload.EnvSource{{Kind: "Secret", Name: "db", Key: "dsn", At: at(file, 12)}},
		Grace:      workload.Absent[time.Duration](at(file, 10))}
	d.Env.Complete = true
	s := &workload.Service{Name: "api", At: at(file, 20), Selects: []*workload.Deploy{d}, Ports: []*workload.ServicePort{{Service: "api", At: at(file, 21)}}}
	d.Variant = &workload.Variant{Name: file, Platform: workload.Kubernetes, Deploys: []*workload.Deploy{d}, Services: []*workload.Service{s},
		Scalers: []*workload.Scaler{{Kind: "HorizontalPodAutoscaler", Name: "api", At: at(file, 30), Scales: []*workload.Deploy{d}}},
		Ingresses: []*workload.Ingress{{Name: "api", At: at(file, 40), Backends: []workload.Backend{
			{Service: "api", Port: workload.Known("80", at(file, 41))}, {Service: "other", Port: workload.Known("80", at(file, 42))}}}}}
	p := &workload.Program{Name: "api", ImportPath: "example.com/api", Dir: "cmd/api", Class: workload.Server, At: at("cmd/api/main.go", 5),
		Packages: []check.Span{at("cmd/api/main.go", 6), at("internal/store/store.go", 7)}}
	p.Env.Complete, p.Listens.Complete, p.Signals.Complete, p.Drains.Complete, p.Routes.Complete = true, true, true, true, true
	p.Listens.Members = []workload.Listen{{Addr: workload.Lit(":8080", at("cmd/api/main.go", 8)), Role: workload.MainTraffic, At: at("cmd/api/main.go", 8)}}
	return &workload.Workload{Name: "api", Deploy: d, Program: p, Image: &workload.Image{File: "Dockerfile", Stage: "runtime", At: at("Dockerfile", 3)}}
}

func state(c *scorecard.Card, row int, p rules.Principle) scorecard.Cell {
	return c.Rows[row].Cells[slices.Index(rules.Principles(), p)]
}

func TestStates(t *testing.T) {
	finding := func(r *rules.Rule, file string, line int) check.Finding {
		return check.Finding{Rule: r, At: at(file, line)}
	}
	for _, c := range []struct {
		name      string
		change    func(*workload.Workload)
		findings  []check.Finding
		rules     []*rules.Rule
		notes     []check.Notification
		untrusted bool
		principle rules.Principle
		want      scorecard.State
		why       string
	}{
		{name: "nothing found", principle: rules.Disposability, want: scorecard.Clean},
		{name: "found in the code", findings: []check.Finding{finding(signalRule, "cmd/api/main.go", 8)}, principle: rules.Disposability, want: scorecard.Violated},
		{name: "found in a package that it reaches", findings: []check.Finding{finding(signalRule, "internal/store/db.go", 1)}, principle: rules.Disposability, want: scorecard.Violated},
		{name: "found in other code", findings: []check.Finding{finding(signalRule, "cmd/other/main.go", 8)}, principle: rules.Disposability, want: scorecard.Clean},
		{name: "found in its Dockerfile", findings: []check.Finding{finding(imageRule, "Dockerfile", 1)}, principle: rules.Dependencies, want: scorecard.Violated},
		{name: "found in another Dockerfile", findings: []check.Finding{finding(imageRule, "web/Dockerfile", 1)}, principle: rules.Dependencies, want: scorecard.Clean},
		{name: "the rule touches the principle besides", findings: []check.Finding{{Rule: portRule, At: at("Dockerfile", 4), Workload: "api"}}, principle: rules.Automated, want: scorecard.Violated},
		{name: "violated even if something is open", change: func(w *workload.Workload) { w.Program.Signals.Complete = false },
			findings: []check.Finding{finding(signalRule, "cmd/api/main.go", 8)}, principle: rules.Disposability, want: scorecard.Violated},

		{name: "signals are open", change: func(w *workload.Workload) { w.Program.Signals.Complete = false }, principle: rules.Disposability, want: scorecard.CannotTell, why: "which signals the program handles"},
		{name: "signals of a job", change: func(w *workload.Workload) { w.Program.Signals.Complete, w.Program.Class = false, workload.Job }, principle: rules.Disposability, want: scorecard.Clean},
		{name: "open, but no rule is about the program", change: func(w *workload.Workload) { w.Program.Env.Complete = false }, principle: rules.ResourceAware, want: scorecard.Clean},
		{name: "the deadline of a drain", change: func(w *workload.Workload) {
			w.Program.Drains.Members = []workload.Drain{{Method: "Shutdown", At: at("cmd/api/main.go", 9)}}
		}, principle: rules.Disposability, want: scorecard.CannotTell, why: "for how long"},
		{name: "a drain without limit", change: func(w *workload.Workload) {
			w.Program.Drains.Members = []workload.Drain{{Method: "Shutdown", Deadline: workload.Absent[time.Duration](at("cmd/api/main.go", 9))}}
		}, principle: rules.Disposability, want: scorecard.Clean},
		{name: "class", change: func(w *workload.Workload) { w.Program.Class = workload.Uncertain }, principle: rules.PortBinding, want: scorecard.CannotTell, why: "what sort of program it is"},
		{name: "address", change: func(w *workload.Workload) { w.Program.Listens.Members[0].Addr = nil }, principle: rules.PortBinding, want: scorecard.CannotTell, why: "where the program listens"},
		{name: "variables that are read", change: func(w *workload.Workload) { w.Program.Env.Complete = false }, principle: rules.Config, want: scorecard.CannotTell, why: "which variables the program reads"},
		{name: "variables that are given", change: func(w *workload.Workload) { w.Deploy.Env.Complete = false }, principle: rules.Config, want: scorecard.CannotTell, why: "which variables the manifest gives it"},
		{name: "the program is not bound", change: func(w *workload.Workload) { w.Program, w.Missing = nil, []string{"program: two go builds\nservices:"} },
			principle: rules.Disposability, want: scorecard.CannotTell, why: "not bound: program: two go builds"},
		{name: "the image is not bound", change: func(w *workload.Workload) { w.Program, w.Image, w.Missing = nil, nil, []string{"image: a or b"} },
			principle: rules.Dependencies, want: scorecard.CannotTell, why: "not bound: image: a or b"},

		{name: "no code could be loaded", untrusted: true, change: func(w *workload.Workload) { w.Program = nil }, principle: rules.Disposability, want: scorecard.CannotTell, why: "could be analysed"},
		{name: "no code could be loaded, and it runs something public", untrusted: true, change: func(w *workload.Workload) {
			w.Program, w.Image, w.Deploy.Image = nil, nil, workload.Known("postgres:16", at("deploy/api.yaml", 11))
		}, principle: rules.Disposability, want: scorecard.NotApplicable},
		{name: "a package does not load", notes: []check.Notification{{Level: rules.Warning, At: at("internal/store/x.go", 1)}}, principle: rules.Disposability, want: scorecard.CannotTell, why: "could not be read"},
		{name: "another package does not load", notes: []check.Notification{{Level: rules.Warning, At: at("internal/other/x.go", 1)}}, principle: rules.Disposability, want: scorecard.Clean},
		{name: "a note", notes: []check.Notification{{Level: rules.Note, At: at("internal/store/x.go", 1)}}, principle: rules.Disposability, want: scorecard.Clean},
		{name: "a broken manifest", notes: []check.Notification{{Level: rules.Warning, At: at("deploy/api.yaml", 1)}}, principle: rules.ResourceAware, want: scorecard.CannotTell, why: "could not be read"},
		{name: "a broken Dockerfile", notes: []check.Notification{{Level: rules.Warning, At: at("Dockerfile", 1)}}, principle: rules.Dependencies, want: scorecard.CannotTell, why: "could not be read"},

		{name: "an image from elsewhere has no program", change: func(w *workload.Workload) { w.Program, w.Image = nil, nil }, principle: rules.Disposability, want: scorecard.NotApplicable, why: "no part of this workload"},
		{name: "and its manifest is judged", change: func(w *workload.Workload) { w.Program, w.Image = nil, nil }, principle: rules.ResourceAware, want: scorecard.Clean},
		{name: "nothing deploys it", change: func(w *workload.Workload) { w.Deploy = nil }, principle: rules.ResourceAware, want: scorecard.NotApplicable},
		{name: "no rule is about it", principle: rules.Logs, want: scorecard.NotApplicable, why: "no rule"},
		{name: "rules of the repository judge no workload", principle: rules.Codebase, want: scorecard.NotApplicable, why: "no rule"},
		{name: "not looked for", rules: []*rules.Rule{limitRule}, principle: rules.Disposability, want: scorecard.NotApplicable, why: "none was looked for"},
	} {
		w := api("deploy/api.yaml")
		if c.change != nil {
			c.change(w)
		}
		r := &check.Report{Findings: c.findings, Rules: all, Notifications: c.notes, Untrusted: c.untrusted}
		if c.rules != nil {
			r.Rules = c.rules
		}
		cell := state(scorecard.Of(r, []*workload.Workload{w}), 0, c.principle)
		if cell.State != c.want || !strings.Contains(strings.Join(cell.Why, "; "), c.why) {
			t.Errorf("%s: %s is %s (%s), want %s (%s)", c.name, c.principle, cell.State, cell.Why, c.want, c.why)
		}
		if (cell.State == scorecard.Violated) != (len(cell.Findings) > 0) {
			t.Errorf("%s: %s with %d findings", c.name, cell.State, len(cell.Findings))
		}
	}
}

// One variant of which something cannot be told is enough.
func TestStateOfVariants(t *testing.T) {
	variant := func(name string, complete bool) *workload.Workload {
		w := api("chart/templates/api.yaml")
		w.Deploy.Variant.Name, w.Deploy.Variant.Chart, w.Deploy.Env.Complete = name, "chart", complete
		return w
	}
	c := scorecard.Of(&check.Report{Rules: all}, []*workload.Workload{variant("values.yaml", true), variant("prod.yaml", false)})
	if len(c.Rows) != 1 || state(c, 0, rules.Config).State != scorecard.CannotTell {
		t.Errorf("%d rows, %s", len(c.Rows), state(c, 0, rules.Config).State)
	}
}

func TestOwners(t *testing.T) {
	prod, dev, other := api("deploy/api.yaml"), api("dev/api.yaml"), api("deploy/other.yaml")
	other.Name, other.Deploy.Name, other.Deploy.Object = "other", "other", "apps/v1/Deployment/shop/other"
	other.Image = &workload.Image{File: "other/Dockerfile"}
	other.Program = &workload.Program{Name: "other", Dir: "cmd/other", Packages: []check.Span{at("cmd/other/main.go", 1), at("internal/store/store.go", 7)}}
	ws := []*workload.Workload{prod, dev, other}
	manifest := func(file string, line int, logical string) check.Finding {
		return check.Finding{Rule: limitRule, At: at(file, line), Logical: logical}
	}
	for _, c := range []struct {
		name string
		f    check.Finding
		want []int // rows: prod, dev, other
	}{
		{"container", manifest("deploy/api.yaml", 11, "apps/v1/Deployment/shop/api/api"), []int{0}},
		{"pod", manifest("dev/api.yaml", 11, "apps/v1/Deployment/shop/api"), []int{1}},
		{"sibling", manifest("deploy/api.yaml", 11, "apps/v1/Deployment/shop/api/sidecar"), nil},
		{"Service", manifest("deploy/api.yaml", 21, "v1/Service/shop/api"), []int{0}},
		{"autoscaler", manifest("deploy/api.yaml", 30, "x"), []int{0}},
		{"Ingress", manifest("deploy/api.yaml", 41, "x"), []int{0}},
		{"Ingress to another Service", manifest("deploy/api.yaml", 42, "x"), nil},
		{"Secret", check.Finding{Rule: limitRule, At: at("deploy/secret.yaml", 3), Logical: "v1/Secret/shop/db", Matter: "dsn"}, []int{0, 1, 2}},
		{"key of a Secret that it does not take", check.Finding{Rule: limitRule, At: at("deploy/secret.yaml", 4), Logical: "v1/Secret/shop/db", Matter: "admin"}, nil},
		{"Dockerfile", check.Finding{Rule: imageRule, At: at("Dockerfile", 1)}, []int{0, 1}},
		{"code of one", check.Finding{Rule: signalRule, At: at("cmd/other/main.go", 1)}, []int{2}},
		{"shared code", check.Finding{Rule: signalRule, At: at("internal/store/x.go", 1)}, []int{0, 1, 2}},
		{"code of nobody", check.Finding{Rule: signalRule, At: at("internal/gone/x.go", 1)}, nil},
		{"tree", check.Finding{Rule: treeRule, At: at("deploy/api.yaml", 1)}, nil},
		{"by name", check.Finding{Rule: portRule, At: at("other/Dockerfile", 1), Workload: "other"}, []int{2}},
		{"by name and manifest", check.Finding{Rule: portRule, At: at("dev/api.yaml", 5), Workload: "api"}, []int{1}},
		{"by name and a related place", check.Finding{Rule: portRule, At: at("Dockerfile", 1), Workload: "api", Related: []check.Related{{At: at("deploy/api.yaml", 3)}}}, []int{0}},
		{"by a name that two have", check.Finding{Rule: portRule, At: at("Dockerfile", 1), Workload: "api"}, []int{0, 1}},
		{"shared", check.Finding{Rule: portRule, At: at("x", 1), Workload: "other", Sharing: []string{"api"}}, []int{0, 1, 2}},
		{"a rule that joins artifacts names its workload", check.Finding{Rule: portRule, At: at("Dockerfile", 1)}, nil},
	} {
		card := scorecard.Of(&check.Report{Findings: []check.Finding{c.f}, Rules: all}, ws)
		var got []int
		for n, row := range card.Rows {
			if len(row.Findings) > 0 {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: belongs to %v, want %v", c.name, got, c.want)
		}
		if (len(card.Apart) == 1) != (len(c.want) == 0) {
			t.Errorf("%s: %d findings apart", c.name, len(card.Apart))
		}
	}
}

// The repository is judged by the findings that belong to no workload.
func TestTree(t *testing.T) {
	secret := rule("FL0332", rules.Repository, rules.Config, rules.Secure)
	r := &check.Report{Rules: append(slices.Clone(all), secret), Findings: []check.Finding{
		{Rule: secret, At: at(".env", 1)},
		{Rule: signalRule, At: at("lib/x.go", 1)},            // code of no program
		{Rule: signalRule, At: at("cmd/api/main.go", 1)},     // of the workload
		{Rule: imageRule, At: at("somewhere/Dockerfile", 1)}, // of an image that is no workload
	}}
	c := scorecard.Of(r, []*workload.Workload{api("deploy/api.yaml")})
	for p, want := range map[rules.Principle]string{
		rules.Config: "violated [0]", rules.Secure: "violated [0]", rules.Disposability: "violated [1]", rules.Dependencies: "violated [3]",
		rules.Codebase: "clean []", rules.Logs: "not applicable []",
	} {
		cell := c.Tree[slices.Index(rules.Principles(), p)]
		if got := fmt.Sprint(cell.State, " ", cell.Findings); got != want {
			t.Errorf("%s is %s, want %s", p, got, want)
		}
	}
}

func TestTotals(t *testing.T) {
	c := scorecard.Of(&check.Report{Rules: all}, []*workload.Workload{api("a.yaml"), api("b.yaml")})
	n := c.Totals()
	if got := fmt.Sprint(n[scorecard.Clean], n[scorecard.NotApplicable], n[scorecard.Violated], n[scorecard.CannotTell]); got != "12 28 0 0" {
		t.Errorf("totals are %s", got)
	}
}
