package golang

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/gopass"
	"github.com/factorlint/factorlint/internal/overlay"
	"github.com/factorlint/factorlint/internal/progress"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// An analysisRun is the analysis of one module.
type analysisRun struct {
	root    string
	module  module
	files   []string
	shard   Shard
	overlay overlay.Files
	cache   *cache.Cache
	fresh   bool // nothing is taken from the cache
	tool    string
	slots   chan struct{} // one is held by whoever works

	tasks map[string]*task // by import path
	step  *progress.Step   // begun; run ends it
}

func newAnalysis(in Input, m module, shard Shard) *analysisRun {
	return &analysisRun{root: in.Root, module: m, files: in.Files, shard: shard, overlay: in.Overlay, cache: in.Cache, tool: in.Tool,
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)), tasks: map[string]*task{},
		step: in.Progress.Start("analysing", "packages")}
}

// A task is the analysis of one package.
type task struct {
	unit   *Unit
	do     func() // once, after the tasks of the units that it imports
	found  *Package
	facts  func() (factSet, error) // of the package alone
	hash   cache.Key               // of the facts
	typed  bool
	joined bool // what was found depends on the facts of what it imports

	entries map[cache.Key][]byte // for the cache
}

// run analyses the packages of one module. ok is false if there was nothing to analyse.
func (a *analysisRun) run(l *Loaded) (found []*Package, ok bool) {
	known := map[string]bool{}
	for _, f := range a.files {
		known[f] = true
	}
	for _, u := range l.Units {
		p := u.Package
		if len(p.GoFiles) > 0 && !slices.ContainsFunc(p.GoFiles, func(f string) bool { return known[a.rel(f)] }) {
			continue
		}
		t := &task{unit: u}
		t.do = sync.OnceFunc(func() { a.shielded(t) })
		a.tasks[p.PkgPath] = t
	}
	defer a.step.End()
	a.step.Expect(len(a.tasks))
	var wait sync.WaitGroup
	for _, t := range a.tasks {
		wait.Go(t.do)
	}
	wait.Wait()
	for _, t := range a.tasks {
		ok = ok || t.typed
		if a.shard.Has(t.found.Path) {
			found = append(found, t.found)
		}
	}
	slices.SortFunc(found, func(x, y *Package) int { return strings.Compare(x.Path, y.Path) })
	return found, ok
}

// imports returns the tasks of all packages that a package imports, directly or not, by their paths.
func (a *analysisRun) imports(t *task) map[string]*task {
	out := map[string]*task{}
	var add func(t *task)
	add = func(t *task) {
		for _, path := range t.unit.Imports {
			if dep := a.tasks[path]; dep != nil && out[path] == nil {
				out[path] = dep
				add(dep)
			}
		}
	}
	add(t)
	return out
}

// shielded is analyze. Of a package on which that breaks down, nothing is known.
func (a *analysisRun) shielded(t *task) {
	p := t.unit.Package
	broken := check.Shield(check.Span{File: a.fileOf(p)}, "analysing package "+p.PkgPath, func() { a.analyze(t) })
	if broken != nil {
		t.found, t.facts = &Package{Path: p.PkgPath, Notes: broken}, func() (factSet, error) { return nil, nil }
		t.typed, t.entries = false, nil
	}
}

// analyze does a task, after those of the packages that it imports.
func (a *analysisRun) analyze(t *task) {
	for _, path := range t.unit.Imports {
		if dep := a.tasks[path]; dep != nil {
			dep.do()
		}
	}
	defer a.step.Done(1)
	key, cached := a.key(t)
	if cached && !a.fresh && a.fromCache(t, key) {
		a.step.Cached(1)
		return
	}
	t.unit.Load()
	p := t.unit.Package
	t.found, t.facts = &Package{Path: p.PkgPath}, func() (factSet, error) { return nil, nil }
	a.errors(t)
	if t.typed = len(p.Syntax) > 0 && p.Types != nil; t.typed {
		a.judge(t)
	}
	p.Syntax, p.TypesInfo = nil, nil // big, and done with
	if cached {
		a.prepare(t, key)
	}
}

