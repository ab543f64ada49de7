package observe

import (
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// logs adds the regular files that logs go to. The set stays open: any library may write its own log.
func (b *builder) logs() {
	l := &logReader{b: b, elsewhere: map[string]bool{}, opened: map[check.Span]string{}}
	l.settled = b.r.walk(b.g.starts(b.p.ImportPath), false, func(c *Call) bool { return !c.Chosen })
	for _, f := range b.g.sorted(b.r.funcs) {
		for i := range f.Calls {
			if c := &f.Calls[i]; !c.Mention {
				l.call(f, c)
			}
		}
	}
	for _, sym := range l.variables() {
		for _, v := range b.g.values[sym] {
			if !b.r.funcs[v.fn] || v.lit {
				continue
			}
			for _, fr := range b.g.frames(v.fn, b.r.funcs) {
				w := l.writer(v.value, fr, 0)
				l.set(sym, w, w.only && l.settled[v.fn] && !v.chosen && l.unchosen(fr))
			}
		}
	}
	for _, s := range l.sinks {
		s.Always = s.Always && !l.elsewhere[s.Via]
		s.Via = l.opened[s.At]
		b.p.Logs.Members = append(b.p.Logs.Members, s)
		if a := lookup(s.Via, "file"); a != nil && a.arg["field"] == "" {
			continue // the call that opens it is there already
		}
		b.write(workload.FileWrite{Path: s.Path, Via: s.Via, Temporary: isTemporary(s.Path), At: s.At})
	}
}

// A logReader finds out where logs go.
type logReader struct {
	b         *builder
	settled   map[string]bool       // functions that run whatever is set
	elsewhere map[string]bool       // what is told, whatever is set, to write to something else than files
	opened    map[check.Span]string // what opens the file of a sink
	sinks     []workload.LogSink    // Via is what is told to write to the file
}

// variables returns the package variables and fields that hold what a library's log is written to, in order.
func (l *logReader) variables() []string {
	var out []string
	for sym := range l.b.g.values {
		if lookup(sym, "logvar") != nil {
			out = append(out, sym)
		}
	}
	slices.Sort(out)
	return out
}

func (l *logReader) call(f *Func, c *Call) {
	a := lookup(c.Callee, "log", "logadapter")
	if a == nil {
		return
	}
	for _, fr := range l.b.g.frames(f.ID, l.b.r.funcs) {
		var w writer
		if a.kind == "logadapter" {
			w = l.adapter(c, fr)
		} else {
			w = l.destination(c, a, fr)
		}
		l.set(c.Callee, w, w.only && l.settled[f.ID] && !c.Chosen && l.unchosen(fr))
	}
}

// unchosen reports whether nothing decides that the calls of a frame are made.
func (l *logReader) unchosen(fr *frame) bool {
	for ; fr != nil; fr = fr.up {
		if fr.site.Chosen || !l.settled[fr.from] {
			return false
		}
	}
	return true
}

// set records that a log is told to go to w.
func (l *logReader) set(what string, w writer, always bool) {
	l.elsewhere[what] = l.elsewhere[what] || !w.only && isSetter(what)
	for _, f := range w.files {
		s := workload.LogSink{Path: f.path, Via: what, Always: always, At: f.at}
		l.opened[s.At] = f.via
		i := slices.IndexFunc(l.sinks, func(o workload.LogSink) bool { return o.At == s.At && o.Via == s.Via && sameAddr(o.Path, s.Path) })
		switch {
		case i < 0:
			l.sinks = append(l.sinks, s)
		case !always:
			l.sinks[i].Always = false
		}
	}
}

// isSetter reports whether a function or variable says where the one log of a package goes, so that what comes last counts.
func isSetter(what string) bool {
	_, name, _ := strings.Cut(what[len(packageOf(what)):], ".")
	return name == "SetOutput" || lookup(what, "logvar") != nil && !strings.Contains(name, ".")
}

// destination returns what a call that makes or sets a log writes to.
func (l *logReader) destination(c *Call, a *api, fr *frame) writer {
	field := a.arg["field"]
	switch n := a.index("config"); {
	case n >= 0 && n < len(c.Args):
		if v, vf, ok := l.field(c.Args[n], "", field, fr); ok {
			return l.target(v, vf, c, a)
		}
		return writer{}
	case n < 0 && field != "" && c.Recv != nil:
		if v, vf, ok := l.field(*c.Recv, c.Callee[:strings.LastIndexByte(c.Callee, '.')], field, fr); ok {
			return l.target(v, vf, c, a)
		}
		return writer{}
	}
	switch n := a.index("writer"); {
	case a.arg["all"] != "":
		return l.each(c.Args, fr, 0)
	case n >= 0 && n < len(c.Args):
		return l.target(c.Args[n], fr, c, a)
	}
	return writer{}
}

func (l *logReader) target(e Expr, fr *frame, c *Call, a *api) writer {
	if a.arg["paths"] != "" {
		return l.paths(e, fr, c.Callee)
	}
	return l.writer(e, fr, 0)
}

// paths returns the files in a list of paths that may hold "stdout" and "stderr" as well.
func (l *logReader) paths(e Expr, fr *frame, via string) writer {
	h, hf := l.b.g.head(e, fr, 0)
	if h.Op != List || len(h.Args) == 0 {
		return writer{}
	}
	w := writer{only: true}
	for _, a := range h.Args {
		path := l.b.g.text(a, hf, 0)
		if !isRegular(path) {
			w.only = false
			continue
		}
		w.files = append(w.files, file{path, via, writtenAt(path, a, h.At)})
	}
	return w
}

// field returns what a field of a struct holds: given where it is built, or assigned just once. typ is the symbol of the
// struct's type if it is known without the value.
func (l *logReader) field(e Expr, typ, name string, fr *frame) (Expr, *frame, bool) {
	g := l.b.g
	h, hf := g.head(e, fr, 0)
	if h.Op == List && len(h.Args) == 1 {
		h, hf = g.head(h.Args[0], hf, 0)
	}
	if h.Op == Composite {
		typ = h.S
	}
	var later []stored
	for _, v := range g.values[typ+"."+name] {
		if !v.lit {
			later = append(later, v)
		}
	}
	switch {
	case len(later) == 1 && !later[0].def && !later[0].chosen:
		return later[0].value, nil, true
	case len(later) == 0 && h.Op == Composite:
		if i := slices.Index(h.Keys, name); i >= 0 {
			return h.Args[i], hf, true
		}
	}
	return Expr{}, nil, false
}

// writer returns what is written through e.
func (l *logReader) writer(e Expr, fr *frame, depth int) writer {
	if depth > 12 {
		return writer{}
	}
	h, hf := l.b.g.head(e, fr, 0)
	switch h.Op {
	case List, Phi, Default:
		return l.each(h.Args, hf, depth)
	case Composite:
		return l.built(h, hf, depth)
	case Result:
		return l.made(h, hf, depth)
	}
	return writer{}
}

// each returns what is written through several writers.
func (l *logReader) each(list []Expr, fr *frame, depth int) writer {
	out := writer{only: len(list) > 0}
	for _, e := range list {
		w := l.writer(e, fr, depth+1)
		out.files, out.only = append(out.files, w.files...), out.only && w.only
	}
	return out
}

// built returns what a writer that is built as a struct writes to.
func (l *logReader) built(h Expr, hf *frame, depth int) writer {
	a := lookup(h.S, "file", "writer")
	if a == nil {
		return writer{}
	}
	v, vf, ok := l.field(h, "", a.arg["field"], hf)
	switch {
	case a.kind == "writer" && ok:
		return l.writer(v, vf, depth+1)
	case a.kind == "writer":
		return writer{}
	case ok:
		path := l.b.g.text(v, vf, 0)
		return writer{[]file{{path, h.S, writtenAt(path, v, h.At)}}, a.arg["rotates"] != "" || isRegular(path)}
	}
	return writer{[]file{{workload.Text{{Source: workload.Opaque, At: h.At}}, h.S, h.At}}, a.arg["rotates"] != ""}
}

// made returns what the result of a call writes to.
func (l *logReader) made(h Expr, hf *frame, depth int) writer {
	a := lookup(h.S, "file", "writer", "log")
	if a == nil || h.N != 0 {
		return writer{}
	}
	args := l.b.g.call(h, hf).args
	if a.kind != "file" {
		n := a.index("writer")
		switch {
		case a.arg["all"] != "":
			return l.each(args, hf, depth)
		case n >= 0 && n < len(args):
			return l.writer(args[n], hf, depth+1)
		}
		return writer{}
	}
	n := a.index("writes")
	if n < 0 || n >= len(args) {
		return writer{}
	}
	path := l.b.g.text(args[n], hf, 0)
	return writer{[]file{{path, h.S, writtenAt(path, args[n], h.At)}}, a.arg["rotates"] != "" || isRegular(path)}
}

// writtenAt returns where a path is written: the constant, or the expression that computes it. A parameter has been computed
// elsewhere: then it is where the file is opened.
func writtenAt(path workload.Text, e Expr, opened check.Span) check.Span {
	switch {
	case len(path) == 1 && path[0].Source == workload.Literal && !path[0].At.IsZero():
		return path[0].At
	case e.Op == Param || e.At.IsZero():
		return opened
	}
	return e.At
}

// adapter returns what a call writes to that names its way by a word and describes it in JSON, as beego's does. Another
// adapter of the same log, or the one that it began with, may write to the console as well.
func (l *logReader) adapter(c *Call, fr *frame) writer {
	if len(c.Args) < 2 {
		return writer{}
	}
	kind, ok := l.b.g.text(c.Args[0], fr, 0).Constant()
	if !ok || kind != "file" && kind != "multifile" {
		return writer{}
	}
	args := c.Args[1]
	text, ok := l.b.g.text(args, fr, 0).Constant()
	var config struct{ Filename string }
	if !ok || json.Unmarshal([]byte(text), &config) != nil || config.Filename == "" {
		return writer{}
	}
	path := workload.Lit(config.Filename, args.At)
	return writer{[]file{{path, c.Callee, args.At}}, l.alone(c)}
}

// alone reports whether no other adapter writes what a log is told to write to a file.
func (l *logReader) alone(c *Call) bool {
	own := false // it has lost the adapter that it began with
	if h, _ := l.b.g.head(recv(c), nil, 0); h.Op == Result && lookup(h.S, "lognew") != nil {
		own = true // the first that is set replaces it
	}
	for _, f := range l.b.g.sorted(l.b.r.funcs) {
		for _, o := range f.Calls {
			b := lookup(o.Callee, "logadapter", "logdrop")
			switch {
			case b == nil || len(o.Args) == 0:
			case b.kind == "logdrop":
				own = true
			case o.At != c.At:
				if kind, ok := l.b.g.text(o.Args[0], nil, 0).Constant(); !ok || kind != "file" && kind != "multifile" {
					return false
				}
			}
		}
	}
	return own
}

func recv(c *Call) Expr {
	if c.Recv != nil {
		return *c.Recv
	}
	return Expr{}
}

// FileLogs returns the files that a log of the server or worker under analysis goes to whatever is set, and nowhere else.
// The pass must require [Analyzer].
func FileLogs(pass *analysis.Pass) []workload.LogSink {
	p := ProgramOf(pass)
	if p == nil || p.Class != workload.Server && p.Class != workload.Worker || IsLocal(p) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Logs.Members), func(s workload.LogSink) bool { return !s.Always })
}

// A Shipment is a call by which a program sends its log somewhere itself.
type Shipment struct {
	Via string // the function
	To  string // what it speaks to: "syslog", "fluentd"
	At  check.Span
}

// Shipments returns the calls by which the server or worker under analysis prepares to send its log somewhere itself, in
// order of place. The pass must require [Analyzer].
func Shipments(pass *analysis.Pass) []Shipment {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var out []Shipment
	for _, f := range g.sorted(r.funcs) {
		for _, c := range f.Calls {
			if a := lookup(c.Callee, "logship"); a != nil {
				out = append(out, Shipment{Via: c.Callee, To: a.arg["to"], At: c.At})
			}
		}
	}
	return out
}
