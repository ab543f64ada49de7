package hostile

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// sentinel stands in files outside of the repository. Nobody is to read them.
const sentinel = "SENTINEL-7391"

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: i}\n"

// aside is a manifest beside what is hostile. It is judged all the same.
const aside = "-- aside/pod.yaml --\n" + pod

const asideJudged = `^aside/pod\.yaml:.*FL0202`

func charts(t *testing.T) {
	const meta = "-- c/Chart.yaml --\napiVersion: v2\nname: c\nversion: 1.0.0\n"
	s := newSandbox(t, meta+`dependencies:
- {name: d, version: 1.0.0, repository: 'https://ADDRESS/charts'}
- {name: e, version: 1.0.0, repository: 'oci://ADDRESS/charts'}
- {name: f, version: 1.0.0, repository: 'file://../../outside'}
-- c/values.schema.json --
{"$ref": "http://ADDRESS/schema"}
-- c/templates/lookup.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data:
  a: {{ lookup "v1" "Secret" "kube-system" "" | toJson | quote }}
  b: {{ getHostByName "example.com" | quote }}
  c: {{ .Files.Get "../../outside/secret.txt" | quote }}
  d: {{ .Files.Get "linked.txt" | quote }}
-- ../outside/Chart.yaml --
apiVersion: v2
name: f
version: 1.0.0
description: `+sentinel+`
-- ../outside/secret.txt --
`+sentinel+"\n"+aside)
	address := s.listen().address
	for _, name := range []string{"c/Chart.yaml", "c/values.schema.json"} {
		text, err := os.ReadFile(s.in(name))
		if err != nil {
			t.Fatal(err)
		}
		s.write(name, strings.ReplaceAll(string(text), "ADDRESS", address))
	}
	s.link("c/linked.txt", s.path("outside/secret.txt"))
	s.link("c/templates/passwd.yaml", "/etc/passwd")
	s.link("c/charts", s.path("outside"))
	s.both(func(r result) { r.says(asideJudged).hides(sentinel, "root:x:") })

	for _, template := range []string{
		"{{ range until 999999999 }}x{{ end }}",
		"{{ range 999999999999 }}{{ end }}",
		"{{ define \"a\" }}{{ include \"a\" . }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}",
		"{{ repeat 999999999 \"0123456789\" }}",
		"{{ $x := \"0123456789\" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}{{ $x }}",
	} {
		s := newSandbox(t, meta+"-- c/templates/a.yaml --\n"+template+"\n"+aside)
		s.run("check", "--untrusted").says(`^c/templates/a\.yaml:1: warning .*too (long|much)|^c/templates/a\.yaml.*warning`, asideJudged)
	}
}

func kustomizations(t *testing.T) {
	s := newSandbox(t, aside)
	address := s.listen().address
	s.write("../outside/pod.yaml", strings.ReplaceAll(pod, "image: i", "image: "+sentinel))
	s.write("../outside/kustomization.yaml", "resources: [pod.yaml]\n")
	s.write("fn/fn.yaml", "apiVersion: x/v1\nkind: Fn\nmetadata:\n  name: fn\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ../../traps/sh}\n")
	s.write("fn/container.yaml", "apiVersion: x/v1\nkind: Fn\nmetadata:\n  name: fn\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: example.com/fn, network: true}\n")
	for i, text := range []string{
		"resources: [http://" + address + "/x]\n",
		"resources: ['https://" + address + "/x?ref=v1']\n",
		"resources: [git::http://" + address + "/x]\n",
		"resources: ['ssh://git@" + address + "/x.git']\n",
		"resources: [github.com/example/example//deploy?ref=v1]\n",
		"components: [http://" + address + "/x]\n",
		"bases: [http://" + address + "/x]\n",
		"crds: [http://" + address + "/x]\n",
		"configurations: [http://" + address + "/x]\n",
		"openapi: {path: http://" + address + "/x}\n",
		"patches: [{path: http://" + address + "/x}]\n",
		"helmCharts: [{name: c, repo: 'http://" + address + "', version: 1.0.0}]\nhelmGlobals: {chartHome: ../traps}\n",
		"helmChartInflationGenerator: [{chartName: c, chartRepoUrl: 'http://" + address + "'}]\n",
		"generators: [../fn/fn.yaml]\n", "transformers: [../fn/fn.yaml]\n", "validators: [../fn/fn.yaml]\n",
		"generators: [../fn/container.yaml]\n",
		"resources: [../../outside]\n", "resources: [../../outside/pod.yaml]\n", "resources: [" + s.path("outside/pod.yaml") + "]\n",
		"configMapGenerator: [{name: c, files: [../../outside/pod.yaml]}]\n",
		"secretGenerator: [{name: c, envs: [../../outside/pod.yaml]}]\n",
		"replacements: [{path: ../../outside/pod.yaml}]\n",
	} {
		s.write(fmt.Sprintf("k%d/kustomization.yaml", i), text)
	}
	s.both(func(r result) {
		r.says(asideJudged, `^k0/kustomization\.yaml:1:.*(warning|note)`, `^k11/kustomization\.yaml`, `^k17/kustomization\.yaml`).hides(sentinel)
	})
}