// judge runs the analyzers on a package.
func (a *analysisRun) judge(t *task) {
	imports := a.imports(t)
	imported, err := facts(imports)
	if err != nil {
		t.joined = true
		t.found.Notes = append(t.found.Notes, a.failure(t, err))
		return
	}
	a.slots <- struct{}{}
	defer func() { <-a.slots }()
	res := analyze(t.unit.Package, imported, a.overlay.ReadFile)
	own := res.facts // what else the result holds is large
	t.facts, t.joined = func() (factSet, error) { return own, nil }, res.joined
	slices.SortFunc(res.outcomes, func(x, y outcome) int { return strings.Compare(x.analyzer.Name, y.analyzer.Name) })
	v := &view{analysisRun: a, fset: t.unit.Package.Fset, pkg: t.unit.Package}
	for _, dep := range imports {
		v.imports = append(v.imports, dep.unit.Package)
	}
	for _, o := range res.outcomes {
		if o.err != nil {
			t.found.Notes = append(t.found.Notes, a.failure(t, o.err))
			continue
		}
		v.add(t, o)
	}
	for _, f := range t.unit.Package.Syntax {
		for _, d := range directive.ScanGo(v.fset, f) {
			t.found.Directives = append(t.found.Directives, *a.own(&d))
		}
	}
}

// facts returns the facts of packages, in order of their paths.
func facts(tasks map[string]*task) ([]analysis.PackageFact, error) {
	var out []analysis.PackageFact
	for _, path := range slices.Sorted(maps.Keys(tasks)) {
		facts, err := tasks[path].facts()
		if err != nil {
			return nil, err
		}
		pkg := types.NewPackage(path, "")
		for _, f := range facts {
			out = append(out, analysis.PackageFact{Package: pkg, Fact: f})
		}
	}
	return out, nil
}

// failure says that an analyzer failed on a package: it broke down, and without it the run cannot be trusted.
func (a *analysisRun) failure(t *task, err error) check.Notification {
	return check.Notification{Code: "go-analysis", Level: rules.Error, At: check.Span{File: a.fileOf(t.unit.Package)}, Message: firstLine(err)}
}

// fileOf returns the file that stands for a package: its first, or the module's.
func (a *analysisRun) fileOf(p *packages.Package) string {
	if len(p.GoFiles) > 0 {
		return a.rel(p.GoFiles[0])
	}
	return a.module.file
}

// A view is what a finding in a package may name: the package and those that it imports.
type view struct {
	*analysisRun
	fset    *token.FileSet
	pkg     *packages.Package
	imports []*packages.Package // directly or not
}

