package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// load loads a tree in txtar form.
func load(t testing.TB, tree string) ([]*workload.Variant, []check.Notification) {
	t.Helper()
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(tree)).Files {
		files[f.Name] = string(f.Data)
	}
	return loadFiles(files)
}

func loadFiles(files map[string]string) ([]*workload.Variant, []check.Notification) {
	fsys := fstest.MapFS{}
	var names []string
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
		names = append(names, name)
	}
	return Load(fsys, names, Options{})
}

// only returns the container of a tree that has just one.
func only(t *testing.T, tree string) *workload.Deploy {
	t.Helper()
	vs, notes := load(t, tree)
	if len(vs) != 1 || len(vs[0].Deploys) != 1 || len(notes) > 0 {
		t.Fatalf("got %d variants, notifications %v; want one deploy", len(vs), notes)
	}
	return vs[0].Deploys[0]
}

func show[T any](v workload.Value[T]) string {
	if x, ok := v.Get(); ok {
		return fmt.Sprint(x)
	}
	if v.Absent() {
		return "absent"
	}
	return "unknown"
}

func words(v workload.Value[workload.Command]) string {
	c, ok := v.Get()
	if !ok {
		return show(v)
	}
	var out []string
	for _, w := range c.Words {
		out = append(out, w.Text)
	}
	return strings.Join(out, "|")
}

func env(d *workload.Deploy) string {
	var out []string
	for _, v := range d.Env.Members {
		s := v.Name + "=" + show(v.Value)
		if v.From != "" {
			s += " (" + v.From + ")"
		}
		out = append(out, s)
	}
	if d.Env.Open() {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

func ports(d *workload.Deploy) string {
	var out []string
	for _, p := range d.Ports {
		out = append(out, fmt.Sprintf("%s:%s/%s", p.Name, show(p.Number), p.Protocol))
	}
	return strings.Join(out, " ")
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func codes(notes []check.Notification) string {
	var out []string
	for _, n := range notes {
		out = append(out, fmt.Sprintf("%s %s:%d", n.Code, n.At.File, n.At.Start.Line))
	}
	return strings.Join(out, ", ")
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"plain", "a: b\nk: val # c\n", "2:4-7"},
		{"no end of line", "k: val", "1:4-7"},
		{"two bytes a letter", "k: äöü\n", "1:4-10"},
		{"after other letters", "{ä: ö, k: val}\n", "1:13-16"},
		{"byte order mark", "\uFEFFk: val\n", "1:7-10"},
		{"carriage returns", "a: b\r\nk: val\r\n", "2:4-7"},
		{"double quotes", `k: "a\"b" # "`, "1:4-10"},
		{"single quotes", `k: 'it''s'`, "1:4-11"},
		{"folded quotes", "k: \"a\n  b\"\n", "1:4-6"},
		{"folded plain", "k: a b\n  c\n", "1:4-7"},
		{"literal", "k: |2-\n    x\n", "1:4-7"},
		{"anchor", "k: &x val\n", "1:7-10"},
		{"tag", "k: !!str val\n", "1:10-13"},
		{"alias", "a: &x val\nk: *x\n", "1:7-10"},
		{"next line separator", "a: \"\u2028\"\nk: val\n", "2:4-7"},
		{"flow", "{k: [val]}\n", "1:5-6"},
		{"mapping", "k:\n  x: y\n", "2:3-4"},
		{"long line", "{a: \"" + strings.Repeat("é", 1000) + "\", k: val}\n", "1:2012-2015"},
		{"second document", "a: b\n--- # next\nk: val\n", "3:4-7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, _ := split(newSource("f.yaml", []byte(c.yaml)))
			root, fault := docs[len(docs)-1].decode()
			if fault != nil {
				t.Fatal(fault)
			}
			at := root.get("k").span()
			equal(t, "span", fmt.Sprintf("%d:%d-%d", at.Start.Line, at.Start.Col, at.End.Col), c.want)
			if line := strings.LastIndexByte(c.yaml[:at.Start.Offset], '\n') + 1; at.Start.Offset-line+1 != at.Start.Col || at.Start.Line != at.End.Line {
				t.Errorf("offset %d and column %d disagree, or the span has two lines", at.Start.Offset, at.Start.Col)
			}
		})
	}
}

func TestPart(t *testing.T) {
	for yaml, want := range map[string]string{
		"k: A=b\n":           "4-5",
		"k: \"A=b\"\n":       "5-6",
		"k: \"\\x41=b\"\n":   "4-12",
		"k: >-\n  A=b\n":     "4-6",
		"k: 'A=b''s'\n":      "4-12",
		"{\"k\": \"A=b\"}\n": "8-9",
	} {
		docs, _ := split(newSource("f.yaml", []byte(yaml)))
		root, _ := docs[0].decode()
		at := root.get("k").part(0, 1)
		equal(t, yaml, fmt.Sprintf("%d-%d", at.Start.Col, at.End.Col), want)
	}
}

