package observe

import (
	"slices"
	"strconv"

	"github.com/factorlint/factorlint/internal/workload"
)

// depends records which handlers ask a backing service before they answer, where the answer may be an error. It looks at
// the program's routes and backing services.
func (b *builder) depends() {
	made := map[string]bool{}
	for id := range b.r.funcs {
		for _, t := range b.g.funcs[id].Makes {
			made[t] = true
		}
	}
	var seen []string
	for _, r := range b.p.Routes.Members {
		if r.Handler == "" || slices.Contains(seen, r.Handler) {
			continue
		}
		seen = append(seen, r.Handler)
		w := asking{builder: b, made: made, handler: r.Handler, seen: map[string]bool{}}
		w.visit(b.g.funcs[r.Handler], 0)
		if w.refuses {
			b.p.Depends = append(b.p.Depends, w.out...)
		}
	}
}

// An asking collects what the functions behind one handler ask.
type asking struct {
	*builder
	made    map[string]bool // types of which reached code makes values
	handler string
	seen    map[string]bool
	refuses bool // one of them may answer with a status of an error
	out     []workload.Dependence
}

// visit looks at a function and at those that it waits for, three calls deep: what is deeper is there for other reasons as well.
func (w *asking) visit(f *Func, depth int) {
	const deepest = 3
	if f == nil || w.seen[f.ID] || depth > deepest {
		return
	}
	w.seen[f.ID] = true
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Mention || c.Go {
			continue
		}
		w.refuses = w.refuses || slices.ContainsFunc(c.Args, isFailure)
		if a := lookup(c.Callee, "ping", "query"); a != nil {
			if kind := w.kindAsked(a.arg["of"]); kind != "" {
				w.out = append(w.out, workload.Dependence{Handler: w.handler, Kind: kind, Via: c.Callee, At: c.At})
			}
			continue
		}
		next := []string{c.Callee}
		if c.Dynamic {
			next = implementations(w.g.fits(c), w.made, false)
		}
		for _, id := range next {
			w.visit(w.g.funcs[id], depth+1)
		}
	}
}

// kindAsked returns what is asked: a service of that kind, or the one SQL database of the program. It is "" for files of the
// program's own and where it cannot be told.
func (w *asking) kindAsked(of string) string {
	if of != "" {
		return of
	}
	kind := ""
	for _, s := range w.p.Backings.Members {
		switch {
		case isFile(s.Kind):
			return ""
		case isSQL(s.Kind) && (kind == "" || kind == "sql"):
			kind = s.Kind
		case isSQL(s.Kind) && s.Kind != "sql" && s.Kind != kind:
			return ""
		}
	}
	return kind
}

// isFailure reports whether a value may be the status of an HTTP response that is an error.
func isFailure(e Expr) bool {
	if e.Op == Const {
		n, err := strconv.Atoi(e.S)
		return err == nil && 400 <= n && n < 600
	}
	return (e.Op == Phi || e.Op == Default || e.Op == List) && slices.ContainsFunc(e.Args, isFailure)
}
