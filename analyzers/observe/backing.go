package observe

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// An InitConnection is a connection that is opened while a package is initialised.
type InitConnection struct {
	Kind string // of the backing service, or "" for another party
	Via  string // symbol of the function that connects
	At   check.Span
	Ask  *Call // what has it connect, if Via does not by itself
}

// InitConnections returns the connections that the server or worker under analysis opens before its main function begins. What
// connects when it is first used counts where the initialisation asks it to. The pass must require [Analyzer].
func InitConnections(pass *analysis.Pass) []InitConnection {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var (
		out   []InitConnection
		inits = g.initial(r)
		funcs = slices.DeleteFunc(g.sorted(r.funcs), func(f *Func) bool { return !inits[f.ID] })
		pings []*Call
	)
	for _, f := range funcs {
		for i := range f.Calls {
			if c := &f.Calls[i]; lookup(c.Callee, "ping") != nil && !c.Mention {
				pings = append(pings, c)
			}
		}
	}
	for _, b := range p.Backings.Members {
		a := lookup(b.Via, "connect")
		if !b.AtInit || a == nil || isFile(b.Kind) || slices.ContainsFunc(out, func(o InitConnection) bool { return o.At == b.At }) {
			continue
		}
		c := InitConnection{Kind: b.Kind, Via: b.Via, At: b.At}
		if a.arg["lazy"] != "" {
			asked := slices.IndexFunc(pings, func(c *Call) bool {
				of := lookup(c.Callee, "ping").arg["of"]
				return of == "" && isSQL(b.Kind) || of == b.Kind
			})
			if asked < 0 {
				continue
			}
			c.Ask = pings[asked]
		}
		out = append(out, c)
	}
	for _, f := range funcs {
		for i := range f.Calls {
			c := &f.Calls[i]
			if lookup(c.Callee, "dial") == nil || c.Mention || c.Go || !strings.HasPrefix(c.Callee, "google.golang.org/grpc.") {
				continue
			}
			if slices.ContainsFunc(c.Args, func(e Expr) bool { return e.Op == Result && lookup(e.S, "block") != nil }) {
				out = append(out, InitConnection{Via: c.Callee, At: c.At})
			}
		}
	}
	return out
}

func isSQL(kind string) bool {
	switch kind {
	case "sql", "postgres", "mysql", "sqlserver", "clickhouse":
		return true
	}
	return false
}

// isFile reports whether a database is a file of the program's own.
func isFile(kind string) bool {
	switch kind {
	case "sqlite", "bolt", "badger", "leveldb", "pebble", "buntdb":
		return true
	}
	return false
}

// A LocalDatabase is a database in a file whose path the code fixes, relative to wherever the program starts.
type LocalDatabase struct {
	Kind string
	Path string
	At   check.Span
	Call check.Span
}

// LocalDatabases returns the databases in files of the server or worker under analysis. The pass must require [Analyzer].
func LocalDatabases(pass *analysis.Pass) []LocalDatabase {
	p := ProgramOf(pass)
	if p == nil || p.Class != workload.Server && p.Class != workload.Worker || IsLocal(p) {
		return nil
	}
	var out []LocalDatabase
	for _, b := range p.Backings.Members {
		dsn, ok := b.Addr.Constant()
		path := strings.TrimPrefix(dsn, "file:")
		path, _, _ = strings.Cut(path, "?")
		if !ok || !isFile(b.Kind) || path == "" || strings.HasPrefix(path, "/") || strings.Contains(dsn, ":memory:") || strings.Contains(dsn, "mode=memory") || strings.Contains(path, "://") {
			continue
		}
		d := LocalDatabase{Kind: b.Kind, Path: path, At: b.Addr[0].At, Call: b.At}
		if !slices.ContainsFunc(out, func(o LocalDatabase) bool { return o.At == d.At }) {
			out = append(out, d)
		}
	}
	return out
}

// An UnboundedPool is a pool of database connections that nothing limits.
type UnboundedPool struct {
	Via string
	At  check.Span
}

// UnboundedPools returns the pools of database/sql of the server or worker under analysis, if it limits none of its pools. The
// pass must require [Analyzer].
func UnboundedPools(pass *analysis.Pass) []UnboundedPool {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker || IsLocal(p) {
		return nil
	}
	for id := range r.wide {
		if slices.ContainsFunc(g.funcs[id].Calls, func(c Call) bool {
			return lookup(c.Callee, "pool") != nil || strings.HasSuffix(c.Callee, ".SetMaxOpenConns")
		}) {
			return nil
		}
	}
	var out []UnboundedPool
	for _, b := range p.Backings.Members {
		if !isSQL(b.Kind) || b.Kind == "sql" || b.Kind == "clickhouse" || !opensPool(b.Via) {
			continue
		}
		if !slices.ContainsFunc(out, func(o UnboundedPool) bool { return o.At == b.At }) {
			out = append(out, UnboundedPool{Via: b.Via, At: b.At})
		}
	}
	return out
}

