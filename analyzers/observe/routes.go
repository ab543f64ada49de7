package observe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
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

// A handed is a function that is given a router by the call that takes it: r.Route("/api", func(r chi.Router) { … }).
type handed struct {
	fn   *Func
	call *Call
	api  *api
}

// A mount says where a router stands beneath another.
type mount struct {
	router string
	under  station
	in     string // the other router, where the path is not cut
}

// A routing collects the routes of a program.
type routing struct {
	*builder
	handed map[string][]handed // by the function that is given a router
	behind map[string][]site   // calls through an interface that mean a method
	mounts []mount
	roots  map[string]bool // routers that are served themselves
	public map[string]bool // those of them that a main listener serves, elsewhere than on the loopback interface
	found  []found
}

// A found is one registration: its route still lacks what its router is mounted under.
type found struct {
	route workload.Route
	root  string
	call  check.Span
}

// routes collects the HTTP routes of the program. The set is complete only if nothing unknown may add to it.
func (b *builder) routes() *routing {
	b.p.Routes.Complete = true
	s := &routing{builder: b, handed: map[string][]handed{}, behind: map[string][]site{}, roots: map[string]bool{}, public: map[string]bool{}}
	funcs := b.g.sorted(b.r.funcs)
	for _, f := range funcs {
		s.prepare(f)
	}
	for _, f := range funcs {
		for i := range f.Calls {
			s.call(f, &f.Calls[i])
		}
		s.compared(f)
	}
	for _, f := range funcs {
		for i := range f.Calls {
			if c := &f.Calls[i]; lookup(c.Callee, "verbs") != nil && !c.Mention {
				s.verbs(c)
			}
		}
	}
	s.linked()
	s.join()
	for _, f := range b.g.sorted(b.r.wide) {
		for _, c := range f.Calls {
			if !b.r.funcs[f.ID] && lookup(c.Callee, "route", "table", "mount") != nil {
				s.unsure(c.At, "routes registered behind an interface")
				return s
			}
		}
	}
	return s
}

// unsure records why there may be more routes; the first reason is enough.
func (s *routing) unsure(at check.Span, why string) {
	if s.p.Routes.Complete {
		s.open(&s.p.Routes.Complete, at, why)
	}
}

// prepare notes which functions get their router from whom.
func (s *routing) prepare(f *Func) {
	if p := s.g.owner[f]; p != nil && p.Errors {
		s.unsure(f.At, "package "+p.Path+" does not type-check")
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Dynamic && !c.Mention {
			for _, m := range s.g.fits(c) {
				if s.r.funcs[m.method] {
					s.behind[m.method] = append(s.behind[m.method], site{f, c})
				}
			}
		}
		a := lookup(c.Callee, "group")
		if a == nil || c.Mention || a.index("func") < 0 || a.index("func") >= len(c.Args) {
			continue
		}
		if h, _ := s.g.head(c.Args[a.index("func")], nil, 0); h.Op == FuncRef {
			s.handed[h.S] = append(s.handed[h.S], handed{f, c, a})
		} else {
			s.unsure(c.At, "routes registered by a function that cannot be told")
		}
	}
}

// call looks at one call: a route, a mount, or something that may register routes unseen.
func (s *routing) call(f *Func, c *Call) {
	a := apis()[c.Callee]
	if a == nil {
		s.unseen(c)
		return
	}
	switch a.kind {
	case "route", "table", "mount":
		if c.Mention {
			s.unsure(c.At, c.Callee+" is passed on")
			return
		}
		for _, fr := range s.g.frames(f.ID, s.r.funcs, 0) {
			switch a.kind {
			case "route":
				s.route(c, a, fr)
			case "table":
				s.table(c, fr)
			case "mount":
				s.mount(c, a, fr)
			}
		}
	case "health":
		for _, text := range strings.Split(a.arg["text"], ",") {
			if text != "" {
				s.add(workload.Route{Method: "GET", Pattern: text, Known: true, Handler: c.Callee, At: c.At}, "", c)
			}
		}
	case "serve":
		s.serveCall(f, c, a)
	}
}

// unseen opens the set where a library gets a router, or is one that nobody here knows.
func (s *routing) unseen(c *Call) {
	if s.g.funcs[c.Callee] != nil || s.g.packages[packageOf(c.Callee)] != nil || isStandardCall(c.Callee) || strings.HasPrefix(c.Callee, "var ") {
		return
	}
	if c.Router && !c.Mention {
		s.unsure(c.At, c.Callee+" is given the router")
		return
	}
	pkg := strings.ToLower(packageOf(c.Callee))
	for _, word := range []string{"restful", "go-openapi/", "goa.design", "beego", "buffalo", "macaron", "martini", "healthcheck", "gofr.dev", "contrib/static"} {
		if strings.Contains(pkg, word) && !strings.HasPrefix(pkg, "google.golang.org/grpc") {
			s.unsure(c.At, c.Callee+" may register routes")
			return
		}
	}
}

