// Package coverage judges a profile of "go test -coverprofile": how much of each package the tests reach, and whether each block of a
// rule that none reaches is explained.
package coverage

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/cover"
)

// A Block is a piece of a function without a branch in it. It is named by words that stay when lines move.
type Block struct {
	File     string // relative to the module, with slashes
	Function string // "name", or "T.name" of a method
	Line     string // the text of the line on which it begins, trimmed
}

// A Package says how much of a package the tests reach.
type Package struct {
	Path                string // relative to the module
	Statements, Reached int
}

// Packages returns those of the profiles whose files begin with prefix, the module's path and a slash; in order.
func Packages(profiles []*cover.Profile, prefix string) []Package {
	found := map[string]*Package{}
	for _, p := range profiles {
		name := path.Dir(strings.TrimPrefix(p.FileName, prefix))
		if found[name] == nil {
			found[name] = &Package{Path: name}
		}
		for _, b := range p.Blocks {
			found[name].Statements += b.NumStmt
			if b.Count > 0 {
				found[name].Reached += b.NumStmt
			}
		}
	}
	var out []Package
	for _, p := range found {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Package) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// Unreached returns the blocks in the files of a module in the folder dir that no test reaches and of which judged says that
// they count; in order, each name once. Methods without statements that only mark a type are no blocks.
func Unreached(profiles []*cover.Profile, prefix, dir string, judged func(file string) bool) ([]Block, error) {
	var out []Block
	for _, p := range profiles {
		file := strings.TrimPrefix(p.FileName, prefix)
		if !judged(file) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(text), "\n")
		for _, b := range p.Blocks {
			if b.Count > 0 || b.NumStmt == 0 {
				continue
			}
			if b.StartLine > len(lines) {
				return nil, fmt.Errorf("%s: the profile is of another state of the file", file)
			}
			out = append(out, Block{file, function(fset, syntax, b.StartLine), strings.TrimSpace(lines[b.StartLine-1])})
		}
	}
	slices.SortFunc(out, func(a, b Block) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Function, b.Function), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(out), nil
}

// function returns the name of the function that a line is in, or "" for the initialization of a variable.
func function(fset *token.FileSet, file *ast.File, line int) string {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || line < fset.Position(f.Pos()).Line || line > fset.Position(f.End()).Line {
			continue
		}
		if f.Recv == nil {
			return f.Name.Name
		}
		receiver := f.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		if id, ok := receiver.(*ast.Ident); ok {
			return id.Name + "." + f.Name.Name
		}
		return f.Name.Name
	}
	return ""
}

var (
	heading = regexp.MustCompile(`^## (\S+\.go)$`)
	entry   = regexp.MustCompile("^- `([^`]*)`: `(.+)`: (.+)$")
)

// Explained returns the blocks that a page explains: under a heading with the file, a line "- `function`: `line`: reason" for each.
func Explained(page string) ([]Block, error) {
	var out []Block
	file := ""
	for i, line := range strings.Split(page, "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			file = m[1]
		} else if m := entry.FindStringSubmatch(line); m != nil && file != "" {
			out = append(out, Block{file, m[1], m[2]})
		} else if file != "" && line != "" {
			return nil, fmt.Errorf("line %d is no heading with a file, and no entry \"- `function`: `line`: reason\": %s", i+1, line)
		}
	}
	return out, nil
}

// Compare returns the blocks of the first list that are not in the second.
func Compare(blocks, without []Block) []Block {
	return slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return slices.Contains(without, b) })
}

// IsRule tells whether a file, relative to the module, is a part of a rule: what observes for all rules of Go is none.
func IsRule(file string) bool {
	return strings.HasPrefix(file, "checks/") || strings.HasPrefix(file, "analyzers/") && !strings.HasPrefix(file, "analyzers/observe/")
}
