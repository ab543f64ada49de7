package observe

import (
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/workload"
)

// A frame binds the parameters of a function to what one of its callers passes.
type frame struct {
	fn   string
	args []Expr
	recv *Expr
	up   *frame // binds the caller's own parameters
	from string // the caller
	site *Call
}

// bind returns the argument that a parameter stands for and the frame it is to be read in.
func (f *frame) bind(fn string, n int) (e Expr, up *frame, ok bool) {
	for ; f != nil; f = f.up {
		if f.fn != fn {
			continue
		}
		switch {
		case n == -1 && f.recv != nil:
			return *f.recv, f.up, true
		case n >= 0 && n < len(f.args):
			return f.args[n], f.up, true
		}
		return Expr{}, nil, false
	}
	return Expr{}, nil, false
}

// frames returns the ways in which reached code calls a function, callers' callers included: at most sixteen, three
// calls deep. A function that nobody calls by name has one way, of which nothing is known.
func (g *Graph) frames(fn string, in map[string]bool) []*frame {
	return g.ways(fn, in, 0, 16)
}

// ways is frames with another limit.
func (g *Graph) ways(fn string, in map[string]bool, depth, most int) []*frame {
	f := g.funcs[fn]
	if f == nil || depth > 3 {
		return []*frame{nil}
	}
	var out []*frame
	for _, s := range g.callers[fn] {
		if !in[s.fn.ID] {
			continue
		}
		for _, up := range g.ways(s.fn.ID, in, depth+1, most) {
			if len(out) == most {
				return out
			}
			out = append(out, &frame{fn: fn, args: s.call.Args, recv: s.call.Recv, up: up, from: s.fn.ID, site: s.call})
		}
	}
	if len(out) == 0 && f.Parent != "" {
		return g.ways(f.Parent, in, depth+1, most)
	}
	if len(out) == 0 {
		return []*frame{nil}
	}
	return out
}

// head resolves e until its form says what it is: parameters, variables, fields and results of the module's own
// functions are replaced by what they stand for, as long as that is one thing.
func (g *Graph) head(e Expr, f *frame, depth int) (Expr, *frame) {
	if depth > 24 {
		return Expr{At: e.At}, nil
	}
	depth++
	switch e.Op {
	case Param:
		if arg, up, ok := f.bind(e.S, e.N); ok {
			return g.head(arg, up, depth)
		}
	case Var:
		if v, ok := g.only(e.S); ok {
			return g.head(v.value, nil, depth)
		}
	case Select:
		base, bf := g.head(e.Args[0], f, depth)
		name := e.S[strings.LastIndexByte(e.S, '.')+1:]
		if base.Op == Composite {
			for i, key := range base.Keys {
				if key == name && !g.reassigned(e.S) && !g.filled(e.S) {
					return g.head(base.Args[i], bf, depth)
				}
			}
		}
		if v, ok := g.only(e.S); ok {
			return g.head(v.value, nil, depth)
		}
	case Result:
		fn := g.funcs[e.S]
		if fn == nil || len(fn.Returns) != 1 || e.N >= len(fn.Returns[0]) {
			break
		}
		return g.head(fn.Returns[0][e.N], g.call(e, f), depth)
	case Phi:
		if len(e.Args) == 1 {
			return g.head(e.Args[0], f, depth)
		}
	}
	return e, f
}

// call returns the frame of the function whose result e is.
func (g *Graph) call(e Expr, f *frame) *frame {
	callee := &frame{fn: e.S, args: e.Args, up: f}
	if len(e.Keys) > 0 { // a method: the first argument is the receiver
		callee.recv, callee.args = &e.Args[0], e.Args[1:]
	}
	return callee
}

// reassigned reports whether a field gets values other than in composite literals.
func (g *Graph) reassigned(field string) bool {
	for _, v := range g.values[field] {
		if !v.lit {
			return true
		}
	}
	return false
}

// filled reports whether a library may fill a field from a file or the environment.
func (g *Graph) filled(field string) bool {
	_, tagged := g.tags[field]
	return tagged || g.fills[field]
}

// only returns the one value that is stored in a field or package variable, if there is just one.
func (g *Graph) only(symbol string) (stored, bool) {
	if v := g.values[symbol]; len(v) == 1 && !v[0].def && !g.filled(symbol) {
		return v[0], true
	}
	return stored{}, false
}

