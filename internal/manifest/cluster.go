package manifest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// claim reads core/v1 PersistentVolumeClaim, or an entry of volumeClaimTemplates.
func claim(root node, name, namespace string, at check.Span) *workload.Claim {
	c := &workload.Claim{Name: name, Namespace: namespace, At: at}
	modes := root.get("spec").pair("accessModes")
	if !modes.value.isList() {
		return c
	}
	c.At, c.Modes.Complete = modes.key.span(), true
	for _, m := range modes.value.items() {
		if !m.isText() || unresolved(m.str()) {
			c.Modes.Complete = false
		}
		c.Modes.Members = append(c.Modes.Members, m.str())
	}
	return c
}

// claim returns the claim of a name, nil if there is none or more than one.
func (a *assembly) claim(namespace, name string) *workload.Claim {
	var found *workload.Claim
	for _, c := range a.claims {
		if c.Namespace == namespace && c.Name == name {
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// surges tells whether an update of an object with one replica starts the new pod and waits until it is ready before it
// stops the old one (apps/v1 DeploymentStrategy, of which a part of a pod is none when it may be missing and a whole one
// when it may be too many). An Argo Rollout knows the same numbers; a blue-green one doubles its pods.
func (o *object) surges(at check.Span) workload.Value[bool] {
	strategy := o.root.get("spec").pair("strategy")
	if strategy.key.y != nil {
		at = strategy.key.span()
	}
	numbers := strategy.value.get("rollingUpdate")
	switch o.kind {
	case "StatefulSet", "DaemonSet":
		return workload.Known(false, at)
	case "Rollout":
		if strategy.value.get("blueGreen").ok() {
			return workload.Known(true, at)
		}
		numbers = strategy.value.get("canary")
	case "Deployment":
		if kind, ok := strategy.value.get("type").value(at).Or("RollingUpdate"); !ok || kind != "RollingUpdate" {
			return workload.Known(false, at)
		}
	default:
		return workload.Unknown[bool](at)
	}
	surge, ok := numbers.get("maxSurge").value(at).Or("25%")
	missing, ok2 := numbers.get("maxUnavailable").value(at).Or("25%")
	if !ok || !ok2 {
		return workload.Unknown[bool](at)
	}
	stays := missing == "0" || strings.HasSuffix(missing, "%") && missing != "100%"
	return workload.Known(stays && surge != "0" && surge != "0%", at)
}

// placement tells what the containers of a pod share and where the pod may run.
func (a *assembly) placement(template node, containers []*workload.Deploy) {
	spec := template.get("spec")
	apps, privileged := 0, false
	for _, d := range containers {
		if d.Role == workload.App {
			apps++
		}
		yes, _ := d.Privileged.Get()
		privileged = privileged || yes
	}
	alone := apps == 1 && !isInjected(template)
	agent := privileged || spec.get("hostPID").str() == "true" || spec.get("hostNetwork").str() == "true"
	pinned := spec.get("nodeName").ok() || len(spec.get("nodeSelector").pairs()) > 0 || spec.get("affinity", "nodeAffinity").ok() ||
		spec.get("affinity", "podAffinity").ok()
	for _, d := range containers {
		d.Alone, d.Agent, d.Pinned = alone && !d.HostNetwork, agent, pinned
	}
}

// isInjected reports whether annotations or labels of a pod ask for a sidecar, as those of Dapr, Vault and Istio do.
func isInjected(template node) bool {
	for _, field := range []string{"annotations", "labels"} {
		for _, p := range template.get("metadata", field).pairs() {
			key := strings.ToLower(p.key.str())
			if strings.Contains(key, "inject") || strings.Contains(key, "sidecar") || strings.HasPrefix(key, "dapr.io/") {
				return true
			}
		}
	}
	return false
}

// A budget is a PodDisruptionBudget and the pods it asks for.
type budget struct {
	out      *workload.Budget
	selector node
}

func (a *assembly) budget(o *object) {
	b := &workload.Budget{Name: o.name, Namespace: o.namespace, At: o.at}
	a.out.Budgets = append(a.out.Budgets, b)
	a.budgets = append(a.budgets, budget{b, o.root.get("spec", "selector")})
}

// matches evaluates a label selector of meta/v1. What cannot be told matches.
func matches(selector node, labels map[string]string) bool {
	if !picks(stringMap(selector.get("matchLabels")), labels) {
		return false
	}
	for _, e := range selector.get("matchExpressions").items() {
		value, has := labels[e.get("key").str()]
		listed := slices.ContainsFunc(e.get("values").items(), func(n node) bool { return n.str() == value })
		ok := true
		switch e.get("operator").str() {
		case "In":
			ok = has && listed
		case "NotIn":
			ok = !has || !listed
		case "Exists":
			ok = has
		case "DoesNotExist":
			ok = !has
		}
		if !ok {
			return false
		}
	}
	return true
}

// scaler reads autoscaling/v1 HorizontalPodAutoscaler and its successors.
func (a *assembly) scaler(o *object) {
	spec := o.root.get("spec")
	target := spec.get("scaleTargetRef")
	s := &workload.Scaler{Kind: o.kind, Name: o.name, Namespace: o.namespace, At: o.at,
		TargetKind: target.get("kind").str(), TargetName: target.get("name").str(),
		Min: spec.get("minReplicas").number(o.at), Max: spec.get("maxReplicas").number(o.at)}
	a.out.Scalers = append(a.out.Scalers, s)
	metrics, percentage := spec.get("metrics"), spec.pair("targetCPUUtilizationPercentage")
	switch {
	case percentage.value.ok():
		s.Metrics = append(s.Metrics, workload.ScaleMetric{Resource: "cpu", At: percentage.key.span()})
	case !metrics.ok(): // 80 % of the CPU (SetDefaults_HorizontalPodAutoscaler)
		s.Metrics = append(s.Metrics, workload.ScaleMetric{Resource: "cpu", At: o.at})
	}
	for _, m := range metrics.items() {
		for _, field := range []string{"resource", "containerResource"} {
			r := m.get(field)
			use := r.get("target").pair("averageUtilization")
			if !use.value.ok() {
				use = r.pair("targetAverageUtilization") // v2beta1
			}
			if use.value.ok() {
				s.Metrics = append(s.Metrics, workload.ScaleMetric{Resource: r.get("name").str(), Container: r.get("container").str(), At: use.key.span()})
			}
		}
	}
}

// scaledObject reads KEDA's ScaledObject (keda.sh/v1alpha1).
func (a *assembly) scaledObject(o *object) {
	spec := o.root.get("spec")
	target := spec.get("scaleTargetRef")
	s := &workload.Scaler{Kind: o.kind, Name: o.name, Namespace: o.namespace, At: o.at,
		TargetKind: cmp.Or(target.get("kind").str(), "Deployment"), TargetName: target.get("name").str(),
		Min: spec.get("minReplicaCount").number(o.at), Max: spec.get("maxReplicaCount").number(o.at)}
	a.out.Scalers = append(a.out.Scalers, s)
	for _, t := range spec.get("triggers").items() {
		kind := t.pair("type")
		use := cmp.Or(t.get("metricType").str(), t.get("metadata", "type").str(), "Utilization")
		if name := kind.value.str(); (name == "cpu" || name == "memory") && use == "Utilization" {
			s.Metrics = append(s.Metrics, workload.ScaleMetric{Resource: name, Container: t.get("metadata", "containerName").str(), At: kind.value.span()})
		}
	}
}

// govern finds the containers that scalers scale and budgets cover.
func (a *assembly) govern() {
	if !a.spend(len(a.out.Scalers)*len(a.out.Deploys) + len(a.budgets)*len(a.pods)) {
		return
	}
	for _, s := range a.out.Scalers {
		for _, d := range a.out.Deploys {
			if d.Kind == s.TargetKind && sameNamespace(d.Namespace(), s.Namespace) && strings.HasSuffix(d.Object, "/"+s.TargetName) && s.TargetName != "" {
				s.Scales = append(s.Scales, d)
			}
		}
	}
	for _, b := range a.budgets {
		for _, p := range a.pods {
			if p.namespace == b.out.Namespace && matches(b.selector, p.labels) {
				b.out.Selects = append(b.out.Selects, p.deploys...)
			}
		}
	}
}

// sameNamespace reports whether two objects are meant to be in one namespace. One that names none is applied to that of
// the other, or to "default".
func sameNamespace(a, b string) bool {
	return a == b || a == "" && b == "default" || a == "default" && b == ""
}

// serviceAffinity reads sessionAffinity, and the annotations by which Traefik makes a Service sticky.
func serviceAffinity(o *object) []workload.Affinity {
	var out []workload.Affinity
	if n := o.root.get("spec", "sessionAffinity"); n.str() == "ClientIP" {
		out = append(out, workload.Affinity{By: "the client's address", At: n.span()})
	}
	return append(out, annotated(o)...)
}

// annotated reads the annotations by which ingress controllers make a client stick to a pod.
func annotated(o *object) []workload.Affinity {
	var out []workload.Affinity
	for _, p := range o.root.get("metadata", "annotations").pairs() {
		value := strings.ToLower(p.value.str())
		by := ""
		switch key := p.key.str(); key {
		case "nginx.ingress.kubernetes.io/affinity", "haproxy-ingress.github.io/affinity", "ingress.kubernetes.io/affinity":
			if value == "cookie" {
				by = "a cookie"
			}
		case "nginx.ingress.kubernetes.io/upstream-hash-by":
			if strings.Contains(value, "remote_addr") {
				by = "the client's address"
			}
		case "nginx.org/sticky-cookie-services", "haproxy.org/cookie-persistence":
			if value != "" {
				by = "a cookie"
			}
		case "traefik.ingress.kubernetes.io/service.sticky.cookie", "traefik.ingress.kubernetes.io/affinity",
			"appgw.ingress.kubernetes.io/cookie-based-affinity", "ingress.kubernetes.io/sticky":
			if value == "true" {
				by = "a cookie"
			}
		case "alb.ingress.kubernetes.io/target-group-attributes":
			if strings.Contains(strings.ReplaceAll(value, " ", ""), "stickiness.enabled=true") {
				by = "a cookie"
			}
		}
		if by != "" {
			out = append(out, workload.Affinity{By: by, At: p.key.span()})
		}
	}
	return out
}

// markInTree finds the sources of variables that another variant of the tree has.
func markInTree(variants []*workload.Variant) {
	defined := map[configMapID]map[*workload.Variant]bool{}
	for _, v := range variants {
		for _, c := range v.ConfigMaps {
			id := configMapID{secret: c.Secret, name: c.Name}
			if defined[id] == nil {
				defined[id] = map[*workload.Variant]bool{}
			}
			defined[id][v] = true
		}
	}
	for _, v := range variants {
		for _, d := range v.Deploys {
			for i, s := range d.EnvSources {
				in := defined[configMapID{secret: s.Kind == "Secret", name: s.Name}]
				d.EnvSources[i].InTree = len(in) > 1 || len(in) == 1 && !in[v]
			}
		}
	}
}