// A byte order mark before the first key hides no manifest.
func TestByteOrderMark(t *testing.T) {
	variants, notes := loadFiles(map[string]string{
		"k8s/a.yaml":  "\ufeffapiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n",
		"x/stack.yml": "\ufeffservices:\n  b:\n    image: b\n",
	})
	var names []string
	for _, v := range variants {
		for _, d := range v.Deploys {
			names = append(names, d.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("containers %v of %v, want a and b; %v", names, variants, notes)
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"none", "", ""},
		{"comments", "# a\n\n# b\n", ""},
		{"one", "a: 1\n", "1"},
		{"leading marker", "---\na: 1\n", "2"},
		{"empty between", "---\n---\n# c\n---\na: 1\n---\n", "5"},
		{"on the marker's line", "--- {a: 1}\n--- {a: 2}\n", "1 2"},
		{"directives", "%YAML 1.1\n---\na: 1\n---\na: 2\n", "3 5"},
		{"end marker", "a: 1\n...\n# c\na: 2\n", "1 4"},
		{"in a block scalar", "a: |\n  x\n  ---\n  y\nb: 2\n", "1"},
		{"longer than a marker", "a: 1\n----: 2\n", "1"},
	} {
		docs, _ := split(newSource("f.yaml", []byte(c.text)))
		var lines []string
		for _, d := range docs {
			root, fault := d.decode()
			if fault != nil {
				t.Fatal(c.name, fault)
			}
			lines = append(lines, fmt.Sprint(root.span().Start.Line))
		}
		equal(t, c.name, strings.Join(lines, " "), c.want)
	}
}

const onePod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n"

func TestNotifications(t *testing.T) {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	bomb := "x: &a0 [y]\n"
	for i := range 12 {
		bomb += fmt.Sprintf("x%d: &a%d [%s]\n", i, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	chain := "x: &a0 [y]\n"
	for i := range 200 {
		chain += fmt.Sprintf("x%d: &a%d [*a%d]\n", i, i+1, i)
	}
	for _, c := range []struct{ name, file, text, want string }{
		{"broken manifest", "deploy.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p\nspec: 1\n", "yaml-syntax deploy.yaml:3"},
		{"tab", "deploy.yaml", "apiVersion: v1\nkind: Pod\n\tmetadata: {}\n", "yaml-syntax deploy.yaml:2"},
		{"second document", "deploy.yaml", onePod + "---\napiVersion: v1\nkind: [Pod\n---\n" + onePod, "yaml-syntax deploy.yaml:7"},
		{"broken compose", "docker-compose.yml", "services:\n  a: {image: b\n", "yaml-syntax docker-compose.yml:2"},
		{"pattern without quotes", "docker-compose.yml", "services:\n  a: *.b\n", "yaml-syntax docker-compose.yml:2"},
		{"unknown anchor", "compose.yaml", "services:\n  a: *b\n", "yaml-syntax compose.yaml:2"},
		{"not UTF-8", "compose.yaml", "services:\n  a: \xff\n", "yaml-syntax compose.yaml:2"},
		{"UTF-16", "compose.yaml", "\xff\xfes\x00e\x00r\x00", "yaml-encoding compose.yaml:0"},
		{"bomb", "deploy.yaml", onePod + bomb, "yaml-limit deploy.yaml:1"},
		{"chain of aliases", "deploy.yaml", onePod + chain, "yaml-limit deploy.yaml:1"},
		{"alias in its anchor", "deploy.yaml", onePod + "x: &a [*a]\n", "yaml-limit deploy.yaml:1"},
		{"merge of itself", "deploy.yaml", onePod + "x: &a\n  <<: *a\n", "yaml-limit deploy.yaml:1"},
		{"deep", "deploy.yaml", onePod + "x: " + deep + "\n", "yaml-limit deploy.yaml:1"},
		{"big", "deploy.yaml", onePod + strings.Repeat("#\n", maxFile/2), "yaml-limit deploy.yaml:0"},
		{"many documents", "deploy.yaml", onePod + strings.Repeat("---\na: 1\n", maxDocuments), "yaml-limit deploy.yaml:0"},
		{"repeated key", "deploy.yaml", "apiVersion: v1\nkind: Pod\nkind: Pod\n", "yaml-duplicate-key deploy.yaml:3"},
		{"repeated service", "compose.yaml", "services:\n  a: {image: b}\n  a: {image: c}\n", "yaml-duplicate-key compose.yaml:3"},
		{"repeated variable", "compose.yaml", "services:\n  a:\n    image: b\n    environment:\n      A: 1\n      A: 1\n", "yaml-duplicate-key compose.yaml:6"},
		{"services is a list", "compose.yaml", "services: [a]\n", "manifest-shape compose.yaml:1"},
		{"service is a text", "compose.yaml", "services:\n  a: b\n", "manifest-shape compose.yaml:2"},

		{"variable with two values", "compose.yaml", "services:\n  a:\n    image: b\n    environment:\n      A: 1\n      A: 2\n", ""},
		{"merge is no repetition", "compose.yaml", "x: &x {a: 1}\ny: &y {a: 2}\nservices:\n  a:\n    <<: [*x, *y]\n    image: b\n", ""},
		{"helm template", "templates/pod.yaml", "apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n", ""},
		{"jinja template", "pod.yaml", "apiVersion: v1\nkind: Pod\n{% if x %}\nspec: {}\n{% endif %}\n", ""},
		{"openapi", "api.yaml", "openapi: 3.0.0\npaths: {\n", ""},
		{"workflow", ".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    services: {db: {image: pg\n", ""},
		{"other services", "services.yaml", "services:\n  App\\Foo: {class: [\n", ""},
		{"test data", "testdata/compose.yaml", "services: {\n", ""},
		{"values of a chart", "config.json", "{\"a\": [", ""},
		{"big but something else", "data.json", strings.Repeat(" ", maxFile+1), ""},
		{"empty", "compose.yaml", "", ""},
		{"only comments", "compose.yaml", "# nothing\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, notes := loadFiles(map[string]string{c.file: c.text})
			equal(t, "notifications", codes(notes), c.want)
			for _, n := range notes {
				if n.Message == "" || n.Code == "" {
					t.Errorf("empty notification %+v", n)
				}
			}
		})
	}
}

// What one broken document costs is itself.
func TestBrokenDocument(t *testing.T) {
	vs, _ := loadFiles(map[string]string{"a.yaml": onePod + "---\nkind: [apiVersion:\n---\n" + strings.ReplaceAll(onePod, "name: p", "name: q")})
	if len(vs) != 1 || len(vs[0].Deploys) != 2 || vs[0].Deploys[1].At.Start.Line != 11 {
		t.Fatalf("got %+v", vs)
	}
}

func TestUnreadable(t *testing.T) {
	vs, notes := Load(fstest.MapFS{}, []string{"compose.yaml", "a.json", "deploy/kustomization.yaml"}, Options{})
	equal(t, "notifications", codes(notes), "manifest-read compose.yaml:0, manifest-read deploy/kustomization.yaml:0")
	if len(vs) > 0 {
		t.Errorf("got %v", vs)
	}
}

// Hostile files of the greatest size must cost seconds at most.
func TestHostile(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	head := "apiVersion: v1\nkind: List\nitems:\n"
	for name, files := range map[string]map[string]string{
		"services and pods": {"a.yaml": head +
			many(20_000, "- {apiVersion: v1, kind: Service, metadata: {name: s%d}, spec: {selector: {a: b}, ports: [{port: 1, targetPort: x}]}}\n") +
			many(20_000, "- {apiVersion: v1, kind: Pod, metadata: {name: p%d, labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}\n")},
		"environment": {"a.yaml": head + "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data:\n" + many(50_000, "    k%d: v\n") +
			many(20_000, "- {apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: {containers: [{name: c, image: i, envFrom: [{configMapRef: {name: c}}]}]}}\n")},
		"env_file":   {"compose.yaml": "services:\n" + many(50_000, "  s%d: {image: i, env_file: e.env}\n"), "e.env": many(100_000, "K%d=v\n")},
		"expansion":  {"compose.yaml": "services:\n  a: {image: i, env_file: e.env}\n", "e.env": "A0=0123456789\n" + many(60, "A1=$A0$A0\nA0=$A1$A1 #%d\n")},
		"one line":   {"a.yaml": "{apiVersion: v1, kind: Pod, spec: {containers: [" + many(100_000, "{name: é%d, image: i},") + "]}}"},
		"extends":    {"compose.yaml": "services:\n  s0: {extends: s0}\n" + many(20_000, "  t%d: {extends: {file: compose.yaml, service: s0}}\n")},
		"merge keys": {"compose.yaml": "x: &x {" + many(1000, "k%d: 1,") + "}\nservices:\n" + many(900, "  s%d: {image: i, environment: {<<: [*x]}}\n")},
		"defaults":   {"compose.yaml": "services:\n  a: {image: \"" + strings.Repeat("${A:-", 100_000) + strings.Repeat("}", 100_000) + "\"}\n"},
		"repeated":   {"compose.yaml": "services:\n" + many(100_000, "  s: {image: i%d}\n")},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			loadFiles(files)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			} else {
				t.Log(d)
			}
		})
	}
}