// text returns the text that e computes.
func (g *Graph) text(e Expr, f *frame, depth int) workload.Text {
	opaque := workload.Text{{Source: workload.Opaque, At: e.At}}
	if depth > 16 {
		return opaque
	}
	depth++
	h, hf := g.head(e, f, depth)
	switch h.Op {
	case Const:
		at := h.At
		if at.IsZero() {
			at = e.At
		}
		return workload.Lit(h.S, at)
	case Concat:
		out := workload.Text{}
		for _, a := range h.Args {
			out = append(out, g.text(a, hf, depth)...)
		}
		return out
	case Path:
		texts := make([]workload.Text, 0, len(h.Args))
		for _, a := range h.Args {
			texts = append(texts, g.text(a, hf, depth))
		}
		return joined(texts)
	case Sum, Times:
		return g.computed(h, hf, depth, opaque)
	case Default:
		return withDefault(g.text(h.Args[0], hf, depth), g.text(h.Args[1], hf, depth), opaque)
	case Phi:
		texts := make([]workload.Text, 0, len(h.Args))
		for _, a := range h.Args {
			texts = append(texts, g.text(a, hf, depth))
		}
		return oneOf(texts, opaque)
	case Var, Select:
		return g.storedText(h, depth, opaque)
	case Result:
		return g.resultText(h, hf, depth, opaque)
	}
	return opaque
}

// joined returns the path of several elements, as path.Join does as far as they are known.
func joined(elems []workload.Text) workload.Text {
	var out workload.Text
	for _, e := range elems {
		if s, ok := e.Constant(); len(e) == 0 || ok && s == "" {
			continue
		}
		if n := len(out); n > 0 {
			last := out[n-1]
			slash := workload.Lit("/", last.At)
			if last.Source == workload.Literal {
				out, slash[0].Lit = out[:n-1:n-1], strings.TrimRight(last.Lit, "/")+"/"
			}
			out = append(out, slash...)
			if e[0].Source == workload.Literal {
				e = append(workload.Lit(strings.TrimLeft(e[0].Lit, "/"), e[0].At), e[1:]...)
			}
		}
		out = append(out, e...)
	}
	if s, ok := out.Constant(); ok {
		return workload.Lit(path.Clean(s), out[len(out)-1].At)
	}
	return out
}

// storedText returns the text in a field or variable that is given a value and, where that is empty, a default.
func (g *Graph) storedText(h Expr, depth int, opaque workload.Text) workload.Text {
	vals := g.values[h.S]
	if i := slices.IndexFunc(vals, func(v stored) bool { return v.over }); i >= 0 && len(vals) == 1 && g.filled(h.S) {
		t := g.text(vals[i].value, nil, depth)
		if len(t) != 1 || t[0].Source == workload.Opaque || !empty(t[0].Default) {
			return opaque
		}
		t = slices.Clone(t)
		if t[0].Default = opaque; h.Op == Select {
			if d, ok := g.fromLibrary(h.S, depth); ok {
				t[0].Default = d
			}
		}
		return t
	}
	if h.Op == Select {
		if t, ok := g.fromLibrary(h.S, depth); ok {
			return t
		}
	}
	if g.filled(h.S) || len(vals) != 2 || vals[0].def == vals[1].def {
		return opaque
	}
	v, d := vals[0], vals[1]
	if v.def {
		v, d = d, v
	}
	return withDefault(g.text(v.value, nil, depth), g.text(d.value, nil, depth), opaque)
}

// fromLibrary returns the text in a field that a library fills from the environment, flags or settings.
func (g *Graph) fromLibrary(field string, depth int) (workload.Text, bool) {
	if t, ok := g.filledText(field, depth); ok {
		return t, true
	}
	return g.unmarshalled(field, depth)
}

