// Package gopass makes analyzers of Go rules: documentation from the rule's page, diagnostics in factorlint's form,
// suppression comments, and no panic that escapes.
package gopass

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/version"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/analyzers/observe"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/rules"
)

// A Pass is one package as a Go rule sees it.
type Pass struct {
	*analysis.Pass
	rule   *rules.Rule
	off    []directive.Directive
	result *Result

	imported func() imported // computed once, and only where a finding lies in an imported package
}

// A Result is what an analyzer made by New leaves for a driver that wants to know more than the diagnostics.
type Result struct {
	Withheld []Withheld
	Warnings []token.Pos // where the diagnostics begin that are warnings although the rule's severity is error
}

// A Withheld is a diagnostic that was not reported: a comment silences it, or its file is not part of the product.
// factorlint's own driver counts the comment as used, and reports the other kind after all when the program is
// deployed.
type Withheld struct {
	Diagnostic analysis.Diagnostic
	By         *directive.Directive // nil if Role is the reason
	Role       check.Role
}

// New returns the analyzer of the rule of that name. Its own name is the rule's with underscores, since analyzer
// names are identifiers; its results come from run.
func New(name string, run func(*Pass), requires ...*analysis.Analyzer) *analysis.Analyzer {
	r, err := rules.Read(name) // before main, so not the whole catalogue
	if err != nil {            // the catalogue's test tells
		r = &rules.Rule{ID: "FL0000", Name: name, Summary: "A rule without a page."}
	}
	return &analysis.Analyzer{
		Name:             Name(name),
		Doc:              r.ID + " " + r.Name + ": " + r.Summary + "\n\n" + r.Body,
		URL:              r.URL(),
		Requires:         requires,
		RunDespiteErrors: true,
		ResultType:       reflect.TypeFor[*Result](),
		Run: func(p *analysis.Pass) (_ any, err error) {
			// a rule that fails on odd code must not take the driver, or the other rules, with it
			defer func() {
				if v := recover(); v != nil {
					err = fmt.Errorf("%s failed on package %s: %v", r.ID, p.Pkg.Path(), v)
				}
			}()
			result := &Result{}
			if !observe.IsForeign(p) {
				p = judged(p)
				run(newPass(p, r, result))
			}
			return result, nil
		},
	}
}

// judged returns a pass without what drivers differ in: some analyse a package together with its tests, and some write the
// version of Go as "go1.26" instead of "1.26".
func judged(p *analysis.Pass) *analysis.Pass {
	c := *p
	c.Files = slices.DeleteFunc(slices.Clone(p.Files), func(f *ast.File) bool {
		return strings.HasSuffix(p.Fset.File(f.FileStart).Name(), "_test.go")
	})
	if p.Module != nil {
		m := *p.Module
		m.GoVersion = strings.TrimPrefix(m.GoVersion, "go")
		c.Module = &m
	}
	return &c
}

// Name returns the name of the analyzer of a rule: an identifier, unique beside the analyzers of others.
func Name(rule string) string { return "factorlint_" + strings.ReplaceAll(rule, "-", "_") }

// Report files a diagnostic over the source of node. The message begins in lower case, has no full stop and is
// complete on its own.
func (p *Pass) Report(node ast.Node, message string, fixes ...analysis.SuggestedFix) {
	p.ReportAt(node.Pos(), node.End(), message, nil, fixes...)
}

// ReportAt files a diagnostic over a range. Generated code of this package gets none; what a comment silences and
// what lies in tests, examples and tools goes to the Result.
func (p *Pass) ReportAt(pos, end token.Pos, message string, related []analysis.RelatedInformation, fixes ...analysis.SuggestedFix) {
	if f := p.fileOf(pos); f != nil && ast.IsGenerated(f) {
		return
	}
	d := analysis.Diagnostic{
		Pos: pos, End: end, Category: p.rule.ID, URL: p.rule.URL(),
		Message: p.rule.ID + ": " + message, Related: related, SuggestedFixes: fixes,
	}
	at := p.Fset.Position(pos)
	off := p.off
	if p.fileOf(pos) == nil {
		off = p.imported().directives
	}
	for i := range off {
		if off[i].Silences(p.rule, at.Filename, at.Line) {
			p.result.Withheld = append(p.result.Withheld, Withheld{Diagnostic: d, By: &off[i]})
			return
		}
	}
	if role := p.role(at.Filename); role != check.Product {
		p.result.Withheld = append(p.result.Withheld, Withheld{Diagnostic: d, Role: role})
		return
	}
	p.Pass.Report(d)
}

