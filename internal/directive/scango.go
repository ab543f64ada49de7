package directive

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
)

// ScanGo reads the directives of a Go file. One that stands alone on its line silences the statement,
// declaration, field or element that begins on the next line of code: the whole of it, but of what has a body no more than
// the line or lines before the body.
func ScanGo(fset *token.FileSet, f *ast.File) []Directive {
	var (
		out []Directive
		pos []token.Pos
	)
	for _, g := range f.Comments {
		for _, c := range g.List {
			at := fset.Position(c.Pos())
			if d, ok := Parse(c.Text, at.Filename, at.Line, at.Column, at.Offset); ok && len(out) < most {
				out, pos = append(out, d), append(pos, c.Pos())
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	code := firstCode(fset, f)
	lines := slices.Sorted(maps.Keys(code))
	begins := map[token.Pos]bool{}
	for i := range out {
		d := &out[i]
		if p, ok := code[d.First]; ok && p < pos[i] {
			continue // at the end of a line of code
		}
		if n, _ := slices.BinarySearch(lines, d.First+1); n < len(lines) {
			d.First, d.Last = lines[n], 0
			begins[code[lines[n]]] = true
		}
	}
	last := reaches(f, begins)
	for i := range out {
		if d := &out[i]; d.Last == 0 {
			begin := code[d.First]
			d.Last = fset.Position(max(begin, last[begin])).Line
		}
	}
	return out
}

// firstCode returns where the code of each line that holds any begins.
func firstCode(fset *token.FileSet, f *ast.File) map[int]token.Pos {
	code := map[int]token.Pos{}
	mark := func(p token.Pos) {
		if !p.IsValid() {
			return
		}
		line := fset.Position(p).Line
		if old, ok := code[line]; !ok || p < old {
			code[line] = p
		}
	}
	mark(f.Package)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			return true
		}
		mark(n.Pos())
		if n.End() > n.Pos() {
			mark(n.End() - 1)
		}
		return true
	})
	return code
}

// reaches returns the last position of the outermost thing that begins at each of some positions, bodies left out.
func reaches(f *ast.File, begins map[token.Pos]bool) map[token.Pos]token.Pos {
	last := map[token.Pos]token.Pos{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			return true
		}
		if p := n.Pos(); begins[p] {
			last[p] = max(last[p], p, head(n))
		}
		return true
	})
	return last
}

// head returns the last position of n, or where its body begins.
func head(n ast.Node) token.Pos {
	end := n.End() - 1
	ast.Inspect(n, func(inner ast.Node) bool {
		switch inner := inner.(type) {
		case *ast.BlockStmt:
			end = min(end, inner.Lbrace)
		case *ast.CaseClause:
			end = min(end, inner.Colon)
		case *ast.CommClause:
			end = min(end, inner.Colon)
		case *ast.GenDecl:
			if inner.Lparen.IsValid() {
				end = min(end, inner.Lparen)
			}
		}
		return true
	})
	return end
}
