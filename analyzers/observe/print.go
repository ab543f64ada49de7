package observe

import (
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A Print is a call that writes to standard output as a log is not written: without a time, a level or a request.
type Print struct {
	At  check.Span // the called name
	Via string     // symbol of the function called
}

// Prints returns the prints of the server under analysis on the way of a request, in order of place. What is named after a log is
// how the program writes its own. The pass must require [Analyzer].
func Prints(pass *analysis.Pass) []Print {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server || IsLocal(p) {
		return nil
	}
	way := g.requests(r)
	var out []Print
	for _, f := range g.sorted(r.funcs) {
		if _, ok := way[f.ID]; !ok || logs(f.ID) || logs(f.Parent) {
			continue
		}
		for i := range f.Calls {
			if c := &f.Calls[i]; lookup(c.Callee, "print") != nil && !c.Mention {
				out = append(out, Print{At: named(c), Via: c.Callee})
			}
		}
	}
	return out
}

// logs reports whether a function, its type or its package is named after a log.
func logs(id string) bool {
	id = strings.ToLower(id[strings.LastIndexByte(id, '/')+1:])
	for _, other := range []string{"login", "logout", "logoff", "logged", "blog", "catalog", "dialog", "logic", "logo"} {
		id = strings.ReplaceAll(id, other, "")
	}
	return strings.Contains(id, "log")
}
