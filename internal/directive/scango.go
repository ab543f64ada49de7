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
	for i := range out {
		d := &out[i]
		if p, ok := code[d.First]; ok && p < pos[i] {
			continue // at the end of a line of code
		}
		if n, _ := slices.BinarySearch(lines, d.First+1); n < len(lines) {
			d.First, d.Last = lines[n], fset.Position(reach(f, code[lines[n]])).Line
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

// reach returns the last position of the outermost thing that begins at p, bodies left out.
func reach(f *ast.File, p token.Pos) token.Pos {
	last := p
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			return true
		}
		if n.Pos() == p {
			last = max(last, head(n))
		}
		return n.Pos() <= p && p < n.End()
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
