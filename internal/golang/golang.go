// Package golang loads and analyses the Go packages of a repository.
package golang

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/analyzers"
	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A Result is what was found in the Go code of a repository.
type Result struct {
	Programs   []*workload.Program
	Findings   []check.Finding // product code only
	Withheld   []Withheld
	Directives []directive.Directive
	Notes      []check.Notification
	Failed     bool // there is Go code, and none of it could be analysed
}

// A Withheld is a finding that an analyzer kept back.
type Withheld struct {
	Finding check.Finding
	By      *directive.Directive // the comment that silences it; nil if Role is the reason
	Role    check.Role
}

// A Loader finds the packages of a module with their syntax and types. It is an interface so that the driver behind it
// can change without anything else noticing.
type Loader interface {
	// Load returns the packages of a module. Packages that cannot be loaded carry their errors; the error returned means that
	// nothing could be loaded.
	Load(ctx context.Context, r Request) ([]*packages.Package, error)
}

// A Request is what a Loader is asked for.
type Request struct {
	Dir      string   // it holds a go.mod, or is to be treated as the root of a module that has none
	Module   string   // path of the latter
	Tags     []string // build tags
	Patterns []string // of packages besides those below Dir
	Shard    Shard    // which of these packages; those of the same modules that they import come with them
}

// Input is a tree with Go code.
type Input struct {
	Root   string
	Files  []string      // of the tree, relative to Root and slash-separated; packages whose files are not among them are left out
	Rules  []*rules.Rule // to look for
	Builds []Build       // what images are built from
}

// Analyze loads every module of a tree, runs the analyzers on it, and returns what the rules asked for make of it.
func Analyze(ctx context.Context, loader Loader, in Input) *Result {
	return Join(Inspect(ctx, loader, in, Shard{}), in.Rules)
}

// A Module is what was found in the Go code of one module. It holds no syntax and no types: it can be written down.
type Module struct {
	Dir      string // relative to the root
	Loaded   bool   // there was code, and it could be analysed
	Notes    []check.Notification
	Packages []*Package // in order of their paths
}

// A Package is what was found in one package, by every Go rule.
type Package struct {
	Path       string            // import path
	Program    *workload.Program // of a main package
	Findings   []check.Finding   // in product code
	Withheld   []Withheld
	Directives []directive.Directive
	Notes      []check.Notification
}

// Inspect loads every module of a tree and runs the analyzers of all rules on the packages of a shard.
func Inspect(ctx context.Context, loader Loader, in Input, shard Shard) []*Module {
	mods := modules(in.Root, in.Files)
	loads := loadAll(ctx, loader, in, mods, shard)
	var out []*Module
	for i, m := range mods {
		res := &Module{Dir: m.dir}
		out = append(out, res)
		pkgs, err := loads[i]()
		if err != nil {
			level := rules.Error
			if check.RoleOf(m.file) != check.Product {
				level = rules.Warning
			}
			res.Notes = append(res.Notes, check.Notification{Code: "go-load", Level: level, At: check.Span{File: m.file},
				Message: fmt.Sprintf("the Go module in %s could not be loaded, so its code was not analysed: %v", show(m.dir), firstLine(err))})
			continue
		}
		a := &analysisRun{root: in.Root, module: m, res: res, files: in.Files, shard: shard, byID: map[string]*Package{}}
		res.Loaded = a.run(pkgs)
	}
	return out
}

// Join returns what was found in modules as one result, findings of other rules left out.
func Join(mods []*Module, only []*rules.Rule) *Result {
	res := &Result{Failed: len(mods) > 0}
	for _, m := range mods {
		res.Failed = res.Failed && !m.Loaded
		res.Notes = append(res.Notes, m.Notes...)
		for _, p := range m.Packages {
			res.Notes = append(res.Notes, p.Notes...)
			res.Directives = append(res.Directives, p.Directives...)
			for _, f := range p.Findings {
				if slices.Contains(only, f.Rule) {
					res.Findings = append(res.Findings, f)
				}
			}
			for _, w := range p.Withheld {
				if slices.Contains(only, w.Finding.Rule) {
					res.Withheld = append(res.Withheld, w)
				}
			}
			if p.Program != nil {
				res.Programs = append(res.Programs, p.Program)
			}
		}
	}
	return res
}

