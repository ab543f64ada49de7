package observe

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// hole stands in a shape where a text is not known.
const hole = "\x00"

// shape returns a text with a hole for each part that is no literal.
func shape(t workload.Text) string {
	if len(t) == 0 {
		return hole
	}
	s := ""
	for _, p := range t {
		if p.Source == workload.Literal {
			s += p.Lit
		} else {
			s += hole
		}
	}
	return s
}

// An address is what an URL, a DSN or "host:port" says about the other party. Parts that are not known hold a hole.
type address struct {
	scheme, host, port, user, password string
}

// parseAddress reads URLs, DSNs of MySQL (user:password@tcp(host:port)/db), DSNs of keywords (host=db user=shop) and host:port. ok is
// false for anything else.
func parseAddress(s string) (a address, ok bool) {
	s = strings.TrimSpace(s)
	if scheme, rest, found := strings.Cut(s, "://"); found {
		if scheme == "" || strings.ContainsAny(scheme, " @/?"+hole) {
			return address{}, false
		}
		authority := rest
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			authority = rest[:i]
		}
		if scheme == "dns" || scheme == "passthrough" { // resolvers of gRPC: the address is the path
			authority = strings.TrimLeft(rest, "/")
		}
		a.scheme = strings.ToLower(scheme)
		if i := strings.LastIndexByte(authority, '@'); i >= 0 {
			a.user, a.password, _ = strings.Cut(authority[:i], ":")
			authority = authority[i+1:]
		}
		a.hostPort(authority)
		return a, true
	}
	if i := strings.LastIndex(s, "@tcp("); i >= 0 {
		a.user, a.password, _ = strings.Cut(s[:i], ":")
		inner, _, closed := strings.Cut(s[i+len("@tcp("):], ")")
		if closed {
			a.hostPort(inner)
		}
		return a, closed
	}
	if words := keywords(s); words["host"] != "" || words["server"] != "" {
		a.host, a.port, a.user, a.password = words["host"]+words["server"], words["port"], words["user"], words["password"]
		return a, true
	}
	if strings.ContainsAny(s, " /@,"+hole) && !strings.HasSuffix(s, ":"+hole) {
		return address{}, false
	}
	a.hostPort(s)
	return a, a.port != ""
}

// hostPort reads the first of the hosts in the authority of an address.
func (a *address) hostPort(s string) {
	s, _, _ = strings.Cut(s, ",")
	if i := strings.LastIndexByte(s, ':'); i >= 0 && (strings.HasSuffix(s[:i], "]") || !strings.Contains(s[:i], ":")) {
		a.host, a.port = strings.Trim(s[:i], "[]"), s[i+1:]
		return
	}
	a.host = strings.Trim(s, "[]")
}

// keywords reads the pairs of a DSN of keywords, separated by spaces or semicolons.
func keywords(s string) map[string]string {
	out := map[string]string{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ';' || r == '\n' || r == '\t' }) {
		k, v, ok := strings.Cut(w, "=")
		if !ok || k == "" {
			return map[string]string{}
		}
		out[strings.ToLower(k)] = strings.Trim(v, `'"`)
	}
	return out
}

// An Endpoint is a place that exists in one deployment alone and to which a program connects whatever it is told.
type Endpoint struct {
	Host  string // with the port, if that is known
	Local bool   // the loopback interface
	Via   string // symbol of the function that connects
	At    check.Span
	Call  check.Span
}

// Endpoints returns the hard-coded endpoints of the server or worker under analysis. The pass must require [Analyzer].
func Endpoints(pass *analysis.Pass) []Endpoint {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker || IsLocal(p) {
		return nil
	}
	var (
		out     []Endpoint
		sockets = sync.OnceValue(func() bool { return g.dialsSockets(r) })
		choices = g.choices(r)
	)
	add := func(addr workload.Text, via string, call check.Span, backing bool) {
		a, ok := parseAddress(shape(addr))
		if !ok || !isNetwork(a.scheme) || !deploymentSpecific(a.host) || choices[call] {
			return
		}
		e := Endpoint{Host: a.host, Local: isLocalHost(a.host), Via: via, At: literalOf(addr, a.host), Call: call}
		if !backing && (a.port == "" && sockets() || e.Local && (a.port == "" || isSidecar(a.port) || listensOn(p, a.port))) {
			return
		}
		if a.port != "" && !strings.Contains(a.port, hole) {
			e.Host += ":" + a.port
		}
		if !e.At.IsZero() && !slices.ContainsFunc(out, func(o Endpoint) bool { return o.At == e.At && o.Host == e.Host }) {
			out = append(out, e)
		}
	}
	probing := g.probing(r)
	for _, o := range p.Outbounds.Members {
		if !slices.ContainsFunc(probing, func(at check.Span) bool { return within(o.At, at) }) && !findsOwnAddress(g, r, o) {
			add(o.Addr, o.Via, o.At, false)
		}
	}
	for _, b := range p.Backings.Members {
		add(b.Addr, b.Via, b.At, true)
	}
	return out
}

