// Package golang loads and analyses the Go packages of a repository.
package golang

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/gotree"
	"github.com/factorlint/factorlint/internal/overlay"
	"github.com/factorlint/factorlint/internal/progress"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// A Result is what was found in the Go code of a repository.
type Result struct {
	Programs   []*workload.Program
	Findings   []check.Finding // product code only
	Withheld   []Withheld
	Directives []directive.Directive
	Notes      []check.Notification
	Failed     bool // there is Go code, and none of it could be analysed

	// Basis is what was loaded, with the states that it had: while it has them, the same is found. It is nil if that is not known.
	Basis []Request
}

// Holds reports whether what was loaded for a result has the states that it had.
func Holds(loader Loader, basis []Request) bool {
	for _, r := range basis {
		if now, ok := loader.State(r); !ok || now.Text != r.State.Text {
			return false
		}
	}
	return true
}

// A Withheld is a finding that an analyzer kept back.
type Withheld struct {
	Finding check.Finding
	By      *directive.Directive // the comment that silences it; nil if Role is the reason
	Role    check.Role
}

// A Loader finds the packages of a module with their syntax and types. It is an interface so that the driver behind it
// can change without anything else noticing.
type Loader interface {
	// Load returns the packages of a module. Packages that cannot be loaded carry their errors; the error returned means that
	// nothing could be loaded.
	Load(ctx context.Context, r Request) (*Loaded, error)
	// State returns what stands for everything that is read to answer a request. ok is false if that cannot be told.
	State(r Request) (s gotree.State, ok bool)
}

// Loaded is what a Loader found.
type Loaded struct {
	Units  []*Unit
	Whole  bool              // nothing was missing that could come without the state's changing
	Hidden map[string]string // absolute names of files that were left out, each with the reason
	Finish func() bool       // to be called in the end; if false, what was loaded does not fit together, and nothing that was found counts
}

// A Unit is one package to analyse.
type Unit struct {
	Package *packages.Package // what is listed of it; its syntax and types after Load
	Imports []string          // paths of the units that it imports
	Load    func()            // those of the units that it imports, if at all, have to be loaded before
	Key     func() cache.Key  // what is found in it depends on this and on the facts of what it imports; nil if nobody knows
}

// A Request is what a Loader is asked for.
type Request struct {
	Dir    string       // it holds a go.mod, or is to be treated as the root of a module that has none
	Module string       // path of the latter
	Tags   []string     // build tags
	Beside []string     // folders of other modules: their packages count as well, as far as those below Dir need them
	Shard  Shard        // which of these packages; those of the same modules that they import come with them
	Fresh  bool         // take nothing from a cache, but leave there what is found
	State  gotree.State // of what there is to load; zero if it is not known
}

// Input is a tree with Go code.
type Input struct {
	Root   string
	Files  []string      // of the tree, relative to Root and slash-separated; packages whose files are not among them are left out
	Rules  []*rules.Rule // to look for
	Builds []Build       // what images are built from
	Roles  check.Roles   // what files are for: what cannot be loaded of the product is worse than anything else
	Cache  *cache.Cache  // of what was found in packages; nil for none
	Tool   string        // what tells this build of factorlint from others; it decides what the cache is good for

	Overlay  overlay.Files      // texts in place of what is on the disk
	Progress *progress.Progress // is told what is done; nil if nobody is
}

// Analyze loads every module of a tree, runs the analyzers on it, and returns what the rules asked for make of it.
func Analyze(ctx context.Context, loader Loader, in Input) *Result {
	return Join(Inspect(ctx, loader, in, Shard{}), in.Rules)
}

// A Module is what was found in the Go code of one module. It holds no syntax and no types: it can be written down.
type Module struct {
	Dir      string // relative to the root
	Loaded   bool   // there was code, and it could be analysed
	Notes    []check.Notification
	Packages []*Package // in order of their paths

	request *Request // what was loaded, with its state; nil if that is not known, or something was missing
}

// A Package is what was found in one package, by every Go rule.
type Package struct {
	Path       string            // import path
	Program    *workload.Program // of a main package
	Findings   []check.Finding   // in product code
	Withheld   []Withheld
	Directives []directive.Directive
	Notes      []check.Notification
}

// Inspect loads every module of a tree and runs the analyzers of all rules on the packages of a shard.
func Inspect(ctx context.Context, loader Loader, in Input, shard Shard) []*Module {
	mods := modules(in)
	loads := loadAll(ctx, loader, in, mods, shard)
	var out []*Module
	for i, m := range mods {
		kept, loaded, err := loads[i].wait()
		if kept != nil {
			kept.request = &loads[i].request
			out = append(out, kept)
			step := in.Progress.Start("analysing", "packages")
			step.Done(len(kept.Packages))
			step.Cached(len(kept.Packages))
			step.End()
			continue
		}
		res := &Module{Dir: m.dir}
		out = append(out, res)
		if err == nil {
			res.Notes = leftOut(in.Root, loaded.Hidden)
			a := newAnalysis(in, m, shard)
			res.Packages, res.Loaded = a.run(loaded)
			if a.finish(loaded, res, in, loads[i]) {
				continue
			}
			if loaded, err = shielded(ctx, loader, loads[i].fresh()); err == nil {
				a := newAnalysis(in, m, shard)
				a.fresh = true
				res.Packages, res.Loaded = a.run(loaded)
				a.finish(loaded, res, in, loads[i])
			}
		}
		if err != nil {
			level := rules.Error
			if in.Roles.Of(m.file) != check.Product {
				level = rules.Warning
			}
			res.Notes = append(res.Notes, check.Notification{Code: "go-load", Level: level, At: check.Span{File: m.file},
				Message: fmt.Sprintf("the Go module in %s could not be loaded, so its code was not analysed: %v", show(m.dir), withoutRoot(in.Root, firstLine(err)))})
		}
	}
	return out
}