// serveCall looks at what a call serves: a router whose routes are known, one handler for all, or neither.
func (s *routing) serveCall(f *Func, c *Call, a *api) {
	switch pkg := packageOf(c.Callee); {
	case pkg == "google.golang.org/grpc" || strings.HasSuffix(pkg, "/zrpc") || strings.HasSuffix(pkg, "/ssh"):
		return
	case pkg != "net/http" && pkg != "github.com/valyala/fasthttp":
		if c.Recv != nil && s.isRouter(*c.Recv) {
			return
		}
		for _, known := range []string{"gin-gonic/gin", "labstack/echo", "gofiber/fiber", "cloudwego/hertz", "go-kratos", "go-zero", "kataras/iris"} {
			if strings.Contains(pkg, known) {
				return
			}
		}
		s.unsure(c.At, "the routes of "+pkg+" are not read")
		return
	case c.Mention && c.Recv == nil:
		s.unsure(c.At, c.Callee+" is passed on")
		return
	}
	for _, fr := range s.g.frames(f.ID, s.r.funcs, 0) {
		handler := Expr{Op: Nil, At: c.At}
		if n := a.index("handler"); n >= 0 && n < len(c.Args) {
			handler = c.Args[n]
		} else if c.Recv != nil {
			h, ok := s.handlerOf(*c.Recv, fr)
			if !ok {
				s.unsure(c.At, "a handler that cannot be told")
				continue
			}
			handler = h
		}
		s.served(handler, fr, s.isPublic(c))
	}
}

// isPublic reports whether a call serves main traffic, elsewhere than on the loopback interface.
func (s *routing) isPublic(c *Call) bool {
	return slices.ContainsFunc(s.serves, func(o serve) bool {
		return o.listen.At == c.At && o.listen.Role == workload.MainTraffic && !isLoopback(beginning(o.listen.Addr))
	})
}

// handlerOf returns the Handler of a net/http or fasthttp server.
func (s *routing) handlerOf(server Expr, fr *frame) (Expr, bool) {
	h, _ := s.g.head(server, fr, 0)
	if h.Op != Composite {
		return Expr{}, false
	}
	if i := slices.Index(h.Keys, "Handler"); i >= 0 {
		return h.Args[i], true
	}
	later := s.g.values[h.S+".Handler"]
	later = slices.DeleteFunc(slices.Clone(later), func(v stored) bool { return v.lit })
	switch len(later) {
	case 0:
		return Expr{Op: Nil, At: h.At}, true
	case 1:
		return later[0].value, true
	}
	return Expr{}, false
}

// served notes the routers that are served by a handler; the set is open where it cannot be told what answers.
func (s *routing) served(handler Expr, fr *frame, public bool) {
	h, hf := s.g.head(handler, fr, 0)
	sub := []station{{root: defaultMux}}
	if h.Op != Nil {
		sub = s.within(h, hf, 0)
	}
	if len(sub) > 0 {
		for _, st := range sub {
			s.roots[st.root] = true
			s.public[st.root] = s.public[st.root] || public
		}
		return
	}
	name := s.answers(handler, fr, 0)
	if fn := s.g.funcs[name]; fn == nil || len(paths(fn)) == 0 {
		s.unsure(handler.At, "a handler that cannot be told")
	}
}

// isRouter reports whether a value is a router that was made here.
func (s *routing) isRouter(e Expr) bool {
	return slices.ContainsFunc(s.stations(e, nil, 0), func(st station) bool { return st.root != "" })
}