// loadAll loads the modules of a tree, as many ahead of the one that is asked for next as there are processors. Each
// function is to be called once, in order.
func loadAll(ctx context.Context, loader Loader, in Input, mods []module, shard Shard) []func() ([]*packages.Package, error) {
	type result struct {
		pkgs []*packages.Package
		err  error
	}
	workspace := used(in.Root, in.Files)
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	results := make([]chan result, len(mods))
	for i := range mods {
		results[i] = make(chan result, 1)
	}
	go func() {
		for i, m := range mods {
			gate <- struct{}{}
			go func() {
				pkgs, err := loader.Load(ctx, Request{Dir: filepath.Join(in.Root, filepath.FromSlash(m.dir)), Module: m.path,
					Tags: tags(m, mods, in), Patterns: besides(m, mods, workspace), Shard: shard})
				results[i] <- result{pkgs, err}
			}()
		}
	}()
	out := make([]func() ([]*packages.Package, error), len(mods))
	for i := range mods {
		out[i] = func() ([]*packages.Package, error) {
			r := <-results[i]
			<-gate
			return r.pkgs, r.err
		}
	}
	return out
}

// besides returns patterns for the other modules of the tree that a module takes its imports from, by a workspace or by
// replacing them: their code is part of its programs.
func besides(m module, all []module, workspace []string) []string {
	var out []string
	for _, other := range all {
		switch {
		case other.dir == m.dir || other.path == "" || !slices.Contains(m.requires, other.path):
		case slices.Contains(workspace, m.dir) && slices.Contains(workspace, other.dir):
			if rel, err := filepath.Rel(filepath.FromSlash(m.dir), filepath.FromSlash(other.dir)); err == nil {
				out = append(out, "./"+filepath.ToSlash(rel)+"/...")
			}
		case slices.Contains(m.replaces, other.path):
			out = append(out, other.path+"/...")
		}
	}
	return out
}

func show(dir string) string {
	if dir == "." {
		return "the root"
	}
	return dir
}

// firstLine returns the first line of an error; of one from the go command, the first that the command wrote.
func firstLine(err error) string {
	s := err.Error()
	if _, stderr, ok := strings.Cut(s, "stderr: "); ok {
		s = stderr
	}
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimPrefix(s, "go: ")
}

// An analysisRun is the analysis of one module.
type analysisRun struct {
	root   string
	module module
	res    *Module
	files  []string
	shard  Shard

	packages []*packages.Package // that are analysed
	byID     map[string]*Package // what was found in them
}

// run analyses the packages of one module. It reports whether there was anything to analyse.
func (a *analysisRun) run(pkgs []*packages.Package) bool {
	known := map[string]bool{}
	for _, f := range a.files {
		known[f] = true
	}
	pkgs = slices.DeleteFunc(pkgs, func(p *packages.Package) bool {
		return len(p.GoFiles) > 0 && !slices.ContainsFunc(p.GoFiles, func(f string) bool { return known[a.rel(f)] })
	})
	slices.SortFunc(pkgs, func(x, y *packages.Package) int { return strings.Compare(x.ID, y.ID) })
	var mine []*packages.Package
	for _, p := range pkgs {
		if !a.shard.Has(p.PkgPath) {
			continue
		}
		found := &Package{Path: p.PkgPath}
		a.byID[p.ID] = found
		a.res.Packages = append(a.res.Packages, found)
		a.errors(p)
		if isTyped(p) {
			mine = append(mine, p)
		}
	}
	pkgs = slices.DeleteFunc(pkgs, func(p *packages.Package) bool { return !isTyped(p) })
	if len(pkgs) == 0 {
		return false
	}
	a.packages = pkgs
	// what the module's packages import is known by its export data: analyse the module's own packages alone
	own := map[*packages.Package]bool{}
	for _, p := range pkgs {
		own[p] = true
	}
	for _, p := range pkgs {
		for path, dep := range p.Imports {
			if !own[dep] {
				delete(p.Imports, path)
			}
		}
	}
	list := []*analysis.Analyzer{observe.Analyzer}
	graph, err := checker.Analyze(append(list, analyzers.All()...), mine, &checker.Options{})
	if err != nil {
		a.res.Notes = append(a.res.Notes, check.Notification{Code: "go-analysis", Level: rules.Error, At: check.Span{File: a.module.file}, Message: firstLine(err)})
		return false
	}
	for _, act := range sortedActions(graph) {
		a.action(act)
	}
	for _, p := range mine {
		a.directives(p)
	}
	return true
}

