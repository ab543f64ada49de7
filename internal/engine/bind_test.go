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

func workloads(t *testing.T, dir string, cfg *config.Config) []*workload.Workload {
	t.Helper()
	res, err := engine.Run(t.Context(), engine.Options{Paths: []string{dir}, Config: cfg})
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
