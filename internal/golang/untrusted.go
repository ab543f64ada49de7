package golang

import (
	"bytes"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/rules"
)

// LeftOut says what is left out of a tree whose code is not trusted: files that only cgo can build, and workspaces that reach out
// of the repository. The files are relative to root, the folder that fsys holds.
func (g GoCommand) LeftOut(fsys fs.FS, root string, files []string) []check.Notification {
	return append(cgoFiles(fsys, files), g.workspaces(root, files)...)
}

// cgoFiles says which folders have files that need cgo.
func cgoFiles(fsys fs.FS, files []string) []check.Notification {
	var out []check.Notification
	linux := build.Default
	linux.GOOS, linux.CgoEnabled = "linux", true
	linux.OpenFile = func(name string) (io.ReadCloser, error) { return fsys.Open(filepath.ToSlash(name)) }
	seen := map[string]bool{}
	for _, f := range files {
		dir := path.Dir(f)
		if seen[dir] || path.Ext(f) != ".go" || strings.HasSuffix(f, "_test.go") || !importsC(fsys, f) {
			continue
		}
		if ok, err := linux.MatchFile(filepath.FromSlash(dir), path.Base(f)); err != nil || !ok {
			continue // of another system, maybe
		}
		seen[dir] = true
		out = append(out, check.Notification{Code: "go-cgo", Level: rules.Warning, At: check.Span{File: f},
			Message: fmt.Sprintf("Go files in %s need cgo, which is off where the code is not trusted, so they were not analysed", show(dir))})
	}
	return out
}

func importsC(fsys fs.FS, file string) bool {
	src, err := fs.ReadFile(fsys, file)
	if err != nil || !bytes.Contains(src, []byte(`"C"`)) {
		return false
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
	if err != nil {
		return false
	}
	for _, i := range f.Imports {
		if i.Path.Value == `"C"` {
			return true
		}
	}
	return false
}

// workspaces says which workspaces of a tree's modules are not used because they reach out of the repository.
func (g GoCommand) workspaces(root string, files []string) []check.Notification {
	var (
		out  []check.Notification
		seen []string
	)
	for _, f := range append([]string{"go.mod"}, files...) {
		if path.Base(f) != "go.mod" {
			continue
		}
		work := above(filepath.Join(root, filepath.FromSlash(path.Dir(f))), "go.work")
		use, taken := g.strangers(work)
		if !taken || slices.Contains(seen, work) {
			continue
		}
		seen = append(seen, work)
		n := check.Notification{Code: "go-workspace", Level: rules.Warning,
			Message: fmt.Sprintf("the workspace uses %s, which lies outside the repository, so its modules were loaded one by one", use)}
		n.At.File, _ = repository.Within(work, root)
		out = append(out, n)
	}
	return out
}

// strangers returns the first module that a go.work uses from outside the repository, as it names it. ok is false if there is none.
func (g GoCommand) strangers(work string) (use string, ok bool) {
	src, err := read(work)
	if err != nil {
		return "", false
	}
	w, err := modfile.ParseWork(work, src, nil)
	if err != nil {
		return "", false
	}
	for _, u := range w.Use {
		dir := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(work), dir)
		}
		if !g.holds(resolved(dir)) {
			return u.Path, true
		}
	}
	return "", false
}
