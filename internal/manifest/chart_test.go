package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/check"
)

const chart = `
-- shop/Chart.yaml --
apiVersion: v2
name: shop
version: 1.0.0
dependencies:
- {name: cache, version: 1.0.0}
-- shop/values.yaml --
image:
  repository: ghcr.io/example/shop
  tag: v1
port: 8080
resources: {}
secretName: ""
cache:
  port: 6379
-- shop/values-prod.yaml --
port: 9090
image: {tag: v2}
resources: {limits: {memory: 64Mi}}
-- shop/ci/test-values.yaml --
port: 7070
-- shop/templates/_helpers.tpl --
{{- define "shop.labels" -}}
app: {{ .Chart.Name }}
{{- end }}
-- shop/templates/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  template:
    metadata:
      labels: {{ include "shop.labels" . | nindent 8 }}
    spec:
      containers:
      - name: shop
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        env:
        - name: PORT
          value: {{ .Values.port | quote }}
        ports:
        - name: http
          containerPort: {{ .Values.port }}
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
-- shop/templates/service.yaml --
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector: {{ include "shop.labels" . | nindent 4 }}
  ports:
  - port: 80
    targetPort: {{ .Values.port }}
-- shop/templates/hook.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {"helm.sh/hook": pre-install}
spec:
  template:
    spec:
      containers: [{name: migrate, image: example/migrate}]
-- shop/templates/tests/connect.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: connect
  annotations: {"helm.sh/hook": test}
spec:
  containers: [{name: connect, image: busybox}]
-- shop/charts/cache/Chart.yaml --
apiVersion: v2
name: cache
version: 1.0.0
-- shop/charts/cache/values.yaml --
port: 1
replicas: 3
-- shop/charts/cache/templates/all.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cache}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: cache
        image: redis:7
        ports: [{containerPort: {{ .Values.port }}}]
-- library/Chart.yaml --
apiVersion: v2
name: library
version: 1.0.0
type: library
-- library/templates/x.yaml --
{{ fail "never rendered" }}
`

func TestCharts(t *testing.T) {
	vs, notes := load(t, chart)
	equal(t, "notifications", codes(notes), "")
	var names []string
	for _, v := range vs {
		names = append(names, v.Name)
	}
	equal(t, "variants", strings.Join(names, " "), "shop shop/ci/test-values.yaml shop/values-prod.yaml")
	at := func(s check.Span) string {
		return fmt.Sprintf("%s:%d:%d-%d", s.File, s.Start.Line, s.Start.Col, s.End.Col)
	}
	var got []string
	for _, d := range vs[0].Deploys {
		got = append(got, fmt.Sprintf("%s %s one-shot %v", d.Name, d.Object, d.OneShot))
	}
	equal(t, "deploys", strings.Join(got, "\n"), `cache apps/v1/StatefulSet//cache one-shot false
shop apps/v1/Deployment//shop one-shot false
migrate batch/v1/Job//migrate one-shot true`)

	cache, shop := vs[0].Deploys[0], vs[0].Deploys[1]
	origins := vs[0].Origins
	equal(t, "container", at(shop.At), "shop/templates/deployment.yaml:12:15-19")
	equal(t, "image", show(shop.Image), "ghcr.io/example/shop:v1")
	equal(t, "image", at(shop.Image.At()), "shop/templates/deployment.yaml:13:16-72")
	equal(t, "origin of the image", at(origins[shop.Image.At()]), "shop/values.yaml:2:15-35")
	equal(t, "port", show(shop.Ports[0].Number), "8080")
	equal(t, "port", at(shop.Ports[0].At), "shop/templates/deployment.yaml:19:26-44")
	equal(t, "origin of the port", at(origins[shop.Ports[0].At]), "shop/values.yaml:4:7-11")
	equal(t, "variable", env(shop), "PORT=8080")
	equal(t, "Services", fmt.Sprint(len(shop.Services)), "1")
	equal(t, "target port", at(shop.Services[0].At), "shop/templates/service.yaml:9:17-35")
	equal(t, "memory", at(shop.MemoryLimit.At()), "shop/templates/deployment.yaml:20:9-18")
	equal(t, "origin of the resources", at(origins[shop.MemoryLimit.At()]), "shop/values.yaml:5:1-10")
	equal(t, "port of the dependency", show(cache.Ports[0].Number), "6379")
	equal(t, "origin of it", at(origins[cache.Ports[0].At]), "shop/values.yaml:8:9-13")
	equal(t, "origin of the replicas", at(origins[cache.Replicas.At()]), "shop/charts/cache/values.yaml:2:11-12")

	prod := vs[2].Deploys[1]
	equal(t, "image in production", show(prod.Image), "ghcr.io/example/shop:v2")
	equal(t, "memory in production", show(prod.MemoryLimit), "64Mi")
	equal(t, "port in production", at(vs[2].Origins[prod.Ports[0].At]), "shop/values-prod.yaml:1:7-11")
}

