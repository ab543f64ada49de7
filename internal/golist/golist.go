// Package golist asks the go command which packages there are and what they import. It has nothing compiled.
package golist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/factorlint/factorlint/internal/overlay"
)

// A Package is one package as "go list -json" describes it: see "go help list".
type Package struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string          // names in Dir; without those that import "C"
	CgoFiles   []string          // those that do
	Ignored    []string          `json:"IgnoredGoFiles"` // those that a build constraint leaves out
	Imports    []string          // paths of packages
	ImportMap  map[string]string // paths as written whose package has another: a vendored one
	Module     *Module
	Standard   bool
	DepOnly    bool // no pattern names it
	Error      *Error
	DepsErrors []*Error

	Cyclic []string `json:"-"` // what it imports and is no part of Imports, since it imports p in turn
}

// Resolve returns the path of the package that an import of p means. The error means that it would be imported in a circle.
func (p *Package) Resolve(written string) (string, error) {
	path := p.resolve(written)
	if slices.Contains(p.Cyclic, path) {
		return "", fmt.Errorf("import cycle not allowed: %s imports itself by way of %s", p.ImportPath, path)
	}
	return path, nil
}

func (p *Package) resolve(written string) string {
	if path, ok := p.ImportMap[written]; ok {
		return path
	}
	return written
}

// Files returns the absolute names of the package's Go files.
func (p *Package) Files() []string { return p.absolute(slices.Concat(p.GoFiles, p.CgoFiles)) }

// IgnoredFiles returns the absolute names of the Go files in the package's folder that a build constraint leaves out.
func (p *Package) IgnoredFiles() []string { return p.absolute(p.Ignored) }

func (p *Package) absolute(names []string) []string {
	var out []string
	for _, name := range names {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		out = append(out, name)
	}
	return out
}

// A Module is the module of a package.
type Module struct {
	Path      string
	Version   string
	Replace   *Module
	Main      bool
	Indirect  bool
	Dir       string
	GoMod     string
	GoVersion string
}

// An Error is what the go command has to say against a package.
type Error struct {
	ImportStack []string
	Pos         string // "file:line:col", or ""
	Err         string
}

// fields are those of Package. Without Stale and the like, the go command has no reason to ask a C compiler for its version.
const fields = "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,IgnoredGoFiles,Imports,ImportMap,Module,Standard,DepOnly,Error,DepsErrors"

// A Request says which packages to list.
type Request struct {
	Dir      string        // where to ask
	Env      []string      // of the go command
	Tags     []string      // build tags
	Overlay  overlay.Files // texts in place of what is on the disk
	Hidden   []string      // absolute names of files that the go command is not to see
	Patterns []string
}

// List returns the packages that match the patterns and all that they need, dependencies first. A package that cannot be
// resolved is listed with its error; the error returned means that nothing could be listed, and says what the go command wrote.
func List(ctx context.Context, r Request) ([]*Package, error) {
	args := []string{"list", "-e", "-deps", fields}
	if len(r.Tags) > 0 {
		args = append(args, "-tags="+strings.Join(r.Tags, ","))
	}
	if len(r.Overlay)+len(r.Hidden) > 0 {
		list, remove, err := write(r)
		if err != nil {
			return nil, err
		}
		defer remove()
		args = append(args, "-overlay="+list)
	}
	args = append(append(args, "--"), r.Patterns...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = r.Dir, r.Env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return nil, errors.New(text)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	var out []*Package
	for d := json.NewDecoder(&stdout); ; {
		p := &Package{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			out = distinct(out)
			cut(out)
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list wrote what cannot be read: %w", err)
		}
		out = append(out, p)
	}
}

// distinct leaves one package of each path: that a package may not be imported by another is told by a second one with an error.
func distinct(list []*Package) []*Package {
	best := map[string]*Package{}
	for _, p := range list {
		if old := best[p.ImportPath]; old == nil || old.Error != nil {
			best[p.ImportPath] = p
		}
	}
	return slices.DeleteFunc(list, func(p *Package) bool { return best[p.ImportPath] != p })
}

// cut takes the imports that close a circle out of packages, so that whoever follows the others comes to an end. The go command lists
// such packages, with an error.
func cut(list []*Package) {
	byPath := map[string]*Package{}
	for _, p := range list {
		byPath[p.ImportPath] = p
	}
	const inside, done = 1, 2
	state := map[*Package]int{}
	var visit func(p *Package)
	visit = func(p *Package) {
		state[p] = inside
		p.Imports = slices.DeleteFunc(p.Imports, func(path string) bool {
			dep := byPath[path]
			switch {
			case dep == nil || state[dep] == done:
				return false
			case state[dep] == inside:
				p.Cyclic = append(p.Cyclic, path)
				return true
			}
			visit(dep)
			return false
		})
		state[p] = done
	}
	for _, p := range list {
		if state[p] == 0 {
			visit(p)
		}
	}
}

// write writes texts for the go command's -overlay, in which hidden files are not there, and returns the name of the file that lists them.
func write(r Request) (name string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "factorlint-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) } //nolint:errcheck // the system clears its folder of temporary files
	name = filepath.Join(dir, "overlay.json")
	replace := map[string]string{}
	for _, file := range r.Hidden {
		replace[file] = ""
	}
	for file, text := range r.Overlay {
		replace[file] = filepath.Join(dir, strconv.Itoa(len(replace)))
		err = errors.Join(err, os.WriteFile(replace[file], text, 0o600))
	}
	list, wrong := json.Marshal(map[string]any{"Replace": replace})
	if err = errors.Join(err, wrong, os.WriteFile(name, list, 0o600)); err != nil {
		remove()
	}
	return name, remove, err
}
