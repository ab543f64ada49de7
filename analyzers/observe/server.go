package observe

import (
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// A shutdown is a call that stops a server gracefully and the function it stands in.
type shutdown struct {
	site
	servers []string
}

// drained returns the graceful shutdowns that are reached, with the places of the servers they stop.
func (g *Graph) drained(r *reach) []shutdown {
	var out []shutdown
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if lookup(c.Callee, "drain") == nil || c.Recv == nil {
				continue
			}
			s := shutdown{site: site{f, c}}
			for _, fr := range g.frames(f.ID, r.funcs) {
				s.servers = append(s.servers, g.stops(c, fr)...)
			}
			out = append(out, s)
		}
	}
	return out
}

// shutBy reports whether one of the shutdowns stops the server of a call that serves.
func (g *Graph) shutBy(all []shutdown, serve *Call, fr *frame) bool {
	at := g.runs(serve, fr)
	for _, s := range all {
		for _, server := range s.servers {
			if at != "" && server == at {
				return true
			}
		}
	}
	return false
}

// runs names the server that a call runs, as place does.
func (g *Graph) runs(serve *Call, fr *frame) string {
	a := lookup(serve.Callee, "serve")
	if n := a.index("server"); n >= 0 && n < len(serve.Args) {
		return g.place(serve.Args[n], fr)
	}
	return inside(g.place(*serve.Recv, fr), a.arg["runs"])
}

// stops names the servers that a call stops.
func (g *Graph) stops(drain *Call, fr *frame) []string {
	at := g.place(*drain.Recv, fr)
	if at == "" {
		return nil
	}
	var out []string
	for _, field := range strings.Split(lookup(drain.Callee, "drain").arg["stops"], ",") {
		out = append(out, inside(at, field))
	}
	return out
}

func inside(place, field string) string {
	if place == "" || field == "" {
		return place
	}
	return place + "/" + field
}

// place names a value by where it is made or kept, alike wherever it is used; "" if that cannot be told.
func (g *Graph) place(e Expr, fr *frame) string {
	h, hf := g.head(e, fr, 0)
	switch h.Op {
	case Composite, Result:
		return h.At.File + ":" + strconv.Itoa(h.At.Start.Offset)
	case Select:
		if len(h.Args) == 1 && g.packages[packageOf(h.S)] == nil { // a library's: the same in each value of its type
			return inside(g.place(h.Args[0], hf), lastName(h.S))
		}
		return h.S
	case Var:
		return h.S
	case Param:
		return h.S + "#" + strconv.Itoa(h.N)
	}
	return ""
}

// besides reports whether a call serves something beside the main traffic.
func (g *Graph) besides(p *workload.Program, at check.Span) bool {
	for _, l := range p.Listens.Members {
		if l.At == at && l.Role != workload.MainTraffic {
			return true
		}
	}
	return false
}
