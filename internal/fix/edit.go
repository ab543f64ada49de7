package fix

import (
	"bytes"
	"cmp"
	"go/format"
	"path"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
)

// added returns edits with one more, unless it is among them: two fixes may add the same import.
func added(edits []check.Edit, e check.Edit) []check.Edit {
	if slices.Contains(edits, e) {
		return edits
	}
	return append(edits, e)
}

// clash reports whether two edits of a file cannot both be made. Those that only touch each other cannot either, since each was
// made for what stands beside it; but different lines may be inserted at one place of Go code, where they are imports.
func clash(a, b check.Edit) bool {
	if a == b || insertsImport(a) && insertsImport(b) {
		return false
	}
	return a.At.Start.Offset <= b.At.End.Offset && b.At.Start.Offset <= a.At.End.Offset
}

// insertsImport reports whether an edit adds a line that looks like an import to a Go file.
func insertsImport(e check.Edit) bool {
	spec := strings.TrimPrefix(strings.TrimSpace(e.New), "import ")
	return path.Ext(e.At.File) == ".go" && e.At.Start == e.At.End && strings.HasSuffix(e.New, "\n") &&
		len(spec) > 2 && spec[0] == '"' && strings.IndexByte(spec[1:], '"') == len(spec)-2
}

// placed reports whether a span lies in a file as the file is: its lines and columns are those of its offsets.
func placed(src []byte, at check.Span) bool {
	if at.Start.Offset > at.End.Offset {
		return false
	}
	for _, p := range []check.Pos{at.Start, at.End} {
		if p.Offset < 0 || p.Offset > len(src) {
			return false
		}
		before := src[:p.Offset]
		if bytes.Count(before, []byte("\n"))+1 != p.Line || p.Offset-bytes.LastIndexByte(before, '\n') != p.Col {
			return false
		}
	}
	return true
}

// edited returns a file with edits that do not clash. Go code that was formatted is formatted.
func edited(file string, src []byte, edits []check.Edit) []byte {
	edits = slices.SortedFunc(slices.Values(edits), func(a, b check.Edit) int {
		return cmp.Or(cmp.Compare(a.At.Start.Offset, b.At.Start.Offset), strings.Compare(a.New, b.New))
	})
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(append(out, src[done:e.At.Start.Offset]...), e.New...)
		done = e.At.End.Offset
	}
	out = append(out, src[done:]...)
	if path.Ext(file) == ".go" && isFormatted(src) {
		if formatted, err := format.Source(out); err == nil {
			return formatted
		}
	}
	return out
}

func isFormatted(src []byte) bool {
	formatted, err := format.Source(src)
	return err == nil && bytes.Equal(formatted, src)
}