// route adds what one call registers, called in the way of a frame.
func (s *routing) route(c *Call, a *api, fr *frame) {
	r := workload.Route{Known: true, Tree: a.arg["tree"] != "", At: c.At}
	n := a.index("pattern")
	switch {
	case n >= 0 && n < len(c.Args):
		r.At = c.Args[n].At
		r.Pattern, r.Known = s.g.text(c.Args[n], fr, 0).Constant()
		if !r.Known && a.arg["optional"] != "" { // fiber's Use: the first argument is a handler
			return
		}
	case n >= 0:
		r.Known = false
	}
	if a.arg["optional"] != "" && len(c.Args) < 2 {
		return
	}
	if hn := a.index("handler"); hn >= -1 && a.arg["handler"] != "" && len(c.Args) > 0 {
		if hn < 0 {
			hn = len(c.Args) - 1
		}
		if hn < len(c.Args) && hn != n {
			if s.nested(c, c.Args[hn], fr) {
				return
			}
			r.Handler = s.answers(c.Args[hn], fr, 0)
		}
	}
	if strings.HasPrefix(c.Callee, "net/http.") {
		if verb, rest, ok := strings.Cut(r.Pattern, " "); ok {
			r.Method, r.Pattern = verb, strings.TrimSpace(rest)
		}
		r.Tree = strings.HasSuffix(r.Pattern, "/")
	}
	for _, verb := range s.methods(c, a, fr) {
		r.Method = verb
		s.register(r, c, fr)
	}
	if a.arg["verb"] == "" {
		s.register(r, c, fr)
	}
}

// methods returns the methods that a registering call names; "" where that cannot be told.
func (s *routing) methods(c *Call, a *api, fr *frame) []string {
	verb := a.arg["verb"]
	arg, isArg := strings.CutPrefix(verb, "arg:")
	switch {
	case verb == "":
		return nil
	case verb == "VERB":
		return []string{strings.ToUpper(lastName(c.Callee))}
	case !isArg:
		return []string{verb}
	}
	i := int(arg[0] - '0')
	if i >= len(c.Args) {
		return []string{""}
	}
	h, hf := s.g.head(c.Args[i], fr, 0)
	list := []Expr{h}
	if h.Op == List {
		list = h.Args
	}
	var out []string
	for _, e := range list {
		v, _ := s.g.text(e, hf, 0).Constant()
		out = append(out, strings.ToUpper(v))
	}
	return out
}

