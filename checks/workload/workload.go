// Package workload holds the rules about a deployed container joined with its image and its program.
package workload

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// All returns the rules in the order of their ids.
func All() []check.Check[*workload.Workload] {
	return []check.Check[*workload.Workload]{
		envNotProvided(),
		stateWithReplicas(),
		writeOutsideVolume(),
		writeUnderReadOnlyRoot(),
		replicatedSchedule(),
		portMismatch(),
		drainExceedsGrace(),
		backingServiceDrift(),
		migrateAtBoot(),
		runsAsRoot(),
		cpuLimitUnseen(),
		gomemlimitExceedsLimit(),
		gomemlimitUnset(),
	}
}

// logical returns the stable name of a deploy: "apps/v1/Deployment/shop/api/server", "compose/api/api".
func logical(d *workload.Deploy) string { return d.Object + "/" + d.Name }

// servesAll reports whether the deploy runs the program as a server in whole: without a subcommand, or with one that
// says so. What a program does in another subcommand cannot be told apart from what it does in all of them.
func servesAll(w *workload.Workload) bool {
	name, ok := w.Subcommand().Or("")
	return ok && (name == "" || slices.Contains([]string{"serve", "server", "start", "run", "web", "http", "api", "daemon"}, strings.ToLower(name)))
}

// runsService reports whether a workload deploys a program that serves or takes work until it is stopped, and not for a
// developer.
func runsService(w *workload.Workload) bool {
	if w.Program == nil || w.Image == nil || w.Deploy == nil || ends(w.Deploy) || w.Deploy.Development || !servesAll(w) {
		return false
	}
	return w.Program.Class == workload.Server || w.Program.Class == workload.Worker
}

// ends reports whether a deploy ends by itself: a job, a hook, an init container.
func ends(d *workload.Deploy) bool { return d.OneShot || d.Role == workload.Init }

// related appends another side of a finding, if it has a place and none before stands there.
func related(to []check.Related, at check.Span, message string) []check.Related {
	if at.IsZero() || slices.ContainsFunc(to, func(r check.Related) bool { return r.At == at }) {
		return to
	}
	return append(to, check.Related{At: at, Message: message})
}