// isNetwork reports whether a scheme is one of a protocol to a host; schemes of name services are not.
func isNetwork(scheme string) bool {
	switch scheme {
	case "", "http", "https", "ws", "wss", "tcp", "udp", "tls", "grpc", "dns", "passthrough", "amqp", "amqps", "postgres", "postgresql", "pgx", "pgx5", "mysql", "mongodb",
		"redis", "rediss", "nats", "clickhouse", "sqlserver", "bolt", "neo4j", "ldap", "ldaps", "smtp", "kafka", "cockroachdb":
		return true
	}
	return false
}

// deploymentSpecific reports whether a host means something inside one deployment alone: a single label, a name of a cluster or a
// local network, a private address.
func deploymentSpecific(host string) bool {
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsPrivate() || ip.IsLoopback()
	}
	if len(host) < 2 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || host[0] < 'a' || host[0] > 'z' {
		return false
	}
	labels := strings.Split(host, ".")
	if len(labels) == 1 {
		return !isDummy(host)
	}
	if labels[0] == "kubernetes" || labels[0] == "metadata" { // the same wherever the platform runs
		return false
	}
	switch labels[len(labels)-1] {
	case "svc", "local", "internal", "lan":
		return true
	}
	return false
}

// isDummy reports whether a host stands where the syntax asks for one and nobody looks it up.
func isDummy(host string) bool {
	switch host {
	case "unix", "docker", "socket", "sock", "dummy", "example", "fake", "test", "tests", "testing", "invalid", "host", "hostname", "placeholder",
		"bufnet", "bufconn", "buf", "metadata", "kubernetes", "containerd":
		return true
	}
	return false
}

