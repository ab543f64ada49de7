package workload

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func livenessChecksBackingService() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "liveness-checks-backing-service", Run: func(p *check.Pass[*workload.Workload]) {
		w, d := p.Subject, p.Subject.Deploy
		if !runsWhole(w) || d.Platform != workload.Kubernetes || sharesPod(d) {
			return
		}
		for _, r := range requests(w) {
			if !r.restarts || !arrives(w, r.port) {
				continue
			}
			route, on, ok := dependent(w.Program, r.path)
			if !ok {
				continue
			}
			f := check.Finding{
				At: r.at,
				Message: fmt.Sprintf("%s asks for %s, whose handler asks the %s of %s and fails without it: an outage there restarts every pod, over and over",
					r.by, r.path, service(on.Kind), w.Program.Title()),
				Related: related(related(nil, route.At, "the route "+route.Pattern+" is registered here"), on.At, "the "+service(on.Kind)+" is asked here"),
				Logical: logical(d),
				Matter:  r.path,
			}
			p.Report(f)
		}
	}}
}

// dependent returns the route that answers a path, and a backing service that its handler asks. ok is false if another route
// may answer, or the handler asks none.
func dependent(p *workload.Program, path string) (route workload.Route, on workload.Dependence, ok bool) {
	for _, r := range p.Routes.Members {
		if r.Method != "" && r.Method != http.MethodGet || !r.Known || strings.Trim(r.Pattern, "/") != strings.Trim(path, "/") {
			continue // what is written out is more specific in every framework
		}
		i := slices.IndexFunc(p.Depends, func(d workload.Dependence) bool { return d.Handler == r.Handler })
		if i < 0 {
			return workload.Route{}, workload.Dependence{}, false
		}
		route, on, ok = r, p.Depends[i], true
	}
	return route, on, ok
}

// service names a backing service.
func service(kind string) string {
	if kind == "sql" {
		return "database"
	}
	return kind
}
