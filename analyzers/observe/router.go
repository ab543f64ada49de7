package observe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// A station is a router as a route is registered with it: what stands in front of its patterns, and which router it is.
type station struct {
	prefix string
	known  bool   // prefix is whole, but for what the router itself is mounted under
	root   string // identifies the router by where it is made, or by its type; "" if that cannot be told
	tree   bool   // whatever lies beneath prefix
	at     check.Span
}

// maxStations bounds in how many ways one router expression is understood.
const maxStations = 32

// defaultMux is the root of routes registered with net/http itself.
const defaultMux = "net/http.DefaultServeMux"

// stations returns the routers that an expression may mean.
func (s *routing) stations(e Expr, fr *frame, depth int) []station {
	if depth > 14 {
		return nil
	}
	depth++
	h, hf := s.g.head(e, fr, 0)
	switch h.Op {
	case Param:
		return s.given(h, depth)
	case Select, Var:
		return s.kept(h, hf, depth)
	case Phi:
		var out []station
		for _, a := range h.Args {
			out = s.more(out, s.stations(a, hf, depth))
		}
		return out
	case Composite:
		if lookup(h.S, "router") != nil {
			return []station{{known: true, root: made(h)}}
		}
	case Result:
		return s.result(h, hf, depth)
	}
	return nil
}

// more adds stations that are not there yet, up to a bound.
func (s *routing) more(out, add []station) []station {
	for _, st := range add {
		if len(out) < maxStations && !slices.Contains(out, st) {
			out = append(out, st)
		}
	}
	return out
}

// made identifies a router by where it is made.
func made(e Expr) string {
	return fmt.Sprintf("%s@%s:%d", e.S, e.At.File, e.At.Start.Offset)
}

// result returns the routers that a call returns.
func (s *routing) result(h Expr, hf *frame, depth int) []station {
	call := s.g.call(h, hf)
	if a := lookup(h.S, "new"); a != nil {
		if t := lookup(a.arg["type"], "router"); t != nil {
			if t.arg["open"] != "" {
				return []station{{root: a.arg["type"]}}
			}
			return []station{{known: true, root: made(h)}}
		}
	}
	if a := lookup(h.S, "group", "verbs", "route"); a != nil {
		if call.recv == nil {
			return nil
		}
		base := s.stations(*call.recv, hf, depth)
		return s.beneath(base, a, call.args, hf)
	}
	fn := s.g.funcs[h.S]
	if fn == nil {
		return nil
	}
	var out []station
	for _, r := range fn.Returns {
		if h.N < len(r) {
			out = s.more(out, s.stations(r[h.N], call, depth))
		}
	}
	return out
}

// beneath returns stations with the prefix of a group behind them.
func (s *routing) beneath(base []station, a *api, args []Expr, fr *frame) []station {
	if len(base) == 0 {
		base = []station{{}}
	}
	n := a.index("prefix")
	if n < 0 || n >= len(args) {
		return base
	}
	prefix, ok := s.g.text(args[n], fr, 0).Constant()
	out := make([]station, 0, len(base))
	for _, st := range base {
		out = append(out, station{join(st.prefix, prefix), st.known && ok, st.root, a.arg["tree"] != "", args[n].At})
	}
	return out
}

// given returns the routers that a parameter stands for: what callers by name pass, what calls through interfaces pass, and
// what a group hands to the function it takes.
func (s *routing) given(p Expr, depth int) []station {
	var out []station
	for _, h := range s.handed[p.S] {
		if h.call.Recv == nil || p.N != 0 {
			continue
		}
		for _, fr := range s.g.frames(h.fn.ID, s.r.funcs) {
			out = s.more(out, s.beneath(s.stations(*h.call.Recv, fr, depth), h.api, h.call.Args, fr))
		}
	}
	for _, fr := range s.g.frames(p.S, s.r.funcs) {
		if arg, up, ok := fr.bind(p.S, p.N); ok {
			out = s.more(out, s.stations(arg, up, depth))
		}
	}
	for _, c := range s.behind[p.S] {
		if p.N < 0 || p.N >= len(c.call.Args) {
			continue
		}
		for _, fr := range s.g.frames(c.fn.ID, s.r.funcs) {
			out = s.more(out, s.stations(c.call.Args[p.N], fr, depth))
		}
	}
	return out
}

