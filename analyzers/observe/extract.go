package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
)

// An extractor turns the syntax and types of one package into a Package.
type extractor struct {
	pass    *analysis.Pass
	pkg     *Package
	lits    map[*ast.FuncLit]string // symbols of function literals
	defs    map[*types.Var][]def    // what is assigned to local variables, in source order
	parm    map[*types.Var]Expr     // parameters
	parents map[*ast.FuncLit]string // the functions that literals stand in
	cancels map[*types.Var]bool     // functions that cancel a context, used otherwise than deferred where they are made
	made    map[ast.Expr]string     // types of values of unknown type, by their constructors
	over    map[*ast.CallExpr][]int // arguments that are contexts which are over when the call is made
	ended   map[*ast.CallExpr]ending
	held    map[*ast.CallExpr]*types.Var // the local variables that hold the results of calls
	shapes  map[string]bool              // structs that are recorded
	tagged  map[token.Pos]check.Span     // tags of the fields declared here, by the place of the field's name
	unnamed map[*types.Package][]unnamed // see unnamedOf; of packages that were asked about
	left    int                          // how many more parts the value being described may have
	later   []func()                     // what needs the definitions of every file
}

func extract(pass *analysis.Pass) *Package {
	x := &extractor{
		pass:    pass,
		pkg:     &Package{Path: pass.Pkg.Path(), Name: pass.Pkg.Name(), Errors: len(pass.TypeErrors) > 0},
		lits:    map[*ast.FuncLit]string{},
		defs:    map[*types.Var][]def{},
		parm:    map[*types.Var]Expr{},
		parents: map[*ast.FuncLit]string{},
		cancels: map[*types.Var]bool{},
		made:    map[ast.Expr]string{},
		over:    map[*ast.CallExpr][]int{},
		ended:   map[*ast.CallExpr]ending{},
		shapes:  map[string]bool{},
		tagged:  map[token.Pos]check.Span{},
		unnamed: map[*types.Package][]unnamed{},
	}
	if pass.Module != nil {
		x.pkg.Module = pass.Module.Path
	}
	var files []*ast.File
	imports := map[string]bool{}
	inits := &Func{ID: x.pkg.Path + ".init"}
	for _, f := range pass.Files {
		if strings.HasSuffix(pass.Fset.Position(f.FileStart).Filename, "_test.go") {
			continue
		}
		for _, i := range f.Imports {
			if path, err := strconv.Unquote(i.Path.Value); err == nil {
				imports[path] = true
				if lookup(path, "linked") != nil {
					x.pkg.Linked = append(x.pkg.Linked, Import{Path: path, At: x.at(i.Path)})
				}
			}
		}
		files = append(files, f)
		file := pass.Fset.File(f.FileStart)
		x.pkg.Sources = append(x.pkg.Sources, Source{x.at(f.Name).File, file.Size(), file.Lines(), ast.IsGenerated(f), directive.ScanGo(pass.Fset, f)})
		x.parameters(f)
		x.fieldTags(f)
		x.collect(f)
	}
	for _, f := range x.later {
		f()
	}
	for _, f := range files {
		x.outcomes(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				x.funcDecl(d)
			case *ast.GenDecl:
				x.genDecl(d, inits)
			}
		}
	}
	x.pkg.Funcs = append(x.pkg.Funcs, inits)
	for path := range imports {
		x.pkg.Imports = append(x.pkg.Imports, path)
	}
	sort.Strings(x.pkg.Imports)
	x.types()
	return x.pkg
}

// symbolOf returns the symbol of a function, method, field's owner or variable.
func symbolOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		obj = obj.Origin()
		path := ""
		if obj.Pkg() != nil {
			path = obj.Pkg().Path() + "."
		}
		if recv := obj.Signature().Recv(); recv != nil {
			return typeSymbol(recv.Type()) + "." + obj.Name()
		}
		return path + obj.Name()
	case *types.Var, *types.TypeName:
		if obj.Pkg() != nil {
			return obj.Pkg().Path() + "." + obj.Name()
		}
	}
	return ""
}

// typeSymbol returns the symbol of a named type or of what a pointer points to, or "?" for any other type.
func typeSymbol(t types.Type) string {
	if t == nil {
		return "?"
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		if n.Obj().Pkg() == nil {
			return n.Obj().Name()
		}
		return n.Obj().Pkg().Path() + "." + n.Obj().Name()
	}
	return "?"
}

func (x *extractor) span(pos, end token.Pos) check.Span {
	p, e := x.pass.Fset.Position(pos), x.pass.Fset.Position(end)
	return check.Span{
		File:  filepath.ToSlash(p.Filename),
		Start: check.Pos{Offset: p.Offset, Line: p.Line, Col: p.Column},
		End:   check.Pos{Offset: e.Offset, Line: e.Line, Col: e.Column},
	}
}

func (x *extractor) at(n ast.Node) check.Span { return x.span(n.Pos(), n.End()) }

// parameters records the parameters of every function of a file, where its literals stand, and which contexts are
// cancelled.
func (x *extractor) parameters(f *ast.File) {
	ast.PreorderStack(f, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			x.params(x.declID(n), n.Recv, n.Type)
		case *ast.FuncLit:
			x.params(x.literalID(n), nil, n.Type)
			for _, outer := range slices.Backward(stack) {
				if id := x.scopeID(outer); id != "" {
					x.parents[n] = id
					break
				}
			}
		case *ast.Ident:
			x.cancel(n, stack)
		}
		return true
	})
}

