package manifest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func placeOf(at check.Span) string {
	return fmt.Sprintf("%s:%d:%d-%d", at.File, at.Start.Line, at.Start.Col, at.End.Col)
}

func variant(t *testing.T, vs []*workload.Variant, name string) *workload.Variant {
	t.Helper()
	for _, v := range vs {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("there is no variant %s", name)
	return nil
}

const base = `
-- base/kustomization.yaml --
resources: [api.yaml]
-- base/api.yaml --
# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: example.com/api:1
        args: ["--level=info", --port=80]
        env:
        - name: A
          value: base
        - name: B
          value: base
        ports:
        - {name: http, containerPort: 80}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{port: 1, targetPort: http}]
`

// Each value of a rendered object is placed where it was set.
func TestOverlayPlaces(t *testing.T) {
	for _, c := range []struct {
		name, tree, want string
	}{
		{"base values", "-- prod/kustomization.yaml --\nresources: [../base]\nnamePrefix: p-\n",
			"p-api at base/api.yaml:13:15-18 image example.com/api:1 base/api.yaml:14:16-33 replicas 1 base/api.yaml:7:13-14 memory absent base/api.yaml:13:15-18 A=base base/api.yaml:18:18-22 B=base base/api.yaml:20:18-22 port 80 base/api.yaml:22:39-41"},
		{"strategic merge", `
-- prod/kustomization.yaml --
resources: [../base]
patchesStrategicMerge: [p.yaml]
-- prod/p.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 4
  template:
    spec:
      containers:
      - name: side
        image: side:1
      - name: api
        resources: {limits: {memory: 1Gi}}
        env:
        - {name: B, value: patched}
        - {name: C, value: new}
`, "side at prod/p.yaml:9:15-19 image side:1 prod/p.yaml:10:16-22 replicas 4 prod/p.yaml:5:13-14 memory absent prod/p.yaml:9:15-19; " +
			"api at base/api.yaml:13:15-18 image example.com/api:1 base/api.yaml:14:16-33 replicas 4 prod/p.yaml:5:13-14 memory 1Gi prod/p.yaml:12:38-41 B=patched prod/p.yaml:14:28-35 C=new prod/p.yaml:15:28-31 A=base base/api.yaml:18:18-22 port 80 base/api.yaml:22:39-41"},
		{"inline", `
-- prod/kustomization.yaml --
resources: [../base]
patches:
- target: {kind: Deployment, name: a.*}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/env/0/value
      value: "inline"
    - {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: C, value: added}}
    - {op: remove, path: /spec/template/spec/containers/0/env/1}
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api}
    spec:

      replicas: 5
- target: {kind: Deployment}
  patch: '[{"op": "add", "path": "/spec/template/spec/containers/0/resources", "value": {"limits": {"memory": "2Gi"}}}]'
`, "api at base/api.yaml:13:15-18 image example.com/api:1 base/api.yaml:14:16-33 replicas 5 prod/kustomization.yaml:16:17-18 memory 2Gi prod/kustomization.yaml:18:10-121 A=inline prod/kustomization.yaml:7:14-22 C=added prod/kustomization.yaml:8:87-92 port 80 base/api.yaml:22:39-41"},
		{"entries", `
-- prod/kustomization.yaml --
resources: [../base]
images:
- name: example.com/api
  newName: example.org/api
  newTag: v2
replicas:
- name: api
  count: 7
`, "api at base/api.yaml:13:15-18 image example.org/api:v2 prod/kustomization.yaml:5:11-13 replicas 7 prod/kustomization.yaml:8:10-11 memory absent base/api.yaml:13:15-18 A=base base/api.yaml:18:18-22 B=base base/api.yaml:20:18-22 port 80 base/api.yaml:22:39-41"},
		{"levels", `
-- mid/kustomization.yaml --
resources: [../base]
images: [{name: example.com/api, newTag: v1}]
patches: [{path: a.yaml}, {path: b.yaml}]
-- mid/a.yaml --
{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [{name: api, env: [{name: A, value: mid}]}]}}}}
-- mid/b.yaml --
{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [{name: api, env: [{name: B, value: mid}]}]}}}}
-- prod/kustomization.yaml --
resources: [../mid]
components: [../comp]
nameSuffix: -x
-- comp/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images: [{name: example.com/api, digest: "sha256:abc"}]
patches:
- path: p.yaml
  target: {kind: Deployment, labelSelector: "no=such"}
- path: q.yaml
-- comp/p.yaml --
{apiVersion: apps/v1, kind: Deployment, metadata: {name: any}, spec: {template: {spec: {containers: [{name: api, env: [{name: B, value: never}]}]}}}}
-- comp/q.yaml --
{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {template: {spec: {containers: [{name: api, env: [{name: B, value: comp}]}]}}}}
`, "api-x at base/api.yaml:13:15-18 image example.com/api@sha256:abc comp/kustomization.yaml:3:42-54 replicas 1 base/api.yaml:7:13-14 memory absent base/api.yaml:13:15-18 B=comp comp/q.yaml:1:137-141 A=mid mid/a.yaml:1:137-140 port 80 base/api.yaml:22:39-41"},
		{"uncertain", `
-- prod/kustomization.yaml --
resources: [../base]
replacements:
- source: {kind: Service, name: api, fieldPath: "spec.ports.0.port"}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ["spec.template.spec.containers.[name=api].env.[name=A].value"]
`, "api at base/api.yaml:13:15-18 image example.com/api:1 base/api.yaml:14:16-33 replicas 1 base/api.yaml:7:13-14 memory absent base/api.yaml:13:15-18 A=1 base/api.yaml:5:9-12 B=base base/api.yaml:20:18-22 port 80 base/api.yaml:22:39-41"},
	} {
		vs, notes := load(t, base+strings.TrimPrefix(c.tree, "\n"))
		equal(t, c.name+": notifications", codes(notes), "")
		if len(notes) > 0 {
			t.Fatal(notes[0].Message)
		}
		v := variant(t, vs, "prod")
		var got []string
		for _, d := range v.Deploys {
			name := d.Object[strings.LastIndexByte(d.Object, '/')+1:]
			if d.Name != "api" {
				name = d.Name
			}
			s := fmt.Sprintf("%s at %s image %s %s replicas %s %s memory %s %s", name, placeOf(d.At), show(d.Image), placeOf(d.Image.At()),
				show(d.Replicas), placeOf(d.Replicas.At()), show(d.MemoryLimit), placeOf(d.MemoryLimit.At()))
			for _, e := range d.Env.Members {
				s += fmt.Sprintf(" %s=%s %s", e.Name, show(e.Value), placeOf(e.Value.At()))
			}
			for _, p := range d.Ports {
				s += fmt.Sprintf(" port %s %s", show(p.Number), placeOf(p.At))
			}
			got = append(got, s)
		}
		equal(t, c.name, strings.Join(got, "; "), c.want)
		if len(vs) != 1 || v.Incomplete || len(v.Services) != 1 || len(v.Services[0].Selects) != len(v.Deploys) {
			t.Errorf("%s: %d variants; %+v", c.name, len(vs), v)
		}
	}
}

// Names of generated objects lose their hashes together with all that refers to them.
func TestOverlayGenerators(t *testing.T) {
	vs, notes := load(t, `
-- base/kustomization.yaml --
resources: [api.yaml]
configMapGenerator:
- name: settings
  literals: [A=1, B=1]
secretGenerator:
- name: login
  envs: [login.env]
-- base/api.yaml --
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
  - name: api
    image: api:1
    envFrom:
    - configMapRef: {name: settings}
    - secretRef: {name: login}
-- prod/kustomization.yaml --
resources: [../base]
namePrefix: p-
configMapGenerator:
- name: settings
  behavior: merge
  literals:
  - B=2
  - C=$(NOT_RESOLVED)
vars:
- name: NOT_RESOLVED
  objref: {apiVersion: v1, kind: Pod, name: api}
`)
	equal(t, "notifications", codes(notes), "")
	d := variant(t, vs, "prod").Deploys[0]
	equal(t, "env", env(d), "A=1 (ConfigMap p-settings), B=2 (ConfigMap p-settings), C=unknown (ConfigMap p-settings), …")
	var places []string
	for _, e := range d.Env.Members {
		places = append(places, placeOf(e.At))
	}
	equal(t, "places", strings.Join(places, " "), "base/kustomization.yaml:4:14-15 prod/kustomization.yaml:7:5-6 prod/kustomization.yaml:8:5-6")
	for _, s := range d.EnvSources {
		if !s.Found {
			t.Errorf("%s is not found", s.Name)
		}
	}
}

// Whatever Kustomize would fetch or run is refused before it is asked, and what the overlay completes is not judged
// as if it were complete.
func TestOverlayRefusals(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	asked := make(chan bool, 100)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
			asked <- true
		}
	}()
	// programs that leave a trace when they are run
	bin, trace := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	for _, name := range []string{"git", "helm", "docker", "plugin.sh"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\ntouch "+trace+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	url := "http://" + listener.Addr().String()
	const exec = "apiVersion: example.com/v1\nkind: Any\nmetadata:\n  name: x\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: plugin.sh}\n"
	for _, c := range []struct{ name, text, want string }{
		{"resource", "resources: [../base, '" + url + "/a.yaml']", "kustomize-remote"},
		{"base", "resources: [../base]\nbases: ['" + url + "/a//b?ref=v1']", "kustomize-remote"},
		{"git", "resources: [../base, 'git@127.0.0.1:a/b.git']", "kustomize-remote"},
		{"github", "resources: [../base, github.com/a/b/c]", "kustomize-remote"},
		{"GitHub", "Resources: [../base, GitHub.com/a/b/c]", "kustomize-remote"},
		{"key twice", "resources: [../base]\nresources: [../base, '" + url + "/a.yaml']", "kustomize-remote"},
		{"component", "resources: [../base]\ncomponents: ['" + url + "/a']", "kustomize-remote"},
		{"patch", "resources: [../base]\npatches: [{path: '" + url + "/a'}]", "kustomize-remote"},
		{"old patch", "resources: [../base]\npatchesStrategicMerge: ['" + url + "/a']", "kustomize-remote"},
		{"generator", "resources: [../base]\nconfigMapGenerator: [{name: a, files: ['k=" + url + "/a']}]", "kustomize-remote"},
		{"env", "resources: [../base]\nsecretGenerator: [{name: a, envs: ['" + url + "/a']}]", "kustomize-remote"},
		{"schema", "resources: [../base]\nopenapi: {path: '" + url + "/a'}", "kustomize-remote"},
		{"crd", "resources: [../base]\ncrds: ['" + url + "/a']", "kustomize-remote"},
		{"configuration", "resources: [../base]\nconfigurations: ['" + url + "/a']", "kustomize-remote"},
		{"replacement", "resources: [../base]\nreplacements: [{path: '" + url + "/a'}]", "kustomize-remote"},
		{"remote plugin", "resources: [../base]\ntransformers: ['" + url + "/a']", "kustomize-remote"},
		{"plugin", "resources: [../base]\ngenerators: [exec.yaml]", "kustomize-plugin"},
		{"inline plugin", "resources: [../base]\ntransformers:\n- |\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n  metadata: {name: x}\n  repo: " + url, "kustomize-plugin"},
		{"plugins of a directory", "resources: [../base]\ntransformers: [../base]", "kustomize-plugin"},
		{"chart", "resources: [../base]\nhelmCharts: [{name: c, repo: '" + url + "'}]", "kustomize-helm"},
		{"old chart", "resources: [../base]\nhelmChartInflationGenerator: [{chartName: c, chartRepoUrl: '" + url + "'}]", "kustomize-helm"},
		{"outside", "resources: [../base, ../../etc/passwd]", "kustomize-outside"},
		{"absolute", "resources: [../base, /etc/passwd]", "kustomize-outside"},
		{"missing", "resources: [../base, link.yaml]", "kustomize-missing"},
		{"cycle", "resources: [../base, ../prod]", "kustomize-cycle"},
		{"no target", "resources: [../base]\npatches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: no}}'}]", "kustomize-build"},
	} {
		vs, notes := load(t, base+"-- prod/exec.yaml --\n"+exec+"-- prod/kustomization.yaml --\n"+c.text+"\n")
		equal(t, c.name, codes(notes)[:min(len(codes(notes)), len(c.want))], c.want)
		if v := variant(t, vs, "base"); !v.Incomplete {
			t.Errorf("%s: the base is judged alone", c.name)
		}
	}
	// a validator changes nothing and is left out
	vs, notes := load(t, base+"-- prod/exec.yaml --\n"+exec+"-- prod/kustomization.yaml --\nresources: [../base]\nvalidators: [exec.yaml]\n")
	equal(t, "validator", codes(notes), "")
	variant(t, vs, "prod")

	select {
	case <-asked:
		t.Error("a connection was made")
	default:
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("a program was run")
	}
}

