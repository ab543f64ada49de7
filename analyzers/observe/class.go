package observe

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// A serve is a call that serves until shutdown.
type serve struct {
	listen workload.Listen
	async  bool // does not keep main from returning
	fn     string
}

// A consume is a call that takes work.
type consume struct {
	workload.Consume
	async bool // does not keep main from returning
	fn    string
}

// beside reports whether a call does not keep main from returning: it starts something, or stands in a goroutine.
func (b *builder) beside(f *Func, c *Call, a *api) bool {
	return a.arg["async"] != "" || c.Go || c.Mention && c.Guard == "" || !b.r.sync[f.ID]
}

// handles records the signals that an API handles by itself.
func (b *builder) handles(f *Func, c *Call, a *api) {
	if len(a.list("untold")) > 0 || b.uses(a.list("unless")) {
		b.open(&b.p.Signals.Complete, c.At, c.Callee+" handles signals or not")
		return
	}
	for _, s := range a.handles() {
		b.signal(workload.Signal{Name: s, Via: c.Callee, At: c.At}, f, c)
	}
}

// uses reports whether the program calls or mentions one of these functions and variables, or fills one of these fields.
func (b *builder) uses(symbols []string) bool {
	return slices.ContainsFunc(symbols, func(s string) bool { return b.used[s] || len(b.g.values[s]) > 0 })
}

// worker adds a call that takes work. One that takes a single piece counts where a loop comes back to it.
func (b *builder) worker(f *Func, c *Call, a *api) {
	if a.arg["poll"] != "" && (!b.loops(f, c) || b.hurried(f, c)) {
		b.polls = append(b.polls, f.ID)
		return
	}
	b.p.Consumes = append(b.p.Consumes, workload.Consume{Via: c.Callee, At: c.At})
	b.consumes = append(b.consumes, consume{b.p.Consumes[len(b.p.Consumes)-1], b.beside(f, c, a), f.ID})
}

// hurried reports whether a call is given a context with a deadline that lies around the loop: it waits for one thing to come.
func (b *builder) hurried(f *Func, c *Call) bool {
	return slices.ContainsFunc(c.Args, func(e Expr) bool {
		_, timed := b.g.lifetime(e, nil, 0).limit.Get()
		return timed && !slices.ContainsFunc(f.Calls, func(made Call) bool { return made.Loop && within(e.At, made.At) })
	})
}

// loops reports whether a call, or one of those that lead to its function, stands in a loop that counts nothing.
func (b *builder) loops(f *Func, c *Call) bool {
	if c.Loop {
		return true
	}
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		for ; fr != nil; fr = fr.up {
			if fr.site.Loop {
				return true
			}
		}
	}
	return false
}

// uses returns the functions and variables outside the module that functions call or mention.
func (g *Graph) uses(funcs map[string]bool) map[string]bool {
	out := map[string]bool{}
	for id := range funcs {
		for i := range g.funcs[id].Calls {
			if c := &g.funcs[id].Calls[i]; g.funcs[c.Callee] == nil {
				out[strings.TrimPrefix(c.Callee, "var ")] = true
			}
		}
	}
	return out
}

// classify says what sort of program it is.
func (b *builder) classify() {
	for _, s := range b.serves {
		b.p.Listens.Members = append(b.p.Listens.Members, s.listen)
	}
	b.p.Class = b.class(b.r.funcs, b.r.sync)
}

// class says what sort of program it is that reaches some functions; sync holds those of them that its main goroutine
// runs.
func (b *builder) class(funcs, sync map[string]bool) workload.Class {
	var (
		waits, streams, joins, serves, works, listens bool

		joined = b.joined(funcs)
	)
	for id := range funcs {
		f := b.g.funcs[id]
		waits = waits || sync[id] && (f.Blocks || f.Joins && joined == nil)
		streams = streams || sync[id] && (f.Streams || f.Joins)
		joins = joins || sync[id] && f.Joins
		if slices.ContainsFunc(f.Calls, func(c Call) bool { return lookup(c.Callee, "serverless") != nil }) {
			return workload.Serverless
		}
	}
	for _, s := range b.serves {
		if funcs[s.fn] {
			listens = true
			serves = serves || s.listen.Role == workload.MainTraffic && (!s.async || waits || joins && joined[s.fn])
		}
	}
	for _, c := range b.consumes {
		works = works || funcs[c.fn] && (!c.async || waits || streams)
	}
	switch {
	case b.attended(funcs, ""):
		return workload.CLI
	case serves:
		return workload.Server
	case works:
		return workload.Worker
	case b.p.Listens.Complete && !listens && !slices.ContainsFunc(b.consumes, func(c consume) bool { return funcs[c.fn] }) &&
		!slices.ContainsFunc(b.polls, func(fn string) bool { return funcs[fn] }):
		return workload.Job
	}
	return workload.Uncertain
}

// joined returns the functions that a sync.WaitGroup waits for, as far as their goroutine runs them; nil if nothing ever
// tells such a group that it is done.
func (b *builder) joined(funcs map[string]bool) map[string]bool {
	var start []string
	for _, f := range b.g.sorted(funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if lookup(c.Callee, "done") == nil {
				continue
			}
			start = append(start, f.ID)
			if len(c.Args) == 1 {
				if h, _ := b.g.head(c.Args[0], nil, 0); h.Op == FuncRef {
					start = append(start, h.S)
				}
			}
		}
	}
	if start == nil {
		return nil
	}
	return b.r.walk(start, false, synchronous)
}