func (x *extractor) params(id string, recv *ast.FieldList, typ *ast.FuncType) {
	add := func(name *ast.Ident, i int) {
		if v, ok := x.pass.TypesInfo.Defs[name].(*types.Var); ok {
			x.parm[v] = Expr{Op: Param, S: id, N: i, At: x.at(name)}
		}
	}
	if recv != nil {
		for _, f := range recv.List {
			for _, n := range f.Names {
				add(n, -1)
			}
		}
	}
	i := 0
	for _, f := range typ.Params.List {
		for _, n := range f.Names {
			add(n, i)
			i++
		}
		if len(f.Names) == 0 {
			i++
		}
	}
}

// declID returns the symbol of a declared function. There may be several init functions.
func (x *extractor) declID(d *ast.FuncDecl) string {
	id := x.pkg.Path + "." + d.Name.Name
	if obj, ok := x.pass.TypesInfo.Defs[d.Name].(*types.Func); ok && obj != nil && d.Name.Name != "_" {
		id = symbolOf(obj)
	}
	if d.Recv == nil && d.Name.Name == "init" {
		at := x.at(d.Name)
		id += "@" + filepath.Base(at.File) + ":" + strconv.Itoa(at.Start.Line)
	}
	return id
}

func (x *extractor) funcDecl(d *ast.FuncDecl) {
	if x.pkg.Name == "main" && d.Recv == nil && d.Name.Name == "main" {
		x.pkg.Main = x.at(d.Name)
	}
	if d.Body != nil {
		x.spent(d.Body)
	}
	fn := &Func{ID: x.declID(d), At: x.at(d.Name), Params: d.Type.Params.NumFields()}
	if obj, ok := x.pass.TypesInfo.Defs[d.Name].(*types.Func); ok {
		fn.Handles = handles(obj.Signature())
	}
	x.body(fn, d.Type, d.Body)
}

// body extracts a function's body.
func (x *extractor) body(fn *Func, typ *ast.FuncType, body *ast.BlockStmt) {
	x.pkg.Funcs = append(x.pkg.Funcs, fn)
	if body == nil {
		return
	}
	x.touches(fn, typ, body)
	w := &walker{x: x, fn: fn, required: map[token.Pos]bool{}, missing: map[token.Pos]bool{}, failures: map[token.Pos]failure{}}
	w.block(body, false)
	w.finish()
}

// genDecl extracts package variables: what their initialisers call happens when the package is initialised, what
// they mention is reached where the variable is.
func (x *extractor) genDecl(d *ast.GenDecl, inits *Func) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			for i, name := range spec.Names {
				if d.Tok != token.VAR {
					continue
				}
				id := x.pkg.Path + "." + name.Name
				if st := declaredStruct(spec, i); st != nil {
					x.tags(id, st)
				}
				holder := &Func{ID: "var " + id, At: x.at(name)}
				for j, v := range spec.Values {
					if len(spec.Values) == len(spec.Names) && j != i {
						continue
					}
					x.spent(v)
					w := &walker{x: x, fn: holder}
					w.expr(v, false)
					e := x.expr(v, 0)
					if len(spec.Values) < len(spec.Names) {
						e = x.resultOf(v, i, 0)
					}
					x.pkg.Assigns = append(x.pkg.Assigns, Assign{To: id, Value: e, Func: inits.ID})
				}
				calls := holder.Calls[:0:0]
				for _, c := range holder.Calls {
					if c.Mention {
						calls = append(calls, c)
					} else {
						inits.Calls = append(inits.Calls, c)
					}
				}
				inits.Makes = append(inits.Makes, holder.Makes...)
				holder.Calls = calls
				x.pkg.Funcs = append(x.pkg.Funcs, holder)
			}
		case *ast.TypeSpec:
			if st := structIn(spec.Type); st != nil {
				x.tags(x.pkg.Path+"."+spec.Name.Name, st)
			}
		}
	}
}

// types records the package's concrete types with their method sets, by which calls through interfaces are resolved.
func (x *extractor) types() {
	scope := x.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(named) || named.TypeParams().Len() > 0 {
			continue
		}
		ms := types.NewMethodSet(types.NewPointer(named))
		if ms.Len() == 0 {
			continue
		}
		t := Type{Name: typeSymbol(named)}
		for i := range ms.Len() {
			if m, ok := ms.At(i).Obj().(*types.Func); ok {
				t.Methods = append(t.Methods, Method{Key: methodKey(m), Symbol: symbolOf(m)})
			}
		}
		slices.SortFunc(t.Methods, func(a, b Method) int { return strings.Compare(a.Key, b.Key) })
		x.pkg.Types = append(x.pkg.Types, t)
	}
}

// methodKey identifies a method by name and signature, alike for interfaces and implementations.
func methodKey(m *types.Func) string {
	sig := m.Signature()
	return m.Name() + types.TypeString(types.NewSignatureType(nil, nil, nil, stripped(sig.Params()), stripped(sig.Results()), sig.Variadic()), nil)
}

func stripped(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vars[i] = types.NewParam(token.NoPos, nil, "", t.At(i).Type())
	}
	return types.NewTuple(vars...)
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func (x *extractor) typeOf(e ast.Expr) types.Type {
	t := x.pass.TypesInfo.TypeOf(e)
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t.Underlying()
}

func (x *extractor) scopeID(n ast.Node) string {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return x.declID(n)
	case *ast.FuncLit:
		return x.literalID(n)
	}
	return ""
}
