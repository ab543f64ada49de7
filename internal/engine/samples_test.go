package engine_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Three services as they should be and as they should not: over HTTP with a chart, over gRPC with overlays, a worker
// with Compose.
func TestSamples(t *testing.T) {
	for name, broken := range map[string]string{
		"notes": `
			Dockerfile:9                       FL1703
			chart/templates/deployment.yaml:19 FL0914
			chart/templates/deployment.yaml:26 FL0320
			chart/templates/deployment.yaml:33 FL2005
			chart/templates/deployment.yaml:39 FL1503
			chart/templates/deployment.yaml:43 FL1401
			chart/templates/deployment.yaml:50 FL0605`,
		"stock": `
			Dockerfile:14                                 FL0913
			deploy/base/deployment.yaml:20                FL0702
			deploy/overlays/production/autoscaler.yaml:10 FL0603
			deploy/overlays/production/resources.yaml:15  FL1801`,
		"thumbs": `
			cmd/thumbs/main.go:48 FL0902
			compose.yaml:5        FL0605
			compose.yaml:6        FL0320
			compose.yaml:23       FL0202`,
	} {
		for version, want := range map[string][]string{"clean": nil, "broken": strings.Fields(broken)} {
			t.Run(name+"/"+version, func(t *testing.T) {
				res := runShop(t, path.Join("../../testdata/repos", name, version))
				var got []string
				for _, f := range res.Report.Findings {
					got = append(got, fmt.Sprintf("%s:%d", f.At.File, f.At.Start.Line), f.Rule.ID)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
				if len(res.Report.Notifications) > 0 {
					t.Errorf("notifications: %v", res.Report.Notifications)
				}
				for _, w := range res.Workloads {
					foreign := w.Name == "queue"
					if !foreign && (w.Program == nil || w.Image == nil) {
						t.Errorf("workload %s is not bound: %v", w.Name, w.Missing)
					}
				}
			})
		}
	}
}
