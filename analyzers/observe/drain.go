package observe

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// drain adds the graceful shutdowns of a call: one for each time that it is given.
func (b *builder) drain(f *Func, c *Call, a *api) {
	d := workload.Drain{Work: a.arg["of"] == "worker", Server: packageOf(c.Callee), Method: lastName(c.Callee), At: c.At, Budget: c.At, Func: f.ID, Parallel: c.Go, Cond: c.Cond}
	if c.Mention {
		b.p.Drains.Members = append(b.p.Drains.Members, d)
		return
	}
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		life := b.g.drainLife(f, c, a, fr)
		d.Deadline, d.Wait, d.Budget, d.After = life.limit, life.wait, life.at, b.g.pause(f, c, fr)
		if !slices.ContainsFunc(b.p.Drains.Members, func(o workload.Drain) bool { return o.At == d.At && o.Budget == d.Budget }) {
			b.p.Drains.Members = append(b.p.Drains.Members, d)
		}
	}
}

// A lifetime is how long something may last.
type lifetime struct {
	limit workload.Value[time.Duration] // absent if nothing limits it
	wait  workload.Text                 // the limit as the program computes it, where it is no constant
	at    check.Span                    // where it is set
}

// drainLife returns how long a call that stops a server may take.
func (g *Graph) drainLife(f *Func, c *Call, a *api, fr *frame) lifetime {
	if n := a.index("ctx"); n >= 0 && n < len(c.Args) {
		return g.lifetime(c.Args[n], fr, 0)
	}
	if n := a.index("wait"); n >= 0 && n < len(c.Args) {
		return g.lasting(c.Args[n], fr, c.At)
	}
	return g.fallback(f, c, fr)
}

// fallback returns how long a call that waits for ever may take where a timer beside it goes on, or stops the server by force.
func (g *Graph) fallback(f *Func, c *Call, fr *frame) lifetime {
	var (
		timers  []lifetime
		started = c.Go
		forced  = false
	)
	for _, near := range g.around(f) {
		for i := range near.Calls {
			o := &near.Calls[i]
			started = started || o.Go && !o.Mention && o.Callee == f.ID
			forced = forced || o.Callee != c.Callee && packageOf(o.Callee) == packageOf(c.Callee) && (lastName(o.Callee) == "Stop" || lastName(o.Callee) == "Close")
			if a := lookup(o.Callee, "timer"); a != nil && a.index("wait") >= 0 && len(o.Args) > a.index("wait") {
				timers = append(timers, g.lasting(o.Args[a.index("wait")], fr, o.At))
			}
		}
	}
	switch {
	case len(timers) == 1 && (started || forced):
		return timers[0]
	case len(timers) > 0 || started || forced:
		return lifetime{limit: workload.Unknown[time.Duration](c.At), at: c.At}
	}
	return lifetime{limit: workload.Absent[time.Duration](c.At), at: c.At}
}

// lifetime returns how long a context lives.
func (g *Graph) lifetime(e Expr, f *frame, depth int) lifetime {
	unknown := lifetime{limit: workload.Unknown[time.Duration](e.At), at: e.At}
	if depth > 16 {
		return unknown
	}
	h, hf := g.head(e, f, depth)
	if h.Op != Result || h.N != 0 {
		return unknown
	}
	none := lifetime{limit: workload.Absent[time.Duration](h.At), at: h.At}
	switch h.S {
	case "context.Background", "context.TODO", "context.WithoutCancel":
		return none
	case "context.WithCancel", "context.WithValue", "context.WithCancelCause":
		return g.lifetime(h.Args[0], hf, depth+1)
	case "context.WithTimeout", "context.WithTimeoutCause":
		return shorter(g.lasting(h.Args[1], hf, h.At), g.lifetime(h.Args[0], hf, depth+1))
	case "context.WithDeadline", "context.WithDeadlineCause":
		until, uf := g.head(h.Args[1], hf, depth)
		if until.Op == Result && until.S == "time.Time.Add" && len(until.Args) == 2 && until.Args[0].S == "time.Now" {
			return shorter(g.lasting(until.Args[1], uf, h.At), g.lifetime(h.Args[0], hf, depth+1))
		}
	}
	return lifetime{limit: workload.Unknown[time.Duration](h.At), at: h.At}
}

