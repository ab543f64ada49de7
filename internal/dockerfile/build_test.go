package dockerfile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/workload"
)

// programs writes the programs of an image in order of path; a last line "…" says that there may be others.
func programs(img *workload.Image) string {
	var out []string
	for _, b := range img.Binaries.Members {
		line := b.Path + " " + b.Package + b.ImportPath
		if len(b.Tags) > 0 {
			line += " " + strings.Join(b.Tags, ",")
		}
		if b.Implied {
			line += " implied"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	if img.Binaries.Open() {
		out = append(out, "…")
	}
	return strings.Join(out, "\n")
}

func TestBinaries(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=linux go build -ldflags "-s -w -X 'a.b=$(date)'" -o /out/api ./cmd/api
FROM alpine:3
COPY --from=build /out/api /usr/local/bin/`, "/usr/local/bin/api cmd/api"},
		{"continuation, cd and subshell", `
FROM golang:1 AS build
WORKDIR /app
COPY api/ ./api/
COPY jobs ./jobs
RUN cd api && \
    # the service
    go build -o ../bin/api && (cd ../jobs; env GOOS=linux go build -tags "a,b" -o /bin/jobs main.go)
FROM alpine:3
COPY --from=build /app/bin/api /bin/jobs /`, "/api api\n/jobs jobs a,b"},
		{"files and patterns", `
FROM golang:1 AS build
COPY . /src
WORKDIR /src
RUN go build -o bin/a cmd/a/* && go build -o bin/b ./cmd/b/main.go && go build cmd/c/server.go
FROM scratch
COPY --from=build /src/bin/* /src/server /bin/`, "/bin/a cmd/a\n/bin/b cmd/b\n/bin/server cmd/c"},
		{"only go files", `
FROM golang:1
WORKDIR /app
COPY go.mod *.go ./
COPY internal ./internal
RUN go build -o main .`, "/app/main ."},
		{"named by go build", `
FROM golang:1 AS build
WORKDIR /app
COPY . .
RUN go build && go build ./cmd/tool/v2
FROM alpine:3
COPY --from=build /app/shop /app/tool /app/config.yaml /opt/`, "/opt/shop . implied\n/opt/tool cmd/tool/v2"},
		{"named by go build, in place", `
FROM golang:1
WORKDIR /app
COPY . .
RUN go build`, "/app/ ."},
		{"install", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN go install -tags netgo ./cmd/api && go install example.com/tool@v1.2.3
FROM alpine:3
COPY --from=build /go/bin /usr/local/bin`, "/usr/local/bin/api cmd/api netgo"},
		{"GOPATH", `
FROM golang:1.9 AS build
ADD . /go/src/example.com/shop/
RUN go build -o /cart example.com/shop/cmd/cart
FROM alpine:3
COPY --from=0 /cart /`, "/cart cmd/cart"},
		{"import path", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN go build -o /cart example.com/shop/cmd/cart
FROM alpine:3
COPY --from=build /cart /cart`, "/cart example.com/shop/cmd/cart"},
		{"variables", `
ARG NAME=api
FROM golang:1 AS build
ARG NAME
ENV OUT=/out
WORKDIR /src
COPY . .
RUN set -eux; bin="$OUT/${NAME}"; PKG=./cmd/$NAME; go build -o "$bin" $PKG
FROM alpine:3
ARG NAME
COPY --from=build /out/${NAME} /app/${NAME}`, "/app/api cmd/api"},
		{"unknown variable", `
FROM golang:1 AS build
ARG NAME
COPY . /src
WORKDIR /src/$NAME
RUN go build -o /app .
FROM alpine:3
COPY --from=build /app /app`, "…"},
		{"loop", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN for s in api worker; do go build -o /out/$s ./cmd/$s; done
FROM alpine:3
COPY --from=build /out/ /usr/bin/`, "/usr/bin/api cmd/api\n/usr/bin/worker cmd/worker"},
		{"loop over a pattern", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN for d in cmd/*; do go build -o /out/$(basename $d) ./$d; done
FROM alpine:3
COPY --from=build /out/api /usr/bin/`, "…"},
		{"growing variable", `
FROM golang:1
WORKDIR /src
COPY . .
RUN a=xxxxxxxx; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do a="$a$a$a$a"; done; go build -o /$a .`, "…"},
		{"heredoc", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN <<EOF
set -e
go build -o /api ./cmd/api
EOF
FROM alpine:3
COPY --from=build /api /`, "/api cmd/api"},
		{"bind mount", `
FROM golang:1 AS build
WORKDIR /src
RUN --mount=type=bind,target=. --mount=type=cache,target=/root/.cache \
    go build -o /out/ ./cmd/api ./cmd/worker && go build -o lost ./cmd/lost
FROM alpine:3
COPY --link --from=build /out/api /src/lost /`, "/api cmd/api"},
		{"mount from a stage", `
FROM golang:1 AS source
COPY svc /s
FROM golang:1 AS build
RUN --mount=from=source,source=/s,target=/w cd /w && go build -o /api ./cmd/api
FROM alpine:3
COPY --from=build /api /`, "/api svc/cmd/api"},
		{"either branch", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
ARG RACE
RUN if [ -n "$RACE" ]; then go build -race -o /api .; else go build -o /api .; fi
FROM alpine:3
COPY --from=build /api /`, "/api ."},
		{"moved and linked", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN go build -o api . && mkdir /out && mv api /out && cp /out/api /out/server && rm -f /out/api
FROM alpine:3
COPY --from=build /out /opt
RUN ln -s /opt/server /usr/bin/server`, "/opt/server .\n/usr/bin/server ."},
		{"everything", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN mkdir bin && go build -o bin ./...
FROM alpine:3
COPY --from=build /src/bin/api /`, "…"},
		{"what runs is opaque", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN go build -o /api . && make worker
FROM alpine:3
COPY --from=build /api /src/worker /`, "/api .\n…"},
		{"opaque, but only data is taken", `
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN ./generate.sh && go build -o /api .
FROM alpine:3
COPY --from=build /etc/ssl/certs /etc/ssl/certs
COPY --from=build /src/config.yaml /api /`, "/api ."},
		{"not a program", `
FROM golang:1
WORKDIR /src
COPY . .
RUN go build -buildmode=plugin -o p.so ./plugin && GOOS=windows go build -o x.exe . && go vet ./... && go test -c -o t .`, ""},
		{"stage on a stage", `
FROM golang:1 AS base
WORKDIR /src
COPY . .
FROM base AS build
RUN go build -o /api ./cmd/api
FROM build AS test
RUN go test ./...
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /api .`, "/home/nonroot/api cmd/api"},
		{"two directories merged", `
FROM golang:1
WORKDIR /src
COPY cmd internal ./
RUN go build -o /api ./api`, "…"},
		{"exec form", `
FROM golang:1
WORKDIR /src
COPY . .
RUN ["go", "build", "-o", "/api", "./cmd/api"]
RUN sh -c 'go build -o /worker ./cmd/worker'`, "/api cmd/api\n/worker cmd/worker"},
		{"change of directory by flag", `
FROM golang:1
COPY . /src
RUN go build -C /src/svc -o /api ./cmd/api`, "/api svc/cmd/api"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, notes := dockerfile.Parse("Dockerfile", []byte(tt.text))
			if len(notes) > 0 {
				t.Fatal(notes)
			}
			if diff := cmp.Diff(tt.want, programs(f.Image("", nil))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBinaryOfArgument(t *testing.T) {
	f, _ := dockerfile.Parse("Dockerfile", []byte("FROM golang:1\nARG SERVICE\nCOPY . /internal\nWORKDIR /internal/$SERVICE\nRUN true; \\\n  go build -o /app .\n"))
	img := f.Image("", map[string]workload.Value[string]{"SERVICE": workload.Known("trainer", check.Span{})})
	if got := programs(img); got != "/app trainer" {
		t.Error(got)
	}
	if got := place(img.Binaries.Members[0].At); got != "6:3-6:21" {
		t.Error(got)
	}
}

// around puts a Dockerfile among other files.
func around(text string, others map[string]string) *dockerfile.File {
	fsys := fstest.MapFS{"Dockerfile": {Data: []byte(text)}}
	files := []string{"Dockerfile"}
	for name, data := range others {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
		files = append(files, name)
	}
	slices.Sort(files)
	f, _ := dockerfile.Parse("Dockerfile", []byte(text))
	f.Around = dockerfile.Surroundings(fsys, files, nil)("Dockerfile")
	return f
}

func TestMakeAndScripts(t *testing.T) {
	const makefile = "OUT ?= bin\nAPP := api\n.PHONY: build\nbuild: deps\n\t@go build -trimpath \\\n\t\t-o $(OUT)/$(APP) ./cmd/$(APP)\ndeps:\n\tgo mod download\n"
	for _, c := range []struct{ name, run, want string }{
		{"a target", "RUN make build", "/src/bin/api cmd/api"},
		{"the default target, in another directory", "RUN make -C /src", "/src/bin/api cmd/api"},
		{"a variable of the command line", "RUN make build OUT=/out", "/out/api cmd/api"},
		{"a variable of the environment", "ENV OUT=/env\nRUN make build", "/env/api cmd/api"},
		{"a variable that := sets whatever the environment", "RUN APP=web make build", "/src/bin/api cmd/api"},
		{"a variable that make is given", "RUN make build APP=web", "/src/bin/web cmd/web"},
		{"a target that is not there", "RUN make release", "…"},
		{"a Makefile that is not there", "RUN make -f other.mk build", "…"},
		{"a script", "RUN ./build.sh worker /out", "/out/worker cmd/worker"},
		{"a script for a shell", "RUN sh -e build.sh worker", "/src/worker cmd/worker"},
		{"a script of something else", "RUN ./build.py", "…"},
		{"functions", "RUN b() { go build -o /out/$1 ./cmd/$1; }; b api; b web", "/out/api cmd/api\n/out/web cmd/web"},
		{"a function that calls itself", "RUN b() { b; }; b", "…"},
	} {
		f := around("FROM golang:1\nWORKDIR /src\nCOPY . .\n"+c.run+"\n", map[string]string{"Makefile": makefile, "build.py": "#!/usr/bin/python\nimport os",
			"build.sh": "#!/bin/sh\nset -e\nexport CGO_ENABLED=0\ngo build -o ${2:-.}/$1 ./cmd/$1\n"})
		if got := programs(f.Image("", nil)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFollow(t *testing.T) {
	fsys := fstest.MapFS{
		"Makefile":      {Data: []byte("IMG ?= acme/api:dev\nall:\n\tfor s in a b; do docker build -t acme/$$s -f $$s/Dockerfile .; done\nimage:\n\tdocker build -t $(IMG) $(OPTS) .\nbin/api:\n\tcd cmd && go build -o ../$@ ./api\n")},
		"ci/build.sh":   {Data: []byte("build() {\n  docker build -t \"$1\" ..\n}\nbuild $1\nmake -C .. image IMG=$2\n")},
		"ci/recurse.sh": {Data: []byte("./recurse.sh\nmake\n")},
		"ci/Makefile":   {Data: []byte("x:\n\t$(MAKE) x\n")},
	}
	a := dockerfile.NewFollower(dockerfile.Surroundings(fsys, []string{"Makefile", "ci/Makefile", "ci/build.sh", "ci/recurse.sh"}, nil)(""))
	var got []string
	visit := func(r dockerfile.Ran) {
		if r.Words[0] == "docker" {
			got = append(got, fmt.Sprintf("%s:%d %s: %s", r.At.File, r.At.Start.Line, r.Dir, strings.Join(r.Words, " ")))
		}
	}
	bins := a.FollowMakefile("Makefile", visit)
	a.Follow(dockerfile.Text{Script: "cd ci; ./build.sh one/two three:$TAG", Dir: ".", At: func(int, int) check.Span { return check.Span{} }}, visit)
	a.Follow(dockerfile.Text{Script: "./recurse.sh", Dir: "ci", At: func(int, int) check.Span { return check.Span{} }}, visit)
	want := []string{
		"Makefile:3 .: docker build -t acme/a -f a/Dockerfile .", "Makefile:3 .: docker build -t acme/b -f b/Dockerfile .",
		"Makefile:5 .: docker build -t acme/api:dev ${OPTS} .",
		"ci/build.sh:2 ci: docker build -t one/two ..", "Makefile:5 .: docker build -t three:${TAG} ${OPTS} .",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(bins) != 1 || bins[0].Path != "bin/api" || bins[0].Package != "cmd/api" {
		t.Errorf("programs: %+v", bins)
	}
}

func TestScriptOf(t *testing.T) {
	fates := map[dockerfile.Fate]string{
		dockerfile.Unclear: "unclear", dockerfile.Traps: "traps", dockerfile.Execs: "execs", dockerfile.Replaced: "replaced",
		dockerfile.Depends: "depends", dockerfile.Stays: "stays",
	}
	// fates under dash, ash, bash and an unknown shell
	for script, want := range map[string]string{
		"api":                               "stays replaced replaced depends",
		"A=1 api":                           "stays replaced replaced depends",
		"api > /log":                        "stays replaced stays depends",
		"migrate && api":                    "stays replaced depends depends",
		"migrate; api":                      "stays replaced depends depends",
		"{ api; }":                          "stays replaced stays depends",
		"(api)":                             "stays replaced stays stays",
		"if a; then b; else c; fi":          "stays replaced stays depends",
		"api; true":                         "stays stays stays stays",
		"api && echo done":                  "stays stays stays stays",
		"api | tee log":                     "stays stays stays stays",
		"a & b":                             "stays stays stays stays",
		"api & wait":                        "stays stays stays stays",
		"while true; do api; done":          "stays stays stays stays",
		"api || exit 1":                     "stays stays stays stays",
		"exec api":                          "execs execs execs execs",
		"A=1 exec api":                      "execs execs execs execs",
		"migrate && exec api":               "execs execs execs execs",
		"if a; then exec b; fi":             "execs execs execs execs",
		"trap 'kill 1' TERM; api & wait $!": "traps traps traps traps",
		"a || b":                            "stays unclear unclear unclear",
		"f() { api; }; f":                   "unclear unclear unclear unclear",
		"if":                                "unclear unclear unclear unclear",
		"":                                  "unclear unclear unclear unclear",
	} {
		var got []string
		for _, sh := range []workload.Shell{workload.Dash, workload.Ash, workload.Bash, workload.UnknownShell} {
			s, ok := dockerfile.ScriptOf(workload.Command{Shell: true, Words: []workload.Word{{Text: script}}}, sh)
			if !ok {
				t.Fatalf("%q is no script", script)
			}
			got = append(got, fates[s.Fate])
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q: %s, want %s", script, g, want)
		}
	}
}

func TestScriptOfForms(t *testing.T) {
	words := func(texts ...string) (out []workload.Word) {
		for _, s := range texts {
			out = append(out, workload.Word{Text: s})
		}
		return out
	}
	tests := []struct {
		c    workload.Command
		want string
	}{
		{workload.Command{Words: words("sh", "-c", "api -x")}, "dash api [api -x]"},
		{workload.Command{Words: words("/bin/bash", "-euo", "pipefail", "-c", "api")}, "bash api [api]"},
		{workload.Command{Words: words("/usr/bin/env", "bash", "-lc", "api")}, "bash api [api]"},
		{workload.Command{Words: words("/bin/ash", "-c", "api $X")}, "ash api []"},
		{workload.Command{Words: words("/entrypoint.sh", "-c", "api")}, "none"},
		{workload.Command{Words: words("sh", "/entrypoint.sh")}, "none"},
		{workload.Command{Words: words("api")}, "none"},
		{workload.Command{}, "none"},
		{workload.Command{Shell: true, Words: words("api"), Interpreter: []string{"/bin/bash", "-c"}}, "bash api [api]"},
		{workload.Command{Shell: true, Words: words("api"), Interpreter: []string{"powershell", "-Command"}}, "none"},
	}
	for _, tt := range tests {
		got := "none"
		if s, ok := dockerfile.ScriptOf(tt.c, workload.Dash); ok {
			got = fmt.Sprint(s.Shell, " ", s.Program, " ", s.Words)
		}
		if got != tt.want {
			t.Errorf("%v: %s, want %s", tt.c.Words, got, tt.want)
		}
	}
}
