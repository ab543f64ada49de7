package observe

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// serve adds the listeners of a call that serves until shutdown: one for each address it is called with.
func (b *builder) serve(f *Func, c *Call, a *api) {
	async := b.beside(f, c, a)
	for _, fr := range b.g.frames(f.ID, b.r.funcs) {
		addr, network := b.address(c, a, fr)
		l := workload.Listen{Addr: addr, Network: network, Framework: packageOf(c.Callee), At: c.At, Role: workload.MainTraffic}
		if b.auxiliary(f, c, a, fr, l) {
			l.Role = workload.Auxiliary
		}
		i := slices.IndexFunc(b.serves, func(s serve) bool { return s.listen.At == l.At && sameAddr(s.listen.Addr, l.Addr) })
		if i < 0 {
			b.serves = append(b.serves, serve{l, async, f.ID})
		} else if l.Role == workload.MainTraffic {
			b.serves[i].listen.Role = l.Role
		}
	}
}

func sameAddr(a, b workload.Text) bool {
	if as, ok := a.Constant(); ok {
		bs, ok := b.Constant()
		return ok && as == bs
	}
	return sameText(a, b)
}

// address returns what a serve call listens on.
func (b *builder) address(c *Call, a *api, fr *frame) (addr workload.Text, network string) {
	opaque := workload.Text{{Source: workload.Opaque, At: c.At}}
	if c.Mention {
		c = &Call{Recv: c.Recv, At: c.At}
	}
	switch {
	case a.arg["with"] != "" && c.Recv != nil && b.options(*c.Recv, a.arg["with"], fr, 0) != nil:
		return b.options(*c.Recv, a.arg["with"], fr, 0), "tcp"
	case a.arg["field"] != "" && c.Recv != nil:
		return b.field(*c.Recv, a.arg["field"], fr, workload.Lit(a.arg["default"], c.At), opaque), "tcp"
	case a.index("server") >= 0 && a.index("server") < len(c.Args):
		return b.field(c.Args[a.index("server")], "Addr", fr, opaque, opaque), "tcp"
	case a.index("listener") >= 0 && a.index("listener") < len(c.Args):
		return b.listener(c.Args[a.index("listener")], fr, opaque)
	case a.index("addr") >= 0 && a.index("addr") < len(c.Args):
		return b.g.text(c.Args[a.index("addr")], fr, 0), "tcp"
	case a.arg["with"] != "" && c.Recv != nil && b.plain(*c.Recv, fr):
		return workload.Lit(a.arg["default"], c.At), "tcp"
	case a.arg["env"] != "" && len(c.Args) == 0:
		return workload.Text{{Source: workload.Literal, Lit: ":", At: c.At},
			{Source: workload.FromEnv, Name: a.arg["env"], Default: workload.Lit(strings.TrimPrefix(a.arg["default"], ":"), c.At), At: c.At}}, "tcp"
	}
	return opaque, ""
}

// options returns the text that an option of the name gives a server where it is made, or nil.
func (b *builder) options(server Expr, name string, fr *frame, depth int) workload.Text {
	h, hf := b.g.head(server, fr, 0)
	if h.Op == Select && len(h.Args) == 1 { // a method of an embedded field
		h, hf = b.g.head(h.Args[0], hf, 0)
	}
	if h.Op != Result || depth > 2 {
		return nil
	}
	args := b.g.call(h, hf).args
	if h.S == name && len(args) > 0 {
		return b.g.text(args[0], hf, 0)
	}
	for _, a := range args {
		inside := []Expr{a}
		if l, _ := b.g.head(a, hf, 0); l.Op == List {
			inside = l.Args
		}
		for _, a := range inside {
			if t := b.options(a, name, hf, depth+1); t != nil {
				return t
			}
		}
	}
	return nil
}

// plain reports whether a server is made without any option.
func (b *builder) plain(server Expr, fr *frame) bool {
	h, hf := b.g.head(server, fr, 0)
	if h.Op == Select && len(h.Args) == 1 {
		h, hf = b.g.head(h.Args[0], hf, 0)
	}
	if h.Op != Result || b.g.funcs[h.S] != nil {
		return false
	}
	return !slices.ContainsFunc(b.g.call(h, hf).args, func(e Expr) bool { return e.Op != List || len(e.Args) > 0 })
}

// field returns the text of a field of a server, given where the server is built or assigned later.
func (b *builder) field(server Expr, name string, fr *frame, unset, opaque workload.Text) workload.Text {
	h, hf := b.g.head(server, fr, 0)
	if h.Op != Composite {
		return opaque
	}
	sym := h.S + "." + name
	var later []stored
	for _, v := range b.g.values[sym] {
		if !v.lit {
			later = append(later, v)
		}
	}
	i := slices.Index(h.Keys, name)
	switch {
	case i >= 0 && len(later) == 0:
		return b.g.text(h.Args[i], hf, 0)
	case i < 0 && len(later) == 1 && !later[0].def:
		return b.g.text(later[0].value, nil, 0)
	case i < 0 && len(later) == 0:
		return unset
	}
	return opaque
}