// isTyped reports whether there is something to analyse.
func isTyped(p *packages.Package) bool { return len(p.Syntax) > 0 && p.Types != nil }

func sortedActions(g *checker.Graph) []*checker.Action {
	acts := slices.Clone(g.Roots)
	slices.SortFunc(acts, func(x, y *checker.Action) int {
		if c := strings.Compare(x.Package.ID, y.Package.ID); c != 0 {
			return c
		}
		return strings.Compare(x.Analyzer.Name, y.Analyzer.Name)
	})
	return acts
}

func (a *analysisRun) action(act *checker.Action) {
	found := a.byID[act.Package.ID]
	if act.Err != nil {
		at := check.Span{File: a.module.file}
		if len(act.Package.GoFiles) > 0 {
			at.File = a.rel(act.Package.GoFiles[0])
		}
		found.Notes = append(found.Notes, check.Notification{Code: "go-analysis", Level: rules.Warning, At: at, Message: firstLine(act.Err)})
		return
	}
	result, _ := act.Result.(*gopass.Result)
	finding := func(d analysis.Diagnostic) check.Finding {
		f := a.finding(act.Package.Fset, d)
		if result != nil && slices.Contains(result.Warnings, d.Pos) {
			f.Severity = rules.Warning
		}
		return f
	}
	for _, d := range act.Diagnostics {
		found.Findings = append(found.Findings, finding(d))
	}
	switch r := act.Result.(type) {
	case *gopass.Result:
		for _, w := range r.Withheld {
			found.Withheld = append(found.Withheld, Withheld{Finding: finding(w.Diagnostic), By: a.own(w.By), Role: w.Role})
		}
	case *observe.Graph:
		if p := r.Program(act.Package.PkgPath); p != nil {
			found.Program = a.program(p, act.Package)
		}
	}
}

// own returns a directive with its file relative to the root.
func (a *analysisRun) own(d *directive.Directive) *directive.Directive {
	if d == nil {
		return nil
	}
	c := *d
	c.At.File = a.rel(c.At.File)
	return &c
}

func (a *analysisRun) directives(p *packages.Package) {
	for _, f := range p.Syntax {
		for _, d := range gopass.Directives(p.Fset, f) {
			a.byID[p.ID].Directives = append(a.byID[p.ID].Directives, *a.own(&d))
		}
	}
}

// finding turns a diagnostic into a finding. The rule's id stands in front of its message for other drivers' sake.
func (a *analysisRun) finding(fset *token.FileSet, d analysis.Diagnostic) check.Finding {
	r := rules.Lookup(d.Category)
	f := check.Finding{Rule: r, At: a.span(fset, d.Pos, d.End), Message: strings.TrimPrefix(d.Message, d.Category+": "), Logical: a.enclosing(d.Pos)}
	if r != nil {
		f.Severity = r.Severity
	}
	for _, rel := range d.Related {
		f.Related = append(f.Related, check.Related{At: a.span(fset, rel.Pos, rel.End), Message: rel.Message})
	}
	for _, fix := range d.SuggestedFixes[:min(1, len(d.SuggestedFixes))] {
		f.Fix = &check.Fix{Message: fix.Message, Safe: r != nil && r.Fix == rules.SafeFix}
		for _, e := range fix.TextEdits {
			f.Fix.Edits = append(f.Fix.Edits, check.Edit{At: a.span(fset, e.Pos, e.End), New: string(e.NewText)})
		}
	}
	return f
}

// enclosing returns the name of the function that a position lies in: "path.Func", "path.Type.Method" or, outside
// functions, the package's path.
func (a *analysisRun) enclosing(pos token.Pos) string {
	for _, p := range a.packages {
		for _, f := range p.Syntax {
			if pos < f.FileStart || f.FileEnd <= pos {
				continue
			}
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || pos < fn.Pos() || fn.End() <= pos {
					continue
				}
				if fn.Recv != nil && len(fn.Recv.List) == 1 {
					return p.PkgPath + "." + strings.TrimPrefix(types.ExprString(fn.Recv.List[0].Type), "*") + "." + fn.Name.Name
				}
				return p.PkgPath + "." + fn.Name.Name
			}
			return p.PkgPath
		}
	}
	return ""
}