func TestDeterministic(t *testing.T) {
	files := map[string]string{"k8s/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1', b: '2', d: '3', e: '4'}\n",
		"k8s/p.yaml": strings.Replace(onePod, "image: i", "image: i, envFrom: [{configMapRef: {name: c}}]", 1), "z/p.yaml": onePod, "b/p.yaml": onePod}
	var first string
	for range 5 {
		vs, _ := loadFiles(files)
		var s []string
		for _, v := range vs {
			s = append(s, v.Name, env(v.Deploys[0]))
		}
		if first == "" {
			first = strings.Join(s, ";")
		}
		equal(t, "order", strings.Join(s, ";"), first)
	}
	equal(t, "result", first, "b;;k8s;a=1 (ConfigMap c), b=2 (ConfigMap c), d=3 (ConfigMap c), e=4 (ConfigMap c);z;")
}

func FuzzLoad(f *testing.F) {
	f.Add(onePod)
	f.Add("services:\n  a:\n    image: ${A:-b}\n    command: 'a \"b'\n    ports: ['1:2', {target: 3}]\n    env_file: .env\n    extends: b\n")
	f.Add("resources: [a.yaml]\nimages: [{name: i}]\nconfigMapGenerator: [{name: c, literals: [a=b], envs: [.env]}]\n")
	f.Add("apiVersion: v1\nkind: Service\nspec:\n  selector: &a {x: y}\n  ports: [{port: 1, targetPort: *a}]\n")
	f.Add("A='x\nB=\"$A\\n${C:-d}\"\nexport D: e # f\n")
	f.Fuzz(func(t *testing.T, text string) {
		vs, notes := loadFiles(map[string]string{"compose.yaml": text, "k/all.yaml": text, "k/kustomization.yaml": "resources: [all.yaml]",
			"b/kustomization.yaml": text, "b/a.yaml": text, ".env": text, "b/.env": text, "compose.override.yaml": text})
		var spans []check.Span
		for _, n := range notes {
			spans = append(spans, n.At)
		}
		for _, v := range vs {
			for _, d := range v.Deploys {
				spans = append(spans, d.At, d.Image.At(), d.EnvAt, d.MemoryLimit.At())
				for _, e := range d.Env.Members {
					spans = append(spans, e.At, e.Value.At())
				}
				for _, p := range d.Ports {
					spans = append(spans, p.At)
				}
			}
		}
		for _, s := range spans {
			if s.Start.Offset > s.End.Offset || s.Start.Line != s.End.Line || s.End.Offset > len(text)+100 {
				t.Fatalf("span %+v", s)
			}
		}
	})
}

