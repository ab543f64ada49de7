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
			switch listens := lookup(c.Callee, "listen") != nil; {
			case listens && b.r.funcs[f.ID] && !c.Mention:
				if !slices.Contains(b.listened, c.At) {
					set.Members = append(set.Members, workload.Socket{Via: c.Callee, At: c.At})
				}
			case listens, b.mayListen(c):
				set.Complete = false
			}
		}
	}
}

// mayListen reports whether a call into code that nobody here knows may open a listener, by its name.
func (b *builder) mayListen(c *Call) bool {
	pkg := packageOf(c.Callee)
	if apis()[c.Callee] != nil || b.g.funcs[c.Callee] != nil || b.g.packages[pkg] != nil || familiar()[pkg] ||
		isStandardCall(c.Callee) && !strings.HasPrefix(c.Callee, "net.Listen") || strings.HasPrefix(c.Callee, "var ") {
		return false
	}
	name := strings.ToLower(c.Callee)
	for _, word := range []string{"listen", "serve", "httpd", "pprof"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return slices.Contains([]string{"Run", "Start", "Open", "Launch"}, lastName(c.Callee))
}