// shorter returns the life of a context whose parent is known to end earlier, as far as that can be told.
func shorter(own, parent lifetime) lifetime {
	if p, ok := parent.limit.Get(); ok {
		if d, ok := own.limit.Get(); !ok || p < d {
			return parent
		}
	}
	return own
}

// lasting returns the life of what ends after a time.Duration and is made at a place.
func (g *Graph) lasting(e Expr, f *frame, made check.Span) lifetime {
	t := g.text(e, f, 0)
	life := lifetime{limit: workload.Unknown[time.Duration](e.At), at: made}
	if s, ok := t.Constant(); ok {
		if d, ok := workload.Duration(s); ok {
			life.limit = workload.Known(d, e.At)
		}
	} else if !slices.ContainsFunc(t, func(p workload.Part) bool { return p.Source == workload.Opaque }) {
		life.wait = t
	}
	return life
}

// duration returns a time.Duration that is a constant.
func (g *Graph) duration(e Expr, f *frame) workload.Value[time.Duration] {
	return g.lasting(e, f, e.At).limit
}

// pause returns how long the program sleeps on its way to a call: in the function that calls and, as far as they wait for it, in
// those that call this one. A sleep before the wait for a signal is none.
func (g *Graph) pause(f *Func, c *Call, fr *frame) time.Duration {
	var total time.Duration
	for range 4 {
		before := c.At.Start.Offset
		for i := range f.Calls {
			s := &f.Calls[i]
			a, at := lookup(s.Callee, "sleep"), s.At.Start.Offset
			if a == nil || s.Cond || s.Go || s.Defer || s.Mention || at > before || len(s.Args) <= a.index("wait") ||
				slices.ContainsFunc(f.Waits, func(w int) bool { return at < w && w < before }) {
				continue
			}
			if d, ok := g.duration(s.Args[a.index("wait")], fr).Get(); ok {
				total += d
			}
		}
		if fr == nil || fr.site == nil || fr.site.Go || fr.fn != f.ID || len(f.Waits) > 0 && f.Waits[0] < before {
			break
		}
		f, c, fr = g.funcs[fr.from], fr.site, fr.up
	}
	return total
}

// computed returns the number that a sum or a product is. A number of seconds is written as Go writes it, "${N}s".
func (g *Graph) computed(h Expr, hf *frame, depth int, opaque workload.Text) workload.Text {
	l, r := g.text(h.Args[0], hf, depth), g.text(h.Args[1], hf, depth)
	if h.Op == Times && h.S == "time.Duration" {
		if _, ok := l.Constant(); ok {
			l, r = r, l
		}
		if s, ok := r.Constant(); ok && len(l) == 1 && l[0].Source != workload.Literal && l[0].Source != workload.Opaque {
			if unit := units[s]; unit != "" {
				return append(l, workload.Part{Source: workload.Literal, Lit: unit, At: h.At})
			}
			return opaque
		}
	}
	a, ok := number(l)
	b, also := number(r)
	if !ok || !also {
		return opaque
	}
	if h.Op == Times {
		return workload.Lit(strconv.FormatInt(a*b, 10), h.At)
	}
	return workload.Lit(strconv.FormatInt(a+b, 10), h.At)
}

func number(t workload.Text) (int64, bool) {
	s, ok := t.Constant()
	n, err := strconv.ParseInt(s, 10, 64)
	return n, ok && err == nil
}

// units are the units of time.Duration by their nanoseconds.
var units = map[string]string{"1": "ns", "1000": "us", "1000000": "ms", "1000000000": "s", "60000000000": "m", "3600000000000": "h"}

