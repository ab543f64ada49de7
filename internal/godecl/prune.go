package godecl

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// prune takes out of a package what others cannot see: the bodies of functions, what initialises variables whose type is
// declared, variables that nothing else needs, and imports that nothing uses any more. nameOf returns the name of an imported
// package, "" if it is unknown.
func prune(files []*ast.File, nameOf func(path string) string) {
	for _, f := range files {
		f.Comments = nil
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool { return !outline(d) })
	}
	dropVariables(files)
	for _, f := range files {
		dropImports(f, nameOf)
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			g, ok := d.(*ast.GenDecl)
			return ok && len(g.Specs) == 0
		})
	}
}

// outline empties a declaration. It reports whether anything is left.
func outline(d ast.Decl) bool {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && (d.Name.Name == "init" || d.Name.Name == "_") {
			return false
		}
		d.Doc = nil
		if d.Body != nil {
			d.Body = &ast.BlockStmt{Lbrace: d.Body.Lbrace, Rbrace: d.Body.Rbrace}
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return true
		}
		d.Specs = slices.DeleteFunc(d.Specs, func(s ast.Spec) bool {
			v := s.(*ast.ValueSpec)
			if v.Type != nil {
				v.Values = nil
			}
			for _, x := range v.Values {
				ast.Inspect(x, func(n ast.Node) bool {
					if f, ok := n.(*ast.FuncLit); ok {
						f.Body = &ast.BlockStmt{Lbrace: f.Body.Lbrace, Rbrace: f.Body.Rbrace}
						return false
					}
					return true
				})
			}
			return !slices.ContainsFunc(v.Names, func(n *ast.Ident) bool { return n.Name != "_" })
		})
	case *ast.BadDecl:
		return false
	}
	return true
}

// dropVariables takes out the unexported variables that no other declaration mentions: their types, if not declared, would
// have to be computed.
func dropVariables(files []*ast.File) {
	var (
		mentioned = map[string]bool{}
		open      []*ast.ValueSpec // of unexported variables, not yet known to be needed
	)
	mention := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				mentioned[id.Name] = true
			}
			return true
		})
	}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				mention(d)
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if slices.ContainsFunc(v.Names, (*ast.Ident).IsExported) {
					mention(v)
				} else {
					open = append(open, v)
				}
			}
		}
	}
	needed := map[ast.Spec]bool{}
	for again := true; again; {
		again = false
		for _, v := range open {
			if !needed[v] && slices.ContainsFunc(v.Names, func(n *ast.Ident) bool { return mentioned[n.Name] }) {
				needed[v], again = true, true
				mention(v)
			}
		}
	}
	drop := map[ast.Spec]bool{}
	for _, v := range open {
		drop[v] = !needed[v]
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				g.Specs = slices.DeleteFunc(g.Specs, func(s ast.Spec) bool { return drop[s] })
			}
		}
	}
}

// dropImports takes out the imports of a file that nothing left in it uses.
func dropImports(f *ast.File, nameOf func(path string) string) {
	used := map[string]bool{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := s.X.(*ast.Ident); ok {
					used[id.Name] = true
				}
			}
			return true
		})
	}
	unused := func(s ast.Spec) bool {
		i, ok := s.(*ast.ImportSpec)
		if !ok {
			return false
		}
		p, err := strconv.Unquote(i.Path.Value)
		switch {
		case err != nil:
			return true
		case i.Name != nil:
			return i.Name.Name != "." && !used[i.Name.Name]
		}
		name := nameOf(p)
		return name != "" && !used[name] || name == "" && !used[path.Base(p)]
	}
	f.Imports = slices.DeleteFunc(f.Imports, func(i *ast.ImportSpec) bool { return unused(i) })
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			g.Specs = slices.DeleteFunc(g.Specs, unused)
		}
	}
}

// imports returns the paths that files import, as written.
func imports(files []*ast.File) []string {
	var out []string
	for _, f := range files {
		for _, i := range f.Imports {
			if p, err := strconv.Unquote(i.Path.Value); err == nil && p != "C" && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}
