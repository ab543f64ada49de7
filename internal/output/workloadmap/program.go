package workloadmap

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// program adds what only the program says.
func (b *builder) program(p *workload.Program) {
	b.listens(p)
	for _, r := range p.Routes.Members {
		b.add(&b.m.Routes, r.At, "route", routeName(r), shortName(r.Handler))
	}
	for _, f := range p.Flags.Members {
		b.flag(f)
	}
	slices.SortStableFunc(b.m.Flags, func(x, y Fact) int { return cmp.Compare(givenFirst(x), givenFirst(y)) })
	for _, c := range p.Configs.Members {
		notes := []string{}
		if c.Required {
			notes = append(notes, "required")
		}
		if c.Overrides {
			notes = append(notes, "overridden by the environment")
		}
		b.computed(&b.m.Configs, c.At, "reads", c.Path, notes...)
	}
	for _, c := range p.Commands.Members {
		if c.Path != "" {
			b.add(&b.m.Commands, c.At, "command", c.Path, string(c.Class))
		}
	}
	b.connections(p)
	for _, s := range p.States.Members {
		b.add(&b.m.State, s.At, s.Kind, shortName(s.Name), "")
	}
	for _, w := range p.Writes.Members {
		notes := []string{"with " + shortName(w.Via)}
		if w.OnRequest {
			notes = append(notes, "on requests")
		}
		if w.Temporary {
			notes = append(notes, "temporary")
		}
		b.computed(&b.m.Storage, w.At, "writes", w.Path, notes...)
	}
	for _, l := range p.Logs.Members {
		note := "if so configured"
		if l.Always {
			note = "always"
		}
		b.computed(&b.m.Logs, l.At, "log file", l.Path, note)
	}
	b.tuning(p.Tuning)
	b.work(p)
}

// listens adds the addresses that the program serves on in this deploy.
func (b *builder) listens(p *workload.Program) {
	for _, l := range p.Listens.Members {
		role := "main traffic"
		if l.Role == workload.Auxiliary {
			role = "beside the main traffic"
		}
		notes := []string{role, l.Framework}
		if l.Network != "" && l.Network != "tcp" {
			notes = append(notes, l.Network)
		}
		b.computed(&b.m.Ports, l.At, "listens", l.Addr, notes...)
		last := &b.m.Ports[len(b.m.Ports)-1]
		last.key = last.Value[strings.LastIndexByte(last.Value, ':')+1:]
	}
}

func (b *builder) flag(f workload.Flag) {
	value, note := "?", ""
	v := b.in.Flag(f.Name)
	switch s, ok := v.Get(); {
	case b.Deploy == nil && b.Image == nil:
		value = ""
	case ok && hides(f.Name, s):
		value = mask
	case ok:
		value, note = safe(s), b.setAt(v.At())
	case v.Absent():
		value = notGiven
	}
	if def, ok := f.Default.Get(); ok && def != "" {
		note = commas(note, "default "+shownDefault(f.Name, def))
	}
	if len(f.Env) > 0 {
		note = commas(note, "or $"+strings.Join(f.Env, ", $"))
	}
	b.add(&b.m.Flags, f.At, "--"+f.Name, value, note)
}

func givenFirst(flag Fact) int {
	if slices.Contains([]string{notGiven, "", "?"}, flag.Value) {
		return 1
	}
	return 0
}

// notGiven is the value of a flag that the command line does not set.
const notGiven = "not given"

// shownDefault returns the default of a variable or flag: a time in the form of Duration, a secret hidden.
func shownDefault(name, value string) string {
	if value != "" && hides(name, value) {
		return mask
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= int64(time.Millisecond) && times.MatchString(name) {
		return time.Duration(n).String()
	}
	return safe(value)
}

// times matches the names of what is a time.
var times = regexp.MustCompile(`(?i)timeout|interval|delay|duration|period|deadline|wait|ttl|lifetime|expir|grace`)

// connections adds the other parties that the program talks to.
func (b *builder) connections(p *workload.Program) {
	seen := map[check.Span]bool{}
	for _, x := range p.Backings.Members {
		seen[x.At] = true
		notes := []string{"with " + shortName(x.Via)}
		if x.AtInit {
			notes = append(notes, "while packages are initialised")
		}
		b.computed(&b.m.Connections, x.At, x.Kind, x.Addr, notes...)
	}
	for _, x := range p.Outbounds.Members {
		if seen[x.At] {
			continue
		}
		notes := []string{"with " + shortName(x.Via)}
		if x.OnRequest {
			notes = append(notes, "on requests")
		}
		b.computed(&b.m.Connections, x.At, "outbound", x.Addr, notes...)
	}
}

// tuning adds what the program says to the Go runtime.
func (b *builder) tuning(t workload.Tuning) {
	known(b, &b.m.Limits, "runtime.GOMAXPROCS", t.MaxProcs)
	known(b, &b.m.Limits, "debug.SetMemoryLimit", t.MemoryLimit)
	known(b, &b.m.Limits, "automaxprocs", t.AutoProcs)
	known(b, &b.m.Limits, "automemlimit", t.AutoMemory)
	known(b, &b.m.Signals, "pause before the drain", t.Sleep)
	known(b, &b.m.Signals, "readiness taken back", t.Unready)
}

// work adds what the program does besides serving requests.
func (b *builder) work(p *workload.Program) {
	for _, c := range p.Consumes {
		b.add(&b.m.Work, c.At, "takes work", shortName(c.Via), "")
	}
	for _, m := range p.Migrates.Members {
		note := ""
		if m.Serving {
			note = "before it serves"
		}
		b.add(&b.m.Work, m.At, "migrates", shortName(m.Via), note)
	}
	for _, l := range p.Leaders.Members {
		b.add(&b.m.Work, l.At, "elects a leader", shortName(l.Via), "")
	}
	for _, e := range p.Execs.Members {
		b.computed(&b.m.Work, e.At, "starts", e.Command)
	}
	for _, m := range p.Metrics.Members {
		b.add(&b.m.Work, m.At, "metrics", shortName(m.Via), "")
	}
	for _, h := range p.Healths.Members {
		b.add(&b.m.Probes, h.At, "health service", shortName(h.Via), "")
	}
}

// computed adds a value that the program computes from its inputs.
func (b *builder) computed(to *[]Fact, at check.Span, what string, t workload.Text, notes ...string) {
	value, by := b.text(t)
	if by != at {
		notes = append(notes, b.setAt(by))
	}
	b.add(to, at, what, value, commas(notes...))
}

// setAt says where a value comes from, if that is known.
func (b *builder) setAt(at check.Span) string {
	if at.IsZero() {
		return ""
	}
	return "set at " + b.place(at).String()
}

func commas(notes ...string) string {
	out := ""
	for _, n := range notes {
		if n == "" {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += n
	}
	return out
}

// routeName returns "GET /users/{id}"; what cannot be told of a pattern is "…".
func routeName(r workload.Route) string {
	pattern := r.Pattern
	if !r.Known {
		pattern = "…" + pattern
	}
	return joined(r.Method, pattern)
}

// shortName returns a symbol without the folders of its import path: "kafka.Reader.ReadMessage".
func shortName(symbol string) string {
	return symbol[strings.LastIndexByte(symbol, '/')+1:]
}