// What tests and development make of a base says nothing about what is shipped.
func TestOverlayRoles(t *testing.T) {
	patch := "patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: api}, spec: {replicas: 9}}'}]\n"
	vs, _ := load(t, base+"-- test/e2e/kustomization.yaml --\nresources: [../../base]\n"+patch+"-- prod/kustomization.yaml --\nresources: [../base]\n")
	v := variant(t, vs, "prod")
	if len(vs) != 1 || v.Incomplete {
		t.Errorf("got %d variants, incomplete %v", len(vs), v.Incomplete)
	}
	vs, _ = load(t, base+"-- test/e2e/kustomization.yaml --\nresources: [../../base]\n"+patch)
	if v := variant(t, vs, "base"); len(vs) != 1 || !v.Incomplete || show(v.Deploys[0].Replicas) != "1" {
		t.Errorf("got %d variants, %+v", len(vs), v)
	}
}

// An image that is set when somebody deploys is not the one that stands in the tree.
func TestOverlaySetImage(t *testing.T) {
	tree := base + "-- prod/kustomization.yaml --\nresources: [../base]\nimages: [{name: example.com/api, newTag: latest}]\n"
	for makefile, want := range map[string]string{
		"deploy:\n\tcd prod && $(KUSTOMIZE) edit set image example.com/api=${IMG}\n\tkustomize build prod | kubectl apply -f -\n": "unknown",
		"deploy:\n\tcd prod && kustomize edit set image other=x:1 && make\n":                                                      "example.com/api:latest",
		"deploy:\n\tkustomize edit set image \"$(IMG)\"\n":                                                                        "unknown",
		"": "example.com/api:latest",
	} {
		vs, _ := load(t, tree+"-- Makefile --\n"+makefile)
		d := variant(t, vs, "prod").Deploys[0]
		equal(t, makefile, show(d.Image)+" "+placeOf(d.Image.At()), want+" prod/kustomization.yaml:2:42-48")
	}
}