// add adds what an analyzer made of a package to what was found in it.
func (v *view) add(t *task, o outcome) {
	result, _ := o.result.(*gopass.Result)
	finding := func(d analysis.Diagnostic) check.Finding {
		f := v.finding(d)
		if result != nil && slices.Contains(result.Warnings, d.Pos) {
			f.Severity = rules.Warning
		}
		return f
	}
	for _, d := range o.diagnostics {
		t.found.Findings = append(t.found.Findings, finding(d))
	}
	switch r := o.result.(type) {
	case *gopass.Result:
		for _, w := range r.Withheld {
			t.found.Withheld = append(t.found.Withheld, Withheld{Finding: finding(w.Diagnostic), By: v.own(w.By), Role: w.Role})
		}
	case *observe.Graph:
		if p := r.Program(t.found.Path); p != nil {
			t.found.Program = v.program(p, t.unit.Package)
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

// finding turns a diagnostic into a finding. The rule's id stands in front of its message for other drivers' sake.
func (v *view) finding(d analysis.Diagnostic) check.Finding {
	r := rules.Lookup(d.Category)
	f := check.Finding{Rule: r, At: v.span(d.Pos, d.End), Message: strings.TrimPrefix(d.Message, d.Category+": "), Logical: v.enclosing(d.Pos)}
	if r != nil {
		f.Severity = r.Severity
	}
	for _, rel := range d.Related {
		f.Related = append(f.Related, check.Related{At: v.span(rel.Pos, rel.End), Message: rel.Message})
	}
	for _, fix := range d.SuggestedFixes[:min(1, len(d.SuggestedFixes))] {
		f.Fix = &check.Fix{Message: fix.Message, Safe: r != nil && r.Fix == rules.SafeFix}
		for _, e := range fix.TextEdits {
			f.Fix.Edits = append(f.Fix.Edits, check.Edit{At: v.span(e.Pos, e.End), New: string(e.NewText)})
		}
	}
	return f
}

// enclosing returns the name of the function that a position lies in: "path.Func", "path.Type.Method" or, outside
// functions, the package's path.
func (v *view) enclosing(pos token.Pos) string {
	for _, f := range v.pkg.Syntax {
		if f.FileStart <= pos && pos < f.FileEnd {
			return function(v.pkg.PkgPath, f, pos)
		}
	}
	at := v.fset.PositionFor(pos, false)
	for _, p := range v.imports {
		if slices.Contains(p.CompiledGoFiles, at.Filename) {
			if f, pos := parsed(at); f != nil {
				return function(p.PkgPath, f, pos)
			}
		}
	}
	return ""
}

// parsed returns the file of a position, and the position in it.
func parsed(at token.Position) (*ast.File, token.Pos) {
	fset := token.NewFileSet()
	f, _ := parser.ParseFile(fset, at.Filename, nil, parser.SkipObjectResolution)
	if f == nil {
		return nil, token.NoPos
	}
	return f, fset.File(f.FileStart).Pos(at.Offset)
}

// function returns the name of the function of a package's file that a position lies in, or the package's path.
func function(path string, f *ast.File, pos token.Pos) string {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || pos < fn.Pos() || fn.End() <= pos {
			continue
		}
		if fn.Recv != nil && len(fn.Recv.List) == 1 {
			return path + "." + strings.TrimPrefix(types.ExprString(fn.Recv.List[0].Type), "*") + "." + fn.Name.Name
		}
		return path + "." + fn.Name.Name
	}
	return path
}

func (v *view) span(pos, end token.Pos) check.Span {
	if !end.IsValid() {
		end = pos
	}
	p, e := v.fset.Position(pos), v.fset.Position(end)
	if f := v.fset.File(end); f != nil && e.Offset == f.Size() && v.endsLine(f.Name()) { // go/token knows no line behind the last line break
		e.Line, e.Column = e.Line+1, 1
	}
	return check.Span{File: v.rel(p.Filename), Start: check.Pos{Offset: p.Offset, Line: p.Line, Col: p.Column}, End: check.Pos{Offset: e.Offset, Line: e.Line, Col: e.Column}}
}

// endsLine reports whether a file ends in a line break.
func (a *analysisRun) endsLine(file string) bool {
	src, err := a.overlay.ReadFile(file)
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
func (a *analysisRun) errors(t *task) {
	p := t.unit.Package
	if len(p.Errors) == 0 {
		return
	}
	e := p.Errors[0]
	at := check.Span{File: a.module.file}
	if len(p.GoFiles) > 0 {
		at.File = a.rel(p.GoFiles[0])
	}
	if file, line, col, ok := position(e.Pos); ok && !filepath.IsAbs(a.rel(file)) {
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
	if e.Kind == packages.TypeError || e.Kind == packages.ParseError {
		msg = withoutLiterals(msg)
	}
	t.found.Notes = append(t.found.Notes, check.Notification{Code: "go-package", Level: rules.Note, At: at,
		Message: fmt.Sprintf("package %s %s: %s%s", p.PkgPath, what, withoutRoot(a.root, msg), more)})
}

// withoutRoot takes absolute paths out of a message: those of the tree become relative, and of others, which tell of the machine, the
// last element is left.
func withoutRoot(root, msg string) string {
	msg = strings.ReplaceAll(msg, root+string(filepath.Separator), "")
	return absolute.ReplaceAllStringFunc(msg, func(s string) string { return s[:1] + path.Base(filepath.ToSlash(s[1:])) })
}

// withoutLiterals takes the texts of string literals out of a message of the parser or the type-checker: they may be secrets. The path
// of an import that nothing uses stays.
func withoutLiterals(msg string) string {
	return literal.ReplaceAllStringFunc(msg, func(s string) string {
		if strings.HasSuffix(s, " imported") {
			return s
		}
		return `"…"`
	})
}

var literal = regexp.MustCompile("(?s)\"(?:[^\"\\\\]|\\\\.)*(?:\"(?: imported)?|$)|`[^`]*(?:`|$)")

var absolute = regexp.MustCompile(`[\s("'](?:/|[A-Za-z]:\\)[^\s:()"']+`)

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
