package lsp

import (
	"bytes"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/rules"
)

// reason stands where the user is to write one.
const reason = "TODO: say why"

// suppression returns the edit that puts a comment about a finding into the source of its file. ok is false where a comment
// would not silence the finding, or would be more than a comment.
func suppression(source []byte, f check.Finding) (e check.Edit, ok bool) {
	file, line := f.At.File, f.At.Start.Line
	comment := "factorlint:ignore " + f.Rule.Name + " -- " + reason
	harmless := func([]byte, []byte) bool { return true }
	var candidates []check.Edit
	switch ext := path.Ext(file); {
	case f.Rule.Kind == rules.Comment: // it is the other comment that has to change
	case ext == ".go":
		candidates = []check.Edit{above(source, file, line, "//"+comment), behind(source, file, line, "//"+comment)}
		if documented(source, line) {
			slices.Reverse(candidates)
		}
	case ext == ".yaml" || ext == ".yml":
		candidates = []check.Edit{above(source, file, line, "# "+comment)}
		harmless = sameYAML
		if bytes.Contains(source, []byte("{{")) {
			harmless = func(before, _ []byte) bool { return separate(before, line) }
		}
	case dockerfile.IsDockerfile(file), ext == ".env", strings.HasPrefix(path.Base(file), ".env"):
		candidates = []check.Edit{above(source, file, directive.Begin(file, source, line), "# "+comment)}
	}
	for _, e := range candidates {
		after := slices.Concat(source[:e.At.Start.Offset], []byte(e.New), source[e.At.Start.Offset:])
		moved := line + strings.Count(e.New, "\n")
		silences := func(d directive.Directive) bool { return d.Silences(f.Rule, file, moved) }
		if slices.ContainsFunc(directives(file, after), silences) && harmless(source, after) {
			return e, true
		}
	}
	return check.Edit{}, false
}

// directives returns the suppression comments of a file.
func directives(file string, source []byte) []directive.Directive {
	if path.Ext(file) != ".go" {
		return directive.Scan(file, source)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	return directive.ScanGo(fset, f)
}

// above returns the edit that puts a comment on a line of its own before a line, which is counted from 1, as far indented.
func above(source []byte, file string, line int, comment string) check.Edit {
	begin, text := lineOf(source, line)
	column := 1
	if line == 1 && strings.HasPrefix(text, "\ufeff") {
		begin, column, text = begin+3, 4, text[3:]
	}
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	end := "\n"
	if strings.HasSuffix(text, "\r\n") {
		end = "\r\n"
	}
	return insert(file, check.Pos{Offset: begin, Line: line, Col: column}, indent+comment+end)
}

// behind returns the edit that puts a comment at the end of a line.
func behind(source []byte, file string, line int, comment string) check.Edit {
	begin, text := lineOf(source, line)
	text = strings.TrimRight(text, " \t\r\n")
	return insert(file, check.Pos{Offset: begin + len(text), Line: line, Col: len(text) + 1}, " "+comment)
}

func insert(file string, at check.Pos, text string) check.Edit {
	return check.Edit{At: check.Span{File: file, Start: at, End: at}, New: text}
}

// documented reports whether a line of Go code has a comment above: gofmt has a place of its own for ours in that.
func documented(source []byte, line int) bool {
	_, text := lineOf(source, line-1)
	return strings.HasPrefix(strings.TrimSpace(text), "//")
}

// lineOf returns where a line begins, and its text with what ends it. Beyond the file it is empty.
func lineOf(source []byte, line int) (offset int, text string) {
	n := 0
	for l := range strings.Lines(string(source)) {
		if n++; n == line {
			return offset, l
		}
		offset += len(l)
	}
	return offset, ""
}

// sameYAML reports whether two texts are YAML that means the same. A comment in the middle of a scalar of several lines is
// text, or ends it.
func sameYAML(a, b []byte) bool {
	x, y := yaml.NewDecoder(bytes.NewReader(a)), yaml.NewDecoder(bytes.NewReader(b))
	for {
		var m, n yaml.Node
		errX, errY := x.Decode(&m), y.Decode(&n)
		switch {
		case errors.Is(errX, io.EOF) && errors.Is(errY, io.EOF):
			return true
		case errX != nil || errY != nil || !sameNode(&m, &n):
			return false
		}
	}
}

// sameNode compares nodes without their places and comments.
func sameNode(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Tag == b.Tag && a.Value == b.Value && a.Anchor == b.Anchor && slices.EqualFunc(a.Content, b.Content, sameNode)
}

// separate reports whether a new line before a line of a template stays one in what is made of it: it is not inside an
// action, and no action beside it takes the white space away that ends it.
func separate(source []byte, line int) bool {
	begin, text := lineOf(source, line)
	before := string(source[:begin])
	return strings.LastIndex(before, "{{") <= strings.LastIndex(before, "}}") &&
		!strings.HasSuffix(strings.TrimSpace(before), "-}}") && !strings.HasPrefix(strings.TrimSpace(text), "{{-")
}
