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

	checkdockerfile "github.com/factorlint/factorlint/checks/dockerfile"
	checkmanifest "github.com/factorlint/factorlint/checks/manifest"
	checkrepository "github.com/factorlint/factorlint/checks/repository"
	checkworkload "github.com/factorlint/factorlint/checks/workload"
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

// shield does a step of the run. If that breaks down, the run goes on with what there is, and cannot be trusted.
func (r *run) shield(what string, do func()) {
	r.notes = append(r.notes, check.Shield(check.Span{}, what, do)...)
}

// top returns the folder that the repository begins in.
func (r *run) top() string {
	return strings.TrimSuffix(filepath.ToSlash(r.tree.Root)+"/", "/"+r.tree.Prefix)
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

func (r *run) check() {
	report := func(f check.Finding) { r.findings = append(r.findings, f) }
	seen := renderings{}
	each(r, "Dockerfiles", checkdockerfile.All(), r.dockerfiles, dockerfilePlace, func(_ *dockerfile.File, f check.Finding) { report(f) })
	r.dockerfiles = nil // what the images of workloads are, Bind has taken from them
	each(r, "variants", checkmanifest.All(), r.variants, variantPlace, func(v *workload.Variant, f check.Finding) { seen.report(f, v, r.settings.Roles, report) })
	each(r, "the repository", checkrepository.All(), []*repository.Tree{r.tree}, func(*repository.Tree) check.Span { return check.Span{} }, func(_ *repository.Tree, f check.Finding) { report(f) })
	each(r, "workloads", slices.Concat(checkworkload.All(), checkdockerfile.Commands()), r.workloads, workloadPlace, func(w *workload.Workload, f check.Finding) {
		if f.Workload == "" {
			f.Workload = w.Name
		}
		if w.Deploy == nil {
			report(f)
			return
		}
		seen.report(f, w.Deploy.Variant, r.settings.Roles, report)
	})
	bound := r.deployed()
	for _, f := range r.golang.Findings {
		report(raised(f, bound))
	}
	for _, w := range r.golang.Withheld {
		f := raised(w.Finding, bound)
		// triage finds a comment again, and counts it as used; what is deployed is judged wherever it lies, and so is what
		// the user asked for by its folder or a role
		if w.By != nil || f.Workload != "" || r.isAskedFor(f.At.File) {
			report(f)
		}
	}
}

// renderings holds what was found in the renderings of charts: which one showed it first.
type renderings map[rendered]*workload.Variant

type rendered struct {
	rule  *rules.Rule
	chart string
	at    check.Span
}

// report files what was found in a variant. A defect of a template that several values files show is one finding, and a
// value that a values file gives is named with its line there: unless it is one of the chart's tests.
func (seen renderings) report(f check.Finding, v *workload.Variant, roles check.Roles, report func(check.Finding)) {
	if v == nil || v.Chart == "" {
		report(overlaid(f, v))
		return
	}
	places := []check.Span{f.At}
	for _, rel := range f.Related {
		places = append(places, rel.At)
	}
	for _, at := range places {
		origin, ok := v.Origins[at]
		if ok && roles.Of(origin.File) != check.Product {
			return // the values of the chart's own tests are at fault
		}
		if ok && !slices.Contains(places, origin) {
			places = append(places, origin)
			f.Related = append(f.Related, check.Related{At: origin, Message: "the chart takes it from here"})
		}
	}
	id := rendered{f.Rule, v.Chart, f.At}
	if first := seen[id]; first == nil || first == v {
		seen[id] = v
		report(f)
	}
}

// overlaid names the overlay that shows a defect of something that it takes in: another may show none.
func overlaid(f check.Finding, v *workload.Variant) check.Finding {
	if v == nil || v.Overlay.File == "" {
		return f
	}
	beside := func(file string) bool { return path.Dir(file) == path.Dir(v.Overlay.File) }
	if !beside(f.At.File) && !slices.ContainsFunc(f.Related, func(r check.Related) bool { return beside(r.At.File) }) {
		f.Related = append(f.Related, check.Related{At: v.Overlay, Message: "this overlay deploys it"})
	}
	return f
}

// raised returns a finding about a program that an image carries with that workload; a server that handles no SIGTERM
// is then an error, since a container is always stopped by one.
func raised(f check.Finding, bound map[check.Span]*workload.Workload) check.Finding {
	w := bound[f.At]
	if w == nil {
		return f
	}
	f.Workload = w.Name
	if f.Rule != nil && f.Rule.Name == "sigterm-unhandled" {
		f.Severity = rules.Error
	}
	return f
}

// deployed returns the workloads whose program an image carries, by the place of the program's main listener or, of a
// worker, the first call that takes its work.
func (r *run) deployed() map[check.Span]*workload.Workload {
	out := map[check.Span]*workload.Workload{}
	for _, w := range r.workloads {
		if w.Program == nil || w.Image == nil || r.settings.Roles.Of(w.Image.File) != check.Product {
			continue
		}
		if l, ok := w.Program.MainListen(); ok {
			out[l.At] = w
		}
		if w.Program.Class == workload.Worker {
			out[w.Program.Consumes[0].At] = w
		}
	}
	return out
}

// report returns what was found, and which entries of a baseline could not be judged.
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
