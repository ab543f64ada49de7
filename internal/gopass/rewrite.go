package gopass

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Rewrite returns the edit that puts text in place of the source from pos to end, in whole lines. Where the file is
// formatted by gofmt it stays so. ok is false if the source cannot be read or would be no Go any more.
func Rewrite(pass *analysis.Pass, pos, end token.Pos, text string) (edit analysis.TextEdit, ok bool) {
	file := pass.Fset.File(pos)
	if file == nil || pass.ReadFile == nil {
		return edit, false
	}
	src, err := pass.ReadFile(file.Name())
	if err != nil || len(src) != file.Size() {
		return edit, false
	}
	changed := slices.Concat(src[:file.Offset(pos)], []byte(text), src[file.Offset(end):])
	formatted, err := format.Source(changed)
	if err != nil {
		return edit, false
	}
	if was, err := format.Source(src); err == nil && bytes.Equal(was, src) {
		changed = formatted
	}
	before, after := slices.Collect(bytes.Lines(src)), slices.Collect(bytes.Lines(changed))
	from, tail := 0, 0 // how many bytes are the same at both ends
	for len(before) > 0 && len(after) > 0 && bytes.Equal(before[0], after[0]) {
		from += len(before[0])
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && bytes.Equal(before[len(before)-1], after[len(after)-1]) {
		tail += len(before[len(before)-1])
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	return analysis.TextEdit{Pos: file.Pos(from), End: file.Pos(len(src) - tail), NewText: changed[from : len(changed)-tail]}, true
}

// Import returns the name by which a package of the standard library can be used at a place in a file, and the edit that
// imports it beside the package near, if it has to. ok is false if the name means something else there.
func Import(pass *analysis.Pass, f *ast.File, at token.Pos, pkg, near string) (name string, edits []analysis.TextEdit, ok bool) {
	name = pkg[strings.LastIndexByte(pkg, '/')+1:]
	for _, spec := range f.Imports {
		if importPath(spec) == pkg && spec.Name != nil {
			name = spec.Name.Name
		}
	}
	_, means := pass.Pkg.Scope().Innermost(at).LookupParent(name, at)
	switch means := means.(type) {
	case nil:
	case *types.PkgName:
		return name, nil, means.Imported().Path() == pkg
	default:
		return "", nil, false
	}
	for _, d := range f.Decls {
		g, isGen := d.(*ast.GenDecl)
		if !isGen || g.Tok != token.IMPORT {
			continue
		}
		for _, s := range g.Specs {
			spec := s.(*ast.ImportSpec)
			if importPath(spec) != near {
				continue
			}
			pos, text := spec.End(), "\n\t"+strconv.Quote(pkg)
			if spec.Comment != nil {
				pos = spec.Comment.End()
			}
			if !g.Lparen.IsValid() {
				text = "\nimport " + strconv.Quote(pkg)
			}
			edit, ok := Rewrite(pass, pos, pos, text)
			return name, []analysis.TextEdit{edit}, ok
		}
	}
	return "", nil, false
}

func importPath(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return path
}
