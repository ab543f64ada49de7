package observe

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A FixedThreads is a call of runtime.GOMAXPROCS with a number that nothing outside the program decides.
type FixedThreads struct {
	At   check.Span
	To   string // "runtime.NumCPU()" or digits; "" if nobody knows
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
	fixed, open := g.threads(r)
	if open {
		return nil
	}
	return slices.DeleteFunc(fixed, func(t FixedThreads) bool { return t.To == "" || t.To == "1" })
}

// threads returns the calls by which a program fixes how many threads run Go code. open says that there are others, which
// put back an earlier number or the runtime's own; a number that nobody knows is To "".
func (g *Graph) threads(r *reach) (fixed []FixedThreads, open bool) {
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "threads")
			if a == nil {
				continue
			}
			n := a.index("n")
			if n < 0 || n >= len(c.Args) {
				open = true
				continue
			}
			to := "0" // only asks
			for _, fr := range g.frames(f.ID, r.funcs) {
				h, hf := g.head(c.Args[n], fr, 0)
				s, constant := g.text(h, hf, 0).Constant()
				switch v, err := strconv.Atoi(s); {
				case h.Op == Result && lookup(h.S, "threads") != nil:
					open = true // the number before
				case h.Op == Result && h.S == "runtime.NumCPU":
					to = h.S + "()"
				case !constant || err != nil:
					if to == "0" {
						to = ""
					}
				case v > 0:
					to = s
				}
			}
			if to != "0" {
				fixed = append(fixed, FixedThreads{At: c.At, To: to, Cond: c.Cond})
			}
		}
	}
	return fixed, open
}

// tuning describes what the program says to the Go runtime.
func (b *builder) tuning() {
	t := &b.p.Tuning
	switch fixed, open := b.g.threads(b.r); {
	case open || b.hidden("threads") || len(fixed) > 1 || len(fixed) == 1 && fixed[0].To == "":
	case len(fixed) == 1:
		t.MaxProcs = workload.Known(fixed[0].To, fixed[0].At)
	default:
		t.MaxProcs = workload.Absent[string](b.p.At)
	}
	t.AutoProcs = b.linked("go.uber.org/automaxprocs", "github.com/zeromicro/go-zero", "github.com/tal-tech/go-zero") // which import it
	t.MemoryLimit = b.memoryLimit()
	t.AutoMemory = b.linked("github.com/KimMachineGun/automemlimit")
}

// hidden reports whether an API of a kind is called behind an interface that may mean several types.
func (b *builder) hidden(kind string) bool {
	for id := range b.r.wide {
		if !b.r.funcs[id] && slices.ContainsFunc(b.g.funcs[id].Calls, func(c Call) bool { return lookup(c.Callee, kind) != nil }) {
			return true
		}
	}
	return false
}

// memoryLimit returns the limit that the program sets with debug.SetMemoryLimit. A negative one only asks.
func (b *builder) memoryLimit() workload.Value[int64] {
	if b.hidden("memory") {
		return workload.Unknown[int64](b.p.At)
	}
	out := workload.Absent[int64](b.p.At)
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "memory")
			if a == nil || a.index("n") >= len(c.Args) {
				continue
			}
			s, _ := b.g.text(c.Args[a.index("n")], nil, 0).Constant()
			switch n, err := strconv.ParseInt(s, 10, 64); {
			case err != nil || n >= 0 && !out.Absent():
				return workload.Unknown[int64](c.At)
			case n >= 0:
				out = workload.Known(n, c.At)
			}
		}
	}
	return out
}

// linked reports whether a package of the module that the program is made of imports one of several libraries or a package of
// it. What libraries import themselves is not seen.
func (b *builder) linked(modules ...string) workload.Value[bool] {
	seen := map[string]bool{}
	var visit func(string) bool
	visit = func(path string) bool {
		if slices.ContainsFunc(modules, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") }) {
			return true
		}
		pkg := b.g.packages[path]
		if pkg == nil || seen[path] {
			return false
		}
		seen[path] = true
		return slices.ContainsFunc(pkg.Imports, visit)
	}
	if visit(b.p.ImportPath) {
		return workload.Known(true, b.p.At)
	}
	return workload.Absent[bool](b.p.At)
}
