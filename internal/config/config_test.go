package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/config"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLoad(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), ".factorlint.yaml"), `# what we want
enable: [go, Disposability]
disable: manifest
exclude:
  - third_party/**
  - "*.gen.yaml"
fail-on: error
rules:
  FL0902: {enable: true}
  runs-as-root:
    severity: note
    enable: false
paths:
  roles: {product: [examples/shop/], tooling: load/}
helm:
  - chart: charts/api
    values: [deploy/base.yaml, deploy/prod.yaml]
kustomize: deploy/overlays/prod
services:
  - name: api
    program: ./cmd/api
    dockerfile: build/Dockerfile
    target: runtime
    deploys: ["deploy/api.yaml#main", docker-compose.yml#api]
  - name: worker
`)
	got, err := config.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	on, off := true, false
	want := &config.Config{
		Path: name, Enable: []string{"go", "Disposability"}, Disable: []string{"manifest"},
		FailOn: "error",
		Rules:  map[string]config.Rule{"sigint-only": {Enable: &on}, "runs-as-root": {Severity: "note", Enable: &off}},
		Paths: config.Paths{
			Exclude: []string{"third_party/**", "*.gen.yaml"},
			Roles:   config.Roles{Product: []string{"examples/shop/"}, Tooling: []string{"load/"}},
		},
		Helm:      []config.Rendering{{Chart: "charts/api", Values: []string{"deploy/base.yaml", "deploy/prod.yaml"}}},
		Kustomize: []string{"deploy/overlays/prod"},
		Services: []config.Service{
			{Name: "api", Program: "./cmd/api", Dockerfile: "build/Dockerfile", Target: "runtime",
				Deploys: []string{"deploy/api.yaml#main", "docker-compose.yml#api"}},
			{Name: "worker"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestEmptyFilesAreDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "enable:\ndisable: []\nrules:\npaths:\n", "null\n", "{}\n"} {
		name := write(t, filepath.Join(t.TempDir(), ".factorlint.yml"), text)
		got, err := config.Load(name)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if d := cmp.Diff(&config.Config{Path: name}, got); d != "" {
			t.Errorf("%q (-want +got)\n%s", text, d)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // each a whole line, FILE standing for the file
	}{
		{"enabel: [go]\n", []string{`FILE:1:1: unknown key "enabel"; did you mean enable?`}},
		{"extends: https://example.com/x.yaml\n", []string{`FILE:1:1: unknown key "extends"`}},
		{"# c\nservices:\n- name: a\n  dockrfile: x\n", []string{`FILE:4:3: services: unknown key "dockrfile"; did you mean dockerfile?`}},
		{"enable: [go]\nenable: [go]\n", []string{`FILE:2:1: key "enable" is given twice`}},
		{"enable: [go, dispossability]\n", []string{`FILE:1:14: enable: no rule, principle or kind is called "dispossability"; did you mean disposability?`}},
		{"disable: [[go]]\n", []string{"FILE:1:11: disable: want a text"}},
		{"exclude: ['[']\n", []string{`FILE:1:11: exclude: "[": syntax error in pattern`}},
		{"exclude: [a]\npaths: {exclude: [b]}\n", []string{"FILE:1:10: exclude: paths has an exclude too; put these patterns there"}},
		{"paths: {roles: {tests: [a]}}\n", []string{`FILE:1:17: paths: roles: unknown key "tests"; did you mean test?`}},
		{"fail-on: eror\n", []string{`FILE:1:10: fail-on: severity "eror": want error, warning or note; did you mean error?`}},
		{"fail-on: 3\n", []string{"FILE:1:10: fail-on: want a text; put 3 in quotes"}},
		{"rules: {sigint-olny: {}}\n", []string{`FILE:1:9: rules: no rule is called "sigint-olny"; did you mean sigint-only?`}},
		{"rules: {sigint-only: {severty: note}}\n", []string{`FILE:1:23: rules: sigint-only: unknown key "severty"; did you mean severity?`}},
		{"rules: {sigint-only: {severity: high}}\n", []string{`FILE:1:33: rules: sigint-only: severity: severity "high": want error, warning or note`}},
		{"rules: {sigint-only: {enable: maybe}}\n", []string{"FILE:1:31: rules: sigint-only: enable: want true or false"}},
		{"rules: {sigint-only: {}, FL0902: {}}\n", []string{"FILE:1:26: rules: sigint-only is given twice"}},
		{"enable: FL0902\nrules: {sigint-only: {enable: false}}\n", []string{
			"FILE:2:31: rules: sigint-only: enable: the lists enable and disable name this rule already; say it once"}},
		{"rules: {sigint-only: {options: {a: b}}}\n", []string{"FILE:1:33: rules: sigint-only: options: the rule has no options"}},
		{"rules: {FL1901: {options: {kubernets: '1.24'}}}\n", []string{
			`FILE:1:28: rules: FL1901: options: unknown option "kubernets"; did you mean kubernetes?`}},
		{"rules: {FL1901: {options: {kubernetes: v1.24}}}\n", []string{
			`FILE:1:40: rules: FL1901: options: kubernetes: "v1.24" does not match ^1\.[1-9][0-9]*$`}},
		{"services: {name: a}\n", []string{"FILE:1:11: services: want a list"}},
		{"services:\n- program: x\n- name: b\n- name: b\n", []string{"FILE:2:3: services: want the key name", `FILE:4:3: service "b" is given twice`}},
		{"services:\n- name: a\n  program: ../x\n  dockerfile: /etc/passwd\n  deploys: [x.yaml]\n", []string{
			`FILE:3:12: services: program: "../x": want a path below this file's folder that does not lead up`,
			`FILE:4:15: services: dockerfile: "/etc/passwd": want a path below this file's folder that does not lead up`,
			`FILE:5:13: services: deploys: "x.yaml": want "file#container"`,
		}},
		{"helm: [{values: [a.yaml]}]\n", []string{"FILE:1:8: helm: want the key chart"}},
		{"- go\n", []string{"FILE:1:1: want a mapping with the keys enable, disable, rules, exclude, paths, fail-on, services, helm, kustomize"}},
		{"enable: [go\nx: y\n", []string{"FILE:2: did not find expected ',' or ']'"}},
		{"fail-on: note\nenable: [go\n", []string{"FILE:2: did not find expected ',' or ']'"}},
		{"enable: \"go\n", []string{"FILE:1: found unexpected end of stream"}},
		{"# ü\nenable: \xfc\n", []string{"FILE:2: invalid leading UTF-8 octet"}},
		{"enable: [go]\n---\ndisable: [go]\n", []string{"FILE:2:1: here begins another YAML document; want one"}},
		{"enable: &a [go]\ndisable: *a\n", []string{"FILE:2:10: disable: want a text; aliases are not read"}},
		{"paths: &a {exclude: b}\nrules: *a\n", []string{"FILE:2:8: rules: want a mapping; aliases are not read"}},
		{"exclude:\n- *.go\n", []string{"FILE:2: did not find expected alphabetic or numeric character; a text that begins with *, & or ! has to be in quotes"}},
		{"exclude: *go\n", []string{"FILE:1: unknown anchor 'go' referenced; a text that begins with *, & or ! has to be in quotes"}},
		{"exclude: !keep.go\n", []string{"FILE:1:10: exclude: want a text; a text that begins with *, & or ! has to be in quotes"}},
		{"disable: go, secure\n", []string{`FILE:1:10: disable: no rule, principle or kind is called "go, secure"; several are a list: [go, secure]`}},
		{"rules: {Go: {enable: true}}\n", []string{`FILE:1:9: rules: "Go" names several rules, and one is wanted: factorlint rules Go lists them`}},
		{"rules: {SIGINT-ONLY: {enable: true}}\n", []string{`FILE:1:9: rules: no rule is called "SIGINT-ONLY"; did you mean sigint-only?`}},
		{"rules:\n  sigint-only: {}\n  sigint-only: {}\n", []string{`FILE:3:3: rules: key "sigint-only" is given twice`}},
		{"rules: {FL1901: {options: {kubernetes: [x]}}}\n", []string{"FILE:1:40: rules: FL1901: options: kubernetes: want a text"}},
	} {
		name := write(t, filepath.Join(t.TempDir(), ".factorlint.yaml"), c.text)
		_, err := config.Load(name)
		if err == nil {
			t.Errorf("%q: no error", c.text)
			continue
		}
		if d := cmp.Diff(strings.Join(c.want, "\n"), strings.ReplaceAll(err.Error(), name, "FILE")); d != "" {
			t.Errorf("%q (-want +got)\n%s", c.text, d)
		}
	}
}

func TestManyErrors(t *testing.T) {
	name := write(t, filepath.Join(t.TempDir(), ".factorlint.yaml"), "enable: ["+strings.Repeat("x, ", 130)+"x]\n")
	_, err := config.Load(name)
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 101 || lines[100] != name+": and 31 more mistakes" {
		t.Errorf("%d lines, the last %s", len(lines), lines[len(lines)-1])
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	big := write(t, filepath.Join(dir, "big.yaml"), strings.Repeat("# x\n", 1<<19))
	for _, name := range []string{filepath.Join(dir, "absent.yaml"), dir, big} {
		if _, err := config.Load(name); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFind(t *testing.T) {
	base := t.TempDir()
	path := func(elem ...string) string { return filepath.Join(append([]string{base}, elem...)...) }
	top := write(t, path(".factorlint.yaml"), "")
	write(t, path("repo/.git/HEAD"), "")
	inRepo := write(t, path("repo/.factorlint.yml"), "")
	nested := write(t, path("repo/services/api/.factorlint.yaml"), "")
	mainGo := write(t, path("repo/services/api/cmd/main.go"), "")
	write(t, path("bare/.git"), "gitdir: elsewhere")
	write(t, path("bare/a/b.txt"), "")
	write(t, path("norepo/a/b.txt"), "")
	write(t, path("repo/twice/.factorlint.yaml"), "")
	write(t, path("repo/twice/.factorlint.yml"), "")
	for name, target := range map[string]string{"repo/out/.factorlint.yaml": top, "repo/in/.factorlint.yaml": nested, "repo/gone/.factorlint.yaml": "nothing"} {
		if err := os.MkdirAll(filepath.Dir(path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ start, want, err string }{
		{path("repo"), inRepo, ""},
		{path("repo/services"), inRepo, ""},
		{path("repo/services/api/cmd"), nested, ""},
		{mainGo, nested, ""},
		{path("repo/absent"), inRepo, ""},
		{path("bare/a"), "", ""},   // stops at the repository's root
		{path("norepo/a"), "", ""}, // no repository: does not climb
		{base, top, ""},
		{path("repo/in"), path("repo/in/.factorlint.yaml"), ""},
		{path("repo/twice"), "", path("repo/twice/.factorlint.yml") + ": .factorlint.yaml stands beside it; keep one of them"},
		{path("repo/out"), "", path("repo/out/.factorlint.yaml") + ": is a symbolic link out of the repository"},
		{path("repo/gone"), "", path("repo/gone/.factorlint.yaml") + ": is a symbolic link to nothing"},
	} {
		got, err := config.Find(c.start)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("Find(%s) = %q, %v; want %q, %q", c.start, got, err, c.want, c.err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"enable: [go]\n", "services:\n- name: a\n  deploys: [x#y]\n", "a: &a [*a]\n", "rules: {FL1901: {options: {kubernetes: x}, enable: true}, ? : }\n", "helm: [{chart: a, values: b}]\nkustomize: a\npaths: {roles: {product: '['}}\n", "? [x]\n: y\n"} {
		f.Add(seed)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		name := filepath.Join(dir, "config.yaml")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := config.Load(name); (c == nil) == (err == nil) {
			t.Errorf("config %v and error %v", c, err)
		}
	})
}
