package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/baseline"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
	"github.com/factorlint/factorlint/rules"
)

// StaleCode is that of notifications of entries of a baseline whose finding is gone.
const StaleCode = "baseline-stale"

// accept sets the findings of a report aside that the baseline accepts, and tells which of its entries are stale or do not count. It
// returns the entries that the run could not judge: their rule was not looked for, or their file not.
func (r *run) accept(rep *check.Report, b *baseline.Baseline) (unjudged []baseline.Entry) {
	if b == nil {
		return nil
	}
	fresh, old, unmet := b.Split(rep.Findings, r.lost)
	rep.Findings = fresh
	for _, f := range old {
		rep.Suppressed = append(rep.Suppressed, check.Suppressed{Finding: f, Reason: "accepted in the baseline"})
	}
	silenced := map[string]bool{}
	for _, s := range rep.Suppressed {
		silenced[s.Finding.Identity] = !s.Old()
	}
	at := r.placeOf(b.Path)
	for _, p := range b.Problems {
		rep.Notifications = append(rep.Notifications, at(p.Line, check.Notification{Code: "baseline-entry", Level: rules.Warning, Message: p.Message}))
	}
	wider := r.narrowerThan(b)
	for _, e := range unmet {
		if !r.judges(rep, e, wider) {
			unjudged = append(unjudged, e)
			continue
		}
		why := "is not found any more"
		if silenced[e.Identity] {
			why = "is silenced by a comment now"
		}
		rep.Notifications = append(rep.Notifications, at(e.Line, check.Notification{Code: StaleCode, Level: rules.Note,
			Message: fmt.Sprintf("%s %s in %s %s; factorlint baseline --prune removes it from the baseline", e.Rule, e.Name, e.File, why)}))
	}
	return unjudged
}

// gone reports whether a file below the root is not there, though the checkout would have it.
func (r *run) gone(file string) bool {
	_, err := fs.Stat(r.tree.FS(), file)
	return errors.Is(err, fs.ErrNotExist) && !r.tree.LeavesOut(file)
}

// lost reports whether a file, named from the top of the repository, is not there.
func (r *run) lost(name string) bool {
	if file, ok := strings.CutPrefix(name, r.tree.Prefix); ok {
		return r.gone(file)
	}
	top, err := os.OpenRoot(r.top())
	if err != nil {
		return false
	}
	defer top.Close()
	_, err = top.Stat(filepath.FromSlash(name))
	return errors.Is(err, fs.ErrNotExist)
}

// narrowerThan reports whether a run looks at folders, or at a sparse checkout, as if there was nothing around them, and a baseline accepts
// what lies around them. What it accepts in them may then be found only together with the rest.
func (r *run) narrowerThan(b *baseline.Baseline) bool {
	alone := r.tree.Prefix != "" || !r.scope.whole
	return slices.ContainsFunc(b.Entries, func(e baseline.Entry) bool { return alone && !r.reportsOn(e.File) || r.leavesOut(e.File) })
}

// leavesOut is LeavesOut of the tree for a file that is named from the top of the repository.
func (r *run) leavesOut(name string) bool {
	file, ok := strings.CutPrefix(name, r.tree.Prefix)
	return ok && r.tree.LeavesOut(file)
}

// reportsOn reports whether a file, named from the top of the repository, is one that the report is about.
func (r *run) reportsOn(name string) bool {
	file, ok := strings.CutPrefix(name, r.tree.Prefix)
	return ok && (len(r.scope.asked) == 0 || r.scope.about().file(file))
}

// judges reports whether a finding that an entry of a baseline accepts would be among those of the run, if there still were one. wider is
// what narrowerThan says of the baseline.
func (r *run) judges(rep *check.Report, e baseline.Entry, wider bool) bool {
	ran := slices.ContainsFunc(rep.Rules, func(rule *rules.Rule) bool { return rule.ID == e.Rule })
	file := strings.TrimPrefix(e.File, rep.Prefix)
	switch {
	case !r.reportsOn(e.File) || !ran || r.golang.Failed:
		return false
	case r.gone(file):
		return true
	}
	return !wider && r.tree.Has(file) && !r.unread(file)
}

// placeOf returns what adds to a notification its line in a file. Of a file that does not lie in the tree its name is told.
func (r *run) placeOf(name string) func(line int, n check.Notification) check.Notification {
	inTree := func(name string) (string, bool) {
		abs, err := filepath.Abs(name)
		if err != nil {
			return "", false
		}
		if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
			abs = filepath.Join(dir, filepath.Base(abs))
		}
		return repository.Within(abs, r.tree.Root)
	}
	file, ok := inTree(name)
	return func(line int, n check.Notification) check.Notification {
		if !ok {
			n.Message = fmt.Sprintf("%s, line %d: %s", filepath.Base(name), line, n.Message)
			return n
		}
		at := check.Pos{Line: line, Col: 1}
		n.At = check.Span{File: file, Start: at, End: at}
		return n
	}
}
