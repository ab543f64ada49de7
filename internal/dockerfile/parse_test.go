package dockerfile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

func TestIsDockerfile(t *testing.T) {
	for _, name := range []string{
		"Dockerfile", "dockerfile", "Containerfile", "a/b/Dockerfile", "Dockerfile.web", "Dockerfile-release", "Dockerfile_arm", "Dockerfile.v1.2",
		"api.Dockerfile", "api.dockerfile", "Containerfile.prod", "prod.Containerfile", "Dockerfile.distroless", "web-Dockerfile", "web_dockerfile", "DockerfileArm", "Dockerfile2", "docker/api/Dockerfile",
	} {
		if !dockerfile.IsDockerfile(name) {
			t.Errorf("%s is none", name)
		}
	}
	for _, name := range []string{
		"", "Dockerfile.md", "Dockerfile.txt", "Dockerfile.tmpl", "Dockerfile.j2", "Dockerfile.dockerignore", ".dockerignore",
		"Dockerfile.web.dockerignore", "dockerfile.go", "Dockerfile/readme", "dockerfiles", "Dockerfile~", "Dockerfile.", ".dockerfile", "mydockerfile",
		"docker-compose.yml", "Dockerfile.in", "Dockerfilebak", "DockerfileZone.Identifier", "DockerfileTemplate.tmpl", "-Dockerfile", "Dockerfile.template",
	} {
		if dockerfile.IsDockerfile(name) {
			t.Errorf("%s is one", name)
		}
	}
}