// ReportSpan files a diagnostic at a place that observe gave, unless it lies in generated code of any package. Where the place lies in
// another package whose source this driver does not hold, it goes to fallback, or else to the program's main, and the message names
// the place.
func (p *Pass) ReportSpan(at check.Span, fallback check.Span, message string, related []check.Related, fixes ...analysis.SuggestedFix) {
	p.reportSpan(false, at, fallback, message, related, fixes...)
}

// WarnSpan is ReportSpan for a diagnostic that is a warning although the rule's severity is error. Drivers that know no
// severities show it like any other.
func (p *Pass) WarnSpan(at check.Span, fallback check.Span, message string) {
	p.reportSpan(true, at, fallback, message, nil)
}

func (p *Pass) reportSpan(warn bool, at check.Span, fallback check.Span, message string, related []check.Related, fixes ...analysis.SuggestedFix) {
	if g, ok := p.ResultOf[observe.Analyzer].(*observe.Graph); ok && g.IsGenerated(at.File) {
		return
	}
	pos, end, ok := p.Locate(at)
	if !ok {
		if pos, end, ok = p.nearest(fallback); !ok {
			return
		}
		message += fmt.Sprintf(" (at %s:%d)", path.Base(at.File), at.Start.Line)
	}
	var rel []analysis.RelatedInformation
	for _, r := range related {
		if pos, end, ok := p.Locate(r.At); ok {
			rel = append(rel, analysis.RelatedInformation{Pos: pos, End: end, Message: r.Message})
		}
	}
	if warn {
		p.result.Warnings = append(p.result.Warnings, pos)
	}
	p.ReportAt(pos, end, message, rel, fixes...)
}

// nearest returns the place of a span or, if its source is not at hand, of the name of main.
func (p *Pass) nearest(s check.Span) (pos, end token.Pos, ok bool) {
	if pos, end, ok := p.Locate(s); ok {
		return pos, end, ok
	}
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" && p.Pkg.Name() == "main" {
				return fn.Name.Pos(), fn.Name.End(), true
			}
		}
	}
	return token.NoPos, token.NoPos, false
}

// Locate finds a place that observe gave in the file set. A file of an imported package that the driver does not hold is added to
// the set.
func (p *Pass) Locate(s check.Span) (pos, end token.Pos, ok bool) {
	if pos, end, ok = locate(p.Fset, s); ok {
		return pos, end, true
	}
	source, known := p.imported().files[s.File]
	if !known {
		return pos, end, false
	}
	s.File = filepath.ToSlash(source.Name)
	if pos, end, ok = locate(p.Fset, s); ok {
		return pos, end, true
	}
	p.Fset.AddFile(source.Name, -1, source.Size).SetLines(source.Lines)
	return locate(p.Fset, s)
}

// locate finds a place in a file set. One that was read from export data holds files of its dependencies without their lines:
// those do not count. Nor do comments that move lines: facts do not tell of them.
func locate(fset *token.FileSet, s check.Span) (pos, end token.Pos, ok bool) {
	fset.Iterate(func(f *token.File) bool {
		if filepath.ToSlash(f.Name()) != s.File || s.End.Offset > f.Size() {
			return true
		}
		start, stop := f.Pos(s.Start.Offset), f.Pos(s.End.Offset)
		if !is(f, start, s.Start) || !is(f, stop, s.End) {
			return true
		}
		pos, end, ok = start, stop, true
		return false
	})
	return pos, end, ok
}

// is reports whether a place of a file stands where p says.
func is(f *token.File, pos token.Pos, p check.Pos) bool {
	at := f.PositionFor(pos, false)
	return at.Line == p.Line && at.Column == p.Col
}

// GoAtLeast reports whether the module of the package asks for a version of Go, such as "1.25", or a later one. known is
// false where the driver does not tell.
func (p *Pass) GoAtLeast(v string) (yes, known bool) {
	if p.Module == nil || p.Module.GoVersion == "" {
		return false, false
	}
	return version.Compare("go"+p.Module.GoVersion, "go"+v) >= 0, true
}

// role tells what a file of this package is for, by its place in the module. Without a module (nogo) only the
// file's own name counts.
func (p *Pass) role(file string) check.Role {
	dir := ""
	if p.Module != nil && p.Module.Path != "" {
		dir = strings.TrimPrefix(strings.TrimPrefix(p.Pkg.Path(), p.Module.Path), "/")
	}
	if p.Pkg.Name() == "main" && check.IsToolName(path.Base(p.Pkg.Path())) {
		return check.Tooling
	}
	return check.RoleOf(path.Join(dir, filepath.Base(file)))
}

func (p *Pass) fileOf(pos token.Pos) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f
		}
	}
	return nil
}
