package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
	"github.com/factorlint/factorlint/internal/workload"
)

// two is a tree with two programs.
const two = `
-- go.mod --
module example.com/shop

go 1.26
-- cmd/api/main.go --
package main

func main() {}
-- cmd/worker/main.go --
package main

func main() {}
`

const pod = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: main
          image: `

// TestWhatIsUnboundIsBoundByPasting writes the entry that an unbound container comes with into .factorlint.yaml, and looks
// whether it is bound then.
func TestWhatIsUnboundIsBoundByPasting(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"two Dockerfiles of one name", "-- api/Dockerfile --\nFROM scratch\nENTRYPOINT [\"/api\"]\n-- api/Dockerfile.prod --\nFROM scratch\nENTRYPOINT [\"/api\"]\n-- k8s/a.yaml --" + pod + "acme/api:1\n",
			"api/Dockerfile"},
		{"a name that holds a variable", "-- build/my app.Dockerfile --\nFROM scratch\n-- compose.yaml --\nservices:\n  main:\n    image: ${NAME}\n", "build/my app.Dockerfile"},
		{"a build that names no Dockerfile", "-- Dockerfile --\nFROM scratch\n-- compose.yaml --\nservices:\n  main:\n    build: {context: ., dockerfile: other}\n", "Dockerfile"},
		{"two targets", "-- Makefile --\nimages:\n\tdocker build -t acme/x --target a .\n\tdocker build -t acme/x --target b .\n-- Dockerfile --\nFROM scratch AS a\nFROM scratch AS b\nFROM scratch\n-- k8s/a.yaml --" + pod + "acme/x\n", "Dockerfile"},
		{"a build that cannot be followed", "-- Dockerfile --\nFROM golang\nCOPY . .\nRUN ./unknown\nENTRYPOINT [\"/x\"]\n-- compose.yaml --\nservices:\n  main:\n    build: .\n", "cmd/api"},
		{"a package that is not written", "-- Dockerfile --\nFROM golang\nARG P\nWORKDIR /s\nCOPY . .\nRUN go build -o /x ./$P/x ./cmd/api\nENTRYPOINT [\"/x\"]\n-- compose.yaml --\nservices:\n  main:\n    build: .\n", "cmd/api"},
		{"a package that is not there", "-- Dockerfile --\nFROM golang\nWORKDIR /s\nCOPY . .\nRUN go build -o /x ./cmd/none\nENTRYPOINT [\"/x\"]\n-- compose.yaml --\nservices:\n  main:\n    build: .\n", "cmd/api"},
		{"a script", "-- Dockerfile --\nFROM golang\nWORKDIR /s\nCOPY . .\nRUN go build -o /a ./cmd/api && go build -o /b ./cmd/worker\nCMD [\"/start.sh\"]\n-- compose.yaml --\nservices:\n  main:\n    build: .\n", "cmd/api"},
		{"an image that nothing deploys", "-- Dockerfile --\nFROM golang\nCOPY . .\nRUN ./unknown\nENTRYPOINT [\"/x\"]\n", "cmd/api"},
		{"an import path of ko that is not there", "-- k8s/a.yaml --" + pod + "ko://example.com/shop/cmd/none\n", "cmd/api"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := unpack(t, two+c.text)
			snippet := ""
			for _, w := range workloads(t, dir, nil) {
				for _, m := range w.Missing {
					if _, entry, ok := strings.Cut(m, "\n"); ok && snippet == "" {
						snippet = entry
					}
				}
			}
			if snippet == "" {
				t.Fatal("no entry")
			}
			file := filepath.Join(dir, ".factorlint.yaml")
			if err := os.WriteFile(file, []byte(snippet+"\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Load(file)
			if err != nil {
				t.Fatalf("%v in\n%s", err, snippet)
			}
			for _, w := range workloads(t, dir, cfg) {
				got := ""
				if w.Image != nil {
					got = w.Image.File
				}
				if w.Program != nil && w.Image != nil || w.Program != nil && w.Deploy != nil {
					got = w.Program.Dir
				}
				if got == c.want && (w.Deploy != nil || !strings.Contains(c.text, "services:") && !strings.Contains(c.text, "kind:")) {
					return
				}
			}
			t.Errorf("not bound to %s by\n%s", c.want, snippet)
		})
	}
}

// TestWhatBuildsImagesBindsThem goes from the files of a tree to the program of the container main.
func TestWhatBuildsImagesBindsThem(t *testing.T) {
	const copied = "FROM scratch\nCOPY out /app\nENTRYPOINT [\"/app\"]\n"
	const built = "FROM golang AS build\nARG PROGRAM=none\nCOPY . /src\nWORKDIR /src\nRUN go build -o /app ./cmd/$PROGRAM\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT [\"/app\"]\n"
	const two = two + "-- other/Dockerfile --\nFROM scratch\n-- k8s/a.yaml --" + pod
	for _, c := range []struct{ name, text, want string }{
		{"make in a Dockerfile", two + "acme/other-name\n-- Makefile --\nCMD ?= api\nbuild:\n\tgo build -o /app ./cmd/$(CMD)\nimage:\n\tdocker build -t acme/other-name .\n" +
			"-- Dockerfile --\nFROM golang\nCOPY . /src\nWORKDIR /src\nRUN make build CMD=worker\nENTRYPOINT [\"/app\"]\n", "Dockerfile ⇐ cmd/worker"},
		{"a build argument of a script that a pipeline calls", two + "acme/other-name\n-- cloudbuild.yaml --\nsteps:\n  - name: docker\n    entrypoint: ./build.sh\n    args: [worker, other-name]\n  - name: docker\n    entrypoint: ./build.sh\n    args: [api, name]\n" +
			"-- build.sh --\ndocker build -t $REGISTRY/$2 --build-arg PROGRAM=$1 .\n-- Dockerfile --\n" + built, "Dockerfile ⇐ cmd/worker"},
		{"GoReleaser's program, copied", two + "acme/other-name\n-- .goreleaser.yaml --\nbuilds:\n  - main: ./cmd/worker\n    binary: out\ndockers:\n  - image_templates: [\"acme/other-name:{{ .Tag }}\"]\n-- Dockerfile --\n" + copied, "Dockerfile ⇐ cmd/worker"},
		{"GoReleaser's ko", two + "acme/other-name\n-- .goreleaser.yaml --\nbuilds:\n  - id: w\n    main: ./cmd/worker\nkos:\n  - repository: acme/other-name\n    build: w\n    bare: true\n", " ⇐ cmd/worker"},
		{"a new name of Kustomize", two + "acme/base\n-- k8s/kustomization.yaml --\nresources: [a.yaml]\nimages:\n  - name: acme/base\n    newName: quay.io/acme/released\n" +
			"-- docker-bake.hcl --\ntarget \"t\" {\n  tags = [\"acme/base\"]\n  args = { PROGRAM = \"api\" }\n}\n-- Dockerfile --\n" + built, "Dockerfile ⇐ cmd/api"},
		{"two builds of one name", two + "acme/other-name\n-- Makefile --\nimage:\n\tdocker build -t acme/other-name --build-arg PROGRAM=api .\n\tdocker build -t acme/other-name --build-arg PROGRAM=worker .\n-- Dockerfile --\n" + built, " ⇐ "},
	} {
		for _, w := range workloads(t, unpack(t, c.text), nil) {
			if w.Deploy == nil {
				continue
			}
			file, program := "", ""
			if w.Image != nil {
				file = w.Image.File
			}
			if w.Program != nil {
				program = w.Program.Dir
			}
			if got := file + " ⇐ " + program; got != c.want {
				t.Errorf("%s: got %s, want %s: links %v, missing %q", c.name, got, c.want, w.Links, w.Missing)
			}
		}
	}
}

// TestBuildTags loads a program that is behind a build tag.
func TestBuildTags(t *testing.T) {
	const text = `
-- go.mod --
module example.com/shop

go 1.26
-- main.go --
//go:build service

package main

func main() {}
-- stub.go --
//go:build !service

package shop
-- Dockerfile --
FROM golang
WORKDIR /src
COPY . .
RUN go build -tags "netgo service" -o /app .
CMD ["/app"]
`
	for _, w := range workloads(t, unpack(t, text), nil) {
		if w.Program != nil && w.Image != nil {
			return
		}
	}
	t.Error("the program was not found")
}

func workloads(t *testing.T, dir string, cfg *config.Config) []*workload.Workload {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Config: cfg, Cache: store})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range res.Report.Notifications {
		if n.Code == "binding-unknown" {
			t.Error(n.Message)
		}
	}
	return res.Workloads
}
