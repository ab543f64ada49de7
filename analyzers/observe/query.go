package observe

import (
	"go/token"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// mainOf returns the graph of the main package under analysis, its program and what it reaches. ok is false if the package
// is no main package. The pass must require [Analyzer].
func mainOf(pass *analysis.Pass) (g *Graph, p *workload.Program, r *reach, ok bool) {
	if p = ProgramOf(pass); p == nil {
		return nil, nil, nil, false
	}
	g = pass.ResultOf[Analyzer].(*Graph)
	return g, p, g.reach(pass.Pkg.Path()), true
}

// ProgramOf returns the program of the package under analysis, or nil if it is no main package. The pass must
// require [Analyzer].
func ProgramOf(pass *analysis.Pass) *workload.Program {
	g, ok := pass.ResultOf[Analyzer].(*Graph)
	if !ok || pass.Pkg.Name() != "main" {
		return nil
	}
	return g.Program(pass.Pkg.Path())
}

// IsLocal reports whether a program serves on the loopback interface alone unless it is told otherwise: then it is a tool
// for the person who starts it. It is false for a program without main traffic.
func IsLocal(p *workload.Program) bool {
	local := false
	for _, l := range p.Listens.Members {
		if l.Role != workload.MainTraffic {
			continue
		}
		if !workload.IsLoopback(beginning(l.Addr)) {
			return false
		}
		local = true
	}
	return local
}

// beginning returns what an address begins with where nothing is set from outside, as far as it is known.
func beginning(t workload.Text) string {
	s, _ := t.Beginning(nothing{})
	return s
}

// nothing is a deploy that sets nothing.
type nothing struct{}

func (nothing) Env(string) workload.Value[string]     { return workload.Absent[string](check.Span{}) }
func (nothing) Flag(string) workload.Value[string]    { return workload.Absent[string](check.Span{}) }
func (nothing) Setting(string) workload.Value[string] { return workload.Absent[string](check.Span{}) }

// Unbounded returns the calls in the package under analysis that stop a net/http, echo or fasthttp server with a
// context that has no deadline. The pass must require [Analyzer].
func Unbounded(pass *analysis.Pass) []check.Span {
	g, ok := pass.ResultOf[Analyzer].(*Graph)
	if !ok || g.packages[pass.Pkg.Path()] == nil {
		return nil
	}
	if p := ProgramOf(pass); p != nil && p.Listens.Complete && p.Class != workload.Server && p.Class != workload.Worker {
		return nil // a program that ends by itself: its server waits for a callback
	}
	all := g.all()
	var out []check.Span
	for _, f := range g.packages[pass.Pkg.Path()].Funcs {
		if g.aside(f) {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			a := lookup(c.Callee, "drain")
			if a == nil || c.Mention || a.index("ctx") < 0 || a.index("ctx") >= len(c.Args) || !waitsForConnections(c.Callee) {
				continue
			}
			ctx := c.Args[a.index("ctx")]
			frames := g.frames(f.ID, all)
			if !slices.ContainsFunc(frames, func(fr *frame) bool { return !g.endless(ctx, fr) }) && !g.limited(f) && !g.local(f, c) {
				out = append(out, c.At)
			}
		}
	}
	return out
}

// aside reports whether a function or its package is named after a server beside the main traffic: clients do not hold its
// connections.
func (g *Graph) aside(f *Func) bool {
	for ; f != nil; f = g.funcs[f.Parent] {
		if auxiliaryName(lastName(f.ID)) || auxiliaryName(path.Base(packageOf(f.ID))) && path.Base(packageOf(f.ID)) != "internal" {
			return true
		}
	}
	return false
}

// endless reports whether a context has no deadline when its function is called in this way. A parameter is judged
// by its callers as far as they can all be seen.
func (g *Graph) endless(ctx Expr, fr *frame) bool {
	for calls := 0; ; calls++ {
		if g.lifetime(ctx, fr.cut(calls), 0).limit.Absent() {
			return true
		}
		next := fr
		for range calls {
			next = next.up
		}
		if next == nil || !g.closed(next.fn) {
			return false
		}
	}
}

// cut returns the frame without what lies beyond the innermost calls.
func (f *frame) cut(calls int) *frame {
	if f == nil || calls == 0 {
		return nil
	}
	c := *f
	c.up = f.up.cut(calls - 1)
	return &c
}

// closed reports whether a function is called by name alone and from packages that were seen.
func (g *Graph) closed(id string) bool {
	f := g.funcs[id]
	name := lastName(id)
	if p := g.owner[f]; p == nil || name == "" || token.IsExported(name) && p.Name != "main" {
		return false
	}
	for _, p := range g.packages {
		for _, f := range p.Funcs {
			for _, c := range f.Calls {
				if c.Mention && c.Callee == id || c.Dynamic && lastName(c.Callee) == name {
					return false
				}
			}
		}
	}
	return true
}

// around returns a function with the one it stands in and all literals inside that.
func (g *Graph) around(f *Func) []*Func {
	top := f
	for top.Parent != "" && g.funcs[top.Parent] != nil {
		top = g.funcs[top.Parent]
	}
	out := []*Func{top}
	for _, in := range g.owner[f].Funcs {
		for up := in.Parent; up != ""; up = g.funcs[up].Parent {
			if up == top.ID {
				out = append(out, in)
			}
			if g.funcs[up] == nil {
				break
			}
		}
	}
	return out
}

// limited reports whether something beside a wait limits it: a timer, or a goroutine that ends the program after a while.
func (g *Graph) limited(f *Func) bool {
	for _, near := range g.around(f) {
		kinds := map[string]bool{}
		for _, c := range near.Calls {
			for a := apis()[c.Callee]; a != nil; a = a.next {
				kinds[a.kind] = true
			}
		}
		if kinds["timer"] || near.Parent != "" && kinds["sleep"] && kinds["fatal"] {
			return true
		}
	}
	return false
}

// local reports whether a server that is stopped listens on the loopback interface alone: for the callback of a login, or a
// look at something.
func (g *Graph) local(f *Func, stop *Call) bool {
	if stop.Recv != nil {
		if h, hf := g.head(*stop.Recv, nil, 0); h.Op == Composite {
			if i := slices.Index(h.Keys, "Addr"); i >= 0 {
				return workload.IsLoopback(beginning(g.text(h.Args[i], hf, 0)))
			}
		}
	}
	for _, near := range g.around(f) {
		for _, c := range near.Calls {
			a := lookup(c.Callee, "listen")
			if a != nil && a.index("addr") >= 0 && a.index("addr") < len(c.Args) && workload.IsLoopback(beginning(g.text(c.Args[a.index("addr")], nil, 0))) {
				return true
			}
		}
	}
	return false
}

func waitsForConnections(callee string) bool {
	switch packageOf(callee) {
	case "net/http", "github.com/labstack/echo", "github.com/labstack/echo/v4", "github.com/valyala/fasthttp":
		return true
	}
	return false
}

// An EnvironmentBranch is a branch on the name of an environment.
type EnvironmentBranch struct {
	Name  string // the variable read: "APP_ENV"
	Value string // the environment compared with: "production"
	At    check.Span
}

// EnvironmentBranches returns the branches on a named environment that the server or worker under analysis reaches
// and on which more depends than logging. The pass must require [Analyzer].
func EnvironmentBranches(pass *analysis.Pass) []EnvironmentBranch {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	var out []EnvironmentBranch
	for _, f := range g.sorted(r.funcs) {
		told := map[check.Span]bool{}
		for _, br := range f.Branches {
			for _, fr := range g.frames(f.ID, r.funcs) {
				if br.Quiet || told[br.Chain] {
					break
				}
				if all := g.environments(br.Cond, fr, 0); len(all) > 0 {
					told[br.Chain] = true
					all[0].At = br.Cond.At
					out = append(out, all[0])
				}
			}
		}
	}
	return out
}

// environments returns the comparisons with names of environments in a condition, through functions and variables.
func (g *Graph) environments(e Expr, f *frame, depth int) []EnvironmentBranch {
	if depth > 6 {
		return nil
	}
	switch e.Op {
	case Either, Phi:
		var out []EnvironmentBranch
		for _, a := range e.Args {
			out = append(out, g.environments(a, f, depth+1)...)
		}
		return out
	case Equals:
		if !isEnvironment(e.S) {
			return nil
		}
		for _, name := range g.inputs(e.Args[0], f) {
			if isEnvironmentName(name) {
				return []EnvironmentBranch{{Name: name, Value: e.S, At: e.At}}
			}
		}
	case Result, Select, Var:
		if e.Op == Result && len(e.Args) == 2 && e.S == "strings.EqualFold" && e.Args[1].Op == Const {
			return g.environments(Expr{Op: Equals, S: e.Args[1].S, Args: e.Args[:1], At: e.At}, f, depth+1)
		}
		if h, hf := g.head(e, f, 0); h.Op == Equals || h.Op == Either {
			return g.environments(h, hf, depth+1)
		}
	}
	return nil
}

// inputs returns the environment variables that a value is read from.
func (g *Graph) inputs(e Expr, f *frame) []string {
	var out []string
	for _, p := range g.text(e, f, 0) {
		if p.Source == workload.FromEnv {
			out = append(out, p.Name)
		}
	}
	return out
}

// isEnvironment reports whether a text is the name of an environment.
func isEnvironment(s string) bool {
	switch strings.ToLower(s) {
	case "prod", "production", "prd", "live", "dev", "develop", "development", "staging", "stage", "stg", "test", "testing", "qa", "uat",
		"local", "sandbox", "preprod", "pre-production", "preview":
		return true
	}
	return false
}

// isEnvironmentName reports whether a variable is named as one that holds the name of an environment. Names in
// "mode" are not: they choose a feature.
func isEnvironmentName(name string) bool {
	n := strings.ToUpper(name)
	switch n {
	case "ENV", "ENVIRONMENT", "STAGE", "GO_ENV", "APP_ENV", "NODE_ENV", "DEPLOY_ENV", "RUN_ENV", "RUNTIME_ENV", "SERVER_ENV", "ENV_NAME", "APP_STAGE",
		"DEPLOYMENT_ENV", "RAILS_ENV", "GOENV":
		return true
	}
	return strings.HasSuffix(n, "_ENVIRONMENT") || strings.HasSuffix(n, "_ENV") || strings.HasSuffix(n, "_STAGE")
}

// ParsesIgnored returns the calls that the server or worker under analysis reaches which parse a variable's value and
// drop the error. The pass must require [Analyzer].
func ParsesIgnored(pass *analysis.Pass) []ParseIgnored {
	g, p, r, ok := mainOf(pass)
	if !ok || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	return g.parsesIgnored(r)
}