func TestInterpolate(t *testing.T) {
	in := interpolation{lookup: func(name string) (string, bool) {
		v, ok := map[string]string{"A": "1", "E": ""}[name]
		return v, ok
	}}
	for text, want := range map[string]string{
		"plain": "plain", "$A": "1", "${A}": "1", "x${A}y$A": "x1y1", "$$A": "$A", "$1": "$1", "a$": "a$",
		"$B": "?", "${B}": "?", "${B:-d}": "d", "${B-d}": "d", "${E:-d}": "d", "${E-d}": "", "${B:-}": "",
		"${B:-${A}}": "1", "${B:-${C:-x}}y": "xy", "${B:-${C}}": "?", "${A:+s}": "s", "${B:+s}": "?", "${B:?no}": "?", "${A:?no}": "1",
		"${A": "?", "${}": "?", "${A!}": "?", "{A}": "{A}", "http://${B:-h}:${P:-80}/": "http://h:80/",
	} {
		got, ok := in.replace(text)
		if !ok {
			got = "?"
		}
		equal(t, text, got, want)
	}
}

func TestSplitWords(t *testing.T) {
	for text, want := range map[string]string{
		"a b  c": "a|b|c", "": "", "  a ": "a", `a "b c" 'd e'`: "a|b c|d e", `a\ b`: "a b", `'' b`: "|b", `a="x y"z`: "a=x yz",
		"a && b": "a", "a; b": "a", "a > b": "a", "a (b)": "?", "a $(b)": "a|$(b)", "a 'b": "?", `a \`: "?", "a#b #c": "a#b|#c", `'\n'`: `\n`,
	} {
		words, ok := splitWords(text)
		got := "?"
		if ok {
			var out []string
			for _, w := range words {
				out = append(out, w.text)
			}
			got = strings.Join(out, "|")
		}
		equal(t, text, got, want)
	}
}

func TestDotenv(t *testing.T) {
	src := newSource(".env", []byte("\uFEFF# comment\nA=1\r\nexport B = two words # no\nC: 'as $A is'\nD=\"x\\ty\\\"$A ${Z:-z} \\$A\"\nE=$A-$B\nF=$NOPE\nG\nH=\nI=a#b\n"+
		"J=\"two\nlines\"\nK=last"))
	vars, fault := readDotenv(src, func(string) (string, bool) { return "", false })
	if fault != nil {
		t.Fatal(fault)
	}
	var got []string
	for _, v := range vars {
		got = append(got, fmt.Sprintf("%d:%d %s=%s", v.At.Start.Line, v.At.Start.Col, v.Name, show(v.Value)))
	}
	equal(t, "variables", strings.Join(got, "; "), "2:1 A=1; 3:8 B=two words; 4:1 C=as $A is; 5:1 D=x\ty\"1 z $A; 6:1 E=1-two words; 7:1 F=unknown; "+
		"8:1 G=unknown; 9:1 H=; 10:1 I=a#b; 11:1 J=two\nlines; 13:1 K=last")

	for text, line := range map[string]int{"A=1\nB='x\nC=2\n": 2, "A=1\nno way\n": 2, "=x\n": 1} {
		_, fault := readDotenv(newSource(".env", []byte(text)), func(string) (string, bool) { return "", false })
		if fault == nil || fault.At.Start.Line != line || strings.Contains(fault.Message, "x") && strings.Contains(fault.Message, "'x") {
			t.Errorf("%q: got %+v", text, fault)
		}
	}
}

func TestSleeps(t *testing.T) {
	for script, want := range map[string]string{
		"sleep 5": "5s", "sleep 0.5": "500ms", "sleep 1m": "1m0s", "/bin/sleep 5": "5s", "sleep 5; sleep 3": "8s", "sleep 5 && nginx -s quit": "5s",
		"nginx -s quit; sleep 10": "10s", "echo bye": "?", "while true; do sleep 1; done": "?", "sleep $N": "?", "sleep 5 & wait": "?", "a || sleep 5": "?",
		"sleep infinity": "?", "sleep 99999999999999d": "?", "sleep 1 2": "3s",
	} {
		got := "?"
		if d, ok := sleeps(script); ok {
			got = d.String()
		}
		equal(t, script, got, want)
	}
}

func TestVariants(t *testing.T) {
	dep := func(name string) string {
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n"
	}
	patch := strings.ReplaceAll(dep("a"), ", image: i", "")
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"one directory", map[string]string{"x/a.yaml": dep("a"), "x/b.yaml": dep("b")}, "x(a b)"},
		{"directories apart", map[string]string{"x/a.yaml": dep("a"), "y/b.yaml": dep("b")}, "x(a) y(b)"},
		{"deploy directory", map[string]string{"deploy/x/a.yaml": dep("a"), "deploy/y/z/b.yaml": dep("b")}, "deploy(a b)"},
		{"services of a monorepo", map[string]string{"x/k8s/a.yaml": dep("a"), "y/k8s/a.yaml": dep("a")}, "x/k8s(a) y/k8s(a)"},
		{"alternatives", map[string]string{"k8s/c.yaml": dep("c"), "k8s/dev/a.yaml": dep("a"), "k8s/prod/x/a.yaml": dep("a"), "k8s/prod/y/b.yaml": dep("b")},
			"k8s(c) k8s/dev(a) k8s/prod(a b)"},
		{"same file twice", map[string]string{"k8s/a.yaml": dep("a") + "---\n" + dep("a")}, "k8s(a a)"},
		{"a patch alone", map[string]string{"k8s/a.yaml": patch}, ""},
		{"plain kustomization", map[string]string{"k/kustomization.yaml": "resources: [a.yaml]\nnamespace: n\nnamePrefix: p\n", "k/a.yaml": dep("a")}, "k(a)"},
		{"patched", map[string]string{"k/kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n", "k/a.yaml": dep("a"), "k/p.yaml": dep("p")}, "k(a)!"},
		{"unknown field", map[string]string{"k/Kustomization": "resources: [a.yaml]\nfuture: {}\n", "k/a.yaml": dep("a")}, "k(a)!"},
		{"component", map[string]string{"k/kustomization.yml": "kind: Component\nresources: [a.yaml]\n", "k/a.yaml": dep("a")}, ""},
		{"base and overlay", map[string]string{"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": dep("a"),
			"prod/kustomization.yaml": "resources: [../base, b.yaml]\n", "prod/b.yaml": dep("b")}, "prod(a b)"},
		{"remote", map[string]string{"k/kustomization.yaml": "resources: [a.yaml, 'https://example.com/b.yaml']\n", "k/a.yaml": dep("a")}, "k(a)!"},
		{"out of the repository", map[string]string{"kustomization.yaml": "resources: [a.yaml, ../../etc]\n", "a.yaml": dep("a")}, ".(a)!"},
		{"not listed", map[string]string{"k/kustomization.yaml": "resources: [a.yaml]\n", "k/a.yaml": dep("a"), "k/x/b.yaml": dep("b")}, "k(a) k/x(b)!"},
		{"listed twice", map[string]string{"kustomization.yaml": "resources: [k/a.yaml]\n", "k/kustomization.yaml": "resources: [a.yaml]\n", "k/a.yaml": dep("a")}, ".(a) k(a)"},
		{"broken kustomization", map[string]string{"k/kustomization.yaml": "resources: [a.yaml\n", "k/a.yaml": dep("a")}, "k(a)!"},
		{"refers to itself", map[string]string{"k/kustomization.yaml": "resources: [a.yaml, ../k]\nimages: [{name: i}]\n", "k/a.yaml": dep("a")}, "k(a)!"},
		{"chart", map[string]string{"c/Chart.yaml": "name: c\n", "c/templates/a.yaml": dep("a"), "c/charts/d/templates/a.yaml": dep("a"),
			"c/values.yaml": dep("a"), "c/extra.yaml": dep("x")}, "c(x)"},
		{"chart at the root", map[string]string{"Chart.yaml": "name: c\n", "templates/a.yaml": dep("a"), "k8s/b.yaml": dep("b")}, "k8s(b)"},
	} {
		vs, _ := loadFiles(c.files)
		var got []string
		for _, v := range vs {
			var names []string
			for _, d := range v.Deploys {
				names = append(names, d.Object[strings.LastIndexByte(d.Object, '/')+1:])
			}
			s := v.Name + "(" + strings.Join(names, " ") + ")"
			if v.Incomplete {
				s += "!"
			}
			got = append(got, s)
		}
		equal(t, c.name, strings.Join(got, " "), c.want)
	}
}

func TestKustomize(t *testing.T) {
	vs, _ := load(t, `
-- k/kustomization.yaml --
resources: [all.yaml]
namespace: shop
images: [{name: example.com/api, newTag: "2"}]
replicas: [{name: api, count: 3}]
labels:
- pairs: {tier: web}
  includeSelectors: true
configMapGenerator:
- name: settings
  literals: [A=1, "B='two'"]
  envs: [settings.env]
- name: files
  files: [conf.yaml, renamed=conf.yaml]
- name: open
  envs: [missing.env]
secretGenerator:
- name: secret
  literals: [PASSWORD=x]
-- k/settings.env --
# comment
C=3
D
-- k/conf.yaml --
apiVersion: v1
kind: Pod
spec: {containers: [{name: data, image: not-deployed}]}
-- k/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: example.com/api:1
        envFrom:
        - configMapRef: {name: settings}
        - prefix: S_
          secretRef: {name: secret}
        ports: [{name: http, containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  ports: [{port: 1, targetPort: http}]
`)
	v := vs[0]
	d := v.Deploys[0]
	equal(t, "object", d.Object, "apps/v1/Deployment/shop/api")
	equal(t, "image", show(d.Image), "example.com/api:2")
	equal(t, "replicas", show(d.Replicas), "3")
	equal(t, "env", env(d), "A=1 (ConfigMap settings), B=two (ConfigMap settings), C=3 (ConfigMap settings), D= (ConfigMap settings), S_PASSWORD=unknown (Secret secret)")
	if len(vs) != 1 || len(v.Deploys) != 1 || v.Incomplete || len(v.Services[0].Selects) != 1 || len(v.ConfigMaps) != 4 {
		t.Errorf("got %+v", v)
	}
	for _, c := range v.ConfigMaps {
		if c.Open != (c.Name == "open") {
			t.Errorf("%s: open %v", c.Name, c.Open)
		}
	}
}

func TestKubernetes(t *testing.T) {
	vs, notes := load(t, `
-- k8s/all.yaml --
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: api}}
    spec:
      terminationGracePeriodSeconds: 45
      hostNetwork: true
      securityContext: {runAsNonRoot: true, runAsUser: 1000}
      volumes:
      - {name: tmp, emptyDir: {}}
      - {name: conf, configMap: {name: settings}}
      - {name: host, hostPath: {path: /var/log}}
      containers:
      - name: api
        image: example.com/api:1
        command: [/api]
        args: ["--port=$(PORT)"]
        workingDir: /srv
        envFrom:
        - configMapRef: {name: settings}
        - configMapRef: {name: elsewhere, optional: true}
        env:
        - {name: PORT, value: "8080"}
        - {name: DSN, valueFrom: {secretKeyRef: {name: db, key: dsn}}}
        - {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: LEVEL}}}
        - {name: GONE, valueFrom: {configMapKeyRef: {name: settings, key: GONE, optional: true}}}
        - {name: EMPTY}
        ports:
        - {name: http, containerPort: 8080}
        - {name: dns, containerPort: 53, protocol: UDP}
        livenessProbe: {httpGet: {path: /live, port: http}}
        readinessProbe: {tcpSocket: {port: 8080}}
        startupProbe: {exec: {command: [true]}}
        resources: {limits: {memory: 1Gi, cpu: "2"}, requests: {memory: 512Mi}}
        lifecycle: {preStop: {exec: {command: [sh, -c, sleep 7]}}, stopSignal: SIGQUIT}
        securityContext: {readOnlyRootFilesystem: true, privileged: false, runAsUser: 2000}
        volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: conf, mountPath: /etc/api, readOnly: true}
        - {name: host, mountPath: /logs}
        - {name: data, mountPath: /data}
      - name: plain
        image: example.com/plain:${TAG}
      initContainers:
      - {name: init, image: i}
      - {name: sidecar, image: i, restartPolicy: Always, ports: [{name: side, containerPort: 9}]}
  volumeClaimTemplates:
  - metadata: {name: data}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {LEVEL: info}
