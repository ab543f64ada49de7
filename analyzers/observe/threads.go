package observe

import (
	"strconv"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A FixedThreads is a call of runtime.GOMAXPROCS with a number that nothing outside the program decides.
type FixedThreads struct {
	At   check.Span
	To   string // "runtime.NumCPU()" or digits
	Cond bool   // on some paths through its function only
}

// FixThreads returns the calls by which the server or worker under analysis fixes how many threads run Go code, in order
// of place: to the number of the machine's CPUs or to a constant above one. There are none where the program puts back an
// earlier number, or the runtime's own. The pass must require [Analyzer].
func FixThreads(pass *analysis.Pass) []FixedThreads {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var out []FixedThreads
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "threads")
			if a == nil {
				continue
			}
			n := a.index("n")
			if n < 0 || n >= len(c.Args) {
				return nil
			}
			to := ""
			for _, fr := range g.frames(f.ID, r.funcs, 0) {
				h, hf := g.head(c.Args[n], fr, 0)
				if h.Op == Result && lookup(h.S, "threads") != nil {
					return nil // the number before
				}
				if h.Op == Result && h.S == "runtime.NumCPU" {
					to = "runtime.NumCPU()"
				} else if s, ok := g.text(h, hf, 0).Constant(); ok {
					if v, err := strconv.Atoi(s); err == nil && v > 1 {
						to = s
					}
				}
			}
			if to != "" {
				out = append(out, FixedThreads{At: c.At, To: to, Cond: c.Cond})
			}
		}
	}
	return out
}
