package observe

import (
	"cmp"
	"go/types"
	"hash/fnv"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// An unnamed is a struct without a name and the symbol that it has by the declaration which holds it.
type unnamed struct {
	symbol string
	typ    *types.Struct
}

// unnamedOf returns the structs without a name in the declarations of a package, types first, in order of the declarations' names.
func unnamedOf(pkg *types.Package) []unnamed {
	w := unnamedWalk{pkg: pkg}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if tn, ok := scope.Lookup(name).(*types.TypeName); ok {
			w.typeName(pkg.Path()+"."+name, tn)
		}
	}
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Var, *types.Func:
			w.typ(pkg.Path()+"."+name, obj.Type())
		}
	}
	return w.out
}

type unnamedWalk struct {
	pkg *types.Package
	out []unnamed
}

// typeName adds what a type's declaration holds, methods included.
func (w *unnamedWalk) typeName(symbol string, tn *types.TypeName) {
	named, ok := tn.Type().(*types.Named)
	if !ok || tn.IsAlias() {
		w.typ(symbol, types.Unalias(tn.Type()))
		return
	}
	if st, ok := named.Underlying().(*types.Struct); ok {
		w.fields(symbol, st)
	} else {
		w.typ(symbol, named.Underlying())
	}
	for m := range named.Methods() {
		w.typ(symbol+"."+m.Name(), m.Type())
	}
}

// typ adds what a type holds that is no declared one.
func (w *unnamedWalk) typ(symbol string, t types.Type) {
	switch t := t.(type) {
	case *types.Pointer:
		w.typ(symbol, t.Elem())
	case *types.Slice:
		w.typ(symbol, t.Elem())
	case *types.Array:
		w.typ(symbol, t.Elem())
	case *types.Map:
		w.typ(symbol, t.Elem())
	case *types.Chan:
		w.typ(symbol, t.Elem())
	case *types.Signature:
		for i := range t.Params().Len() {
			w.typ(symbol+"#in"+strconv.Itoa(i), t.Params().At(i).Type())
		}
		for i := range t.Results().Len() {
			w.typ(symbol+"#out"+strconv.Itoa(i), t.Results().At(i).Type())
		}
	case *types.Struct:
		if t.NumFields() > 0 && t.Field(0).Pkg() == w.pkg {
			w.out = append(w.out, unnamed{symbol, t})
			w.fields(symbol, t)
		}
	}
}

func (w *unnamedWalk) fields(symbol string, st *types.Struct) {
	for f := range st.Fields() {
		w.typ(symbol+"."+f.Name(), f.Type())
	}
}

// structSymbol returns the symbol of a type as typeSymbol does. A struct without a name has that of the declaration which holds it,
// and the names of the fields on the way: "path.Config.DB"; in a function, one made of its place. path is the symbol of the field or
// variable at hand that has the type, "" if there is none. Types that come from a cache have no places, and what a package
// takes over from another is a copy there: the same symbol has to come of them as of types from source.
func (x *extractor) structSymbol(t types.Type, path string) string {
	sym := typeSymbol(t)
	if sym != "?" || t == nil {
		return sym
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	st, ok := t.(*types.Struct)
	if !ok || st.NumFields() == 0 || st.Field(0).Pkg() == nil {
		return cmp.Or(path, sym)
	}
	pkg := st.Field(0).Pkg()
	if path != "" && !strings.HasPrefix(path, pkg.Path()+".") && !strings.HasPrefix(path, x.pass.Pkg.Path()+".") {
		return path // perhaps of a copy
	}
	return cmp.Or(x.heldBy(pkg, st), path, x.unheld(pkg, st))
}

// unheld returns a symbol for a struct of which it is not known what holds it.
func (x *extractor) unheld(pkg *types.Package, st *types.Struct) string {
	if pkg != x.pass.Pkg {
		h := fnv.New64a()
		h.Write([]byte(types.TypeString(st, nil)))
		return pkg.Path() + ".struct#" + strconv.FormatUint(h.Sum64(), 16)
	}
	at := x.pass.Fset.Position(st.Field(0).Pos())
	return pkg.Path() + ".struct@" + filepath.Base(at.Filename) + ":" + strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column)
}

// heldBy returns the symbol of a struct without a name by the declarations of its package, "" if none holds it. A package that is
// imported by others alone may still be about to be read, and is not looked into.
func (x *extractor) heldBy(pkg *types.Package, st *types.Struct) string {
	own := pkg == x.pass.Pkg
	if !own && !slices.Contains(x.pass.Pkg.Imports(), pkg) {
		return ""
	}
	all, ok := x.unnamed[pkg]
	if !ok {
		all = unnamedOf(pkg)
		x.unnamed[pkg] = all
	}
	first := st.Field(0).Origin()
	for _, u := range all {
		if u.typ.Field(0) == first {
			return u.symbol
		}
	}
	for _, u := range all { // a third package may have handed on a copy
		if !own && types.Identical(u.typ, st) {
			return u.symbol
		}
	}
	return ""
}
