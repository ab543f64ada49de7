package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/factorlint/factorlint/internal/changes"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
)

// A Past tells which findings of a run are old: those that another state of the repository has as well or, where that is not known,
// those in lines that have not changed since.
type Past struct {
	name     string // what the user calls that state
	note     string // why lines decide about everything; "" if they do not
	patch    *changes.Patch
	run      *run                // that looked at that state; nil with a patch, and where there was nothing to look at
	report   *check.Report       // of that run; nil if it was only opened
	findings map[string][]*known // of that state, by identity but for the ordinal
}

// FromPatch returns the past of a repository that was left by a patch. What a patch takes away cannot be looked at: so lines decide.
func FromPatch(p *changes.Patch) *Past { return &Past{patch: p} }

// Since looks at a repository as it was at a revision or, if parted is set, where its history and that of HEAD parted. The state is
// taken out of git's store into dir, which the caller removes in the end; nothing of the repository is run. o are the options of the
// run whose findings are to be judged. The error is about the request, or about git.
func Since(ctx context.Context, o Options, dir, revision string, parted bool) (*Past, error) {
	s, err := newScope(o)
	if err != nil {
		return nil, err
	}
	top, ok := repository.Top(s.root)
	if !ok {
		return nil, errors.New("this is no git repository")
	}
	git, err := changes.NewGit(top)
	if err != nil {
		return nil, err
	}
	find := git.Commit
	if parted {
		find = git.MergeBase
	}
	commit, err := find(ctx, revision)
	if err != nil {
		return nil, err
	}
	step := o.Progress.Start("looking back", "commits")
	defer step.End()
	p := &Past{name: revision}
	folder, err := git.Extract(ctx, commit, dir)
	if err == nil {
		err = p.look(ctx, o, s, top, folder)
	}
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("%s: %w", revision, err)
	}
	step.Done(1)
	return p, nil
}

// look looks at a state of the repository that begins at top, which lies in folder, in the same scope and with the same configuration.
func (p *Past) look(ctx context.Context, o Options, s scope, top, folder string) error {
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return err
	}
	cfg := o.config().For(s.root)
	below, _ := repository.Within(s.root, top)
	s.root, s.missing = filepath.Join(folder, filepath.FromSlash(below)), nil
	if !isDir(s.root) {
		return nil
	}
	facts := o.Analyze != nil
	o.Overlay, o.Analyze, o.Keep, o.Baseline, o.Past, o.Progress, o.ReportOnly = nil, nil, nil, nil, nil, nil, true
	if p.run, err = openIn(o, s, cfg); err != nil {
		return err
	}
	if facts {
		p.note = "the facts given are those of the Go code as it is now"
		return nil
	}
	p.run.scope.whole = false // a file that was asked for may have had another name
	p.report = p.run.conclude(p.run.look(ctx, o), o).Report
	if p.report.Untrusted {
		p.note = "not everything essential could be analysed there"
	}
	p.findings = map[string][]*known{}
	before := newKnowing(p.report, func(file string) string { return file })
	for _, f := range p.report.Findings {
		id, k := before.of(f)
		p.findings[id] = append(p.findings[id], k)
	}
	return nil
}

// Close lets go of the state. Nothing more can be compared with it.
func (p *Past) Close() {
	if p != nil && p.run != nil {
		p.run.tree.Close()
	}
}
