package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/factorlint/factorlint/internal/workload"
)

const cluster = `-- deploy/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 1
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: %s}}
  template:
    metadata: {labels: {app: api, tier: web}}
    spec:
      containers:
      - name: api
        image: example.com/api:1
        volumeMounts: [{name: v, mountPath: /v}]
      volumes:
      - name: v
        persistentVolumeClaim: {claimName: data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: hpa, namespace: shop}
spec:
  scaleTargetRef: {kind: Deployment, name: api}
  maxReplicas: 4
  metrics:
  - type: Resource
    resource: {name: cpu, target: {averageUtilization: 70}}
  - type: ContainerResource
    containerResource: {name: memory, container: api, target: {averageUtilization: 70}}
  - type: Resource
    resource: {name: memory, target: {averageValue: 1Gi}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: pdb, namespace: shop}
spec: {selector: {matchLabels: {app: api}, matchExpressions: [{key: tier, operator: Exists}]}}
`

func TestCluster(t *testing.T) {
	for unavailable, surges := range map[string]string{"0": "true", "25%": "true", "1": "false", "100%": "false", `"${N}"`: "unknown"} {
		vs, _ := load(t, fmt.Sprintf(cluster, unavailable))
		if len(vs) != 1 || len(vs[0].Deploys) != 1 || len(vs[0].Scalers) != 1 || len(vs[0].Budgets) != 1 {
			t.Fatalf("got %d variants", len(vs))
		}
		d, s, b := vs[0].Deploys[0], vs[0].Scalers[0], vs[0].Budgets[0]
		if got := show(d.Surges); got != surges {
			t.Errorf("maxUnavailable %s: surges %s, want %s", unavailable, got, surges)
		}
		if len(d.Mounts) != 1 || !d.Mounts[0].Claim.SingleNode() || d.Mounts[0].Claim.PerPod || d.Mounts[0].VolumeAt.Start.Line != 16 {
			t.Errorf("mounts %+v", d.Mounts)
		}
		var metrics []string
		for _, m := range s.Metrics {
			metrics = append(metrics, fmt.Sprintf("%s %q %d", m.Resource, m.Container, m.At.Start.Line))
		}
		if got, want := strings.Join(metrics, "; "), `cpu "" 31; memory "api" 33`; got != want {
			t.Errorf("metrics %s, want %s", got, want)
		}
		if len(s.Scales) != 1 || s.Scales[0] != d || len(b.Selects) != 1 || b.Selects[0] != d {
			t.Errorf("scales %v, budget covers %v", s.Scales, b.Selects)
		}
		if !d.Alone || d.Pinned || d.Agent || d.Namespace() != "shop" {
			t.Errorf("alone %t, pinned %t, agent %t, namespace %q", d.Alone, d.Pinned, d.Agent, d.Namespace())
		}
	}
}

func TestMatches(t *testing.T) {
	labels := map[string]string{"app": "api", "tier": "web"}
	for selector, want := range map[string]bool{
		`{}`:                        true,
		`{matchLabels: {app: api}}`: true,
		`{matchLabels: {app: web}}`: false,
		`{matchExpressions: [{key: app, operator: In, values: [api, web]}]}`:     true,
		`{matchExpressions: [{key: app, operator: NotIn, values: [api]}]}`:       false,
		`{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}`:        true,
		`{matchExpressions: [{key: zone, operator: Exists}]}`:                    false,
		`{matchExpressions: [{key: tier, operator: DoesNotExist}]}`:              false,
		`{matchLabels: {app: api}, matchExpressions: [{key: a, operator: New}]}`: true,
	} {
		docs, _ := split(newSource("a.yaml", []byte(selector)))
		root, _ := docs[0].decode()
		if got := matches(root, labels); got != want {
			t.Errorf("%s: got %t", selector, got)
		}
	}
}

func TestSingleNode(t *testing.T) {
	for _, c := range []struct {
		claim *workload.Claim
		want  bool
	}{
		{nil, false},
		{&workload.Claim{}, false},
		{&workload.Claim{Modes: workload.Set[string]{Complete: true}}, false},
		{&workload.Claim{Modes: workload.Set[string]{Members: []string{"ReadWriteOncePod"}, Complete: true}}, true},
		{&workload.Claim{Modes: workload.Set[string]{Members: []string{"ReadWriteOnce"}}}, false},
		{&workload.Claim{Modes: workload.Set[string]{Members: []string{"ReadWriteOnce", "ReadWriteMany"}, Complete: true}}, false},
	} {
		if got := c.claim.SingleNode(); got != c.want {
			t.Errorf("%+v: got %t", c.claim, got)
		}
	}
}