// inUnits returns how many units a constant d has, if a is an input without a default that is a number of them.
func inUnits(a, d workload.Text) (string, bool) {
	s, ok := d.Constant()
	whole, isDuration := workload.Duration(s)
	if !ok || !isDuration || len(a) != 2 || a[1].Source != workload.Literal || a[0].Source == workload.Opaque || !empty(a[0].Default) {
		return "", false
	}
	unit, err := time.ParseDuration("1" + a[1].Lit)
	if err != nil || unit == 0 || whole%unit != 0 {
		return "", false
	}
	return strconv.FormatInt(int64(whole/unit), 10), true
}

// draining says what happens between the signal and the drain.
func (b *builder) draining() {
	t := &b.p.Tuning
	if !b.p.Drains.Complete || len(b.p.Drains.Members) == 0 {
		return
	}
	t.Sleep = workload.Absent[time.Duration](b.p.At)
	for _, d := range b.p.Drains.Members {
		if s, ok := t.Sleep.Get(); d.After > 0 && (!ok || d.After > s) {
			t.Sleep = workload.Known(d.After, d.At)
		}
	}
	t.Unready = workload.Absent[bool](b.p.At)
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			if c := &f.Calls[i]; lookup(c.Callee, "drain") == nil {
				continue
			} else if v := b.unready(f, c); !v.Absent() {
				t.Unready = v
				if _, known := v.Get(); known {
					return
				}
			}
		}
	}
}

// unready tells whether readiness is taken back before a call that stops a server, in the functions around it and in those that
// call them: a health status or a flag is set. It is unknown where something is called that may do so by its name.
func (b *builder) unready(f *Func, drain *Call) workload.Value[bool] {
	out := workload.Absent[bool](drain.At)
	seen := map[string]bool{}
	todo := []site{{f, drain}}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if seen[at.fn.ID] {
			continue
		}
		seen[at.fn.ID] = true
		for i := range at.fn.Calls {
			c := &at.fn.Calls[i]
			if c.At.Start.Offset >= at.call.At.Start.Offset || c.Mention {
				continue
			}
			if a := lookup(c.Callee, "unready"); a != nil {
				if b.g.takesBack(c, a) {
					return workload.Known(true, c.At)
				}
			} else if name := lastName(c.Callee); b.g.funcs[c.Callee] != nil && (isReady(name) || isEnding(name)) {
				out = workload.Unknown[bool](c.At)
			}
		}
		for _, a := range b.g.owner[at.fn].Assigns {
			if a.Func == at.fn.ID && a.Value.Op == Const && notReady(lastName(a.To), a.Value.S) {
				return workload.Known(true, a.Value.At)
			}
		}
		if at.fn.Parent != "" && b.g.funcs[at.fn.Parent] != nil {
			todo = append(todo, site{b.g.funcs[at.fn.Parent], at.call})
		}
		for _, up := range b.g.callers[at.fn.ID] {
			if b.r.funcs[up.fn.ID] {
				todo = append(todo, up)
			}
		}
	}
	return out
}

// takesBack reports whether a call sets a health status to another one than serving, or a flag that is named for readiness.
func (g *Graph) takesBack(c *Call, a *api) bool {
	n := a.index("to")
	if n < 0 {
		return true
	}
	if n >= len(c.Args) {
		return false
	}
	to, known := g.text(c.Args[n], nil, 0).Constant()
	if strings.HasPrefix(c.Callee, "google.golang.org/") {
		return known && to != "1" // SERVING
	}
	var names []string
	if c.Recv != nil {
		names = fieldNames(*c.Recv)
	} else if v := a.index("var"); v >= 0 && v < len(c.Args) {
		names = fieldNames(c.Args[v])
	}
	return slices.ContainsFunc(names, func(name string) bool { return notReady(name, to) })
}

// notReady reports whether a flag of that name says, with a value, that the program takes no more requests.
func notReady(name, value string) bool {
	return isReady(name) && (value == "false" || value == "0") || isEnding(name) && (value == "true" || value == "1")
}

func isReady(name string) bool {
	return hasWord(name, "ready", "readiness", "healthy", "available", "serving", "accepting") && !hasWord(name, "not", "un")
}

func isEnding(name string) bool {
	return hasWord(name, "shuttingdown", "shutdown", "draining", "terminating", "stopping", "notready")
}

func hasWord(name string, words ...string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}