// leftOut says which files were not read, and why.
func leftOut(root string, hidden map[string]string) []check.Notification {
	var out []check.Notification
	for _, name := range slices.Sorted(maps.Keys(hidden)) {
		n := check.Notification{Code: "go-file", Level: rules.Warning, Message: filepath.Base(name) + " " + hidden[name] + ", so it was left out"}
		n.At.File, _ = repository.Within(name, root)
		out = append(out, n)
	}
	return out
}

// finish keeps what was found in a module, and in its packages, if what was loaded fits together: it reports that.
func (a *analysisRun) finish(l *Loaded, found *Module, in Input, from load) bool {
	step := in.Progress.Start("keeping", "packages")
	defer step.End()
	if !l.Finish() {
		return false
	}
	a.keep()
	if l.Whole && from.key != (cache.Key{}) {
		found.request = &from.request
		found.keep(in.Cache, from.key)
	}
	return true
}

// Join returns what was found in modules as one result, findings of other rules left out.
func Join(mods []*Module, only []*rules.Rule) *Result {
	res := &Result{Failed: len(mods) > 0, Basis: []Request{}}
	for _, m := range mods {
		if m.request == nil {
			res.Basis = nil
		} else if res.Basis != nil {
			res.Basis = append(res.Basis, *m.request)
		}
		res.Failed = res.Failed && !m.Loaded
		res.Notes = append(res.Notes, m.Notes...)
		for _, p := range m.Packages {
			res.Notes = append(res.Notes, p.Notes...)
			res.Directives = append(res.Directives, p.Directives...)
			for _, f := range p.Findings {
				if slices.Contains(only, f.Rule) {
					res.Findings = append(res.Findings, f)
				}
			}
			for _, w := range p.Withheld {
				if slices.Contains(only, w.Finding.Rule) {
					res.Withheld = append(res.Withheld, w)
				}
			}
			if p.Program != nil {
				res.Programs = append(res.Programs, p.Program)
			}
		}
	}
	return res
}

// A load is the loading of one module.
type load struct {
	request Request
	key     cache.Key                        // of what is found in the module, if the request has a state; once wait has returned
	wait    func() (*Module, *Loaded, error) // to be called once; a module if it is known what is found in it
}

// fresh returns the request for a load that takes nothing from a cache.
func (l load) fresh() Request {
	l.request.Fresh = true
	return l.request
}

// kept returns what the cache has of a module that is as it was, nil if it has nothing. The load is given the state of the module.
func (l *load) kept(loader Loader, in Input, m module, shard Shard) *Module {
	step := in.Progress.Start("looking for", "changes")
	defer step.End()
	state, ok := loader.State(l.request)
	if !ok {
		return nil
	}
	l.request.State, l.key = state, keyOf(in, m, shard, state)
	return keptModule(in.Cache, l.key)
}

// loadAll loads the modules of a tree, as many ahead of the one that is waited for next as there are processors. They are to be
// waited for in order.
func loadAll(ctx context.Context, loader Loader, in Input, mods []module, shard Shard) []load {
	type result struct {
		kept   *Module
		loaded *Loaded
		err    error
	}
	workspace := used(in)
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	results := make([]chan result, len(mods))
	out := make([]load, len(mods))
	for i, m := range mods {
		results[i] = make(chan result, 1)
		out[i].request = Request{Dir: filepath.Join(in.Root, filepath.FromSlash(m.dir)), Module: m.path,
			Tags: tags(m, mods, in), Beside: besides(in, m, mods, workspace), Shard: shard}
		out[i].wait = func() (*Module, *Loaded, error) {
			r := <-results[i]
			<-gate
			return r.kept, r.loaded, r.err
		}
	}
	go func() {
		for i := range mods {
			gate <- struct{}{}
			go func() {
				l := &out[i]
				if kept := l.kept(loader, in, mods[i], shard); kept != nil {
					results[i] <- result{kept: kept}
					return
				}
				step := in.Progress.Start("listing", "packages")
				loaded, err := shielded(ctx, loader, l.request)
				step.End()
				results[i] <- result{nil, loaded, err}
			}()
		}
	}()
	return out
}

// shielded loads a module. A loader that breaks down has loaded nothing.
func shielded(ctx context.Context, loader Loader, r Request) (loaded *Loaded, err error) {
	if broken := check.Shield(check.Span{}, "loading", func() { loaded, err = loader.Load(ctx, r) }); broken != nil {
		return nil, errors.New(broken[0].Message)
	}
	return loaded, err
}

// besides returns the folders of the other modules of the tree that a module takes its imports from, by a workspace or by
// replacing them: their code is part of its programs.
func besides(in Input, m module, all []module, workspace []string) []string {
	var out []string
	for _, other := range all {
		together := slices.Contains(workspace, m.dir) && slices.Contains(workspace, other.dir)
		if other.dir != m.dir && slices.Contains(m.requires, other.path) && (together || slices.Contains(m.replaces, other.path)) {
			out = append(out, in.absolute(other.dir))
		}
	}
	return out
}

func show(dir string) string {
	if dir == "." {
		return "the root"
	}
	return dir
}

// firstLine returns the first line of an error; of one from the go command, the first that the command wrote.
func firstLine(err error) string {
	s := err.Error()
	if _, stderr, ok := strings.Cut(s, "stderr: "); ok {
		s = stderr
	}
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimPrefix(s, "go: ")
}
