package hostile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// formats are all that check writes.
var formats = []string{"text", "concise", "json", "sarif", "html", "markdown", "github", "gitlab", "checkstyle", "junit", "rdjson"}

// outputs runs check once for each format, and the commands that show workloads.
func (s *sandbox) outputs(look func(format string, r result)) {
	s.Helper()
	for _, f := range formats {
		look(f, s.run("check", "--untrusted", "--enable", "all", "--color", "never", "-o", f))
	}
	for _, f := range []string{"text", "json", "mermaid", "dot"} {
		look(f, s.run("workloads", "--output", f))
	}
}

func terminal(t *testing.T) {
	const evil = "\x1b]0;owned\a\u202egnp.exe\u200b\u009b31m\x7f\ufeff"
	s := newSandbox(t, "-- Dockerfile --\nFROM debian:12 AS "+evil+"\nENTRYPOINT /api"+evil+" | cat\nBAD"+evil+" x\n-- pod.yaml --\n"+
		strings.NewReplacer("name: p", `name: "p\x1b]0;owned\a\u202e"`, "name: c,", `name: "c\x1b[31m\u202e\u2028",`).Replace(pod)+
		"-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- main.go --\npackage main\n\nimport \"net/http\"\n\nvar x int = \"\\x1b"+evil[1:]+"\"\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n"+
		"-- .factorlint.yaml --\nx"+strings.ReplaceAll(evil, "\x1b", "")+": y\n")
	s.write("dir\x1b[31m\n\u202e/Dockerfile", "FROM debian:12\nENTRYPOINT /x | cat\n")
	s.write("dir\x1b[31m\n\u202e/bad.yaml", "a: b: c\n")
	s.outputs(func(format string, r result) {
		r.hides("\x1b", "\a", "\u009b", "\x7f", "\u202e", "\u200b", "\u2028", "\ufeff")
		if r.code != 1 && format != "text" {
			r.Logf("%s: exit code %d", format, r.code)
		}
	})
	s.run("check", "--color", "never").hides("\x1b", "\u202e") // an error of the configuration
	for name, text := range map[string]string{"Dockerfile": "FROM debian:12 AS " + evil + "\nENTRYPOINT /api" + evil + " | cat\n", "typed.yaml": "a: " + evil + ": c\n", "typed.go": "package main\n\nvar y int = \"" + evil[1:] + "\"\n"} {
		s.stdin = text
		s.run("check", "-", "--stdin-filename", name, "--no-config", "--color", "never").hides("\x1b", "\a", "\u009b", "\x7f", "\u202e", "\u200b", "\ufeff")
	}
}

func workflowCommands(t *testing.T) {
	s := newSandbox(t, "-- pod.yaml --\n"+strings.NewReplacer("name: p", `name: "x\n::add-mask::a ##[error]b ##vso[task.x]c"`, "name: c,", `name: "::stop-commands::x",`).Replace(pod)+
		"-- Dockerfile --\nFROM debian:12\nENTRYPOINT /api '##[group]x ##vso[a]' | cat\n::set-output name=x::y\n##[error]z\n")
	s.write("::warning::x\n::error::y/Dockerfile", "FROM debian:12\nENTRYPOINT /x | cat\n")
	s.env = append(s.env, "GITHUB_ACTIONS=true", "TF_BUILD=True")
	commands := regexp.MustCompile(`(?m)^\s*::`)
	s.outputs(func(format string, r result) {
		r.hides("##[", "##vso[")
		lines := commands.FindAllString(r.stdout, -1)
		if own := regexp.MustCompile(`(?m)^::(error|warning|notice) file=`).FindAllString(r.stdout, -1); format != "github" && len(lines) > 0 || len(lines) != len(own) {
			t.Errorf("%s: %d lines are commands, %d of them factorlint's own\n%s", format, len(lines), len(own), r.stdout)
		}
		if n := commands.FindAllString(r.stderr, -1); len(n) > 0 {
			t.Errorf("%s: standard error holds commands\n%s", format, r.stderr)
		}
	})
}

