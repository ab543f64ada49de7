// Package manifest holds the checks whose subject is what is deployed together: the containers, Services and
// ConfigMaps of Kubernetes, or the services of Compose.
package manifest

import (
	"path"
	"slices"

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
		danglingProbePort(),
		replicasUnderHPA(),
		hpaWithoutRequests(),
		graceTooShort(),
		debugInProduction(),
		cronjobMayOverlap(),
		noReadinessProbe(),
		noDisruptionBudget(),
		secretInManifest(),
		privilegedContainer(),
		removedAPIVersion(),
		noAutoscaling(),
		noMemoryLimit(),
		noResourceRequests(),
		requestExceedsLimit(),
		unboundedMemoryVolume(),
	}
}

// runsForLong reports whether d is an app container that Kubernetes keeps running. An operator's own kinds are left
// out: what the operator adds to their pods is not in the manifest.
func runsForLong(d *workload.Deploy) bool {
	return d.Role == workload.App && !d.OneShot && isBuiltIn(d)
}

// isBuiltIn reports whether d is a container of a kind whose pods are as the manifest says.
func isBuiltIn(d *workload.Deploy) bool {
	if d.Platform != workload.Kubernetes {
		return false
	}
	switch d.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Rollout", "Pod", "Job", "CronJob":
		return true
	}
	return false
}

// literals returns the variables that a container's own manifest gives a value: those taken from a ConfigMap or Secret, all
// of it or one key, have their values there.
func literals(d *workload.Deploy) []workload.EnvVar {
	elsewhere := map[check.Span]bool{}
	if d.Variant != nil && len(d.EnvSources) > 0 {
		for _, c := range d.Variant.ConfigMaps {
			for _, v := range c.Data {
				elsewhere[v.At()] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(d.Env.Members), func(v workload.EnvVar) bool { return v.From != "" || elsewhere[v.Value.At()] })
}

// verbatim reports whether a text stands at its place as it is, perhaps in quotes: no variable, escape or template made
// it.
func verbatim(v workload.Value[string]) bool {
	text, ok := v.Get()
	return ok && v.At().Spells(text)
}

// objectName returns the last element of an object's identity: "api" of "apps/v1/Deployment/shop/api".
func objectName(d *workload.Deploy) string { return path.Base(d.Object) }

// logical returns the stable name of a container.
func logical(d *workload.Deploy) string { return d.Object + "/" + d.Name }
