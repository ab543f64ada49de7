package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/rules"
)

// shop is a sample repository with a violation of every rule.
const shop = "../../testdata/repos/shop"

func runShop(t *testing.T, dir string) *engine.Result {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Cache: store})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// copyShop returns a copy outside any git repository, where every file counts as committed.
func copyShop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(shop)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestShop(t *testing.T) {
	r := runShop(t, shop).Report
	want := strings.Fields(`
		.env:2                    FL0332
		cmd/catalog/Dockerfile:13 FL0911
		cmd/catalog/main.go:38    FL0902
		cmd/catalog/main.go:47    FL0906
		cmd/mailer/Dockerfile:8   FL0201
		cmd/mailer/Dockerfile:12  FL1701
		cmd/mailer/main.go:21     FL0701
		cmd/mailer/main.go:26     FL0901
		deploy/mailer.yaml:29     FL0330
		deploy/mailer.yaml:56     FL0703
		deploy/orders.yaml:27     FL0914
		deploy/orders.yaml:36     FL0320
		deploy/orders.yaml:41     FL0702
		deploy/orders.yaml:50     FL2003
		internal/mail/mail.go:29  FL0301`)
	var got []string
	kinds := map[rules.Kind]bool{}
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s:%d", f.At.File, f.At.Start.Line), f.Rule.ID)
		kinds[f.Rule.Kind] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, k := range []rules.Kind{rules.Go, rules.Dockerfile, rules.Manifest, rules.Repository, rules.Workload} {
		if !kinds[k] {
			t.Errorf("no rule of kind %s fires", k)
		}
	}
	if r.Untrusted || len(r.Notifications) > 0 || len(r.Suppressed) > 0 {
		t.Errorf("untrusted %t, notifications %v, suppressed %v; want none of it", r.Untrusted, r.Notifications, r.Suppressed)
	}
	if runShop(t, copyShop(t)).Report.Partial {
		t.Error("a whole repository counts as a part")
	}
}

// Each service is one workload, its three parts bound without configuration.
func TestShopWorkloads(t *testing.T) {
	want := []string{
		"catalog: cmd/catalog, cmd/catalog/Dockerfile, compose.yaml",
		"mailer: cmd/mailer, cmd/mailer/Dockerfile, deploy/mailer.yaml",
		"orders: cmd/orders, cmd/orders/Dockerfile, deploy/orders.yaml",
	}
	var got []string
	for _, w := range runShop(t, shop).Workloads {
		if w.Program == nil || w.Image == nil || w.Deploy == nil {
			t.Errorf("workload %s is not bound: %v", w.Name, w.Missing)
			continue
		}
		got = append(got, fmt.Sprintf("%s: %s, %s, %s", w.Name, w.Program.Dir, w.Image.File, w.Deploy.File))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
}

// Every finding can be silenced by a comment at its place, and the comment counts as used.
func TestShopSuppressed(t *testing.T) {
	dir := copyShop(t)
	findings := runShop(t, dir).Report.Findings
	for _, f := range slices.Backward(findings) { // from the end: an insertion moves what follows
		name := filepath.Join(dir, filepath.FromSlash(f.At.File))
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		at, comment := f.At.Start.Line-1, "# factorlint:ignore "+f.Rule.Name+" -- a sample"
		switch {
		case f.Rule.Kind == rules.Dockerfile:
			lines = slices.Insert(lines, at, comment)
		case strings.HasSuffix(name, ".go"):
			lines[at] += " //" + strings.TrimPrefix(comment, "# ")
		default:
			lines[at] += " " + comment
		}
		if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := runShop(t, dir).Report
	for _, f := range r.Findings {
		t.Errorf("%s:%d: %s %s", f.At.File, f.At.Start.Line, f.Rule.ID, f.Message)
	}
	if len(r.Suppressed) != len(findings) {
		t.Errorf("%d findings are suppressed, want %d", len(r.Suppressed), len(findings))
	}
	for _, s := range r.Suppressed { // they can be written as completely as the others
		for _, rel := range s.Finding.Related {
			if !rel.At.IsZero() && r.Sources[rel.At.File] == nil {
				t.Errorf("%s: the source of %s is not in the report", s.Finding.Rule.ID, rel.At.File)
			}
		}
	}
}

// What is found depends on nothing but the files.
func TestShopDeterministic(t *testing.T) {
	first := runShop(t, shop).Report
	if diff := cmp.Diff(first, runShop(t, shop).Report); diff != "" {
		t.Errorf("a second run differs:\n%s", diff)
	}
	if diff := cmp.Diff(runShop(t, copyShop(t)).Report, runShop(t, copyShop(t)).Report); diff != "" {
		t.Errorf("a copy in another folder differs:\n%s", diff)
	}
}