func TestChartsThatCannotBeRendered(t *testing.T) {
	meta := func(name string) string { return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" }
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"syntax", map[string]string{"templates/a.yaml": "a: b\nc: {{ if }}\n"}, "helm-render c/templates/a.yaml:2"},
		{"at run time", map[string]string{"templates/a.yaml": "a: b\n\nc: {{ .Values.a.b }}\n"}, "helm-render c/templates/a.yaml:3"},
		{"in a helper", map[string]string{"templates/_h.tpl": "{{ define `h` }}\n{{ fail `set a value` }}{{ end }}", "templates/a.yaml": "{{ include `h` . }}"},
			"helm-render c/templates/_h.tpl:2"},
		{"required", map[string]string{"templates/a.yaml": "a: {{ required `say which` .Values.x }}"}, "helm-render c/templates/a.yaml:1"},
		{"with other values", map[string]string{"templates/a.yaml": "a: {{ required `say which` .Values.x }}", "values-a.yaml": "x: 1"},
			"helm-render c/templates/a.yaml:1"},
		{"endless", map[string]string{"templates/a.yaml": "{{ range 99999999999 }}{{ end }}", "values-a.yaml": "x: 1"}, "helm-limit c/templates/a.yaml:1"},
		{"not YAML", map[string]string{"templates/a.yaml": "apiVersion: v1\nkind: Service\nspec: a: {{ .Values.x }}\n"}, "yaml-syntax c/templates/a.yaml:3"},
		{"broken values", map[string]string{"values.yaml": "a: b: c"}, "helm-chart c/Chart.yaml:0"},
		{"broken other values", map[string]string{"values-a.yaml": "a: b: c", "values-b.yaml": "- a"}, "helm-values c/values-a.yaml:0, helm-values c/values-b.yaml:0"},
		{"values of another tool", map[string]string{"values-a.yaml": "{{ if x }}\na: b"}, "helm-values c/values-a.yaml:0"},
		{"no metadata", map[string]string{"Chart.yaml": ""}, "helm-chart c/Chart.yaml:0"},
		{"dependency elsewhere", map[string]string{"Chart.yaml": meta("c") + "dependencies: [{name: d, version: 1.0.0, repository: 'https://example.com'}]\n"},
			"helm-dependency c/Chart.yaml:0"},
		{"dependency is broken", map[string]string{"charts/d/Chart.yaml": meta("d"), "charts/d/templates/a.yaml": "{{ end }}"}, "helm-render c/charts/d/templates/a.yaml:1"},
	} {
		files := map[string]string{"c/Chart.yaml": meta("c")}
		for name, text := range c.files {
			files["c/"+name] = text
		}
		_, notes := loadFiles(files)
		equal(t, c.name, codes(notes), c.want)
	}
	_, notes := loadFiles(map[string]string{"test/e/Chart.yaml": "", "test/e/templates/a.yaml": "{{ end }}"})
	equal(t, "in a test", codes(notes), "")
}

// Whoever installs a chart may give a container more variables than the chart does, if the chart lets them.
func TestChartsOpenEnvironment(t *testing.T) {
	base := map[string]string{"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n"}
	for container, complete := range map[string]bool{
		"{name: a, image: a, env: [{name: A, value: b}]}":                            true,
		"{name: a, image: a, env: {{ toJson .Values.env }}}":                         false,
		"{name: a, image: a {{ with .Values.extraEnvVars }}, env: {{ . }}{{ end }}}": false,
		"{name: {{ .Values.name | default `a` }}, image: a}":                         true,
	} {
		base["c/templates/a.yaml"] = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [" + container + "]}\n"
		vs, notes := loadFiles(base)
		if len(vs) != 1 || len(notes) > 0 {
			t.Fatal(container, vs, notes)
		}
		equal(t, container, fmt.Sprint(vs[0].Deploys[0].Env.Complete), fmt.Sprint(complete))
	}
}

// Nothing but files of the tree is read, and nothing of another chart.
func TestChartsReadTheirOwnFiles(t *testing.T) {
	vs, notes := loadFiles(map[string]string{"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "secret.txt": "secret", "c/mine.txt": "mine",
		"c/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" +
			"{{- range list `mine.txt` `secret.txt` `../secret.txt` `/etc/passwd` `templates/a.yaml` }}\n  {{ base . }}: {{ $.Files.Get . | quote }}{{ end }}\n"})
	equal(t, "notifications", codes(notes), "")
	var got []string
	for key, v := range vs[0].ConfigMaps[0].Data {
		if s, _ := v.Get(); s != "" {
			got = append(got, key+"="+s)
		}
	}
	slices.Sort(got)
	equal(t, "data", strings.Join(got, " "), "mine.txt=mine")
}