func markup(t *testing.T) {
	const evil = "[x](javascript:alert(1))<img src=x onerror=alert(1)>"
	s := newSandbox(t, "-- pod.yaml --\n"+strings.NewReplacer("name: p", `name: "`+evil+`"`, "name: c,", `name: "`+evil+"|`*_"+`",`).Replace(pod)+
		"-- Dockerfile --\nFROM debian:12\nENV A='</script><script>alert(1)</script>'\nENTRYPOINT /api | cat\n")
	s.write("<b>[x](javascript:alert(1))`|/Dockerfile", "FROM debian:12\nENTRYPOINT /x | cat\n")
	link := regexp.MustCompile(`(^|[^\\])\]\(javascript:`)
	s.outputs(func(format string, r result) {
		switch format {
		case "html":
			r.hides("<img src=x", "<script>alert", "<b>[x]")
		case "markdown":
			if page := withoutCode(r.stdout); link.MatchString(page) || strings.Contains(page, "<img src=x") || strings.Contains(page, "<b>[x]") {
				t.Errorf("the page holds a link or HTML\n%s", page)
			}
		case "checkstyle", "junit":
			r.hides("<img src=x", "<b>[x]")
		case "sarif": // messages are Markdown of a kind
			message := regexp.MustCompile(`"text": "(.*)"`)
			for _, m := range message.FindAllStringSubmatch(r.stdout, -1) {
				if link.MatchString(strings.ReplaceAll(m[1], `\\`, `\`)) {
					t.Errorf("a message holds a link: %s", m[1])
				}
			}
		}
	})
}

// withoutCode returns Markdown without its spans of code, in which nothing is a link: from a run of backquotes to the next as long.
func withoutCode(page string) string {
	var b strings.Builder
	for {
		from := strings.IndexByte(page, '`')
		if from < 0 {
			return b.String() + page
		}
		fence := page[from : len(page)-len(strings.TrimLeft(page[from:], "`"))]
		b.WriteString(page[:from])
		page = page[from+len(fence):]
		escaped := from > 0 && strings.HasSuffix(b.String(), `\`)
		if end := regexp.MustCompile("[^`](" + fence + ")(?:[^`]|$)").FindStringSubmatchIndex(page); end != nil && !escaped {
			page = page[end[3]:]
		}
	}
}

func paths(t *testing.T) {
	s := newSandbox(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- main.go --\npackage main\n\nimport \"net/http\"\n\nfunc main() {\n//line ../outside/secret.go:1\n"+
		"\thttp.ListenAndServe(\":8080\", nil)\n/*line /etc/passwd:1:1*/\tprintln(undefined)\n}\n-- ../outside/secret.go --\n"+sentinel+"\n"+
		"-- %2e%2e/%2e%2e/Dockerfile --\nFROM debian:12\nENTRYPOINT /api | cat\n-- a b#c?d=e/..f/Dockerfile --\nFROM debian:12\nENTRYPOINT /api | cat\n")
	s.outputs(func(format string, r result) {
		r.hides(sentinel, "/etc/passwd", "outside/secret.go", s.dir)
		if format == "sarif" {
			for _, uri := range regexp.MustCompile(`"uri": "([^"]*)"`).FindAllStringSubmatch(r.stdout, -1) {
				if u := uri[1]; !strings.HasPrefix(u, "https://") && regexp.MustCompile(`^/|(^|/)\.\.(/|$)|^[a-z]+:|[ #?]|%2e%2e`).MatchString(u) {
					t.Errorf("a place outside of the repository, or not escaped: %s", u)
				}
			}
			r.says(`"uri": "%252e%252e/%252e%252e/Dockerfile"`, `"uri": "a%20b%23c%3Fd=e/\.\.f/Dockerfile"`, `"uri": "main\.go"`)
		}
	})
	facts := s.in("facts")
	s.write("facts/index-1-of-1.json", `{"Tool":"x","Shard":{"Index":1,"Of":1},"Modules":[{"Packages":["../../outside/secret.go"]}]}`)
	s.run("check", "--facts", facts).exits(2).hides(sentinel)
}

// A baseline and a patch are files of the user, which a hostile repository may bring. To read the FIFO would take forever.
func pathsOfTheUser(t *testing.T) {
	s := newSandbox(t, "-- ../outside/Dockerfile --\nFROM "+sentinel+"\nENTRYPOINT /api | cat\n"+shellForm)
	s.fifo("../outside/pipe")
	s.link("link", s.path("outside"))
	names := []string{"../../etc/passwd", "/etc/passwd", "../outside/Dockerfile", "../outside/pipe", s.path("outside/pipe"), `..\outside\pipe`, "link/pipe", "a/../../outside/pipe"}
	var entries []string
	patch := ""
	for i, name := range names {
		entries = append(entries, fmt.Sprintf(`{"rule": "FL0911", "name": "shell-form-entrypoint", "file": %q, "in": "", "identity": "%02d"}`, name, i))
		patch += fmt.Sprintf("--- a/%s\n+++ b/%[1]s\n@@ -1 +1 @@\n-a\n+b\n", name)
	}
	s.write("baseline.json", `{"version": 1, "findings": [`+"\n"+strings.Join(entries, ",\n")+"\n]}\n")
	s.write("x.patch", patch+"--- a/Dockerfile\n+++ b/Dockerfile\n@@ -2 +2 @@\n-a\n+ENTRYPOINT /api --serve | cat\n")
	s.both(func(r result) {
		r.exits(1).hides(sentinel).says(`^Dockerfile:2:.*FL0911`, `"\.\./\.\./etc/passwd" is no file of the repository.*\[baseline-entry\]$`,
			`"/etc/passwd" is no file of the repository.*\[baseline-entry\]$`, `outside/pipe" is no file of the repository.*\[baseline-entry\]$`)
	}, "--baseline", "baseline.json")
	s.both(func(r result) {
		r.exits(1).hides(sentinel).says(`^Dockerfile:2:.*FL0911`, `"\.\./\.\./etc/passwd" in the patch is no file of the repository.*\[patch-file\]$`,
			`outside/pipe" in the patch is no file of the repository.*\[patch-file\]$`)
	}, "--new-from-patch", "x.patch")
}

func fixes(t *testing.T) {
	const faulty = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  selector: {app: a}\n  ports: [{port: 80, targetPort: htpp}]\n---\n" +
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n" +
		"    spec: {containers: [{name: a, image: 'a:1', ports: [{name: http, containerPort: 80}]}]}\n"
	s := newSandbox(t, "-- in.yaml --\n"+faulty+"-- ../outside/k8s.yaml --\n"+faulty+"-- ../outside/main.go --\npackage main\n"+
		"-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- main.go --\npackage main\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\t\"os\"\n\t\"os/signal\"\n)\n\n//line ../outside/main.go:1\n"+
		"func main() {\n\tctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)\n\tdefer stop()\n\ts := &http.Server{Addr: \":\" + os.Getenv(\"PORT\")}\n\tgo s.ListenAndServe()\n\t<-ctx.Done()\n\ts.Shutdown(context.Background())\n}\n")
	s.link("link.yaml", s.path("outside/k8s.yaml"))
	s.link("folder", s.path("outside"))
	before, err := os.ReadDir(s.path("outside"))
	if err != nil {
		t.Fatal(err)
	}
	s.run("check", "--fix", "--untrusted").exits(2)
	s.run("check", "--fix", "--unsafe-fixes")
	s.run("check", "--fix", "link.yaml").exits(2)
	for name, want := range map[string]string{"k8s.yaml": faulty, "main.go": "package main\n"} {
		if got, err := os.ReadFile(s.path("outside/" + name)); err != nil || string(got) != want {
			t.Errorf("%s was changed (%v)\n%s", name, err, got)
		}
	}
	if after, err := os.ReadDir(s.path("outside")); err != nil || len(after) != len(before) {
		t.Errorf("outside are %v, and were %v (%v)", after, before, err)
	}
	for name, want := range map[string]string{"in.yaml": "targetPort: http}", "main.go": "SIGTERM"} {
		if got, err := os.ReadFile(s.in(name)); err != nil || !bytes.Contains(got, []byte(want)) {
			t.Errorf("%s was not fixed (%v)\n%s", filepath.Base(name), err, got)
		}
	}
}

func secrets(t *testing.T) {
	const a, b, c, d = "hunter2Zq81xKpassw0rd", "AKIAQ3EGRZ7XN5TQJ2WM", "wJalrXUtnFEMIK7MDENGbPxRfiCYzQ81kEY0aQpL", "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
	s := newSandbox(t, "-- Dockerfile --\nFROM debian:12\nARG NPM_TOKEN="+d+"\nENV DB_PASSWORD="+a+" AWS_SECRET_ACCESS_KEY="+c+"\nRUN curl -u admin:"+a+" https://example.com && export GITHUB_TOKEN="+d+"\n"+
		"ENTRYPOINT /api --password "+a+" | cat\n-- pod.yaml --\n"+
		strings.ReplaceAll(pod, "image: i", "image: i, args: ['--db-password="+a+"'], env: [{name: DB_PASSWORD, value: "+a+"}, {name: AWS_ACCESS_KEY_ID, value: "+b+"}, {name: AWS_SECRET_ACCESS_KEY, value: "+c+"}, {name: DATABASE_URL, value: 'postgres://admin:"+a+"@db.example.com/x'}]")+
		"-- config.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {DB_PASSWORD: "+a+", github: "+d+", AWS_SECRET_ACCESS_KEY: "+c+"}\n"+
		"-- compose.yaml --\nservices:\n  api: {image: a, environment: {DB_PASSWORD: "+a+", GITHUB_TOKEN: "+d+"}, command: ['--token', "+d+"]}\n-- broken/Dockerfile --\nFROM debian:12\nENV DB_PASSWORD=x "+a+"\nENV "+a+"\nARG \nHEALTHCHECK --x="+a+" "+a+"\nEXPOSE "+a+"\n-- broken/a.yaml --\n"+
		"a: {DB_PASSWORD: \""+a+"\\q\"}\n-- broken/b.yaml --\nDB_PASSWORD: *"+a+"\n-- broken/c.yaml --\nDB_PASSWORD: "+a+": x\n-- broken/compose.yaml --\nservices:\n  a: {image: a, environment: {DB_PASSWORD: '${A:?"+a+"}'}, ports: ["+a+"]}\n"+
		"-- c/Chart.yaml --\napiVersion: v2\nname: c\nversion: 1.0.0\n-- c/values.yaml --\npassword: "+a+"\n-- c/templates/a.yaml --\na: {{ .Values.password.x }}\n-- k/kustomization.yaml --\nsecretGenerator: [{name: s, literals: ["+a+"]}]\n"+
		"-- .env --\nDB_PASSWORD="+a+"\nGITHUB_TOKEN="+d+"\n"+
		"-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- main.go --\npackage main\n\nimport (\n\t\"database/sql\"\n\t\"net/http\"\n)\n\nconst token = \""+d+"\"\n\nvar x int = \""+a+"\"\n\n"+
		"func main() {\n\tsql.Open(\"postgres\", \"postgres://admin:"+a+"@db.internal/x\")\n\thttp.ListenAndServe(\":8080\", nil)\n}\n")
	found := false
	s.outputs(func(_ string, r result) {
		r.hides(a, b, c, d)
		found = found || strings.Contains(r.stdout, "FL1702")
	})
	if !found {
		t.Error("no secret was found")
	}
	s.run("check", "--diff", "--unsafe-fixes").hides(a, b, c, d)
}
