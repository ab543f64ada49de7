package engine

import (
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/build"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/manifest"
	"github.com/factorlint/factorlint/internal/progress"
	"github.com/factorlint/factorlint/internal/repository"
)

// A reader is the tree's file system for those who parse its files. It looks for suppression comments in whatever passes, so
// that hardly a file is read for them alone. Several files may be read at a time.
type reader struct {
	fs.FS
	tree *repository.Tree

	mu         sync.Mutex
	directives map[string][]directive.Directive // of the files that were read
}

func newReader(tree *repository.Tree) *reader {
	return &reader{FS: tree.FS(), tree: tree, directives: map[string][]directive.Directive{}}
}

// ReadFile returns the content of a file.
func (r *reader) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(r.FS, name)
	if err == nil && isCommented(name) {
		found := directive.Scan(name, text)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.directives[name] = found
	}
	return text, err
}

// A counting is a reader whose files are the units of a step.
type counting struct {
	*reader
	step *progress.Step
}

// ReadFile returns the content of a file.
func (c counting) ReadFile(name string) ([]byte, error) {
	c.step.Done(1)
	return c.reader.ReadFile(name)
}

// suppressions returns the suppression comments in a file. One that cannot be read has none.
func (r *reader) suppressions(name string) []directive.Directive {
	r.mu.Lock()
	found, read := r.directives[name]
	r.mu.Unlock()
	if read || !isCommented(name) {
		return found
	}
	text, err := r.tree.ReadFile(name)
	if err != nil {
		return nil
	}
	return directive.Scan(name, text)
}

// isCommented reports whether a file may hold suppression comments that concern it. Those of Go code are read with it.
func isCommented(file string) bool {
	switch path.Ext(file) {
	case ".go":
		return false
	case ".yaml", ".yml", ".tpl", ".sh", ".env":
		return true
	}
	return dockerfile.IsDockerfile(file) || strings.HasPrefix(path.Base(file), ".env")
}

func (r *run) loadManifests(files []string) {
	step := r.progress.Start("reading", "manifests")
	defer step.End()
	variants, notes := manifest.Load(counting{r.reader, step}, files, r.manifestOptions())
	r.variants = variants
	r.notes = append(r.notes, notes...)
}

// readBuilds reads what builds images, and what Dockerfiles name beside themselves.
func (r *run) readBuilds(files []string) {
	step := r.progress.Start("reading", "build files")
	defer step.End()
	fsys := counting{r.reader, step}
	r.builds = build.Read(fsys, files)
	around := dockerfile.Surroundings(fsys, files, r.variants)
	targets := r.builds.Targets()
	for _, d := range r.dockerfiles {
		d.Around = around(d.Path)
		d.Around.Targets = targets[d.Path]
	}
}
