package workload

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// A Scaler is a HorizontalPodAutoscaler, or a KEDA ScaledObject, which makes one.
type Scaler struct {
	Kind                   string
	Name, Namespace        string
	TargetKind, TargetName string
	Min, Max               Value[int]
	Metrics                []ScaleMetric // those that are a share of what containers request; other metrics are left out
	At                     check.Span
	Scales                 []*Deploy // every container of the workload it scales in its variant
}

// Scaler returns what scales the deploy's workload, or nil.
func (d *Deploy) Scaler() *Scaler {
	if d.Variant == nil {
		return nil
	}
	for _, s := range d.Variant.Scalers {
		if slices.Contains(s.Scales, d) {
			return s
		}
	}
	return nil
}

// A ScaleMetric is the use of a resource in per cent of its request.
type ScaleMetric struct {
	Resource  string // "cpu" or "memory"
	Container string // the one it looks at, or "" for all of the pod
	At        check.Span
}

// A Claim is a PersistentVolumeClaim, or a template of which each pod gets one of its own.
type Claim struct {
	Name, Namespace string
	Modes           Set[string] // "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"
	PerPod          bool        // each pod has its own
	At              check.Span  // the access modes, else the name
}

// SingleNode reports whether only one node at a time can mount the claim.
func (c *Claim) SingleNode() bool {
	if c == nil || c.Modes.Open() || len(c.Modes.Members) == 0 {
		return false
	}
	for _, m := range c.Modes.Members {
		if m != "ReadWriteOnce" && m != "ReadWriteOncePod" {
			return false
		}
	}
	return true
}

// A Budget is a PodDisruptionBudget.
type Budget struct {
	Name, Namespace string
	At              check.Span
	Selects         []*Deploy // every container of the pods it covers in its variant
}

// An Affinity is a setting that makes a client's requests go to the same pod.
type Affinity struct {
	By string // what decides: "the client's address", "a cookie"
	At check.Span
}

// Namespace returns the namespace of the deploy's object, "" if it does not say.
func (d *Deploy) Namespace() string {
	elems := strings.Split(d.Object, "/")
	if len(elems) < 3 {
		return ""
	}
	return elems[len(elems)-2]
}
