package observe

import (
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/workload"
)

// ProgramOf returns the program of the package under analysis, or nil if it is no main package. The pass must
// require [Analyzer].
func ProgramOf(pass *analysis.Pass) *workload.Program {
	g, ok := pass.ResultOf[Analyzer].(*Graph)
	if !ok || pass.Pkg.Name() != "main" {
		return nil
	}
	return g.Program(pass.Pkg.Path())
}

// Unbounded returns the calls in the package under analysis that stop a net/http, echo or fasthttp server with a
// context that has no deadline. The pass must require [Analyzer].
func Unbounded(pass *analysis.Pass) []check.Span {
	g, ok := pass.ResultOf[Analyzer].(*Graph)
	pkg := g.packages[pass.Pkg.Path()]
	if !ok || pkg == nil {
		return nil
	}
	all := map[string]bool{}
	for id := range g.funcs {
		all[id] = true
	}
	var out []check.Span
	for _, f := range pkg.Funcs {
		for _, c := range f.Calls {
			a := lookup(c.Callee, "drain")
			if a == nil || c.Mention || a.index("ctx") < 0 || a.index("ctx") >= len(c.Args) || !waitsForConnections(c.Callee) {
				continue
			}
			// a parameter is judged by all of its callers; those that cannot be seen make it unknown
			endless := true
			for _, fr := range g.frames(f.ID, all, 0) {
				if d, _ := g.deadline(c.Args[a.index("ctx")], fr, 0); !d.Absent() {
					endless = false
				}
			}
			if endless {
				out = append(out, c.At)
			}
		}
	}
	return out
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
	g, ok := pass.ResultOf[Analyzer].(*Graph)
	p := ProgramOf(pass)
	if !ok || p == nil || p.Class != workload.Server && p.Class != workload.Worker {
		return nil
	}
	r := g.reach(pass.Pkg.Path())
	var out []EnvironmentBranch
	for _, f := range g.sorted(r.funcs) {
		for _, br := range f.Branches {
			if br.Quiet {
				continue
			}
			for _, b := range g.environments(br.Cond, 0) {
				b.At = br.Cond.At
				if !slices.ContainsFunc(out, func(o EnvironmentBranch) bool { return o.At == b.At }) {
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// environments returns the comparisons with names of environments in a condition, through functions and variables.
func (g *Graph) environments(e Expr, depth int) []EnvironmentBranch {
	if depth > 6 {
		return nil
	}
	switch e.Op {
	case Either, Phi:
		var out []EnvironmentBranch
		for _, a := range e.Args {
			out = append(out, g.environments(a, depth+1)...)
		}
		return out
	case Equals:
		if !isEnvironment(e.S) {
			return nil
		}
		for _, name := range g.inputs(e.Args[0], 0) {
			if isEnvironmentName(name) {
				return []EnvironmentBranch{{Name: name, Value: e.S, At: e.At}}
			}
		}
	case Result, Select, Var:
		if e.Op == Result && len(e.Args) == 2 && e.S == "strings.EqualFold" && e.Args[1].Op == Const {
			return g.environments(Expr{Op: Equals, S: e.Args[1].S, Args: e.Args[:1], At: e.At}, depth+1)
		}
		if h, _ := g.head(e, nil, 0); h.Op == Equals || h.Op == Either {
			return g.environments(h, depth+1)
		}
	}
	return nil
}

// inputs returns the environment variables that a value is read from, and, where it is a field that a library fills,
// the variable in its tag.
func (g *Graph) inputs(e Expr, depth int) []string {
	var out []string
	for _, p := range g.text(e, nil, depth) {
		if p.Source == workload.FromEnv {
			out = append(out, p.Name)
		}
	}
	if h, _ := g.head(e, nil, 0); h.Op == Select {
		if tag, ok := g.tags[h.S]; ok {
			if name := envOfTag(tag); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// envOfTag returns the variable that a struct tag names in the manner of caarlos0/env, sethvargo/go-envconfig,
// kelseyhightower/envconfig and cleanenv.
func envOfTag(tag string) string {
	for _, key := range []string{"env", "envconfig"} {
		if v, ok := reflect.StructTag(tag).Lookup(key); ok {
			name, _, _ := strings.Cut(v, ",")
			return name
		}
	}
	return ""
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
