package observe

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// recordsFills reports whether the structs that a call fills are recorded with the call: it is known what the callee does
// with them, or it may be found out since it is code of the same project.
func (x *extractor) recordsFills(callee string) bool {
	if lookup(callee, "fill", "decode", "unmarshal") != nil {
		return true
	}
	return callee != "" && !isStandardCall(callee) && project(callee) == project(x.pkg.Path+".")
}

// project returns the beginning of a symbol that the packages of one project have in common: host and owner.
func project(symbol string) string {
	parts := strings.SplitN(packageOf(symbol), "/", 3)
	if len(parts) > 1 && strings.Contains(parts[0], ".") {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// fillsOf returns the structs that a call may fill, and records their shapes.
func (x *extractor) fillsOf(call *ast.CallExpr, callee string) []Fill {
	if !x.recordsFills(callee) {
		return nil
	}
	var out []Fill
	add := func(arg int, t types.Type, field string) {
		if p, ok := types.Unalias(t).(*types.TypeParam); ok {
			out = append(out, Fill{Arg: arg, Type: "#" + strconv.Itoa(p.Index())})
		} else if sym := x.shape(t, field, 0); sym != "" {
			out = append(out, Fill{Arg: arg, Type: sym})
		}
	}
	sig, ok := x.typeOf(call.Fun).(*types.Signature)
	if !ok {
		return nil
	}
	if n := sig.Params().Len(); n > 0 {
		for i, arg := range call.Args {
			arg = x.target(arg)
			ptr, ok := types.Unalias(orInvalid(x.pass.TypesInfo.TypeOf(arg))).(*types.Pointer)
			if !ok {
				continue
			}
			p := sig.Params().At(min(i, n-1)).Type()
			if s, ok := p.Underlying().(*types.Slice); ok && sig.Variadic() && i >= n-1 && !call.Ellipsis.IsValid() {
				p = s.Elem()
			}
			iface, empty := p.Underlying().(*types.Interface)
			if lookup(callee, "fill", "decode", "unmarshal") != nil || empty && iface.Empty() || isTypeParam(ptr.Elem()) {
				add(i, ptr.Elem(), x.fieldOrVar(pointed(arg)))
			}
		}
	}
	if id := calledName(call); id != nil {
		if inst, ok := x.pass.TypesInfo.Instances[id]; ok {
			for i := range inst.TypeArgs.Len() {
				t := types.Unalias(inst.TypeArgs.At(i))
				if p, ok := t.(*types.Pointer); ok {
					t = p.Elem()
				}
				add(-1-i, t, "")
			}
		}
	}
	return out
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// target returns what a configuration of a library names as the struct to fill, where it is written as a literal with a
// field Target; any other argument is the target itself.
func (x *extractor) target(arg ast.Expr) ast.Expr {
	lit, ok := pointed(arg).(*ast.CompositeLit)
	if !ok {
		return arg
	}
	for _, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "Target" {
				return kv.Value
			}
		}
	}
	return arg
}

// pointed returns what the address is taken of, or the expression itself.
func pointed(e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		return ast.Unparen(u.X)
	}
	return e
}

// calledName returns the identifier of the function that a call calls.
func calledName(call *ast.CallExpr) *ast.Ident {
	switch f := called(call).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	}
	return nil
}

// fieldTags notes where the tags of the fields of a file stand.
func (x *extractor) fieldTags(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && field.Tag != nil {
			at := x.at(field.Tag)
			for _, name := range field.Names {
				x.tagged[name.Pos()] = at
			}
			if len(field.Names) == 0 { // an embedded field stands at the type's name
				ast.Inspect(field.Type, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						x.tagged[id.Pos()] = at
					}
					return true
				})
			}
		}
		return true
	})
}

// shape records a struct with the structs inside it and returns its symbol, "" for any other type. field is that
// of the field or variable that holds it, "" if there is none.
func (x *extractor) shape(t types.Type, field string, depth int) string {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 8 {
		return ""
	}
	name := x.structSymbol(t, field)
	if x.shapes[name] || isStandardCall(name) {
		return name
	}
	x.shapes[name] = true
	s := Struct{Name: name}
	for i := range st.NumFields() {
		v := st.Field(i)
		if !v.Exported() {
			continue
		}
		f := Field{Name: v.Name(), Tag: st.Tag(i), Embedded: v.Embedded()}
		if v.Pkg() == x.pass.Pkg { // types that come from a cache have no places
			f.At = x.span(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
		}
		if at, ok := x.tagged[v.Pos()]; ok && v.Pkg() == x.pass.Pkg {
			f.At = at
		}
		ft := types.Unalias(v.Type())
		if b, ok := ft.Underlying().(*types.Basic); ok {
			switch {
			case b.Info()&types.IsBoolean != 0:
				f.Zero = "false"
			case b.Info()&types.IsNumeric != 0:
				f.Zero = "0"
			}
		}
		if p, ok := ft.(*types.Pointer); ok {
			f.Pointer, ft = true, types.Unalias(p.Elem())
		}
		switch u := ft.Underlying().(type) {
		case *types.Slice:
			f.Many, ft = true, types.Unalias(u.Elem())
		case *types.Map:
			f.Many, ft = true, types.Unalias(u.Elem())
		}
		if f.Leaf = readsItself(ft); !f.Leaf {
			f.Type = x.shape(ft, name+"."+v.Name(), depth+1)
		}
		f.Leaf = f.Leaf || f.Type != "" && isStandardCall(f.Type)
		s.Fields = append(s.Fields, f)
	}
	x.pkg.Structs = append(x.pkg.Structs, s)
	return name
}

// readsItself reports whether a type has a method by which the libraries set it from one text.
func readsItself(t types.Type) bool {
	ms := types.NewMethodSet(types.NewPointer(t))
	for i := range ms.Len() {
		switch ms.At(i).Obj().Name() {
		case "UnmarshalText", "UnmarshalBinary", "Decode", "Set", "SetValue", "EnvDecode", "UnmarshalEnvironmentValue", "UnmarshalFlag":
			return true
		}
	}
	return false
}