func (a *analysisRun) span(fset *token.FileSet, pos, end token.Pos) check.Span {
	if !end.IsValid() {
		end = pos
	}
	p, e := fset.Position(pos), fset.Position(end)
	if f := fset.File(end); f != nil && e.Offset == f.Size() && endsLine(f.Name()) { // go/token knows no line behind the last line break
		e.Line, e.Column = e.Line+1, 1
	}
	return check.Span{File: a.rel(p.Filename), Start: check.Pos{Offset: p.Offset, Line: p.Line, Col: p.Column}, End: check.Pos{Offset: e.Offset, Line: e.Line, Col: e.Column}}
}

// endsLine reports whether a file ends in a line break.
func endsLine(file string) bool {
	src, err := os.ReadFile(file)
	return err == nil && bytes.HasSuffix(src, []byte("\n"))
}

// rel returns a file's path relative to the root, slash-separated; what lies elsewhere keeps its name.
func (a *analysisRun) rel(file string) string {
	if r, err := filepath.Rel(a.root, filepath.FromSlash(file)); err == nil && filepath.IsLocal(r) {
		return filepath.ToSlash(r)
	}
	return filepath.ToSlash(file)
}

// program completes a program with what the module tells about it.
func (a *analysisRun) program(p *workload.Program, pkg *packages.Package) *workload.Program {
	p.Dir = path.Dir(a.rel(pkg.GoFiles[0]))
	p.ModuleDir = a.module.dir
	p.GoVersion = a.module.goVersion
	if v := path.Base(p.ImportPath); workload.IsMajorVersion(v) && p.ImportPath == a.module.path { // go build names it after the element before /v2
		p.Name = path.Base(path.Dir(p.ImportPath))
	}
	relocate(p, a.rel)
	return p
}

// relocate rewrites every place in a program, wherever it stands.
func relocate(p *workload.Program, rel func(string) string) { move(reflect.ValueOf(p).Elem(), rel) }

var spanType = reflect.TypeFor[check.Span]()

// move rewrites the places in a value and in what it holds. A [workload.Value] moves by itself.
func move(v reflect.Value, rel func(string) string) {
	switch {
	case v.Type() == spanType:
		if s := v.Addr().Interface().(*check.Span); s.File != "" {
			s.File = rel(s.File)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			move(v.Index(i), rel)
		}
	case v.Kind() == reflect.Struct:
		if moved := v.MethodByName("Moved"); moved.IsValid() {
			v.Set(moved.Call([]reflect.Value{reflect.ValueOf(rel)})[0])
			return
		}
		for i := range v.NumField() {
			move(v.Field(i), rel)
		}
	}
}

// errors reports what a package's loading met.
func (a *analysisRun) errors(p *packages.Package) {
	if len(p.Errors) == 0 {
		return
	}
	e := p.Errors[0]
	at := check.Span{File: a.module.file}
	if len(p.GoFiles) > 0 {
		at.File = a.rel(p.GoFiles[0])
	}
	if file, line, col, ok := position(e.Pos); ok {
		at.File = a.rel(file)
		at.Start = check.Pos{Line: line, Col: col}
		at.End = at.Start
	}
	more := ""
	if n := len(p.Errors) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	what := "was analysed as far as it type-checks"
	if len(p.Syntax) == 0 {
		what = "was not analysed"
	}
	msg := e.Msg
	if strings.HasPrefix(msg, "# ") { // the go command's heading
		_, msg, _ = strings.Cut(msg, "\n")
	}
	msg, _, _ = strings.Cut(msg, "\n")
	found := a.byID[p.ID]
	found.Notes = append(found.Notes, check.Notification{Code: "go-package", Level: rules.Note, At: at,
		Message: fmt.Sprintf("package %s %s: %s%s", p.PkgPath, what, a.withoutRoot(msg), more)})
}

// withoutRoot takes the absolute path of the tree out of a message.
func (a *analysisRun) withoutRoot(msg string) string {
	return strings.ReplaceAll(msg, a.root+string(filepath.Separator), "")
}

// position splits "file:line:col", the form of packages.Error.Pos.
func position(pos string) (file string, line, col int, ok bool) {
	parts := strings.Split(pos, ":")
	if len(parts) < 3 {
		return "", 0, 0, false
	}
	n := len(parts)
	if _, err := fmt.Sscan(parts[n-2], &line); err != nil || line == 0 {
		return "", 0, 0, false
	}
	if _, err := fmt.Sscan(parts[n-1], &col); err != nil {
		return "", 0, 0, false
	}
	return strings.Join(parts[:n-2], ":"), line, col, true
}
