// Package engine runs everything: discover, load, bind, check, triage. It alone imports all the others.
package engine

import (
	"cmp"
	"context"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/baseline"
	"github.com/factorlint/factorlint/internal/build"
	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/config"
	"github.com/factorlint/factorlint/internal/directive"
	"github.com/factorlint/factorlint/internal/dockerfile"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/internal/inorder"
	"github.com/factorlint/factorlint/internal/overlay"
	"github.com/factorlint/factorlint/internal/progress"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/internal/triage"
	"github.com/factorlint/factorlint/internal/workload"
	"github.com/factorlint/factorlint/rules"
)

// Options says what to look at and for.
type Options struct {
	Paths           []string       // folders and files; none means "."
	Overlay         overlay.Files  // texts in place of what is on the disk
	ForceExclude    bool           // leave out files of Paths as well, if a run over their folder leaves them out
	Config          *config.Config // nil for the defaults
	Only            []string       // words of rules.Select; if any, only those rules run
	Enable, Disable []string
	Analyze         Analyze               // what looks at Go code; nil for golang.Analyze with golang.Source
	Keep            func(Analyze) Analyze // puts itself before what looks at Go code, to keep what that found; nil for nothing
	Cache           *cache.Cache          // of what was found in Go code; nil for none
	Tool            string                // what tells this build of factorlint from others: what another one kept does not count
	Untrusted       bool                  // strangers wrote the repository: the go command gets nothing that could run code for it
	Offline         bool                  // no Go module is downloaded
	IgnoreComments  bool                  // suppression comments silence nothing
	ReportOnly      bool                  // the result has no workloads: what was read takes no memory any more when the report is made
	Baseline        *baseline.Baseline    // findings that are accepted; nil for none
	Past            *Past                 // tells which findings are old; nil if all are asked for
	Progress        *progress.Progress    // is told what the run does; nil if nobody is
}

// Analyze looks at the Go code of a tree. What it returns is the run's: the next call has to return another value.
type Analyze func(context.Context, golang.Input) *golang.Result

// Result is what a run found.
type Result struct {
	Report    *check.Report
	Workloads []*workload.Workload
	Unjudged  []baseline.Entry // of the baseline, of which the run cannot tell whether they are stale
}

// Run looks at a repository. The error is about the request (no such path, unknown rule); everything about the
// repository is in the report.
func Run(ctx context.Context, o Options) (*Result, error) {
	r, err := open(o)
	if err != nil {
		return nil, err
	}
	defer r.tree.Close()
	return r.result(ctx, o), nil
}

// result returns what a run finds, or what one found that had the same before it.
func (r *run) result(ctx context.Context, o Options) *Result {
	r.tuneHeap()
	if !o.replayable() {
		return r.conclude(r.look(ctx, o), o)
	}
	key := r.snapshotKey(o)
	if rep := r.replay(o, key); rep != nil {
		return r.conclude(&Result{Report: rep}, o)
	}
	res := r.look(ctx, o)
	r.keep(key, res.Report)
	return r.conclude(res, o)
}

// look does what a run is for, but for what is old.
func (r *run) look(ctx context.Context, o Options) *Result {
	if o.Analyze == nil {
		o.Analyze = r.analyze(o)
	}
	if o.Keep != nil {
		o.Analyze = o.Keep(o.Analyze)
	}
	r.load(ctx, o.Analyze)
	r.shield("binding workloads", r.bind)
	r.shield("checking", r.check)
	if o.ReportOnly {
		r.variants, r.workloads, r.golang.Programs = nil, nil, nil
	}
	return &Result{Report: r.report(), Workloads: r.scope.workloads(r.workloads)}
}

// conclude sets aside what is old, and adds the sources of what is told.
func (r *run) conclude(res *Result, o Options) *Result {
	rep := res.Report
	res.Unjudged = r.accept(rep, o.Baseline)
	slices.SortStableFunc(rep.Notifications, func(a, b check.Notification) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Code+a.Message, b.Code+b.Message))
	})
	r.addSources(rep)
	o.Past.setAside(r, rep)
	return res
}

// open prepares a run.
func open(o Options) (*run, error) {
	s, err := newScope(o)
	if err != nil {
		return nil, err
	}
	return openIn(o, s, o.config().For(s.root))
}

// config returns the configuration of a run.
func (o Options) config() *config.Config {
	if o.Config == nil {
		return &config.Config{}
	}
	return o.Config
}

// openIn prepares a run in a scope, with a configuration whose paths are relative to its root.
func openIn(o Options, s scope, cfg *config.Config) (*run, error) {
	selected, err := choose(o)
	if err != nil {
		return nil, err
	}
	step := o.Progress.Start("finding", "files")
	defer step.End()
	tree, notes, err := repository.Open(s.root, s.options(o, cfg.Paths.Exclude))
	if err != nil {
		return nil, err
	}
	step.Done(len(tree.Files))
	return &run{scope: s, tree: tree, reader: newReader(tree), config: cfg, settings: settingsOf(cfg), cache: o.Cache, tool: o.Tool, rules: selected, overlay: o.Overlay,
		progress: o.Progress, notes: slices.Concat(s.notes(), notes), ignoreComments: o.IgnoreComments}, nil
}

