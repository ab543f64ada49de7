package workload

import (
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func stateWithReplicas() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "state-with-replicas", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if !runsService(w) || w.Deploy.Kind == "StatefulSet" { // whose replicas know of each other
			return
		}
		r, ok := replicated(w.Deploy)
		if !ok {
			return
		}
		var kept []workload.State
		for _, s := range w.Program.States.Members {
			if keepsForClients(w, s) {
				kept = append(kept, s)
			}
		}
		if len(kept) == 0 {
			return
		}
		f := check.Finding{
			At: r.at,
			Message: fmt.Sprintf("%s %s, and each keeps its own %s: what a client left at one of them is unknown to the others, and gone when its pod is replaced",
				describe(w.Deploy), r.said, whatIsKept(kept[0])),
			Replaces: []string{"local-session-store"},
			Logical:  logical(w.Deploy),
			Matter:   kept[0].Kind,
		}
		for _, s := range kept {
			f.Related = related(f.Related, s.At, "keeps its "+whatIsKept(s)+" here")
		}
		f.Related = related(f.Related, w.Deploy.At, "runs it")
		p.Report(f)
	}}
}

// keepsForClients reports whether a state is something that clients come back for, and that replicas do not share.
func keepsForClients(w *workload.Workload, s workload.State) bool {
	switch s.Kind {
	case "session":
		return true
	case "embedded database":
		return !sharesVolume(w.Deploy) && !slices.ContainsFunc(w.Program.Backings.Members, isServer)
	}
	return false
}

// isServer reports whether a backing service is a database on a server: the embedded one beside it is then a cache, or one of
// two to choose from.
func isServer(b workload.Backing) bool {
	return slices.Contains([]string{"postgres", "mysql", "sqlserver", "mongo", "cassandra", "clickhouse"}, b.Kind)
}

func whatIsKept(s workload.State) string {
	if s.Kind == "session" {
		return "sessions"
	}
	return "database"
}

// sharesVolume reports whether a container has a volume in which several replicas may find the same files.
func sharesVolume(d *workload.Deploy) bool {
	return slices.ContainsFunc(d.Mounts, func(m workload.Mount) bool {
		switch m.Source {
		case "emptyDir", "configMap", "secret", "projected", "downwardAPI", "tmpfs":
			return false
		}
		return true
	})
}
