// Package workload holds the rules about a deployed container joined with its image and its program.
package workload

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// All returns the rules in order of their ids.
func All() []check.Check[*workload.Workload] {
	return []check.Check[*workload.Workload]{
		undeclaredSystemTool(),
		envNotProvided(),
		envUnread(),
		envKeyMismatch(),
		stateWithReplicas(),
		writeOutsideVolume(),
		writeUnderReadOnlyRoot(),
		replicatedSchedule(),
		portMismatch(),
		loopbackBind(),
		portWithoutListener(),
		drainNeverRuns(),
		drainExceedsGrace(),
		noReadinessFlip(),
		backingServiceDrift(),
		envDrift(),
		migrateAtBoot(),
		probeRouteMissing(),
		scrapeTargetMissing(),
		noMetrics(),
		livenessChecksBackingService(),
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

// runsWhole reports whether a workload deploys its program, in whole and not for a task that ends by itself.
func runsWhole(w *workload.Workload) bool {
	return w.Program != nil && w.Deploy != nil && !ends(w.Deploy) && servesAll(w)
}

// runsService reports whether a workload deploys a program that serves or takes work until it is stopped, and not for a
// developer.
func runsService(w *workload.Workload) bool {
	return runsWhole(w) && w.Image != nil && !w.Deploy.Development && (w.Program.Class == workload.Server || w.Program.Class == workload.Worker)
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

// inOrder sorts the sides of a finding: code, image, manifest.
func inOrder(w *workload.Workload, sides []check.Related) {
	slices.SortStableFunc(sides, func(x, y check.Related) int { return cmp.Compare(side(w, x.At), side(w, y.At)) })
}

// side says to which artifact a place belongs, in that order.
func side(w *workload.Workload, at check.Span) int {
	switch {
	case path.Ext(at.File) == ".go":
		return 0
	case w.Image != nil && at.File == w.Image.File:
		return 1
	}
	return 2
}
