package engine

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/factorlint/factorlint/internal/build"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/internal/inorder"
	"github.com/factorlint/factorlint/internal/manifest"
	"github.com/factorlint/factorlint/internal/progress"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/rules"
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

// load reads Go code, Dockerfiles and manifests, the latter while the go command is at work, unless it has to wait for the
// build tags that they tell.
func (r *run) load(ctx context.Context, analyze Analyze) {
	files := make([]string, len(r.tree.Files))
	for i, f := range r.tree.Files {
		files[i] = f.Path
	}
	done := make(chan *golang.Result, 1)
	start := func(builds []golang.Build) {
		if !r.wants(rules.Go, rules.Workload) {
			done <- &golang.Result{Basis: []golang.Request{}}
			return
		}
		in := golang.Input{Root: r.tree.Root, Files: files, Rules: r.rules, Builds: builds, Roles: r.settings.Roles, Cache: r.cache, Tool: r.tool, Overlay: r.overlay, Progress: r.progress}
		var res *golang.Result
		broken := check.Shield(check.Span{}, "analysing Go code", func() { res = analyze(ctx, in) })
		if broken != nil {
			res = &golang.Result{Notes: broken, Failed: true}
		}
		done <- res
	}
	r.parseDockerfiles(files)
	wait := slices.ContainsFunc(r.dockerfiles, mayGiveTags)
	if !wait {
		go start(nil)
	}
	r.shield("reading manifests", func() { r.loadManifests(files) })
	r.shield("reading what builds images", func() { r.readBuilds(files) })
	if wait {
		go start(r.goBuilds())
	}
	r.golang = <-done
	r.notes = append(r.notes, r.golang.Notes...)
}

func (r *run) parseDockerfiles(files []string) {
	type parsed struct {
		file  *dockerfile.File
		notes []check.Notification
	}
	names := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return !dockerfile.IsDockerfile(name) })
	step := r.progress.Start("reading", "Dockerfiles")
	defer step.End()
	step.Expect(len(names))
	inorder.Each(names, func(name string) parsed {
		src, err := r.reader.ReadFile(name)
		if err != nil {
			return parsed{notes: []check.Notification{{Code: "read", Level: rules.Warning, At: check.Span{File: name}, Message: err.Error()}}}
		}
		var p parsed
		if broken := check.Shield(check.Span{File: name}, "reading the Dockerfile", func() { p.file, p.notes = dockerfile.Parse(name, src) }); broken != nil {
			return parsed{notes: broken}
		}
		return p
	}, func(p parsed) {
		step.Done(1)
		r.notes = append(r.notes, p.notes...)
		if p.file != nil {
			p.file.Roles = r.settings.Roles
			r.dockerfiles = append(r.dockerfiles, p.file)
		}
	})
}

// mayGiveTags reports whether a Dockerfile, or what it runs, may build with build tags.
func mayGiveTags(d *dockerfile.File) bool {
	text := string(d.Source)
	return strings.Contains(text, "-tags") || strings.Contains(text, "make") || strings.Contains(text, ".sh")
}

// goBuilds returns the main packages that the Dockerfiles build for others than developers.
func (r *run) goBuilds() []golang.Build {
	var out []golang.Build
	for _, d := range r.dockerfiles {
		if d.Role() != check.Product {
			continue
		}
		for _, img := range d.Images() {
			if d.Development(d.Find(img.Stage)) {
				continue
			}
			for _, bin := range img.Binaries.Members {
				if dir := d.GoDir(bin.Package); bin.Package != "" && dir != "" {
					out = append(out, golang.Build{Dir: dir, Tags: bin.Tags})
				}
			}
		}
	}
	return out
}

// goCommand says how to run the go command on the tree.
func (r *run) goCommand(o Options) golang.GoCommand {
	return golang.GoCommand{Top: r.top(), Untrusted: o.Untrusted, Offline: o.Offline}
}

// loader returns what loads the Go code of the tree.
func (r *run) loader(o Options) golang.Source {
	return golang.Source{GoCommand: r.goCommand(o), Cache: r.cache, Overlay: r.overlay}
}

// analyze returns what looks at the Go code of the tree through the go command.
func (r *run) analyze(o Options) Analyze {
	return func(ctx context.Context, in golang.Input) *golang.Result {
		loader := r.loader(o)
		res := golang.Analyze(ctx, loader, in)
		if o.Offline {
			res.DemandModules()
		}
		if o.Untrusted {
			res.Notes = append(res.Notes, loader.LeftOut(r.reader, in.Root, in.Files)...)
		}
		return res
	}
}
