package observe

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// sockets collects the listeners that the program opens beside those that a known server serves. It looks at b.listened,
// which the servers fill.
func (b *builder) sockets() {
	set := &b.p.Sockets
	set.Complete = b.p.Listens.Complete
	for _, f := range b.g.sorted(b.r.wide) {
		for i := range f.Calls {
			c := &f.Calls[i]
			listens := lookup(c.Callee, "listen") != nil
			switch {
			case listens && b.r.funcs[f.ID] && !c.Mention:
				if !slices.Contains(b.listened, c.At) {
					set.Members = append(set.Members, workload.Socket{Via: c.Callee, At: c.At})
				}
			case set.Complete && (listens || b.mayListen(c)):
				b.open(&set.Complete, c.At, c.Callee+" may listen")
			}
		}
	}
}

// mayListen reports whether a call may open a listener: one of a library that is known to, or one into code that nobody here
// knows, by its name.
func (b *builder) mayListen(c *Call) bool {
	pkg := packageOf(c.Callee)
	if a := lookup(c.Callee, "worker"); a != nil && (a.arg["listens"] == "yes" || b.uses(a.list("listens"))) {
		return true
	}
	if apis()[c.Callee] != nil || b.g.funcs[c.Callee] != nil || b.g.packages[pkg] != nil || familiar()[pkg] ||
		isStandardCall(c.Callee) && !strings.HasPrefix(c.Callee, "net.Listen") || strings.HasPrefix(c.Callee, "var ") {
		return false
	}
	name := lastName(c.Callee)
	has := func(word string) bool { return strings.Contains(name, word) }
	begins := func(verb string) bool { return strings.HasPrefix(name, verb) }
	if strings.HasPrefix(pkg, "go.opentelemetry.io/otel/trace") || slices.ContainsFunc([]string{"Span", "Timer", "Transaction", "Segment"}, has) {
		return false // it starts a trace or a clock
	}
	return slices.ContainsFunc([]string{"Listen", "Serve", "Run", "Start", "Launch"}, begins) && !begins("Server")
}