// isLocalHost reports whether a host is the loopback interface.
func isLocalHost(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// isSidecar reports whether a port is one on which a documented helper answers beside the program: Dapr, Istio and Envoy, agents of
// Datadog, OpenTelemetry, Jaeger, X-Ray and Fluentd.
func isSidecar(port string) bool {
	switch port {
	case "3500", "50001", "15000", "15020", "15021", "9901", "8125", "8126", "4317", "4318", "6831", "6832", "14268", "2000", "24224":
		return true
	}
	return false
}

// listensOn reports whether the program may serve on a port itself.
func listensOn(p *workload.Program, port string) bool {
	if p.Listens.Open() {
		return true
	}
	for _, l := range p.Listens.Members {
		own, ok := l.Addr.Eval(nothing{}).Get()
		if !ok || strings.HasSuffix(own, port) || strings.Contains(port, hole) {
			return true
		}
	}
	return false
}

// literalOf returns the place of the literal that holds a host.
func literalOf(t workload.Text, host string) check.Span {
	for _, p := range t {
		if p.Source == workload.Literal && strings.Contains(p.Lit, host) {
			return p.At
		}
	}
	return check.Span{}
}

// dialsSockets reports whether reached code connects to Unix sockets: then a URL's host may be there for its syntax alone.
func (g *Graph) dialsSockets(r *reach) bool {
	for id := range r.wide {
		for _, c := range g.funcs[id].Calls {
			a := lookup(c.Callee, "dial")
			if a == nil || a.index("network") < 0 || c.Mention || a.index("network") >= len(c.Args) {
				continue
			}
			if n, ok := g.text(c.Args[a.index("network")], nil, 0).Constant(); ok && strings.HasPrefix(n, "unix") {
				return true
			}
		}
	}
	return false
}

// findsOwnAddress reports whether a program connects a UDP socket to learn which of its addresses is used: nothing is sent.
func findsOwnAddress(g *Graph, r *reach, o workload.Outbound) bool {
	a := lookup(o.Via, "dial")
	if a == nil || a.index("network") < 0 {
		return false
	}
	addr, _ := parseAddress(shape(o.Addr))
	if _, err := netip.ParseAddr(addr.host); err != nil {
		return false
	}
	for id := range r.funcs {
		for _, c := range g.funcs[id].Calls {
			if c.At == o.At && !c.Mention && a.index("network") < len(c.Args) {
				n, _ := g.text(c.Args[a.index("network")], nil, 0).Constant()
				return strings.HasPrefix(n, "udp")
			}
		}
	}
	return false
}

// probing returns the calls in functions named after a look at health: they ask the program itself or are asked to.
func (g *Graph) probing(r *reach) []check.Span {
	var out []check.Span
	for _, f := range g.sorted(r.funcs) {
		for _, c := range f.Calls {
			if lookup(c.Callee, "client", "request", "dial") != nil && slices.ContainsFunc(g.around(f), func(f *Func) bool { return probes(f.ID) }) {
				out = append(out, c.At)
			}
		}
	}
	return out
}

// choices returns the connections that are made on some ways through a function only, where the same library connects to
// something that is not constant on another: the constant is what is left when nothing else is set.
func (g *Graph) choices(r *reach) map[check.Span]bool {
	out := map[check.Span]bool{}
	for id := range r.funcs {
		var fixed, open []*Call
		for i := range g.funcs[id].Calls {
			c := &g.funcs[id].Calls[i]
			a := lookup(c.Callee, "dial", "connect", "source")
			if a == nil || c.Mention || a.index("inner") >= 0 && a.arg["field"] == "" {
				continue
			}
			texts := g.addresses(a, c.Args, nil, 0)
			if len(texts) == 0 || slices.ContainsFunc(texts, func(t workload.Text) bool { return strings.Contains(shape(t), hole) }) {
				open = append(open, c)
			} else if c.Cond || c.Early {
				fixed = append(fixed, c)
			}
		}
		for _, c := range fixed {
			out[c.At] = slices.ContainsFunc(open, func(o *Call) bool { return packageOf(o.Callee) == packageOf(c.Callee) })
		}
	}
	return out
}

// A Credential is a password that stands in the code as part of an address.
type Credential struct {
	Default string // the variable or flag whose default it is; "" if nothing replaces it
	Via     string // symbol of the function that connects
	At      check.Span
	Call    check.Span
}

// Credentials returns the passwords in addresses to which the program under analysis connects. The pass must require
// [Analyzer].
func Credentials(pass *analysis.Pass) []Credential {
	_, p, _, ok := mainOf(pass)
	if !ok {
		return nil
	}
	var out []Credential
	add := func(t workload.Text, via string, call check.Span) {
		for _, c := range credentials(t, "") {
			c.Via, c.Call = via, call
			if !slices.ContainsFunc(out, func(o Credential) bool { return o.At == c.At }) {
				out = append(out, c)
			}
		}
	}
	for _, o := range p.Outbounds.Members {
		add(o.Addr, o.Via, o.At)
	}
	for _, b := range p.Backings.Members {
		add(b.Addr, b.Via, b.At)
	}
	for _, f := range p.Flags.Members {
		if d, ok := f.Default.Get(); ok {
			add(workload.Text{{Source: workload.FromFlag, Name: f.Name, Default: workload.Lit(d, f.Default.At())}}, "", f.At)
		}
	}
	return out
}

// credentials returns the passwords that the literals of a text hold, and those in the defaults of its inputs.
func credentials(t workload.Text, of string) []Credential {
	var out []Credential
	if a, ok := parseAddress(shape(t)); ok && isCredential(a) {
		if at := literalOf(t, a.password); !at.IsZero() {
			out = append(out, Credential{Default: of, At: at})
		}
	}
	for _, p := range t {
		if p.Source == workload.FromEnv || p.Source == workload.FromFlag {
			out = append(out, credentials(p.Default, p.Name)...)
		}
	}
	return out
}

// isCredential reports whether an address holds a password that could be one.
func isCredential(a address) bool {
	if a.password == "" || strings.ContainsAny(a.password, hole+"%{}$<>[]* ") && !escaped(a.password) || strings.Contains(a.password, hole) {
		return false
	}
	host := strings.ToLower(a.host)
	if host == "host" || host == "hostname" || host == "example" || strings.Contains(host, "example.") || strings.HasSuffix(host, ".invalid") {
		return false
	}
	return !check.IsPlaceholder(a.password)
}

// escaped reports whether the only marks in a password are those by which a URL writes other characters.
func escaped(password string) bool {
	s, err := url.PathUnescape(password)
	return err == nil && s != password && !strings.ContainsAny(password, hole+"{}$<>[]* ")
}
