package observe

import (
	"go/ast"
	"go/types"
	"strconv"
)

// tags records the tags of the fields of a struct, and where fields stand without.
func (x *extractor) tags(owner string, st *ast.StructType) {
	for _, f := range st.Fields.List {
		inner := structIn(f.Type)
		for _, name := range f.Names {
			if inner != nil {
				x.tags(owner+"."+name.Name, inner)
			}
		}
		x.places(owner, f)
		if f.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue
		}
		for _, name := range f.Names {
			t := Tag{Field: owner + "." + name.Name, Tag: tag, Type: typeSymbol(x.pass.TypesInfo.TypeOf(f.Type)), At: x.at(f.Tag)}
			if inner != nil {
				t.Type = t.Field
			}
			x.pkg.Tags = append(x.pkg.Tags, t)
		}
	}
}

// structIn returns the struct without a name that a type is, points to or lists, nil if there is none.
func structIn(t ast.Expr) *ast.StructType {
	switch t := t.(type) {
	case *ast.StructType:
		return t
	case *ast.ParenExpr:
		return structIn(t.X)
	case *ast.StarExpr:
		return structIn(t.X)
	case *ast.ArrayType:
		return structIn(t.Elt)
	case *ast.MapType:
		return structIn(t.Value)
	case *ast.ChanType:
		return structIn(t.Value)
	}
	return nil
}

// declaredStruct returns the struct without a name of the i-th variable of a declaration, nil if it has none.
func declaredStruct(spec *ast.ValueSpec, i int) *ast.StructType {
	if spec.Type != nil {
		return structIn(spec.Type)
	}
	if len(spec.Values) != len(spec.Names) {
		return nil
	}
	if lit, ok := pointed(spec.Values[i]).(*ast.CompositeLit); ok {
		return structIn(lit.Type)
	}
	return nil
}

// places records where fields stand whose place no tag tells.
func (x *extractor) places(owner string, f *ast.Field) {
	names := f.Names
	if id := embedded(f.Type); len(names) == 0 && id != nil {
		names = []*ast.Ident{id}
	} else if f.Tag != nil {
		return
	}
	for _, name := range names {
		at := x.at(name)
		if f.Tag != nil {
			at = x.at(f.Tag)
		}
		x.pkg.Places = append(x.pkg.Places, Place{owner + "." + name.Name, at})
	}
}

// embedded returns the name of an embedded field, nil if it has none.
func embedded(t ast.Expr) *ast.Ident {
	switch t := t.(type) {
	case *ast.Ident:
		return t
	case *ast.SelectorExpr:
		return t.Sel
	case *ast.StarExpr:
		return embedded(t.X)
	case *ast.IndexExpr:
		return embedded(t.X)
	case *ast.IndexListExpr:
		return embedded(t.X)
	}
	return nil
}

// fieldSymbol returns the symbol of a selected field: that of the struct which declares it, and its name.
func (x *extractor) fieldSymbol(e *ast.SelectorExpr, sel *types.Selection) string {
	owner := x.through(e, sel, func(string) {})
	if owner == "" {
		return ""
	}
	return owner + "." + sel.Obj().Name()
}

// through calls a function with the symbol of each embedded field on the way to what is selected. It returns the symbol of the
// struct which declares that, "" if there is none.
func (x *extractor) through(e *ast.SelectorExpr, sel *types.Selection, each func(field string)) (owner string) {
	t := sel.Recv()
	owner = x.owner(e.X, t)
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return ""
		}
		owner += "." + st.Field(i).Name()
		each(owner)
		t = st.Field(i).Type()
		owner = x.structSymbol(t, owner)
	}
	return owner
}

// owner returns the symbol of the struct that an expression of a type stands for or points to.
func (x *extractor) owner(e ast.Expr, t types.Type) string {
	if sym := typeSymbol(t); sym != "?" {
		return sym
	}
	e = ast.Unparen(e)
	for i, ok := e.(*ast.IndexExpr); ok; i, ok = e.(*ast.IndexExpr) { // an element of a list or map
		e = ast.Unparen(i.X)
	}
	return x.structSymbol(t, x.fieldOrVar(e))
}