func TestRole(t *testing.T) {
	for name, want := range map[string]check.Role{
		"Dockerfile": check.Product, "docker/app/Dockerfile": check.Product, "Dockerfile-test": check.Test, "dev.Dockerfile": check.Tooling, "Dockerfile.tilt": check.Tooling,
		"examples/Dockerfile": check.Sample, "docker/development/Dockerfile": check.Tooling, "project/dev-image/Dockerfile": check.Tooling, "docker/dummy/api/Dockerfile": check.Test,
		"devices/Dockerfile": check.Product, "Dockerfile.e2e": check.Test, "Dockerfile.devices": check.Product,
	} {
		f, _ := dockerfile.Parse(name, []byte("FROM scratch\n"))
		if got := f.Role(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// place writes a span as line:col-line:col.
func place(s check.Span) string {
	return fmt.Sprintf("%d:%d-%d:%d", s.Start.Line, s.Start.Col, s.End.Line, s.End.Col)
}

func TestSyntaxErrorsCostOnlyThemselves(t *testing.T) {
	tests := []struct{ name, text, notes, user string }{
		{"unknown instruction", "FROM a:1\nFOO bar\nUSER app\n", "2:1-2:8 unknown instruction FOO", "app"},
		{"parser error", "FROM a:1\nENV A=1 oops\nUSER app\n", "2:1-2:13 Syntax error - can't find = in …. Must be of the form: name=value", "app"},
		{"bad directive", "# escape=x\nFROM a:1\nUSER app\n", "1:1-1:11 invalid escape token 'x' does not match ` or \\", "app"},
		{"bad FROM", "FROM a:1\nUSER one\nFROM\nUSER app\n", "3:1-3:5 FROM requires either one or three arguments", "app"},
		{"before FROM", "RUN x\nFROM a:1\nUSER app\n", "1:1-1:6 RUN stands before the first FROM", "app"},
		{"not strings", "FROM a:1\nCMD [1]\nUSER app\n", "2:1-2:8 when using JSON array syntax, arrays must be comprised of strings only", "app"},
		{"unterminated heredoc", "FROM a:1\nUSER app\nRUN <<EOF\nx\n", "3:1-3:10 unterminated heredoc", "app"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, notes := dockerfile.Parse("Dockerfile", []byte(tt.text))
			var got []string
			for _, n := range notes {
				if n.Code != "dockerfile-syntax" {
					t.Errorf("code %s", n.Code)
				}
				_, what, _ := strings.Cut(n.Message, "left out: ")
				got = append(got, place(n.At)+" "+what)
			}
			if diff := cmp.Diff(tt.notes, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
			if user, _ := f.Image("", nil).User.Get(); user != tt.user {
				t.Errorf("user %q", user)
			}
		})
	}
}

func TestNotificationsHideValues(t *testing.T) {
	_, notes := dockerfile.Parse("Dockerfile", []byte("FROM a:1\nENV PASSWORD=one hunter2\nhunter2 x\n"))
	for _, n := range notes {
		if strings.Contains(n.Message, "hunter2") {
			t.Error(n.Message)
		}
	}
	if len(notes) != 2 {
		t.Errorf("%d notifications", len(notes))
	}
}

func TestBrokenStageHidesNothing(t *testing.T) {
	f, _ := dockerfile.Parse("Dockerfile", []byte("FROM a:1\nUSER\nCMD [\"x\"]\n"))
	img := f.Image("", nil)
	if img.User.Absent() || img.Entrypoint.Absent() || img.Binaries.Complete {
		t.Error("something is said to be missing although an instruction could not be read")
	}
}

func TestEmpty(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# nothing\n", "\ufeff"} {
		f, notes := dockerfile.Parse("Dockerfile", []byte(text))
		if len(notes) != 1 || notes[0].Code != "dockerfile-empty" || f == nil || f.Image("", nil) != nil || len(f.Images()) != 0 {
			t.Errorf("%q: %v", text, notes)
		}
	}
}

func TestPlaces(t *testing.T) {
	text := "\ufeff# syntax=docker/dockerfile:1\r\n" +
		"ARG V=3\r\n" +
		"FROM --platform=$BUILDPLATFORM alpine:$V AS Base\r\n" +
		"ENV A=é B=\"two words\" \\\r\n" +
		"    # between\r\n" +
		"\r\n" +
		"    C=3\r\n" +
		"ENV OLD  some text\r\n" +
		"  cmd [ \"a\\n\", \\\r\n" +
		"   \"b\" ]\r\n" +
		"COPY --from=x --chown=1:1 a b/ /dest/\r\n" +
		"HEALTHCHECK --interval=5s CMD curl -f http://x\r\n"
	f, notes := dockerfile.Parse("Dockerfile", []byte(text))
	if len(notes) > 0 {
		t.Fatal(notes)
	}
	s := f.Stages[0]
	got := []string{
		"from " + place(s.At) + " " + place(s.Base.At) + " " + s.Base.Text + " " + s.Ref + " " + s.Name,
	}
	for _, in := range s.Instructions {
		line := in.Name + " " + place(in.At) + " " + place(in.ArgsAt)
		for _, p := range in.Pairs {
			line += " " + p.Name.Text + "@" + place(p.Name.At) + "=" + p.Value.Text + "@" + place(p.Value.At)
		}
		if len(in.Pairs) == 0 {
			for _, w := range in.Words {
				line += fmt.Sprintf(" %q@%s", w.Text, place(w.At))
			}
		}
		got = append(got, line)
	}
	want := []string{
		"from 3:1-3:49 3:32-3:41 alpine:$V alpine:3 Base",
		`env 4:1-7:8 4:5-7:8 A@4:5-4:6=é@4:7-4:9 B@4:10-4:11="two words"@4:12-4:23 C@7:5-7:6=3@7:7-7:8`,
		"env 8:1-8:19 8:5-8:19 OLD@8:5-8:8=some text@8:10-8:19",
		`cmd 9:3-10:9 9:7-10:9 "a\n"@9:9-9:14 "b"@10:4-10:7`,
		`copy 11:1-11:38 11:27-11:38 "a"@11:27-11:28 "b/"@11:29-11:31 "/dest/"@11:32-11:38`,
		`healthcheck 12:1-12:47 12:27-12:47 "CMD"@12:27-12:30 "curl -f http://x"@12:31-12:47`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, in := range s.Instructions {
		for _, w := range in.Words {
			if string(f.Source[w.At.Start.Offset:w.At.End.Offset]) == "" {
				t.Error("empty source of", w.Text)
			}
		}
	}
}

func TestEscapeDirective(t *testing.T) {
	f, notes := dockerfile.Parse("Dockerfile", []byte("# escape=`\nFROM alpine:3\nRUN dir `\n  c:\\\nUSER a`b\nCMD [\"x\"]\n"))
	if len(notes) > 0 || len(f.Stages[0].Instructions) != 3 {
		t.Fatal(notes)
	}
	if got := place(f.Stages[0].Instructions[0].At); got != "3:1-4:6" {
		t.Error(got)
	}
	if user, _ := f.Image("", nil).User.Get(); user != "ab" {
		t.Error(user)
	}
}

// show writes what an image is, one fact a line.
func show(img *workload.Image) string {
	var b strings.Builder
	str := func(name string, v workload.Value[string]) {
		if s, ok := v.Get(); ok {
			fmt.Fprintf(&b, "%s %s\n", name, s)
		} else if !v.Absent() {
			fmt.Fprintf(&b, "%s ?\n", name)
		}
	}
	cmd := func(name string, v workload.Value[workload.Command]) {
		if c, ok := v.Get(); ok {
			var words []string
			for _, w := range c.Words {
				words = append(words, w.Text)
			}
			fmt.Fprintf(&b, "%s shell=%v %q\n", name, c.Shell, words)
		}
	}
	str("base", img.Base)
	if img.Shell != "" {
		fmt.Fprintf(&b, "shell %s\n", img.Shell)
	}
	for _, e := range img.Env {
		str("env "+e.Name, e.Value)
	}
	str("workdir", img.WorkDir)
	str("user", img.User)
	str("stopsignal", img.StopSignal)
	cmd("entrypoint", img.Entrypoint)
	cmd("cmd", img.Cmd)
	cmd("healthcheck", img.Healthcheck)
	for _, p := range img.Expose {
		if n, ok := p.Number.Get(); ok {
			fmt.Fprintf(&b, "expose %d/%s\n", n, p.Protocol)
		} else {
			fmt.Fprintf(&b, "expose ?/%s\n", p.Protocol)
		}
	}
	for _, v := range img.Volumes {
		fmt.Fprintf(&b, "volume %s\n", v.Text)
	}
	for _, c := range img.Copies {
		dest, _ := c.Dest.Get()
		fmt.Fprintf(&b, "copy from=%q stage=%v", c.From, c.Stage)
		for _, s := range c.Sources {
			text, _ := s.Get()
			fmt.Fprintf(&b, " %s", text)
		}
		fmt.Fprintf(&b, " -> %s\n", dest)
	}
	return b.String()
}

func TestImage(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"config", `
FROM alpine:3.22
ENV A=1 B=${A}x
ENV C="$A and $NONE"
WORKDIR /srv
WORKDIR app/$A
USER ${USER:-nobody}
EXPOSE 80 53/udp 8000-8002
VOLUME ["/data", "/logs"]
STOPSIGNAL SIGQUIT
HEALTHCHECK CMD ["/app", "-health"]
COPY a b /srv/
ENTRYPOINT ["/app"]
CMD serve`, `
base alpine:3.22
shell ash
env A 1
env B x
env C 1 and 
workdir /srv/app/1
user nobody
stopsignal SIGQUIT
entrypoint shell=false ["/app"]
cmd shell=true ["serve"]
healthcheck shell=false ["/app" "-health"]
expose 80/tcp
expose 53/udp
expose 8000/tcp
expose 8001/tcp
expose 8002/tcp
volume /data
volume /logs
copy from="" stage=false a b -> /srv/
`},
		{"arguments", `
ARG TAG=12-slim
ARG UNSET
FROM debian:${TAG} AS base
ARG PORT=80
ARG TAG
ARG UNSET
ENV PORT=$PORT TAG=$TAG UNSET=$UNSET ALT=${UNSET:+x} ARCH=$TARGETARCH DEF=${NOWHERE:-d}
EXPOSE $PORT $UNSET`, `
base debian:12-slim
shell dash
env PORT 80
env TAG 12-slim
env UNSET ?
env ALT ?
env ARCH 
env DEF d
expose 80/tcp
expose ?/tcp
`},
		{"what the base may set is unknown", `
FROM example.com/base:1
ENV A=$HOME_OF_BASE B=${X:-y}
WORKDIR app`, `
base example.com/base:1
env A ?
env B ?
workdir ?
`},
		{"inheritance", `
FROM ubuntu:24.04 AS Base
ENV A=1
WORKDIR /w
ENTRYPOINT ["/init"]
CMD ["a"]
FROM base AS next
ENV A=2
ENTRYPOINT ["/other"]
FROM next
CMD ["b"]`, `
base ubuntu:24.04
shell dash
env A 2
workdir /w
entrypoint shell=false ["/other"]
cmd shell=false ["b"]
`},
		{"entrypoint resets the base's cmd", `
FROM ubuntu:24.04 AS base
CMD ["a"]
FROM base
ENTRYPOINT ["/other"]`, `
base ubuntu:24.04
shell dash
entrypoint shell=false ["/other"]
`},
		{"entrypoint keeps the stage's own cmd", `
FROM ubuntu:24.04
CMD ["a"]
ENTRYPOINT ["/other"]
HEALTHCHECK NONE`, `
base ubuntu:24.04
shell dash
entrypoint shell=false ["/other"]
cmd shell=false ["a"]
`},
		{"what a stage hands on", `
FROM debian:12 AS base
SHELL ["/bin/bash", "-c"]
STOPSIGNAL SIGINT
USER 1000
EXPOSE 80
VOLUME /data
HEALTHCHECK CMD /probe
ENTRYPOINT ["/run"]
FROM base AS next
CMD serve
FROM next
EXPOSE 81`, `
base debian:12
shell dash
user 1000
stopsignal SIGINT
entrypoint shell=false ["/run"]
cmd shell=true ["serve"]
healthcheck shell=true ["/probe"]
expose 80/tcp
expose 81/tcp
volume /data
`},
		{"empty forms reset", `
FROM debian:12 AS base
ENTRYPOINT ["/run"]
CMD ["a"]
FROM base
ENTRYPOINT []`, `
base debian:12
shell dash
entrypoint shell=false []
`},
		{"flattened", `
FROM alpine:3 AS fs
FROM scratch
COPY --from=fs / /
COPY --from=0 /a /b
COPY --from=busybox:1 /bin/x /y`, `
base scratch
shell ash
copy from="fs" stage=true / -> /
copy from="0" stage=true /a -> /b
copy from="busybox:1" stage=false /bin/x -> /y
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, notes := dockerfile.Parse("Dockerfile", []byte(tt.text))
			if len(notes) > 0 {
				t.Fatal(notes)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), show(f.Image("", nil))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestArgumentsOverrideDefaults(t *testing.T) {
	f, _ := dockerfile.Parse("Dockerfile", []byte("ARG BASE=debian:12\nFROM alpine:3 AS small\nENV SMALL=1\nFROM $BASE\nARG PORT=80\nEXPOSE $PORT\n"))
	at := check.Span{File: "compose.yml"}
	img := f.Image("", map[string]workload.Value[string]{
		"BASE": workload.Known("small", at), "PORT": workload.Unknown[string](at), "OTHER": workload.Absent[string](at),
	})
	want := "base alpine:3\nshell ash\nenv SMALL 1\nexpose ?/tcp\n"
	if diff := cmp.Diff(want, show(img)); diff != "" {
		t.Error(diff)
	}
	if f.Image("nowhere", nil) != nil {
		t.Error("a stage that does not exist has an image")
	}
	if img := f.Image("small", nil); img == nil || img.Final || img.Stage != "small" {
		t.Error("the stage small has no image of its own")
	}
}

func TestImages(t *testing.T) {
	f, _ := dockerfile.Parse("Dockerfile", []byte(`
FROM golang:1 AS build
FROM alpine:3 AS base
FROM base AS api
COPY --from=build /api /
FROM base AS worker
RUN --mount=type=bind,from=tools,target=/t true
FROM base AS tools
FROM base
`))
	var got []string
	for _, img := range f.Images() {
		got = append(got, fmt.Sprint(img.Stage, img.Final))
	}
	if diff := cmp.Diff([]string{"apifalse", "workerfalse", "toolsfalse", "5true"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestShell(t *testing.T) {
	for ref, want := range map[string]workload.Shell{
		"alpine:3.22": workload.Ash, "docker.io/library/alpine": workload.Ash, "busybox": workload.Ash, "golang:1.26-alpine3.22": workload.Ash,
		"node:20-alpine": workload.Ash, "quay.io/prometheus/busybox-linux-amd64:latest": workload.Ash,
		"debian:12-slim": workload.Dash, "ubuntu": workload.Dash, "golang:1.26": workload.Dash, "golang:1.26-bookworm": workload.Dash,
		"python:3.13-slim": workload.Dash, "node:22": workload.Dash, "mcr.microsoft.com/dotnet/aspnet:8.0-jammy": workload.Dash,
		"registry.access.redhat.com/ubi9/ubi-minimal:9.4": workload.Bash, "fedora:42": workload.Bash, "amazonlinux:2023": workload.Bash,
		"scratch": workload.NoShell, "gcr.io/distroless/static-debian12:nonroot": workload.NoShell, "cgr.dev/chainguard/static": workload.NoShell,
		"gcr.io/distroless/base:debug": "", "example.com/base:1": "", "golang:nanoserver": "", "$BASE": "", "golang:$TAG": "", "mysql:8": "",
		"golang:${V}-alpine": workload.Ash,
	} {
		f, _ := dockerfile.Parse("Dockerfile", []byte("ARG BASE\nARG TAG\nARG V\nFROM "+ref+"\n"))
		if got := f.Image("", nil).Shell; got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
}

func TestRunsAs(t *testing.T) {
	for text, want := range map[string]string{
		"FROM alpine:3": "root", "FROM scratch": "root", "FROM golang:1.26": "root", "FROM docker.io/library/debian:12": "root",
		"FROM gcr.io/distroless/static:nonroot": "65532", "FROM gcr.io/distroless/static-debian12": "root", "ARG T\nFROM gcr.io/distroless/static:$T": "",
		"FROM example.com/base": "", "FROM nginx:1": "", "FROM example.com/base\nUSER 1000:1000": "1000", "FROM alpine:3\nUSER app:app": "app",
		"FROM alpine:3 AS a\nUSER app\nFROM a": "app", "ARG U=nobody\nFROM alpine:3\nARG U\nUSER $U": "nobody", "FROM alpine:3\nARG U\nUSER $U": "",
		"FROM alpine:3\nUSER app\nUSER 0": "0", "FROM alpine:3\nUSER": "",
	} {
		f, _ := dockerfile.Parse("Dockerfile", []byte(text+"\n"))
		if got, _ := f.Image("", nil).RunsAs(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"FROM a\nRUN go build -o /x ./cmd/x && mv /x /y\nCMD x\n", "# escape=`\nFROM a\nRUN <<EOF\ngo build\nEOF\n", "ARG A=${A:-\nFROM $A",
		"FROM a AS b\nFROM b\nCOPY --from=b / /\nENV A B C\nHEALTHCHECK NONE\nEXPOSE 1-9 $X\nVOLUME [\"a\"]\nONBUILD RUN x\n",
		"FROM a\nRUN for i in 1 2; do for j in $i $i; do go build -o $j; done; done\nENTRYPOINT [\"sh\", \"-c\", \"a && b | c\"]\n",
		"from golang\nworkdir /a\ncopy *.go .\nrun --mount=type=bind,target=. go install ./...\nshell [\"bash\"]\ncmd \\\n\\",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		began := time.Now()
		defer func() {
			if d := time.Since(began); d > 5*time.Second {
				t.Errorf("took %s", d)
			}
		}()
		file, notes := dockerfile.Parse("Dockerfile", text)
		for _, n := range notes {
			if n.At.End.Offset > len(text) {
				t.Error("a notification lies outside the file")
			}
		}
		for _, img := range file.Images() {
			for _, c := range []workload.Value[workload.Command]{img.Entrypoint, img.Cmd} {
				if cmd, ok := c.Get(); ok {
					dockerfile.ScriptOf(cmd, img.Shell)
					if cmd.At.End.Offset > len(text) || cmd.At.Start.Offset > cmd.At.End.Offset {
						t.Error("a command lies outside the file")
					}
				}
			}
			for _, b := range img.Binaries.Members {
				if b.At.End.Offset > len(text) || b.Path == "" {
					t.Error("a program lies outside the file")
				}
			}
		}
	})
}
