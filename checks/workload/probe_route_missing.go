package workload

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

func probeRouteMissing() check.Check[*workload.Workload] {
	return check.Check[*workload.Workload]{Rule: "probe-route-missing", Run: func(p *check.Pass[*workload.Workload]) {
		w := p.Subject
		if w.Program == nil || w.Deploy != nil && (ends(w.Deploy) || sharesPod(w.Deploy)) || !servesAll(w) || !knowsRoutes(w.Program) {
			return
		}
		missing := slices.DeleteFunc(requests(w), func(r request) bool { return answers(w.Program, r.path) || !arrives(w, r.port) })
		for len(missing) > 0 {
			first := missing[0]
			f := check.Finding{
				At: first.at,
				Message: fmt.Sprintf("%s asks for %s, but no route of %s answers a GET of it: the probe fails, and %s",
					first.by, first.path, w.Program.Title(), first.ends),
				Logical: w.Name,
				Matter:  first.path,
			}
			if w.Deploy != nil {
				f.Logical = logical(w.Deploy)
			}
			if r, ok := nearest(w.Program, first.path); ok {
				f.Related = related(nil, r.At, "the route "+r.Pattern+" is registered here")
			}
			for _, r := range missing[1:] {
				if r.path == first.path && r.at != first.at {
					f.Related = related(f.Related, r.at, r.by+" asks for it too")
				}
			}
			inOrder(w, f.Related)
			p.Report(f)
			missing = slices.DeleteFunc(missing, func(r request) bool { return r.path == first.path })
		}
	}}
}

// knowsRoutes reports whether all routes of a program are known in whole, and whether it has any.
func knowsRoutes(p *workload.Program) bool {
	http := slices.ContainsFunc(p.Listens.Members, func(l workload.Listen) bool { return !strings.HasPrefix(l.Framework, "google.golang.org/grpc") })
	return http && p.Routes.Complete && len(p.Routes.Members) > 0 &&
		!slices.ContainsFunc(p.Routes.Members, func(r workload.Route) bool { return !r.Known })
}

// answers reports whether a route may answer a GET of a path. Some frameworks tell upper case from lower, others do not.
func answers(p *workload.Program, path string) bool {
	return slices.ContainsFunc(p.Routes.Members, func(r workload.Route) bool {
		r.Pattern = strings.ToLower(r.Pattern)
		return (r.Method == "" || r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Matches(strings.ToLower(path))
	})
}

// arrives reports whether a probe of that port reaches the program, as far as that can be told.
func arrives(w *workload.Workload, port string) bool {
	if d := w.Deploy; d != nil {
		if i := slices.IndexFunc(d.Ports, func(p workload.Port) bool { return p.Name == port }); i >= 0 && port != "" {
			n, _ := d.Ports[i].Number.Get()
			port = strconv.Itoa(n)
		}
	}
	n, err := strconv.Atoi(port)
	all, ok := listeners(w)
	return err != nil || !ok || slices.ContainsFunc(all, func(l listener) bool { return l.port == n })
}

// nearest returns a route with the same last element as a path: the one that was meant, most likely.
func nearest(p *workload.Program, asked string) (workload.Route, bool) {
	for _, r := range p.Routes.Members {
		if path.Base(r.Pattern) == path.Base(asked) {
			return r, true
		}
	}
	return workload.Route{}, false
}