// opensPool reports whether a function returns a pool of database/sql; drivers' own pools have limits.
func opensPool(via string) bool {
	switch packageOf(via) {
	case "database/sql", "github.com/jmoiron/sqlx", "gorm.io/gorm", "github.com/jinzhu/gorm", "entgo.io/ent/dialect/sql",
		"github.com/XSAM/otelsql", "github.com/uptrace/opentelemetry-go-extra/otelsql", "xorm.io/xorm", "github.com/go-xorm/xorm":
		return true
	}
	return false
}

// An AutoAck is a consumer whose broker forgets a message before the work it asks for is done.
type AutoAck struct {
	Via string
	At  check.Span // the argument, or the called name
}

// AutoAcks returns such consumers of the server or worker under analysis. Queues that one consumer has for itself and that go
// with it, as for replies and broadcasts, are left out: their messages are lost with it anyway. The pass must require [Analyzer].
func AutoAcks(pass *analysis.Pass) []AutoAck {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var out []AutoAck
	for _, f := range g.sorted(r.funcs) {
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "worker")
			if a == nil || c.Mention || a.index("autoack") < 0 && a.arg["groups"] == "" {
				continue
			}
			frames := g.frames(f.ID, r.funcs)
			if slices.ContainsFunc(frames, func(fr *frame) bool { return !g.acksEarly(c, a, fr) }) {
				continue
			}
			at := c.Name
			if n := a.index("autoack"); n >= 0 {
				at = c.Args[n].At
			}
			out = append(out, AutoAck{Via: c.Callee, At: at})
		}
	}
	return out
}

// acksEarly reports whether a call takes messages that the broker forgets at once, when its function is called in this way.
func (g *Graph) acksEarly(c *Call, a *api, fr *frame) bool {
	if n := a.index("autoack"); n >= 0 {
		if n >= len(c.Args) {
			return false
		}
		v, ok := g.text(c.Args[n], fr, 0).Constant()
		q := a.index("queue")
		return ok && v == "true" && !(q >= 0 && g.ownQueue(c.Args[q], fr))
	}
	if c.Recv == nil {
		return false
	}
	h, hf := g.head(*c.Recv, fr, 0)
	if h.Op != Result || !strings.HasSuffix(h.S, ".NewReader") || len(h.Args) == 0 {
		return false
	}
	e, ef, ok := g.fieldOf(h.Args[0], "GroupID", hf)
	if !ok {
		return false
	}
	group, known := g.text(e, ef, 0).Constant()
	return !known || group != ""
}

// ownQueue reports whether a queue belongs to its consumer: the broker names it, it is exclusive or goes when nobody reads it, or it
// is the one for direct replies. It is true as well where the queue is declared elsewhere under a name that is not known.
func (g *Graph) ownQueue(e Expr, fr *frame) bool {
	if e.Op == Select && strings.HasSuffix(e.S, ".Queue.Name") {
		h, hf := g.head(e.Args[0], fr, 0)
		if h.Op != Result || !strings.HasSuffix(h.S, ".Channel.QueueDeclare") {
			return true
		}
		return g.ownDeclaration(g.call(h, hf).args, hf)
	}
	name, ok := g.text(e, fr, 0).Constant()
	if ok && (name == "" || strings.HasPrefix(name, "amq.")) {
		return true
	}
	own := false
	for _, f := range g.funcs { // a queue of that name may be declared in any function
		for i := range f.Calls {
			c := &f.Calls[i]
			if strings.HasSuffix(c.Callee, ".Channel.QueueDeclare") && len(c.Args) == 6 && ok {
				if n, known := g.text(c.Args[0], nil, 0).Constant(); known && n == name {
					own = own || g.ownDeclaration(c.Args, nil)
				}
			}
		}
	}
	return own
}

// ownDeclaration reports whether QueueDeclare(name, durable, autoDelete, exclusive, …) makes a queue for one consumer.
func (g *Graph) ownDeclaration(args []Expr, fr *frame) bool {
	if len(args) < 4 {
		return true
	}
	for _, n := range []int{2, 3} {
		if v, ok := g.text(args[n], fr, 0).Constant(); !ok || v == "true" {
			return true
		}
	}
	name, ok := g.text(args[0], fr, 0).Constant()
	return ok && name == ""
}
