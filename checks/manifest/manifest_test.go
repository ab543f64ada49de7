package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/manifest"
	"github.com/factorlint/factorlint/rules"
)

func TestAll(t *testing.T) {
	var ids []string
	for _, c := range All() {
		r := rules.Lookup(c.Rule)
		if r == nil {
			t.Fatalf("%s has no page", c.Rule)
		}
		if r.Kind != rules.Manifest {
			t.Errorf("%s is of kind %s", c.Rule, r.Kind)
		}
		ids = append(ids, r.ID)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not in order: %v", ids)
	}
}

// findings runs all checks on one file of manifests.
func findings(text string) []check.Finding {
	var out []check.Finding
	variants, _ := manifest.Load(fstest.MapFS{"deploy/all.yaml": {Data: []byte(text)}}, []string{"deploy/all.yaml"}, manifest.Options{})
	for _, v := range variants {
		for _, c := range All() {
			check.Run(c, v, check.Settings{}, func(f check.Finding) { out = append(out, f) })
		}
	}
	return out
}

const api = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: example.com/api:1
        ports: [{name: http, containerPort: 8080}]
        env:
        - {name: DB_PASSWORD, value: hunter2}
        - {name: DB_PASSWORD, value: tr0ub4dor}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: web}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec: {defaultBackend: {service: {name: api, port: {number: 8080}}}}
`

func TestFindings(t *testing.T) {
	var got []string
	for _, f := range findings(api) {
		var related []string
		for _, r := range f.Related {
			related = append(related, fmt.Sprintf("%d:%d %s", r.At.Start.Line, r.At.Start.Col, r.Message))
		}
		got = append(got, fmt.Sprintf("%s %d:%d-%d %s %s [%s]", f.Rule.ID, f.At.Start.Line, f.At.Start.Col, f.At.End.Col, f.Logical, f.Matter, strings.Join(related, "; ")))
		if strings.Contains(fmt.Sprint(f), "hunter2") || strings.Contains(fmt.Sprint(f), "tr0ub4dor") {
			t.Errorf("%s prints a value", f.Rule.ID)
		}
		if f.Message == "" || strings.HasSuffix(f.Message, ".") || f.At.File != "deploy/all.yaml" {
			t.Errorf("%+v", f)
		}
	}
	want := []string{
		"FL0330 14:18-29 apps/v1/Deployment/shop/api/api DB_PASSWORD [13:18 another value, which has no effect]",
		"FL0703 21:34-37 v1/Service/shop/api web [11:45 declares http 8080]",
		"FL0703 26:61-65 networking.k8s.io/Ingress/shop/api api:8080 [21:18 offers 80]",
		"FL1702 13:38-45 apps/v1/Deployment/shop/api/api DB_PASSWORD []",
		"FL1702 14:38-47 apps/v1/Deployment/shop/api/api DB_PASSWORD []",
		"FL2003 9:15-18 apps/v1/Deployment/shop/api/api memory []",
		"FL2004 9:15-18 apps/v1/Deployment/shop/api/api requests []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A Service and its pods may be as many as a file can hold.
func TestHostile(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {a: b}, ports: [")
	for i := range 2000 {
		fmt.Fprintf(&b, "{port: %d, targetPort: p%d},", i+1, i)
	}
	b.WriteString("]}}\n- {apiVersion: v1, kind: Pod, metadata: {name: p, labels: {a: b}}, spec: {containers: [{name: c, image: i, ports: [")
	for i := range 4000 {
		fmt.Fprintf(&b, "{name: q%d, containerPort: %d},", i, i+1)
	}
	b.WriteString("]}]}}\n")
	for _, f := range findings(b.String()) {
		if len(f.Related) > maxNamed || len(f.Message) > 500 {
			t.Fatalf("%d related places, message of %d bytes", len(f.Related), len(f.Message))
		}
	}
}