// One defect of a base has one place, whichever overlays show it.
func TestOverlaysShareBase(t *testing.T) {
	vs, _ := load(t, base+"-- a/kustomization.yaml --\nresources: [../base]\nnamePrefix: a-\n-- b/kustomization.yaml --\nresources: [../base]\nnameSuffix: -b\n")
	a, b := variant(t, vs, "a").Deploys[0], variant(t, vs, "b").Deploys[0]
	if a.At != b.At || a.MemoryLimit.At() != b.MemoryLimit.At() || a.File != "base/api.yaml" {
		t.Errorf("%v and %v", a.At, b.At)
	}
}

func TestOverlayLimits(t *testing.T) {
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n---\n", i)
	}
	pods := strings.Builder{}
	for i := range 400 {
		fmt.Fprintf(&pods, "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: c, image: i, envFrom: [{configMapRef: {name: c%d}}]}]}\n---\n", i, i)
	}
	bomb := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 5 {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	const one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {a: x}}\ndata: {a: x}\n"
	doubling := map[string]string{"k0/kustomization.yaml": "resources: [a.yaml]\n", "k0/a.yaml": one}
	levels := map[string]string{"l0/kustomization.yaml": "resources: [a.yaml]\n", "l0/a.yaml": one}
	for i := range 20 {
		doubling[fmt.Sprintf("k%d/kustomization.yaml", i+1)] = "resources: [a, b]\n"
		doubling[fmt.Sprintf("k%d/a/kustomization.yaml", i+1)] = fmt.Sprintf("resources: [../../k%d]\nnamePrefix: a\n", i)
		doubling[fmt.Sprintf("k%d/b/kustomization.yaml", i+1)] = fmt.Sprintf("resources: [../../k%d]\nnamePrefix: b\n", i)
	}
	for i := range 200 {
		levels[fmt.Sprintf("l%d/kustomization.yaml", i+1)] = fmt.Sprintf("resources: [../l%d]\n", i)
	}
	copies := "- {op: add, path: /data/b, value: {}}\n"
	for i := range 40 {
		copies += fmt.Sprintf("- {op: copy, from: /data, path: /data/c%d}\n", i)
	}
	grow := "resources: [a.yaml]\nreplacements:\n" + strings.Repeat("- source: {kind: ConfigMap, fieldPath: data}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.b], options: {create: true}}]\n", 40)
	glue := "resources: [a.yaml]\nreplacements:\n" + strings.Repeat("- source: {kind: ConfigMap, fieldPath: data.a}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a], options: {delimiter: x, index: -1}}]\n", 60)
	overlays := map[string]string{"b/kustomization.yaml": "resources: [a.yaml]\n", "b/a.yaml": pods.String()}
	for i := range 500 {
		overlays[fmt.Sprintf("o%d/kustomization.yaml", i)] = "resources: [../b]\nnamePrefix: p\n"
	}
	k := func(text, a string) map[string]string {
		return map[string]string{"k/kustomization.yaml": text, "k/a.yaml": a}
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // code of a notification
	}{
		{"objects", k("resources: [a.yaml]\nnamePrefix: x\n", many.String()), "kustomize-limit"},
		{"pods", k("resources: [a.yaml]\nnamePrefix: x\n", pods.String()+strings.Repeat(pods.String(), 3)), "kustomize-limit"},
		{"overlays", overlays, "kustomize-limit"},
		{"alias bomb", k("resources: [a.yaml]\n", bomb), "kustomize-limit"},
		{"alias bomb in a kustomization", k("resources: [a.yaml]\ncommonAnnotations:\n"+strings.ReplaceAll(bomb[strings.Index(bomb, "a0:"):], "\na", "\n  a")+"\n", one), "yaml-syntax"},
		{"doubling", doubling, "kustomize-limit"},
		{"levels", levels, "kustomize-limit"},
		{"huge patch", k("resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Pod}}]\n", pods.String()), "kustomize-missing"},
		{"huge inline patch", k("resources: [a.yaml]\npatches:\n- target: {kind: Pod}\n  patch: |\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: x}\n    a: ["+strings.Repeat("x, ", 100_000)+"x]\n", pods.String()), "kustomize-limit"},
		{"long prefix", k("resources: [a.yaml]\nnamePrefix: "+strings.Repeat("x", 500_000)+"\n", pods.String()), "kustomize-limit"},
		{"copies", k("resources: [a.yaml]\npatches: [{path: p.json, target: {kind: ConfigMap}}]\n", one), "kustomize-missing"},
		{"growing", k(grow, one), "kustomize-limit"},
		{"gluing", k(glue, one), "kustomize-limit"},
		{"deep", k("resources: [a.yaml]\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: "+strings.Repeat("[", 5_000)+strings.Repeat("]", 5_000)), "yaml-"},
		{"many labels", k("resources: [a.yaml]\nlabels: ["+strings.Repeat("{pairs: {a: b}}, ", 20_000)+"]\n", pods.String()), ""},
		{"many patches", k("resources: [a.yaml]\npatches: ["+strings.Repeat("{target: {kind: Pod}, patch: '[{op: add, path: /metadata/labels, value: {a: b}}]'}, ", 5_000)+"]\n", pods.String()), "kustomize-limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			switch c.name {
			case "copies":
				c.files["k/p.json"], c.want = copies, "kustomize-limit"
			case "huge patch":
				c.files["k/p.yaml"], c.want = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\na: ["+strings.Repeat("x, ", 300_000)+"x]\n", "kustomize-limit"
			}
			c.files["other/pod.yaml"] = onePod
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			vs, notes := loadFiles(c.files)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			t.Log(took, (after.TotalAlloc-before.TotalAlloc)>>20, "MiB in all", codes(notes[:min(1, len(notes))]))
			if took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if len(variant(t, vs, "other").Deploys) != 1 {
				t.Error("another file was not read")
			}
			if !strings.Contains(codes(notes), c.want) {
				t.Errorf("got %s, want %s", codes(notes), c.want)
			}
		})
	}
}