// choose returns the rules to look for: flags beat the configuration, and --only beats both it and the defaults.
func choose(o Options) ([]*rules.Rule, error) {
	flags := []rules.Switch{{Words: o.Enable, On: true}, {Words: o.Disable}}
	if len(o.Only) > 0 {
		return rules.Choose(o.Only, flags...)
	}
	return rules.Choose(nil, slices.Concat(o.config().Switches(), flags)...)
}

// A run is one look at a repository.
type run struct {
	scope    scope
	tree     *repository.Tree
	reader   *reader
	config   *config.Config
	settings check.Settings
	cache    *cache.Cache
	tool     string
	rules    []*rules.Rule
	overlay  overlay.Files

	progress       *progress.Progress
	ignoreComments bool

	golang      *golang.Result
	dockerfiles []*dockerfile.File
	variants    []*workload.Variant
	builds      build.Found
	workloads   []*workload.Workload
	findings    []check.Finding
	notes       []check.Notification
}

func (r *run) wants(kinds ...rules.Kind) bool {
	return slices.ContainsFunc(r.rules, func(rule *rules.Rule) bool { return slices.Contains(kinds, rule.Kind) })
}

// shield does a step of the run. If that breaks down, the run goes on with what there is, and cannot be trusted.
func (r *run) shield(what string, do func()) {
	r.notes = append(r.notes, check.Shield(check.Span{}, what, do)...)
}

// top returns the folder that the repository begins in.
func (r *run) top() string {
	return strings.TrimSuffix(filepath.ToSlash(r.tree.Root)+"/", "/"+r.tree.Prefix)
}

// A dockerfileEvidence is a Dockerfile as Bind sees it.
type dockerfileEvidence struct{ *dockerfile.File }

func (d dockerfileEvidence) Path() string { return d.File.Path }

func (r *run) bind() {
	step := r.progress.Start("binding", "workloads")
	defer step.End()
	e := workload.Evidence{Root: r.tree.Name(), Programs: r.golang.Programs, Variants: r.variants,
		Made: r.builds.Made, Renamed: r.builds.Renamed, Built: r.builds.Programs, Bindings: r.config.Bindings(), Roles: r.settings.Roles}
	for _, d := range r.dockerfiles {
		e.Dockerfiles = append(e.Dockerfiles, dockerfileEvidence{d})
	}
	var notes []check.Notification
	r.workloads, notes = workload.Bind(e)
	step.Done(len(r.workloads))
	r.notes = append(r.notes, notes...)
}

// report returns what was found.
func (r *run) report() *check.Report {
	step := r.progress.Start("sorting", "findings")
	defer step.End()
	step.Done(len(r.findings))
	rep := triage.Apply(triage.Input{Prefix: r.tree.Prefix, Findings: r.findings, Directives: r.directives(), Rules: r.rules, Roles: r.settings.Roles, Unread: r.unread})
	r.grade(rep)
	rep.Prefix = r.tree.Prefix
	rep.Rules = r.rules
	rep.Files = len(r.tree.Files)
	rep.Partial = len(r.scope.asked) > 0 || r.tree.Prefix != ""
	rep.Untrusted = r.golang.Failed
	rep.Notifications = slices.Clone(r.notes)
	r.scope.narrow(rep, r.tree.Files)
	rep.Untrusted = rep.Untrusted || slices.ContainsFunc(rep.Notifications, func(n check.Notification) bool { return n.Level == rules.Error })
	return rep
}

// directives returns the suppression comments that count.
func (r *run) directives() []directive.Directive {
	if r.ignoreComments {
		return nil
	}
	out := r.golang.Directives
	inorder.Each(r.tree.Files, func(f repository.File) []directive.Directive { return r.reader.suppressions(f.Path) },
		func(found []directive.Directive) { out = append(out, found...) })
	return out
}

// addSources adds the contents of the files that a report names.
func (r *run) addSources(rep *check.Report) {
	named := map[string]bool{}
	name := func(f check.Finding) {
		named[f.At.File] = true
		for _, rel := range f.Related {
			named[rel.At.File] = true
		}
		if f.Fix != nil {
			for _, e := range f.Fix.Edits {
				named[e.At.File] = true
			}
		}
	}
	for _, f := range rep.Findings {
		name(f)
	}
	for _, sup := range rep.Suppressed {
		name(sup.Finding)
		named[sup.At.File] = true
	}
	for _, n := range rep.Notifications {
		named[n.At.File] = true
	}
	type content struct {
		file string
		text []byte
		err  error
	}
	rep.Sources = map[string][]byte{}
	inorder.Each(slices.Sorted(maps.Keys(named)), func(file string) content {
		text, err := r.tree.ReadFile(file)
		return content{file, text, err}
	}, func(c content) {
		if c.err == nil {
			rep.Sources[c.file] = c.text
		}
	})
}

// unread reports whether something that decides on findings in a file could not be read.
func (r *run) unread(file string) bool {
	return slices.ContainsFunc(r.notes, func(n check.Notification) bool {
		return n.At.File == file || strings.HasPrefix(n.Code, "go-") && strings.HasSuffix(file, ".go") && (r.golang.Failed || path.Dir(n.At.File) == path.Dir(file))
	})
}
