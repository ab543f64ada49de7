package observe

import (
	"go/ast"
	"go/constant"
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// branch records a condition on values compared with constants.
func (w *walker) branch(s *ast.IfStmt, chain check.Span) {
	e := w.x.expr(s.Cond, 0)
	if e.Op != Equals && e.Op != Either && e.Op != Result && e.Op != Var && e.Op != Select {
		return
	}
	e.At = w.x.at(s.Cond)
	if w.answers(s.Body.List) && s.Else == nil {
		w.tests = append(w.tests, e)
		return
	}
	quiet := w.quiet(s.Body) && (s.Else == nil || w.quiet(s.Else)) && w.quietAfter(s.Body)
	w.fn.Branches = append(w.fn.Branches, Branch{Cond: e, Chain: chain, Quiet: quiet})
}

func (w *walker) switches(s *ast.SwitchStmt) {
	var (
		e       = Expr{Op: Either}
		answers = true
	)
	for _, c := range s.Body.List {
		clause, ok := c.(*ast.CaseClause)
		if !ok {
			continue
		}
		answers = answers && w.answers(clause.Body)
		for _, test := range clause.List {
			v := w.x.expr(test, 0)
			if s.Tag != nil && v.Op == Const {
				v = Expr{Op: Equals, S: v.S, Args: []Expr{w.x.expr(s.Tag, 0)}, At: w.x.at(test)}
			}
			if v.Op == Equals || v.Op == Either {
				e.Args = append(e.Args, v)
			}
		}
	}
	if len(e.Args) == 0 {
		return
	}
	e.At = e.Args[0].At
	if s.Tag != nil {
		e.At = w.x.at(s.Tag)
	}
	if answers {
		w.tests = append(w.tests, e)
		return
	}
	w.fn.Branches = append(w.fn.Branches, Branch{Cond: e, Chain: e.At, Quiet: w.quiet(s.Body) && w.quietAfter(s.Body)})
}

// answers reports whether statements do nothing but return true or false.
func (w *walker) answers(list []ast.Stmt) bool {
	if len(list) != 1 {
		return false
	}
	r, ok := list[0].(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 {
		return false
	}
	v := w.x.pass.TypesInfo.Types[r.Results[0]].Value
	return v != nil && v.Kind() == constant.Bool
}

// quietAfter reports whether what does not run because a branch leaves the function early is quiet as well.
func (w *walker) quietAfter(body *ast.BlockStmt) bool {
	leaves := false
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			leaves = leaves || !slices.ContainsFunc(r.Results, func(e ast.Expr) bool { return !w.x.pass.TypesInfo.Types[e].IsNil() })
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return !leaves || !slices.ContainsFunc(w.rest, func(s ast.Stmt) bool { return !w.quiet(s) })
}

// quiet reports whether nothing but logging, a web framework's mode or a .env file depends on a statement.
func (w *walker) quiet(s ast.Stmt) bool {
	ok := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if tv, is := w.x.pass.TypesInfo.Types[n.Fun]; is && (tv.IsType() || tv.IsBuiltin()) {
				return true
			}
			if !quietCallee(w.x.callee(n)) {
				ok = false
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if !quietTarget(types.ExprString(l), types.TypeString(orInvalid(w.x.pass.TypesInfo.TypeOf(l)), nil)) {
					ok = false
				}
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if !quietTarget("", types.TypeString(orInvalid(w.x.pass.TypesInfo.TypeOf(r)), nil)) {
					ok = false
				}
			}
		case *ast.GoStmt, *ast.DeferStmt, *ast.SendStmt, *ast.BranchStmt:
			ok = false
		}
		return ok
	})
	return ok
}

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

func quietCallee(symbol string) bool {
	for _, prefix := range []string{"log.", "log/slog.", "fmt.", "errors.", "go.uber.org/zap", "github.com/sirupsen/logrus.",
		"github.com/rs/zerolog", "github.com/gin-gonic/gin.SetMode", "github.com/joho/godotenv.", "github.com/labstack/gommon/log.",
		"github.com/go-kit/log", "github.com/go-logr/", "k8s.io/klog", "os.Stat", "io.Discard", "io.MultiWriter", "strings."} {
		if strings.HasPrefix(symbol, prefix) {
			return true
		}
	}
	parts := strings.Split(strings.ToLower(path.Base(symbol)), ".") // package, perhaps type, and function
	name := parts[len(parts)-1]
	return strings.Contains(name, "log") || name == "error" || slices.ContainsFunc(parts[:len(parts)-1], isLogger)
}

// isLogger reports whether the name of a package or type says that it logs.
func isLogger(name string) bool {
	return name == "log" || name == "logs" || strings.HasSuffix(name, "logger") || strings.HasSuffix(name, "logging")
}

// quietTarget reports whether a value is about logging: by the name it is kept under or by its type.
func quietTarget(name, typ string) bool {
	for _, word := range []string{"log", "level", "format", "encod", "zap", "zerolog", "pretty", "color", "debug"} {
		if strings.Contains(strings.ToLower(name), word) {
			return true
		}
	}
	for _, word := range []string{"log", "zap", "error"} {
		if strings.Contains(strings.ToLower(typ), word) {
			return true
		}
	}
	return name == "_" || name == "err" || typ == "untyped nil"
}
