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
// formatted by gofmt it stays so, and where all its lines end in CRLF those of text do. ok is false if the source cannot be read
// or would be no Go any more.
func Rewrite(pass *analysis.Pass, pos, end token.Pos, text string) (edit analysis.TextEdit, ok bool) {
	file := pass.Fset.File(pos)
	src := read(pass, file)
	if src == nil {
		return edit, false
	}
	if isCRLF(src) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
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

// Indent returns where the line of a position begins and the white space that it begins with. opens is false if something else
// stands before the position, or if the source cannot be read.
func Indent(pass *analysis.Pass, pos token.Pos) (start token.Pos, indent string, opens bool) {
	file := pass.Fset.File(pos)
	src := read(pass, file)
	if src == nil {
		return pos, "", false
	}
	before := src[:file.Offset(pos)]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	rest := bytes.TrimLeft(line, " \t")
	return pos - token.Pos(len(line)), string(line[:len(line)-len(rest)]), len(rest) == 0
}

// isCRLF reports whether all lines of a text end in CRLF.
func isCRLF(text []byte) bool {
	lines := bytes.Count(text, []byte("\n"))
	return lines > 0 && bytes.Count(text, []byte("\r\n")) == lines
}

// read returns the source of a file as it was analysed, or nil if the driver does not give it.
func read(pass *analysis.Pass, file *token.File) []byte {
	if file == nil || pass.ReadFile == nil {
		return nil
	}
	src, err := pass.ReadFile(file.Name())
	if err != nil || len(src) != file.Size() {
		return nil
	}
	return src
}

// Import returns the name by which a package of the standard library can be used at a place in a file, and the edit that
// imports it beside the last of the packages near that the file imports, if it has to. ok is false if the name means something
// else there, or if that import shares its line with code.
func Import(pass *analysis.Pass, f *ast.File, at token.Pos, pkg string, near ...string) (name string, edits []analysis.TextEdit, ok bool) {
	name = pkg[strings.LastIndexByte(pkg, '/')+1:]
	for _, spec := range f.Imports {
		if importPath(spec) == pkg && spec.Name != nil && spec.Name.Name != "_" && spec.Name.Name != "." {
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
	pos, text := token.NoPos, ""
	for _, d := range f.Decls {
		g, isGen := d.(*ast.GenDecl)
		if !isGen || g.Tok != token.IMPORT {
			continue
		}
		for _, s := range g.Specs {
			spec := s.(*ast.ImportSpec)
			if !slices.Contains(near, importPath(spec)) {
				continue
			}
			pos, text = spec.End(), "\n\t"+strconv.Quote(pkg)
			if spec.Comment != nil {
				pos = spec.Comment.End()
			}
			if !g.Lparen.IsValid() {
				text = "\nimport " + strconv.Quote(pkg)
			}
		}
	}
	if !pos.IsValid() || !endsLine(pass, pos) {
		return "", nil, false
	}
	edit, ok := Rewrite(pass, pos, pos, text)
	return name, []analysis.TextEdit{edit}, ok
}

// endsLine reports whether nothing stands behind a position in its line.
func endsLine(pass *analysis.Pass, pos token.Pos) bool {
	file := pass.Fset.File(pos)
	src := read(pass, file)
	if src == nil {
		return false
	}
	rest, _, _ := bytes.Cut(src[file.Offset(pos):], []byte("\n"))
	return len(bytes.TrimSpace(rest)) == 0
}

func importPath(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return path
}

// Remove returns the edits that delete a statement or an import, and the imports that nothing else in the file uses. ok
// is false if there is no way to do that in whole lines.
func Remove(pass *analysis.Pass, f *ast.File, n ast.Node) (edits []analysis.TextEdit, ok bool) {
	gone := []ast.Node{n}
	used, freed := map[*types.PkgName]bool{}, map[*types.PkgName]bool{}
	ast.Inspect(f, func(in ast.Node) bool {
		if id, ok := in.(*ast.Ident); ok {
			if name, ok := pass.TypesInfo.Uses[id].(*types.PkgName); ok {
				if n.Pos() <= id.Pos() && id.Pos() < n.End() {
					freed[name] = true
				} else {
					used[name] = true
				}
			}
		}
		return true
	})
	for _, spec := range f.Imports {
		if name := pass.TypesInfo.PkgNameOf(spec); name != nil && freed[name] && !used[name] {
			gone = append(gone, spec)
		}
	}
	for i, n := range gone {
		for _, d := range f.Decls {
			g, isGen := d.(*ast.GenDecl)
			if !isGen || g.Tok != token.IMPORT || n.Pos() < g.Pos() || g.End() < n.End() {
				continue
			}
			left := slices.ContainsFunc(g.Specs, func(s ast.Spec) bool { return !slices.Contains(gone, ast.Node(s)) })
			if len(g.Specs) == 1 {
				gone[i] = g
			} else if !left {
				return nil, false
			}
		}
	}
	for _, n := range gone {
		edit, ok := removeLines(pass, f, n)
		if !ok {
			return nil, false
		}
		edits = append(edits, edit)
	}
	return edits, true
}

// removeLines deletes the lines of a node with its comment at their end, and a blank line that would be one too many.
func removeLines(pass *analysis.Pass, f *ast.File, n ast.Node) (edit analysis.TextEdit, ok bool) {
	file := pass.Fset.File(n.Pos())
	src := read(pass, file)
	if src == nil {
		return edit, false
	}
	last := n.End()
	for _, c := range f.Comments {
		if c.Pos() >= last && file.Line(c.Pos()) == file.Line(last) {
			last = c.End()
		}
	}
	from, to := file.Offset(n.Pos()), file.Offset(last)
	start := bytes.LastIndexByte(src[:from], '\n') + 1
	end := to + bytes.IndexByte(src[to:], '\n') + 1
	if end == to || len(bytes.TrimSpace(src[start:from])) > 0 || len(bytes.TrimSpace(src[to:end])) > 0 {
		return edit, false
	}
	before := bytes.TrimSpace(src[bytes.LastIndexByte(src[:max(start-1, 0)], '\n')+1 : start])
	if opens := len(before) == 0 || bytes.HasSuffix(before, []byte("{")) || bytes.HasSuffix(before, []byte("(")); opens {
		if next := bytes.IndexByte(src[end:], '\n'); next >= 0 && len(bytes.TrimSpace(src[end:end+next])) == 0 {
			end += next + 1
		}
	}
	return Rewrite(pass, file.Pos(start), file.Pos(end), "")
}
