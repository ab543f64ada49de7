package fix

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	"github.com/factorlint/factorlint/internal/dockerfile"
)

// fault says why a file that could be read before an edit cannot be read after it. It is nil where it can, and where nothing is
// known of the file: templates, for one, are no YAML before either.
func fault(file string, before, after []byte) error {
	read := reader(file, before)
	if read == nil || read(before) != nil {
		return nil //nolint:nilerr // it could not be read before
	}
	if err := read(after); err != nil {
		return err
	}
	if path.Ext(file) == ".go" {
		return unusedImport(before, after)
	}
	return nil
}

// reader returns what reads files of a kind, nil if the kind is not known.
func reader(file string, src []byte) func([]byte) error {
	switch ext := path.Ext(file); {
	case ext == ".go":
		return readGo
	case dockerfile.IsDockerfile(file):
		return readDockerfile
	case ext == ".yaml", ext == ".yml":
		return readYAML
	case ext == ".sh", ext == ".bash", shebang(src):
		return readShell
	}
	return nil
}

func readGo(src []byte) error {
	_, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	return err
}

func readDockerfile(src []byte) error {
	if _, notes := dockerfile.Parse("Dockerfile", src); len(notes) > 0 {
		return errors.New(notes[0].Message)
	}
	return nil
}

func readYAML(src []byte) error {
	for d := yaml.NewDecoder(bytes.NewReader(src)); ; {
		var n yaml.Node
		if err := d.Decode(&n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// shebang reports whether a file says in its first line that a shell runs it.
func shebang(src []byte) bool {
	first, _, _ := bytes.Cut(src, []byte("\n"))
	line, ok := strings.CutPrefix(string(first), "#!")
	return ok && slices.ContainsFunc(strings.Fields(line), func(w string) bool {
		return slices.Contains([]string{"sh", "bash", "ash", "dash"}, path.Base(w))
	})
}

func readShell(src []byte) error {
	_, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(src), "")
	return err
}

// unusedImport tells of an import that Go code used before and does not use any more, which is an error of the compiler's: two
// fixes each remove one of two uses, and neither knows that the import can go.
func unusedImport(before, after []byte) error {
	was, is := importUses(before), importUses(after)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if is[name] == 0 && was[name] > 0 {
			return fmt.Errorf("%s would be imported and not used", name)
		}
	}
	return nil
}

// importUses returns how often the names of a file's imports stand before a dot. The name of a package is taken from its path,
// where the import gives none.
func importUses(src []byte) map[string]int {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	uses := map[string]int{}
	for _, spec := range f.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		uses[name] = 0
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				if _, imported := uses[id.Name]; imported {
					uses[id.Name]++
				}
			}
		}
		return true
	})
	return uses
}