// kept returns the routers in a field or variable.
func (s *routing) kept(h Expr, hf *frame, depth int) []station {
	if h.S == defaultMux {
		return []station{{known: true, root: defaultMux}}
	}
	if i := strings.LastIndexByte(h.S, '.'); h.Op == Select && i > 0 {
		if a := lookup(h.S[:i], "router"); a != nil { // embedded in a router: gin's Engine holds a RouterGroup
			if out := s.stations(h.Args[0], hf, depth); len(out) > 0 || a.arg["root"] == "" {
				return out
			}
			return []station{{known: true, root: h.S[:i]}}
		}
	}
	var out []station
	for _, v := range s.g.values[h.S] {
		if v.value.Op != Nil && (s.r.funcs[v.fn] || strings.HasSuffix(v.fn, ".init")) {
			out = s.more(out, s.stations(v.value, nil, depth))
		}
	}
	return out
}

// within returns the routers in a handler, through the middlewares around them. Their prefix is what is stripped.
func (s *routing) within(e Expr, fr *frame, depth int) []station {
	if depth > 6 {
		return nil
	}
	h, hf := s.g.head(e, fr, 0)
	if h.Op == Result {
		args := s.g.call(h, hf).args
		if a := lookup(h.S, "strip"); a != nil && len(args) > 1 {
			inner := s.within(args[a.index("handler")], hf, depth+1)
			prefix, ok := s.g.text(args[a.index("prefix")], hf, 0).Constant()
			for i := range inner {
				inner[i].prefix, inner[i].known = join(prefix, inner[i].prefix), inner[i].known && ok
			}
			return inner
		}
		if a := lookup(h.S, "new"); a != nil && lookup(a.arg["type"], "router") == nil {
			return nil
		}
	}
	var out []station
	for _, st := range s.stations(h, hf, 0) {
		if st.root != "" {
			out = append(out, station{known: true, root: st.root})
		}
	}
	if h.Op == FuncRef && lastName(h.S) == "ServeHTTP" && len(h.Args) == 1 {
		return s.within(h.Args[0], hf, depth+1)
	}
	if len(out) > 0 || h.Op != Result && h.Op != Composite {
		return out
	}
	if fn := s.g.funcs[h.S]; fn != nil && h.Op == Result { // a function of the program that makes the handler
		for _, r := range fn.Returns {
			if h.N < len(r) {
				out = append(out, s.within(r[h.N], s.g.call(h, hf), depth+1)...)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	for _, arg := range h.Args {
		out = append(out, s.within(arg, hf, depth+1)...)
	}
	return out
}

// answers returns the symbol of the function that answers, through the middlewares around it.
func (s *routing) answers(e Expr, fr *frame, depth int) string {
	if depth > 5 {
		return ""
	}
	h, hf := s.g.head(e, fr, 0)
	switch h.Op {
	case FuncRef:
		return h.S
	case Composite:
		for _, a := range h.Args {
			if name := s.answers(a, hf, depth+1); name != "" && s.g.funcs[name] != nil && s.g.funcs[name].Handles != "" {
				return name
			}
		}
		return h.S + ".ServeHTTP"
	case List:
		if len(h.Args) > 0 {
			return s.answers(h.Args[len(h.Args)-1], hf, depth+1)
		}
	case Result:
		args := s.g.call(h, hf).args
		for _, a := range args {
			if name := s.answers(a, hf, depth+1); name != "" && s.g.funcs[name] != nil && s.g.funcs[name].Handles != "" {
				return name
			}
		}
		if s.g.funcs[h.S] == nil && !strings.HasPrefix(h.S, "?") {
			return h.S
		}
	}
	return ""
}

// above returns what a router is mounted under.
func (s *routing) above(root string, depth int) []station {
	var out []station
	for _, m := range s.mounts {
		if m.router != root || root == "" || depth > 4 || len(out) >= maxStations {
			continue
		}
		for _, up := range s.above(m.under.root, depth+1) {
			out = append(out, station{prefix: join(up.prefix, m.under.prefix), known: up.known && m.under.known, root: up.root})
		}
	}
	if len(out) == 0 || s.roots[root] {
		out = append(out, station{known: true, root: root})
	}
	return out
}

// join writes a pattern behind a prefix.
func join(prefix, pattern string) string {
	switch {
	case prefix == "" || prefix == "/" && strings.HasPrefix(pattern, "/"):
		return pattern
	case pattern == "":
		return prefix
	case strings.HasSuffix(prefix, "/*"): // chi
		return join(strings.TrimSuffix(prefix, "/*"), pattern)
	}
	return strings.TrimSuffix(prefix, "/") + "/" + strings.TrimPrefix(pattern, "/")
}