// listener returns the address and network of a net.Listener.
func (b *builder) listener(e Expr, fr *frame, opaque workload.Text) (workload.Text, string) {
	h, hf := b.g.head(e, fr, 0)
	if h.Op != Result {
		return opaque, ""
	}
	a := lookup(h.S, "listen")
	if a == nil {
		return opaque, ""
	}
	args := b.g.call(h, hf).args
	if n := a.index("inner"); n >= 0 && n < len(args) {
		return b.listener(args[n], hf, opaque)
	}
	b.listened = append(b.listened, h.At)
	n, m := a.index("network"), a.index("addr")
	if m < 0 || m >= len(args) || n >= len(args) {
		return opaque, ""
	}
	if n < 0 {
		return b.g.text(args[m], hf, 0), "tcp"
	}
	network, _ := b.g.text(args[n], hf, 0).Constant()
	return b.g.text(args[m], hf, 0), network
}

// auxiliary reports whether a listener is beside the main traffic: metrics, profiling, health, redirects, loopback.
func (b *builder) auxiliary(f *Func, c *Call, a *api, fr *frame, l workload.Listen) bool {
	if strings.HasPrefix(l.Network, "unix") {
		return true
	}
	if s, ok := l.Addr.Constant(); ok {
		if s == "" && l.Network == "" {
			return false
		}
		host, port, _ := strings.Cut(s, ":")
		if port == "6060" || port == "0" {
			return true
		}
		if host == "unix" {
			return true
		}
	}
	if len(l.Addr) > 0 && l.Addr[0].Source == workload.Literal && workload.IsLoopback(l.Addr[0].Lit) {
		return true
	}
	for _, p := range l.Addr {
		if auxiliaryName(p.Name) {
			return true
		}
	}
	names := []string{lastName(f.ID)}
	for up := f.Parent; up != ""; up = b.g.funcs[up].Parent {
		if b.g.funcs[up] == nil {
			break
		}
		names = append(names, lastName(up))
	}
	if fr != nil && fr.site != nil {
		for _, arg := range fr.site.Args {
			names = append(names, fieldNames(arg)...)
		}
	}
	if c.Recv != nil {
		names = append(names, fieldNames(*c.Recv)...)
	}
	for _, arg := range c.Args {
		names = append(names, fieldNames(arg)...)
		if h, hf := b.g.head(arg, fr, 0); h.Op == Result && lookup(h.S, "listen") != nil {
			for _, a := range b.g.call(h, hf).args { // where the listener listens
				names = append(names, fieldNames(a)...)
			}
		}
	}
	if pkg := path.Base(packageOf(f.ID)); pkg != "internal" && pkg != "admin" {
		names = append(names, pkg)
	}
	if slices.ContainsFunc(names, auxiliaryName) {
		return true
	}
	return b.auxiliaryHandler(f, c, a, fr)
}

// auxiliaryHandler reports whether what is served is metrics, profiles or redirects by its handler or routes.
func (b *builder) auxiliaryHandler(f *Func, c *Call, a *api, fr *frame) bool {
	handler := Expr{Op: Nil}
	if n := a.index("handler"); n >= 0 && n < len(c.Args) {
		handler = c.Args[n]
	} else if c.Recv != nil {
		if h, _ := b.g.head(*c.Recv, fr, 0); h.Op == Composite {
			if i := slices.Index(h.Keys, "Handler"); i >= 0 {
				handler = h.Args[i]
			}
		}
	}
	h, _ := b.g.head(handler, fr, 0)
	if h.Op == Result && (strings.Contains(h.S, "promhttp.") || strings.HasSuffix(h.S, "autocert.Manager.HTTPHandler") || h.S == "net/http.RedirectHandler") {
		return true
	}
	if h.Op == FuncRef {
		if fn := b.g.funcs[h.S]; fn != nil && slices.ContainsFunc(fn.Calls, func(c Call) bool { return c.Callee == "net/http.Redirect" }) && len(fn.Calls) <= 2 {
			return true
		}
	}
	if packageOf(c.Callee) == "google.golang.org/grpc" {
		return false // routes beside it are those of another server
	}
	patterns := 0
	for _, c := range f.Calls {
		a := lookup(c.Callee, "route")
		if a == nil || c.Mention {
			continue
		}
		if n := a.index("pattern"); n >= len(c.Args) || n >= 0 && (c.Args[n].Op != Const || !auxiliaryRoute(c.Args[n].S)) {
			return false
		}
		patterns++
	}
	return patterns > 0
}

func auxiliaryRoute(r string) bool {
	r = strings.ToLower(r)
	for _, word := range []string{"metrics", "healthz", "readyz", "livez", "health", "ready", "live", "debug/", "ping", "status", "prometheus"} {
		if strings.Contains(r, word) {
			return true
		}
	}
	return false
}

// auxiliaryName reports whether a variable, flag, field or function is named after something beside main traffic.
func auxiliaryName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"metric", "pprof", "debug", "health", "probe", "prometheus", "promhttp", "telemetry", "monitor",
		"redirect", "profil", "diagnos", "readiness", "liveness", "internal", "admin", "mgmt", "management"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func lastName(symbol string) string {
	if strings.Contains(symbol, ".func@") {
		return ""
	}
	return symbol[strings.LastIndexByte(symbol, '.')+1:]
}

// fieldNames returns the names under which a value is kept: of fields, variables and functions.
func fieldNames(e Expr) []string {
	var out []string
	switch e.Op {
	case Select, Var, FuncRef:
		out = append(out, lastName(e.S))
	case Result:
		out = append(out, lastName(e.S))
	}
	if e.Op == Select || e.Op == Concat {
		for _, a := range e.Args {
			out = append(out, fieldNames(a)...)
		}
	}
	return out
}