func yamlBombs(t *testing.T) {
	head := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
	bomb := head + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 30 {
		bomb += fmt.Sprintf("a%d: &a%[1]d [%s]\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	deep := strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000)
	for _, c := range []struct{ name, file, text, code string }{
		{"unterminated quote", "bad.yaml", head + "data: {a: \"b\n", "yaml-syntax"},
		{"truncated", "bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {a:", "yaml-syntax"},
		{"tabs", "bad.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: c\n", "yaml-syntax"},
		{"no text", "bad.yaml", head + "data: {a: \x00\xff}\n", "yaml-syntax"},
		{"documents", "bad.yaml", strings.Repeat("---\n"+head, 10_000), "yaml-limit"},
		{"alias bomb", "bad.yaml", bomb, "yaml-limit"},
		{"alias of itself", "bad.yaml", head + "data: &a {a: *a}\n", "yaml-"},
		{"levels", "bad.yaml", head + "data: " + deep + "\n", "yaml-"},
		{"levels in blocks", "bad.yaml", head + "data:\n" + blocks(500), "yaml-"},
		{"unclosed levels", "bad.yaml", head + "data: " + strings.Repeat("{a: ", 12_000) + "\n", "yaml-"},
		{"scalar", "bad.yaml", head + "data: {a: \"" + strings.Repeat("x", 20<<20) + "\"}\n", "yaml-limit"},
		{"long line", "bad.yaml", head + "data: {a: [\"" + strings.Repeat("x\", \"", 60_000) + "}\n", "yaml-syntax"},
		{"many items", "bad.yaml", head + "data:\n" + strings.Repeat("- \n", 2_500_000), "yaml-"},
		{"compose", "compose.yaml", "services:\n  a: {image: \"" + strings.Repeat("x", 20<<20) + "\"}\n", "manifest-read"},
		{"compose levels", "compose.yaml", "services:\n  a: {image: i, x: " + deep + "}\n", "yaml-"},
		{"values", "c/values.yaml", bomb, "helm-"},
		{"kustomization", "k/kustomization.yaml", "resources: []\n" + bomb, "yaml-"},
	} {
		s := newSandbox(t, aside+"-- c/Chart.yaml --\napiVersion: v2\nname: c\nversion: 1.0.0\n")
		s.write(c.file, c.text)
		t.Log(c.name)
		file := c.file
		if c.code == "helm-" {
			file = "c/"
		}
		s.run("check", "--untrusted", "--only", "manifest,dockerfile,repository").
			says(asideJudged, `^`+file+`.*\[`+c.code).within(2*time.Second, 256<<20)
	}
	s := newSandbox(t, aside)
	s.write(".factorlint.yaml", bomb)
	s.run("check").exits(2).within(2*time.Second, 256<<20)
}

// blocks returns mappings in mappings, each on a line of its own.
func blocks(levels int) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "%s a:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// read are names of files that factorlint or the go command reads when it finds them.
var read = []string{".dockerignore", ".env", ".factorlint.yaml", ".git", ".gitignore", ".gitmodules", "CODEOWNERS", "Dockerfile", "Makefile", "Procfile", "Tiltfile",
	"c/.helmignore", "c/Chart.yaml", "c/templates/a.yaml", "c/values.yaml", "compose.yaml", "deploy.yaml", "docker-bake.hcl", "entrypoint.sh", "go.mod",
	"go.sum", "go.work", "k/kustomization.yaml", "main.go", "main_test.go", "skaffold.yaml", "vendor/modules.txt", ".github/workflows/ci.yml", ".ko.yaml"}

// readByGo are those of them that the go command reads.
var readByGo = []string{"go.mod", "go.sum", "go.work", "main.go", "main_test.go", "vendor/modules.txt"}

func irregularFiles(t *testing.T) {
	for _, c := range []struct {
		what string
		make func(s *sandbox, name string)
	}{
		{"FIFO", (*sandbox).fifo},
		{"link outside", func(s *sandbox, name string) { s.link(name, s.path("outside/secret")) }},
		{"link to a device", func(s *sandbox, name string) { s.link(name, "/dev/zero") }},
		{"link to itself", func(s *sandbox, name string) { s.link(name, s.in(name)) }},
	} {
		s := newSandbox(t, aside+"-- ../outside/secret --\n"+sentinel+" this is\n")
		for _, name := range read {
			c.make(s, name)
		}
		s.both(func(r result) { r.says(asideJudged).hides(sentinel) }, "--no-config")
		s.run("check").hides(sentinel)
		for _, name := range readByGo { // each alone: a go.mod that cannot be read hides the others
			s := newSandbox(t, aside+"-- ../outside/secret --\n"+sentinel+" this is\n-- ok/ok.go --\npackage ok\n")
			if name != "go.mod" {
				s.write("go.mod", "module example.com/m\n\ngo 1.26\n")
			}
			c.make(s, name)
			s.run("check", "--untrusted").says(asideJudged).hides(sentinel)
		}
	}
}

func sizeAndTime(t *testing.T) {
	const huge = 2 << 30
	all := newSandbox(t, aside+"-- .git/HEAD --\nref: refs/heads/main\n")
	all.sparse(".git/index", huge)
	for _, name := range read {
		if name != ".git" {
			all.sparse(name, huge)
		}
	}
	all.run("check", "--untrusted").says(asideJudged).within(maxTime, 300<<20)
	for _, name := range readByGo {
		s := newSandbox(t, aside+"-- ok/ok.go --\npackage ok\n")
		if name != "go.mod" {
			s.write("go.mod", "module example.com/m\n\ngo 1.26\n")
		}
		s.sparse(name, huge)
		s.run("check", "--untrusted").says(asideJudged).within(maxTime, 300<<20)
	}

	many := newSandbox(t, aside) // findings
	many.write("pods.yaml", strings.Repeat("---\n"+pod, 2_000))
	for _, f := range []string{"text", "sarif", "github", "html", "markdown"} {
		many.run("check", "--untrusted", "-o", f).exits(1).within(10*time.Second, 300<<20)
	}

	s := newSandbox(t, aside)
	s.run("check", "--timeout", "1ns", "-o", "sarif=o.sarif", "-o", "text").exits(2).silent()
	if _, err := os.Lstat(s.in("o.sarif")); err == nil {
		t.Error("a part of a report was written")
	}
	s.run("check", "--timeout", "1m").says(asideJudged)
}

// silent demands that nothing was written to standard output, and something to standard error.
func (r result) silent() {
	r.Helper()
	if r.stdout != "" || r.stderr == "" {
		r.Errorf("wrote %q and %q", r.stdout, r.stderr)
	}
}

func patterns(t *testing.T) {
	stars := strings.Repeat("*a", 60) + "*b"
	long := strings.Repeat("a", 240)
	regex := strings.Repeat("a", 1<<20) + "!"
	s := newSandbox(t, aside+"-- .gitignore --\n"+stars+"\n**/"+strings.Repeat("**/a/", 60)+"b\n(a+)+$\n-- .dockerignore --\n"+stars+"\n-- c/.helmignore --\n"+stars+
		"\n-- c/Chart.yaml --\napiVersion: v2\nname: c\nversion: 1.0.0\n-- c/"+long+" --\n-- "+long+" --\n-- "+strings.Repeat("a/", 100)+long+" --\n-- CODEOWNERS --\n"+stars+" @a\n"+
		"-- .factorlint.yaml --\nexclude: [\""+stars+"\", '**/"+strings.Repeat("**/a/", 60)+"b', '(a+)+$']\n"+
		"-- Dockerfile --\nFROM debian:12\nCOPY "+stars+" /\nRUN echo "+regex+"\n-- re.yaml --\n"+strings.ReplaceAll(pod, "image: i", "image: "+regex)+
		"-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- main.go --\npackage main\n\nvar s = \""+regex+"\"\n\nfunc main() { println(s) }\n")
	s.both(func(r result) { r.says(asideJudged).within(10*time.Second, maxMemory) })
	s.run("check", "--untrusted", "--only", "manifest,dockerfile,repository").says(asideJudged).within(time.Second, 256<<20)
}

// The time counts wherever a run is: at the past, at what is there now, and at the reports. Nothing stays behind.
func timeIsOver(t *testing.T) {
	s := newHistory(t, aside)
	s.write("pods.yaml", strings.Repeat("---\n"+pod, 1_500))
	temporary := s.path("tmp")
	if err := os.Mkdir(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "TMPDIR="+temporary)
	for _, limit := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 30 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, time.Minute} {
		r := s.run("check", "--untrusted", "--new-from-rev", "HEAD~1", "--timeout", limit.String(), "-o", "html=o.html", "-o", "text")
		_, err := os.Lstat(s.in("o.html"))
		switch {
		case r.code == 2:
			r.silent()
			if err == nil || !strings.Contains(r.stderr, "--timeout: not done after "+limit.String()) {
				t.Errorf("after %v: a report was written (%v): %s", limit, err, r.stderr)
			}
		case err != nil:
			t.Errorf("after %v: no report: %v", limit, err)
		default:
			r.says(`^pods\.yaml:.*FL0202`)
			os.Remove(s.in("o.html")) //nolint:errcheck // the next run says whether it is there
		}
		if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
			t.Errorf("after %v: %v were left (%v)", limit, left, err)
		}
	}
}
