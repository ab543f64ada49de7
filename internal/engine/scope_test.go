package engine_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/engine"
)

// A repository whose files are right together: the Deployment takes its variables from a ConfigMap of another file, and
// the Service names a port that is only in the Deployment. What is wrong is in legacy and in the overlay.
const together = `
-- .git/HEAD --
ref: refs/heads/main
-- deploy/config.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: api, namespace: shop}
data: {LOG_LEVEL: info}
-- deploy/other.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: shop}
data: {LOG_LEVEL: info}
-- deploy/api.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: registry.example.com/api:1.2
          envFrom: [{configMapRef: {name: api}}]
          ports: [{name: http, containerPort: 8080}]
-- deploy/service.yaml --
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 80, targetPort: http}]
-- legacy/service.yaml --
apiVersion: v1
kind: Service
metadata: {name: old}
spec:
  selector: {app: old}
  ports: [{port: 80, targetPort: http}]
-- legacy/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: old}
spec:
  selector: {matchLabels: {app: old}}
  template:
    metadata: {labels: {app: old}}
    spec:
      containers:
        - name: old
          image: registry.example.com/old:1.2
          ports: [{name: web, containerPort: 8080}]
-- other/broken.yaml --
apiVersion: v1
kind: Service
metadata: {
-- examples/shop/Dockerfile --
FROM alpine
USER 65532
CMD ["/api"]
-- testdata/Dockerfile --
FROM alpine
USER 65532
CMD ["/api"]
`

// What is reported about a file is what a run over the repository reports about it.
func TestFiles(t *testing.T) {
	dir := unpack(t, together)
	names := []string{"dangling-target-port", "env-source-missing", "unpinned-base-image"}
	excludes := &config.Config{Paths: config.Paths{Exclude: []string{"legacy/"}}}
	dangling := []string{"legacy/service.yaml:6 dangling-target-port"}
	for _, c := range []struct {
		name  string
		files []string
		o     engine.Options
		want  []string
		count int // files that were looked at
	}{
		{"nothing is missing", []string{"deploy/api.yaml", "deploy/other.yaml"}, engine.Options{}, nil, 2},
		{"the side that is to be edited", []string{"legacy/service.yaml"}, engine.Options{}, dangling, 1},
		{"the other side", []string{"legacy/deployment.yaml"}, engine.Options{}, dangling, 1},
		{"twice", []string{"legacy/service.yaml", "legacy/../legacy/service.yaml"}, engine.Options{}, dangling, 1},
		{"another file", []string{"deploy/service.yaml"}, engine.Options{}, nil, 1},
		{"a broken one", []string{"other/broken.yaml"}, engine.Options{}, []string{"note yaml-syntax other/broken.yaml"}, 1},
		{"and a folder", []string{"deploy/service.yaml", "legacy"}, engine.Options{}, dangling, 3},
		{"and the whole", []string{"deploy/service.yaml", "."}, engine.Options{}, append(slices.Clone(dangling), "note yaml-syntax other/broken.yaml"), 8},
		{"a deleted one too", []string{"legacy/gone.yaml", "legacy/service.yaml"}, engine.Options{}, append(slices.Clone(dangling), "note no-such-file "), 1},
		{"excluded", []string{"legacy/service.yaml"}, engine.Options{Config: excludes}, dangling, 1},
		{"excluded by force", []string{"legacy/service.yaml", "deploy/api.yaml"}, engine.Options{Config: excludes, ForceExclude: true}, nil, 1},
		{"an example", []string{"examples/shop/Dockerfile"}, engine.Options{}, []string{"Dockerfile:1 unpinned-base-image"}, 1},
		{"an example that is none of the product", []string{"examples/shop/Dockerfile"}, engine.Options{ForceExclude: true}, nil, 1},
		{"test data", []string{"testdata/Dockerfile"}, engine.Options{}, []string{"Dockerfile:1 unpinned-base-image"}, 1},
		{"test data by force", []string{"testdata/Dockerfile"}, engine.Options{ForceExclude: true}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Only = names
			for _, f := range c.files {
				c.o.Paths = append(c.o.Paths, dir+"/"+f)
			}
			got, res := run(t, c.o)
			if diff := cmp.Diff(c.want, got); diff != "" || res.Report.Files != c.count {
				t.Errorf("%d files, want %d; -want +got:\n%s", res.Report.Files, c.count, diff)
			}
			if res.Report.Untrusted != slices.Contains(c.want, "note no-such-file ") || res.Report.Partial == slices.Contains(c.files, ".") {
				t.Errorf("untrusted %t, partial %t", res.Report.Untrusted, res.Report.Partial)
			}
			for _, n := range res.Report.Notifications {
				if strings.Contains(n.Message, dir) {
					t.Errorf("tells where the repository lies: %s", n.Message)
				}
			}
		})
	}
}

// Findings keep their identity: a hook and a run over the whole speak of the same.
func TestFilesKeepIdentity(t *testing.T) {
	dir := copyShop(t)
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const file = "deploy/orders.yaml"
	var want []check.Finding
	for _, f := range runShop(t, dir).Report.Findings {
		if f.At.File == file || slices.ContainsFunc(f.Related, func(r check.Related) bool { return r.At.File == file }) {
			want = append(want, f)
		}
	}
	res := runShop(t, filepath.Join(dir, file))
	if diff := cmp.Diff(want, res.Report.Findings); diff != "" || len(want) == 0 {
		t.Errorf("findings (-whole +file):\n%s", diff)
	}
	var workloads []string
	for _, w := range res.Workloads {
		workloads = append(workloads, w.Name)
	}
	if !slices.Equal(workloads, []string{"orders"}) {
		t.Errorf("workloads %v, want orders alone", workloads)
	}
}