func (g *Graph) resultText(h Expr, hf *frame, depth int, opaque workload.Text) workload.Text {
	if a := lookup(h.S, "env", "flag", "flagvar"); a != nil && h.N == 0 {
		frame := g.call(h, hf)
		arg := func(key string) workload.Text {
			if n := a.index(key); n >= 0 && n < len(frame.args) {
				return g.text(frame.args[n], hf, depth)
			}
			return nil
		}
		if a.arg["chain"] != "" {
			return g.chainText(h, hf, opaque)
		}
		name, ok := arg("name").Constant()
		if !ok {
			return opaque
		}
		p := workload.Part{Source: workload.FromEnv, Name: name, Default: arg("default"), At: h.At}
		if a.kind != "env" {
			p.Source = workload.FromFlag
		} else if p.Default == nil {
			p.Default = workload.Lit("", h.At)
		}
		return workload.Text{p}
	}
	if a := lookup(h.S, "folder"); a != nil && a.arg["env"] == "" {
		return workload.Lit(a.arg["default"], h.At)
	} else if a != nil {
		return workload.Text{{Source: workload.FromEnv, Name: a.arg["env"], Default: workload.Lit(a.arg["default"], h.At), At: h.At}}
	}
	if a := lookup(h.S, "value", "flagvalue", "flagset"); a != nil && h.N == 0 {
		return g.valueText(h, hf, a, depth, opaque)
	}
	fn := g.funcs[h.S]
	if fn == nil || len(fn.Returns) == 0 {
		return opaque
	}
	var texts []workload.Text
	for _, r := range fn.Returns {
		if h.N < len(r) {
			texts = append(texts, g.text(r[h.N], g.call(h, hf), depth))
		}
	}
	return oneOf(texts, opaque)
}

// withDefault returns the text a, and d where a is empty. Both may begin with the same literal, as in ":" + port.
func withDefault(a, d, opaque workload.Text) workload.Text {
	if s, ok := a.Constant(); ok {
		if s == "" {
			return d
		}
		return a
	}
	if len(a) == 1 && a[0].Source != workload.Opaque && empty(a[0].Default) {
		p := a[0]
		p.Default = d
		return workload.Text{p}
	}
	if s, ok := d.Constant(); ok && len(a) == 2 && a[0].Source == workload.Literal && a[1].Source != workload.Opaque &&
		empty(a[1].Default) && strings.HasPrefix(s, a[0].Lit) {
		p := a[1]
		p.Default = workload.Lit(strings.TrimPrefix(s, a[0].Lit), d[0].At)
		return workload.Text{a[0], p}
	}
	if n, ok := inUnits(a, d); ok {
		p := a[0]
		p.Default = workload.Lit(n, d[0].At)
		return workload.Text{p, a[1]}
	}
	return opaque
}

func empty(t workload.Text) bool {
	s, ok := t.Constant()
	return len(t) == 0 || ok && s == ""
}

// oneOf returns the text of a value that is one of several: what they agree on, or an input with the constant that
// replaces it where it is not set.
func oneOf(texts []workload.Text, opaque workload.Text) workload.Text {
	var input, constant workload.Text
	for _, t := range texts {
		if s, ok := t.Constant(); ok {
			if c, has := constant.Constant(); has && c != s && c != "" && s != "" {
				return opaque
			} else if !has || c == "" {
				constant = t
			}
			continue
		}
		if input != nil && !sameText(input, t) {
			return opaque
		}
		input = t
	}
	switch {
	case input == nil && constant == nil:
		return opaque
	case input == nil:
		return constant
	case constant == nil:
		return input
	}
	return withDefault(input, constant, opaque)
}

func sameText(a, b workload.Text) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Source != b[i].Source || a[i].Lit != b[i].Lit || a[i].Name != b[i].Name || a[i].Source == workload.Opaque {
			return false
		}
	}
	return true
}

// signals adds the names of the signals that e stands for. complete is false if it stands for others as well.
func (g *Graph) signals(e Expr, f *frame, depth int) (names []string, complete bool) {
	if depth > 16 {
		return nil, false
	}
	h, hf := g.head(e, f, depth)
	switch h.Op {
	case Const:
		return []string{signalName(h.S)}, true
	case Var:
		switch h.S {
		case "os.Interrupt":
			return []string{"SIGINT"}, true
		case "os.Kill":
			return []string{"SIGKILL"}, true
		}
	case List, Phi:
		complete = h.Op == List
		for _, a := range h.Args {
			n, ok := g.signals(a, hf, depth+1)
			names, complete = append(names, n...), complete && ok
		}
		return names, complete
	}
	return nil, false
}

// signalName returns the name of a signal of Linux by its number (signal(7)).
func signalName(n string) string {
	switch n {
	case "1":
		return "SIGHUP"
	case "2":
		return "SIGINT"
	case "3":
		return "SIGQUIT"
	case "6":
		return "SIGABRT"
	case "9":
		return "SIGKILL"
	case "10":
		return "SIGUSR1"
	case "12":
		return "SIGUSR2"
	case "13":
		return "SIGPIPE"
	case "15":
		return "SIGTERM"
	}
	return "signal " + n
}