binaryData: {BLOB: AA==}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports:
  - {name: web, port: 80, targetPort: http}
  - {name: side, port: 9}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api, namespace: shop}
spec: {scaleTargetRef: {kind: StatefulSet, name: api}, minReplicas: 2, maxReplicas: 5}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec: {rules: [{http: {paths: [{backend: {service: {name: api, port: {name: web}}}}]}}]}
`)
	if len(vs) != 1 || len(notes) > 0 || len(vs[0].Deploys) != 4 {
		t.Fatalf("got %v %v", vs, notes)
	}
	v := vs[0]
	d, plain, initial, sidecar := v.Deploys[0], v.Deploys[1], v.Deploys[2], v.Deploys[3]
	equal(t, "env", env(d), "BLOB=unknown (ConfigMap settings), LEVEL=info (ConfigMap settings), PORT=8080, DSN=unknown, LEVEL=info, EMPTY=, …")
	equal(t, "sources", fmt.Sprint(len(d.EnvSources), d.EnvSources[0].Found, d.EnvSources[1].Found, d.EnvSources[1].Optional), "5 true false true")
	equal(t, "ports", ports(d), "http:8080/tcp dns:53/udp")
	equal(t, "command", words(d.Entrypoint)+" "+words(d.Args)+" "+show(d.WorkDir), "/api --port=$(PORT) /srv")
	equal(t, "probes", show(d.Liveness.Path)+show(d.Liveness.Port)+" "+show(d.Readiness.Port)+" "+words(d.Startup.Command), "/livehttp 8080 true")
	equal(t, "resources", show(d.MemoryLimit)+" "+show(d.CPULimit)+" "+show(d.MemoryRequest)+" "+show(d.CPURequest), "1Gi 2 512Mi absent")
	equal(t, "life", show(d.Grace)+" "+show(d.PreStop)+" "+show(d.StopSignal)+" "+show(d.Replicas), "45s 7s SIGQUIT 2")
	equal(t, "security", show(d.ReadOnlyRoot)+show(d.Privileged)+show(d.NonRoot)+show(d.RunAsUser)+show(plain.RunAsUser), "truefalsetrue20001000")
	var mounts []string
	for _, m := range d.Mounts {
		mounts = append(mounts, fmt.Sprintf("%s %s %s %v", m.Path, m.Source, m.Name, m.ReadOnly))
	}
	equal(t, "mounts", strings.Join(mounts, "; "), "/tmp emptyDir  false; /etc/api configMap settings true; /logs hostPath /var/log false; /data persistentVolumeClaim data false")
	equal(t, "image", show(plain.Image), "unknown")
	equal(t, "roles", fmt.Sprint(initial.Role, initial.OneShot, sidecar.Role, sidecar.OneShot), "inittrueappfalse")
	equal(t, "services", fmt.Sprint(len(d.Services), len(plain.Services), len(sidecar.Services), len(v.Services[0].Selects), d.HostNetwork), "1 0 1 4 true")
	equal(t, "scaler", v.Scalers[0].TargetKind+" "+show(v.Scalers[0].Max), "StatefulSet 5")
	equal(t, "ingress", v.Ingresses[0].Backends[0].Service+" "+show(v.Ingresses[0].Backends[0].Port), "api web")
}

func TestKinds(t *testing.T) {
	template := "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}"
	for _, c := range []struct{ api, kind, spec, want string }{
		{"apps/v1", "Deployment", "template: " + template, "appfalse"},
		{"apps/v1", "DaemonSet", "template: " + template, "appfalse"},
		{"v1", "ReplicationController", "template: " + template, "appfalse"},
		{"argoproj.io/v1alpha1", "Rollout", "template: " + template, "appfalse"},
		{"serving.knative.dev/v1", "Service", "template: " + template, "appfalse"},
		{"example.com/v1", "Thing", "template: " + template, "appfalse"},
		{"batch/v1", "Job", "template: " + template, "apptrue"},
		{"batch/v1", "CronJob", "jobTemplate: {spec: {template: " + template + "}}", "apptrue"},
		{"v1", "Pod", "containers: [{name: c, image: i}]\n  restartPolicy: Never", "apptrue"},
	} {
		d := only(t, "-- a.yaml --\napiVersion: "+c.api+"\nkind: "+c.kind+"\nmetadata: {name: x}\nspec:\n  "+c.spec+"\n")
		equal(t, c.kind, fmt.Sprint(d.Role, d.OneShot), c.want)
		equal(t, c.kind, d.Object, c.api+"/"+c.kind+"//x")
	}
}

func TestCompose(t *testing.T) {
	vs, notes := load(t, `
