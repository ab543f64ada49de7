package workload

import (
	"fmt"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A replicas says that a deploy runs more than one replica.
type replicas struct {
	at   check.Span // the number
	said string     // "runs 2 replicas", "is scaled up to 10 replicas"
}

// replicated returns how a deploy comes to run more than one replica. ok is false if it does not, or if that cannot be told.
// DaemonSets are left out: what they keep belongs to their node.
func replicated(d *workload.Deploy) (r replicas, ok bool) {
	if d.Kind == "DaemonSet" || d.Variant != nil && d.Variant.Incomplete {
		return r, false
	}
	s := d.Scaler()
	if n, _ := d.Replicas.Get(); n > 1 {
		return replicas{d.Replicas.At(), fmt.Sprintf("runs %d replicas", n)}, true
	} else if s == nil {
		return r, false
	}
	if n, _ := s.Min.Get(); n > 1 {
		return replicas{s.Min.At(), fmt.Sprintf("is scaled to %d replicas at least", n)}, true
	}
	if n, _ := s.Max.Get(); n > 1 {
		return replicas{s.Max.At(), fmt.Sprintf("is scaled up to %d replicas", n)}, true
	}
	return r, false
}
