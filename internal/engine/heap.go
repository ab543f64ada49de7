package engine

import (
	"os"
	"runtime"
	"runtime/debug"

	"github.com/factorlint/factorlint/rules"
)

// tuneHeap says how seldom the garbage collector is to run, unless the user has a wish (GOGC, GOMEMLIMIT).
//
// What is alive of manifests and Dockerfiles is little beside what they leave behind: so without Go code the heap is bound by what a
// tree of that many files needs. The limit is soft, and holds until the report is written. With Go code a small run is over before
// there are 32 MiB, from which on the garbage collector runs as usual.
func (r *run) tuneHeap() {
	switch {
	case os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "":
	case r.wants(rules.Go, rules.Workload):
		debug.SetGCPercent(800)  // of the 4 MiB that the heap has at least
		garbage := new([64]byte) // which the first collection finds
		runtime.AddCleanup(garbage, func(usual int) { debug.SetGCPercent(usual) }, 100)
	default:
		debug.SetGCPercent(200)
		debug.SetMemoryLimit(52<<20 + int64(len(r.tree.Files))<<12)
	}
}