-- app/.env --
PORT=8080
-- app/extra.env --
LEVEL=debug
URL=http://x:${PORT}
-- app/main.go --
-- app/docker-compose.yml --
x-base: &base
  restart: always
  stop_grace_period: 1m30s
services:
  api:
    <<: *base
    build:
      context: .
      dockerfile: docker/api.Dockerfile
      target: run
      args: {V: 1, W: }
    image: example.com/api:${TAG}
    entrypoint: ["/bin/api"]
    command: serve --name 'a b'
    env_file:
      - extra.env
      - {path: gone.env, required: false}
    environment:
      LEVEL: info
      RATIO: 1.50
      FROM_SHELL:
      PORT: ${PORT}
      HOST: ${HOST:-localhost}
      SECRET: ${SECRET}
    ports:
      - "127.0.0.1:9000:$PORT/udp"
      - "3000-3001:3000-3001"
      - "${P:-81}:80"
      - "90"
      - {target: 70, published: "71", name: web}
    expose: ["5", "6-7"]
    healthcheck: {test: ["CMD-SHELL", "curl x"]}
    deploy: {replicas: 2, resources: {limits: {memory: 64M}}}
    stop_signal: SIGINT
    read_only: true
    user: "1000:1000"
    working_dir: /srv
    volumes:
      - ./data:/data:ro
      - named:/var/lib
      - /anonymous
      - {type: bind, source: ., target: /src}
  job:
    image: migrate
    network_mode: host
  reader:
    extends: {file: ../common/services.yml, service: base}
    depends_on: {job: {condition: service_completed_successfully}}
    command: [read]
  later:
    extends: {file: ../missing.yml, service: x}