// nested notes a router that stands where a handler does: with what is stripped off the path in front of it.
func (s *routing) nested(c *Call, handler Expr, fr *frame) bool {
	sub := s.within(handler, fr, 0)
	for _, st := range sub {
		if a := lookup(st.root, "router"); a != nil && a.arg["open"] != "" {
			return false
		}
	}
	in := defaultMux
	if c.Recv != nil {
		in = ""
		if up := s.stations(*c.Recv, fr, 0); len(up) == 1 {
			in = up[0].root
		}
	}
	for _, st := range sub {
		s.mounts = append(s.mounts, mount{router: st.root, under: station{prefix: st.prefix, known: st.known}, in: in})
	}
	return len(sub) > 0
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

// mount notes a router put beneath a prefix of another.
func (s *routing) mount(c *Call, a *api, fr *frame) {
	prefix, ok := "", false
	if n := a.index("prefix"); n < len(c.Args) {
		prefix, ok = s.g.text(c.Args[n], fr, 0).Constant()
	}
	n := a.index("router")
	if n >= len(c.Args) || c.Recv == nil {
		return
	}
	sub := s.within(c.Args[n], fr, 0)
	for _, st := range s.stations(*c.Recv, fr, 0) {
		under := station{prefix: join(st.prefix, prefix), known: st.known && ok, root: st.root}
		for _, in := range sub {
			s.mounts = append(s.mounts, mount{router: in.root, under: under})
		}
		if len(sub) == 0 {
			s.add(workload.Route{Pattern: under.prefix, Known: under.known, Tree: true, Handler: s.answers(c.Args[n], fr, 0), At: c.Args[a.index("prefix")].At}, under.root, c)
		}
	}
}

// table adds routes given as structs.
func (s *routing) table(c *Call, fr *frame) {
	prefix, known := "", true
	var rows []Expr
	var visit func(e Expr, fr *frame, depth int)
	visit = func(e Expr, fr *frame, depth int) {
		h, hf := s.g.head(e, fr, 0)
		if a := lookup(h.S, "under"); h.Op == Result && a != nil {
			if n := a.index("prefix"); n < len(h.Args) {
				p, ok := s.g.text(h.Args[n], hf, 0).Constant()
				prefix, known = p, known && ok
			}
			return
		}
		if h.Op == Composite && slices.Contains(h.Keys, "Path") {
			rows = append(rows, h)
			return
		}
		for _, a := range h.Args {
			if depth < 4 {
				visit(a, hf, depth+1)
			}
		}
	}
	for _, a := range c.Args {
		visit(a, fr, 0)
	}
	if len(rows) == 0 {
		s.unsure(c.At, "a table of routes that cannot be told")
	}
	for _, row := range rows {
		r := workload.Route{Known: known}
		for i, key := range row.Keys {
			switch v := row.Args[i]; key {
			case "Path":
				p, ok := s.g.text(v, fr, 0).Constant()
				r.Pattern, r.Known, r.At = join(prefix, p), r.Known && ok, v.At
			case "Method":
				r.Method, _ = s.g.text(v, fr, 0).Constant()
			case "Handler":
				r.Handler = s.answers(v, fr, 0)
			}
		}
		s.add(r, "", c)
	}
}

// register adds a route for each way in which its router can be meant.
func (s *routing) register(r workload.Route, c *Call, fr *frame) {
	if c.Recv == nil {
		s.add(r, defaultMux, c)
		return
	}
	at := s.stations(*c.Recv, fr, 0)
	if len(at) == 0 {
		at = []station{{}}
	}
	for _, st := range at {
		whole := r
		whole.Pattern, whole.Known = join(st.prefix, r.Pattern), r.Known && st.known
		if lookup(c.Callee, "route").index("pattern") < 0 && !st.at.IsZero() { // the router has the pattern
			whole.Tree, whole.At = st.tree, st.at
		}
		s.add(whole, st.root, c)
	}
}

func (s *routing) add(r workload.Route, root string, c *Call) {
	if !slices.ContainsFunc(s.found, func(o found) bool { return o.route == r && o.root == root }) {
		s.found = append(s.found, found{r, root, c.At})
	}
}

// verbs gives routes the methods that are named behind them: r.HandleFunc("/", h).Methods("GET").
func (s *routing) verbs(c *Call) {
	if c.Recv == nil {
		return
	}
	in := check.Span{} // the call that registers it, before or behind this one
	for e := *c.Recv; ; e = e.Args[0] {
		if lookup(e.S, "route", "group", "verbs") == nil || e.Op != Result {
			break
		}
		if lookup(e.S, "route") != nil {
			in = e.At
		}
		if len(e.Keys) == 0 {
			break
		}
	}
	var names []string
	for _, a := range c.Args {
		v, _ := s.g.text(a, nil, 0).Constant()
		names = append(names, strings.ToUpper(v))
	}
	for i := 0; i < len(s.found); i++ {
		if fd := &s.found[i]; !in.IsZero() && fd.call == in || in.IsZero() && fd.call.File == c.At.File && fd.call.Start == c.At.Start && fd.call.End.Offset > c.At.End.Offset {
			for j, name := range names {
				if j == 0 {
					fd.route.Method = name
					continue
				}
				more := *fd
				more.route.Method, more.call = name, check.Span{}
				s.found = append(s.found, more)
				fd = &s.found[i]
			}
		}
	}
}

// compared adds the paths that a function compares the path of a request with.
func (s *routing) compared(f *Func) {
	for _, r := range paths(f) {
		r.Handler = f.ID
		s.add(r, "", &Call{At: r.At})
	}
}

func paths(f *Func) []workload.Route {
	var out []workload.Route
	var visit func(e Expr)
	visit = func(e Expr) {
		switch {
		case e.Op == Equals && strings.HasPrefix(e.S, "/") && len(e.Args) == 1 && isPath(e.Args[0]):
			out = append(out, workload.Route{Pattern: e.S, Known: true, At: e.At})
		case e.Op == Result && e.S == "strings.HasPrefix" && len(e.Args) == 2 && isPath(e.Args[0]) && e.Args[1].Op == Const:
			out = append(out, workload.Route{Pattern: e.Args[1].S, Known: true, Tree: true, At: e.At})
		case e.Op == Either:
			for _, a := range e.Args {
				visit(a)
			}
		}
	}
	for _, br := range f.Branches {
		visit(br.Cond)
	}
	return out
}

// isPath reports whether a value is the path of a request.
func isPath(e Expr) bool {
	switch e.Op {
	case Select:
		return e.S == "net/url.URL.Path" || e.S == "net/http.Request.RequestURI"
	case Result:
		name := lastName(e.S)
		return name == "Path" || name == "FullPath" || name == "EscapedPath" || name == "RequestURI"
	}
	return false
}

// linked adds the routes that packages register by being there.
func (s *routing) linked() {
	for _, l := range s.g.linked(s.p.ImportPath) {
		if s.roots[defaultMux] || slices.ContainsFunc(s.mounts, func(m mount) bool { return m.router == defaultMux }) {
			text := lookup(l.Path, "linked").arg["text"]
			s.add(workload.Route{Method: "", Pattern: text, Known: true, Tree: strings.HasSuffix(text, "/"), Handler: l.Path, At: l.At}, defaultMux, &Call{At: l.At})
		}
	}
}

// join puts in front of each route what its router is mounted under, and fills the set.
func (s *routing) join() {
	for _, fd := range s.found {
		for _, up := range s.above(fd.root, 0) {
			r := fd.route
			r.Pattern, r.Known = join(up.prefix, r.Pattern), r.Known && up.known
			if r.Pattern == "" {
				r.Pattern = "/"
			}
			if !slices.Contains(s.p.Routes.Members, r) {
				s.p.Routes.Members = append(s.p.Routes.Members, r)
			}
		}
	}
	slices.SortStableFunc(s.p.Routes.Members, func(a, b workload.Route) int { return a.At.Compare(b.At) })
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

// linked returns the imports of a main package and what it imports that do something by being there.
func (g *Graph) linked(main string) []Import {
	var out []Import
	seen := map[string]bool{}
	todo := []string{main}
	for len(todo) > 0 {
		p := g.packages[todo[0]]
		todo = todo[1:]
		if p == nil || seen[p.Path] {
			continue
		}
		seen[p.Path] = true
		out = append(out, p.Linked...)
		todo = append(todo, p.Imports...)
	}
	return out
}

// exposures collects metrics and health services.
func (b *builder) exposures() {
	b.p.Metrics.Complete, b.p.Healths.Complete = true, true
	for _, f := range b.g.sorted(b.r.funcs) {
		for _, c := range f.Calls {
			switch a := apis()[c.Callee]; {
			case a != nil && a.kind == "metrics":
				b.p.Metrics.Members = append(b.p.Metrics.Members, workload.Metric{Via: c.Callee, At: c.At})
			case a != nil && a.kind == "health":
				b.p.Healths.Members = append(b.p.Healths.Members, workload.Health{Via: c.Callee, At: c.At})
			case a == nil && b.g.packages[packageOf(c.Callee)] == nil && !isStandardCall(c.Callee):
				b.exposes(&c)
			}
		}
	}
	for _, l := range b.g.linked(b.p.ImportPath) {
		if l.Path == "expvar" {
			b.p.Metrics.Members = append(b.p.Metrics.Members, workload.Metric{Via: l.Path, At: l.At})
		}
	}
	for _, f := range b.g.sorted(b.r.wide) {
		for _, c := range f.Calls {
			switch a := apis()[c.Callee]; {
			case b.r.funcs[f.ID] || a == nil:
			case a.kind == "metrics":
				b.p.Metrics.Complete = false
			case a.kind == "health":
				b.p.Healths.Complete = false
			}
		}
	}
}

// exposes opens the sets that a library may add to, by its name. Making a counter exposes nothing.
func (b *builder) exposes(c *Call) {
	name := strings.ToLower(c.Callee)
	if strings.Contains(name, "health") || strings.Contains(name, "probe") {
		b.p.Healths.Complete = false
	}
	if strings.HasPrefix(name, "github.com/prometheus/client_golang/prometheus.") || strings.HasPrefix(name, "github.com/prometheus/client_golang/prometheus/promauto.") {
		return
	}
	for _, word := range []string{"metric", "prom", "telemetry", "otel", "statsd", "datadog", "dd-trace", "newrelic", "monitor", "apm", "instrument", "observab",
		"opencensus", "controller-runtime", "apiserver"} {
		if strings.Contains(name, word) {
			b.p.Metrics.Complete = false
			return
		}
	}
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
			return []station{{known: true, root: place(h)}}
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

// place identifies a router by where it is made.
func place(e Expr) string {
	return fmt.Sprintf("%s@%s:%d", e.S, e.At.File, e.At.Start.Offset)
}

// result returns the routers that a call returns.
func (s *routing) result(h Expr, hf *frame, depth int) []station {
	call := s.g.call(h, hf)
	switch a := apis()[h.S]; {
	case a == nil:
	case a.kind == "new":
		if t := lookup(a.arg["type"], "router"); t != nil {
			if t.arg["open"] != "" {
				return []station{{root: a.arg["type"]}}
			}
			return []station{{known: true, root: place(h)}}
		}
	case a.kind == "group" || a.kind == "verbs" || a.kind == "route":
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
		for _, fr := range s.g.frames(h.fn.ID, s.r.funcs, 0) {
			out = s.more(out, s.beneath(s.stations(*h.call.Recv, fr, depth), h.api, h.call.Args, fr))
		}
	}
	for _, fr := range s.g.frames(p.S, s.r.funcs, 0) {
		if arg, up, ok := fr.bind(p.S, p.N); ok {
			out = s.more(out, s.stations(arg, up, depth))
		}
	}
	for _, c := range s.behind[p.S] {
		if p.N < 0 || p.N >= len(c.call.Args) {
			continue
		}
		for _, fr := range s.g.frames(c.fn.ID, s.r.funcs, 0) {
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
