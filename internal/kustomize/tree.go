// Package kustomize builds the kustomizations of a tree in memory, with Kustomize's own code. Kustomize would fetch
// remote resources and run plugins while it builds; it is therefore given no more than files that were read and found
// harmless before. Nothing is written to disk, no connection opened, no program run.
package kustomize

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/factorlint/factorlint/internal/cache"
)

// A Tree reads the kustomizations of a repository.
type Tree struct {
	fsys   fs.FS
	files  map[string]bool
	weigh  func(text []byte) (Weight, error)
	dirs   map[string][]string // files named as kustomizations are, by directory
	read   map[string]result
	weighs map[string]weighed
	spent  int // of the budget for building
	cache  *cache.Cache
}

type result struct {
	k   *Kustomization
	err error
}

type weighed struct {
	Weight
	err error
}

// A Weight is what the objects or patches of a YAML text cost to work with.
type Weight struct {
	Objects int
	Nodes   int // values, those that aliases repeat included
	Names   int // keys called "name" or the like, which may refer to other objects
	Copies  int // JSON patch operations that copy
}

// IsFile reports whether a file is named as kustomizations are.
func IsFile(name string) bool {
	switch path.Base(name) {
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}

// ErrLimit is what a text is that takes too much to work with.
var ErrLimit = errors.New("it is too big")

// New returns the kustomizations among files, slash-separated paths of fsys. No other file is ever read. weigh says
// what a YAML text costs, or why it cannot be read. What is built is kept in c, if that is not nil.
func New(fsys fs.FS, files []string, weigh func(text []byte) (Weight, error), c *cache.Cache) *Tree {
	t := &Tree{cache: c, fsys: fsys, files: map[string]bool{}, weigh: weigh, dirs: map[string][]string{}, read: map[string]result{}, weighs: map[string]weighed{}}
	for _, name := range files {
		t.files[name] = true
		if IsFile(name) {
			t.dirs[path.Dir(name)] = append(t.dirs[path.Dir(name)], name)
		}
	}
	return t
}

// An Error says why a kustomization is not built.
type Error struct {
	Code    string // of the notification
	Fault   bool   // it is a fault of the tree, and not something that is left out here on purpose
	File    string // the kustomization file
	Text    string // what in it is meant, or ""
	Message string
}

func (e *Error) Error() string { return e.Message }

// A Kustomization is a kustomization file that can be built with nothing but files of the tree.
type Kustomization struct {
	Dir, File  string
	Files      []string // resources that are files
	Bases      []string // directories of resources that are kustomizations
	Components []string
	Vars       []string // names of variables that the build leaves as they are

	spec   *types.Kustomization
	needed []string          // every file besides those in Files
	stands map[string]string // what stands in for files that generators read and the tree does not have: often they hold secrets
}

// Unknown is the content of a generated value whose file is not in the tree.
const Unknown = "${not in the tree}"

// Dirs returns the directories with a kustomization, sorted.
func (t *Tree) Dirs() []string {
	var out []string
	for dir := range t.dirs {
		out = append(out, dir)
	}
	slices.Sort(out)
	return out
}

// Read returns the kustomization of a directory. It does not look at those it refers to.
func (t *Tree) Read(dir string) (*Kustomization, error) {
	if r, ok := t.read[dir]; ok {
		return r.k, r.err
	}
	k, err := t.load(dir)
	t.read[dir] = result{k, err}
	return k, err
}

func (t *Tree) load(dir string) (*Kustomization, error) {
	names := t.dirs[dir]
	switch {
	case len(names) == 0:
		return nil, &Error{Code: "kustomize-build", Fault: true, File: dir, Message: "there is no kustomization in " + dir}
	case len(names) > 1:
		return nil, &Error{Code: "kustomize-build", Fault: true, File: names[1], Message: "this directory has several kustomizations, which Kustomize refuses"}
	}
	k := &Kustomization{Dir: dir, File: names[0], stands: map[string]string{}}
	data, err := t.content(k.File)
	if err != nil {
		return nil, k.fault("kustomize-build", "", "the kustomization cannot be read: %v", err)
	}
	if _, err := t.weigh(data); err != nil {
		return nil, k.unreadable("", err)
	}
	if text, err := yaml.YAMLToJSON(data); err == nil && len(text) > maxKustomization {
		return nil, k.fault("kustomize-limit", "", "the kustomization is bigger than %d KiB and was not built", maxKustomization>>10)
	}
	k.spec = &types.Kustomization{}
	if err := k.spec.Unmarshal(data); err != nil {
		return nil, k.fault("kustomize-build", "", "the kustomization cannot be read: %v", err)
	}
	k.spec.FixKustomization()
	if faults := k.spec.EnforceFields(); len(faults) > 0 {
		return nil, k.fault("kustomize-build", "", "Kustomize refuses the kustomization: %s", strings.Join(faults, "; "))
	}
	if err := t.scan(k); err != nil {
		return nil, err
	}
	return k, nil
}

// IsComponent reports whether a kustomization only completes others.
func (k *Kustomization) IsComponent() bool { return k.spec.Kind == types.ComponentKind }

func (k *Kustomization) fault(code, text, format string, args ...any) *Error {
	return &Error{Code: code, Fault: true, File: k.File, Text: text, Message: fmt.Sprintf(format, args...)}
}

func (k *Kustomization) unreadable(text string, err error) *Error {
	code := "kustomize-build"
	if errors.Is(err, ErrLimit) {
		code = "kustomize-limit"
	}
	return k.fault(code, text, "the kustomization cannot be built: %v", err)
}

func (k *Kustomization) leftOut(code, text, format string, args ...any) *Error {
	return &Error{Code: code, File: k.File, Text: text, Message: fmt.Sprintf(format, args...)}
}

// content returns a file of the tree.
func (t *Tree) content(name string) ([]byte, error) {
	if !t.files[name] {
		return nil, fs.ErrNotExist
	}
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = fmt.Errorf("it is bigger than %d MiB", maxBytes>>20)
	}
	return data, err
}

// weightOf returns the weight of a file.
func (t *Tree) weightOf(name string) (Weight, error) {
	if w, ok := t.weighs[name]; ok {
		return w.Weight, w.err
	}
	data, err := t.content(name)
	var w Weight
	if err == nil {
		w, err = t.weigh(data)
	}
	t.weighs[name] = weighed{w, err}
	return w, err
}
