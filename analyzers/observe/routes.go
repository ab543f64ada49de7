package observe

import (
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

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
	host  bool // the pattern may begin with a host
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
	if apis()[c.Callee] == nil {
		s.unseen(c)
	}
	for a := apis()[c.Callee]; a != nil; a = a.next {
		s.api(f, c, a)
	}
}

// api looks at one call of an API.
func (s *routing) api(f *Func, c *Call, a *api) {
	switch a.kind {
	case "route", "table", "mount":
		if c.Mention {
			s.unsure(c.At, c.Callee+" is passed on")
			return
		}
		for _, fr := range s.g.frames(f.ID, s.r.funcs) {
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
	case "metrics":
		if c.Router && !c.Mention {
			s.unsure(c.At, c.Callee+" is given the router")
		}
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
	for _, fr := range s.g.frames(f.ID, s.r.funcs) {
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
		return o.listen.At == c.At && o.listen.Role == workload.MainTraffic && !workload.IsLoopback(beginning(o.listen.Addr))
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
		s.found = append(s.found, found{r, root, c.At, strings.HasPrefix(c.Callee, "net/http.")})
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
			if r.Pattern == "" || !fd.host && !strings.HasPrefix(r.Pattern, "/") {
				r.Pattern = "/" + r.Pattern
			}
			if !slices.Contains(s.p.Routes.Members, r) {
				s.p.Routes.Members = append(s.p.Routes.Members, r)
			}
		}
	}
	slices.SortStableFunc(s.p.Routes.Members, func(a, b workload.Route) int { return a.At.Compare(b.At) })
}