-- common/services.yml --
services:
  base:
    image: example.com/base:1
    environment: [A=1, B=2]
    volumes: ["./x:/x"]
`)
	if len(notes) > 0 || len(vs) != 2 {
		t.Fatalf("got %v %v", vs, notes)
	}
	v := vs[0]
	d, job, reader, later := v.Deploys[0], v.Deploys[1], v.Deploys[2], v.Deploys[3]
	equal(t, "build", fmt.Sprint(d.Build.Context, " ", d.Build.Dockerfile, " ", d.Build.Target, " ", show(d.Build.Args["V"]), " ", show(d.Build.Args["W"])),
		"app app/docker/api.Dockerfile run 1 unknown")
	equal(t, "image", show(d.Image), "unknown")
	equal(t, "command", words(d.Entrypoint)+" "+words(d.Args), "/bin/api serve|--name|a b")
	equal(t, "env", env(d), "LEVEL=debug (env_file app/extra.env), URL=http://x:8080 (env_file app/extra.env), LEVEL=info, RATIO=1.5, FROM_SHELL=unknown, "+
		"PORT=8080, HOST=localhost, SECRET=unknown, …")
	equal(t, "ports", ports(d), ":5/tcp :unknown/tcp :8080/udp :unknown/tcp :80/tcp :90/tcp :70/tcp")
	var published []string
	for _, p := range d.Services {
		published = append(published, show(p.Port)+">"+show(p.Target))
	}
	equal(t, "published", strings.Join(published, " "), "9000>8080 unknown>unknown 81>80 absent>90 71>70")
	equal(t, "healthcheck", words(d.Readiness.Command), "curl x")
	equal(t, "life", show(d.Grace)+" "+show(d.StopSignal)+" "+show(d.Replicas)+" "+show(d.MemoryLimit), "1m30s SIGINT 2 64M")
	equal(t, "security", show(d.ReadOnlyRoot)+" "+show(d.RunAsUser)+" "+show(d.Privileged), "true 1000 absent")
	var mounts []string
	for _, m := range d.Mounts {
		mounts = append(mounts, fmt.Sprintf("%s %s %s %v", m.Path, m.Source, m.Name, m.ReadOnly))
	}
	equal(t, "mounts", strings.Join(mounts, "; "), "/data bind app/data true; /var/lib volume named false; /anonymous volume  false; /src bind app false")
	equal(t, "development", fmt.Sprint(d.Development, reader.Development), "true false")
	equal(t, "one-shot", fmt.Sprint(d.OneShot, job.OneShot, job.HostNetwork), "false true true")
	equal(t, "extended", show(reader.Image)+" "+words(reader.Args)+" "+env(reader)+" "+reader.Mounts[0].Name, "example.com/base:1 read A=1, B=2 common/x")
	equal(t, "not in the tree", show(later.Image)+" "+show(later.MemoryLimit)+" "+env(later), "unknown unknown …")
}

func TestComposeFiles(t *testing.T) {
	base := "services:\n  a: {image: i, environment: {X: 1, Y: 1}, command: one, ports: [\"1:1\"]}\n"
	over := "services:\n  a: {environment: [X=2], command: two, ports: [\"2:2\"]}\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"override", map[string]string{"compose.yaml": base, "compose.override.yml": over}, "compose.yaml + compose.override.yml: two Y=1, X=2 :1/tcp :2/tcp"},
		{"override of another name", map[string]string{"docker-compose.yml": base, "docker-compose.override.yml": over, "dev.yml": base},
			"dev.yml: one X=1, Y=1 :1/tcp | docker-compose.yml + docker-compose.override.yml: two Y=1, X=2 :1/tcp :2/tcp"},
		{"partial", map[string]string{"docker-compose.yml": base, "docker-compose.prod.yml": over},
			"docker-compose.yml!: one X=1, Y=1 :1/tcp | docker-compose.yml + docker-compose.prod.yml: two Y=1, X=2 :1/tcp :2/tcp"},
		{"whole", map[string]string{"docker-compose.yml": base, "docker-compose.prod.yml": base},
			"docker-compose.prod.yml: one X=1, Y=1 :1/tcp | docker-compose.yml: one X=1, Y=1 :1/tcp"},
		{"partial without a base", map[string]string{"docker-compose.prod.yml": over}, ""},
		{"reset", map[string]string{"compose.yaml": base, "compose.override.yaml": "services:\n  a: {command: !reset null, ports: !override [\"3:3\"], environment: !reset null}\n"},
			"compose.yaml + compose.override.yaml: absent  :3/tcp"},
		{"any name", map[string]string{"deploy/stack.yml": base}, "deploy/stack.yml: one X=1, Y=1 :1/tcp"},
		{"continuous integration", map[string]string{".woodpecker.yml": base + "steps: []\n"}, ""},
		{"not compose", map[string]string{"composer.yaml": "a: b\n", "compose.yaml": "version: '3'\n"}, ""},
	} {
		vs, notes := loadFiles(c.files)
		var got []string
		for _, v := range vs {
			d := v.Deploys[0]
			name := v.Name
			if v.Incomplete {
				name += "!"
			}
			got = append(got, fmt.Sprintf("%s: %s %s %s", name, words(d.Args), env(d), ports(d)))
		}
		equal(t, c.name, strings.Join(got, " | "), c.want)
		if len(notes) > 0 {
			t.Errorf("%s: %v", c.name, notes)
		}
	}
}

func TestDevelopment(t *testing.T) {
	for service, want := range map[string]bool{
		"{build: ., volumes: ['.:/app']}":          true,
		"{build: ., volumes: ['./src:/app']}":      true,
		"{build: ., volumes: ['./conf:/etc/app']}": false,
		"{build: .}":                                          false,
		"{image: golang, volumes: ['.:/app']}":                false,
		"{image: golang, command: go run ./cmd/api}":          true,
		"{image: x, command: [sh, -c, 'go mod tidy && air']}": true,
		"{image: x, entrypoint: CompileDaemon --build=x}":     true,
		"{image: x, command: go test}":                        false,
	} {
		vs, _ := loadFiles(map[string]string{"compose.yaml": "services:\n  a: " + service + "\n", "src/main.go": "", "conf/a.conf": ""})
		if got := vs[0].Deploys[0].Development; got != want {
			t.Errorf("%s: got %v", service, got)
		}
	}
}

func TestPortSpans(t *testing.T) {
	vs, _ := loadFiles(map[string]string{"compose.yaml": "services:\n  a:\n    image: i\n    ports: [\"80:8080\", 81:82/tcp, 90, \"${X}:91\", \"1:$Y\"]\n"})
	var got []string
	for _, p := range vs[0].Deploys[0].Ports {
		got = append(got, fmt.Sprintf("%s@%d-%d", show(p.Number), p.At.Start.Col, p.At.End.Col))
	}
	equal(t, "ports", strings.Join(got, " "), "8080@17-21 82@27-29 90@35-37 91@45-47 unknown@50-56")
}
