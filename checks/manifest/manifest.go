// Package manifest holds the checks whose subject is what is deployed together: the containers, Services and
// ConfigMaps of Kubernetes, or the services of Compose.
package manifest

import (
	"path"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// All returns the checks of this package in order of their rules' ids.
func All() []check.Check[*workload.Variant] {
	return []check.Check[*workload.Variant]{
		floatingImageTag(),
		duplicateEnv(),
		envSourceMissing(),
		localhostBackingService(),
		ephemeralBackingStore(),
		handRunBackingService(),
		hostPathVolume(),
		stickySessions(),
		singleWriterVolumeReplicated(),
		danglingTargetPort(),
		replicasUnderHPA(),
		hpaWithoutRequests(),
		noDisruptionBudget(),
		noAutoscaling(),
		noMemoryLimit(),
	}
}

// runsForLong reports whether d is an app container that Kubernetes keeps running. An operator's own kinds are left
// out: what the operator adds to their pods is not in the manifest.
func runsForLong(d *workload.Deploy) bool {
	if d.Platform != workload.Kubernetes || d.Role != workload.App || d.OneShot {
		return false
	}
	switch d.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Rollout", "Pod":
		return true
	}
	return false
}

// objectName returns the last element of an object's identity: "api" of "apps/v1/Deployment/shop/api".
func objectName(d *workload.Deploy) string { return path.Base(d.Object) }

// logical returns the stable name of a container.
func logical(d *workload.Deploy) string { return d.Object + "/" + d.Name }
