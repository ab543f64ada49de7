package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/cache"
	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/golang"
	"github.com/factorlint/factorlint/internal/repository"
)

// A snapshot is the report of a run, with everything that it was drawn from and its request does not say.
type snapshot struct {
	Read   []repository.Seen    // in the tree
	Go     []golang.Request     // what was loaded, with its states
	Report *check.Report        // without rules, which the request says, and sources; nothing in it is set aside as old
	Notes  []check.Notification // of all files, also those that the report is not about
	Failed bool                 // no Go code could be analysed
}

// replayable reports whether a report tells all that a run is asked for, and it can be told what it was drawn from: facts
// from elsewhere, what an editor keeps, and texts in place of files have no state, and what decides on untrusted code lies outside the tree as well.
func (o Options) replayable() bool {
	return o.Cache != nil && o.ReportOnly && o.Analyze == nil && o.Keep == nil && !o.Untrusted && !o.Offline && len(o.Overlay) == 0
}

// snapshotKey names the snapshot of a request: what was asked for, and which files there are.
func (r *run) snapshotKey(o Options) cache.Key {
	cfg, _ := json.Marshal(r.config) // of texts and switches alone
	h := sha256.New()
	h.Write(fmt.Appendf(nil, "run 1\n%s\n%+v\n%t %t\n%s\n%x\n%+v\n", r.tool, r.scope, o.ForceExclude, r.ignoreComments, cfg, r.tree.Listing(), r.notes))
	for _, rule := range r.rules {
		h.Write([]byte(rule.ID + "\n"))
	}
	return cache.Key(h.Sum(nil))
}

// replay returns the report of an earlier run if nothing has changed that it was drawn from. It is nil if that is not known.
func (r *run) replay(o Options, key cache.Key) *check.Report {
	step := r.progress.Start("looking for", "changes")
	defer step.End()
	text, ok := r.cache.Get(key)
	if !ok {
		return nil
	}
	var s snapshot
	if json.Unmarshal(text, &s) != nil || s.Report == nil || !golang.Holds(r.loader(o), s.Go) {
		return nil
	}
	now, ok := r.tree.Same(s.Read)
	if !ok {
		return nil
	}
	if !slices.Equal(now, s.Read) { // what was new has settled
		s.Read = now
		r.save(key, s)
	}
	told := r.progress.Start("replaying", "findings")
	told.Done(len(s.Report.Findings))
	told.End()
	s.Report.Rules = r.rules
	r.notes, r.golang = s.Notes, &golang.Result{Failed: s.Failed}
	return s.Report
}

// keep keeps the report of a run for replay.
func (r *run) keep(key cache.Key, rep *check.Report) {
	if r.golang.Basis == nil {
		return
	}
	bare := *rep
	bare.Rules, bare.Sources = nil, nil
	r.save(key, snapshot{r.tree.Read(), r.golang.Basis, &bare, r.notes, r.golang.Failed})
}

func (r *run) save(key cache.Key, s snapshot) {
	// what is not UTF-8, in the name of a file for one, JSON would not give back
	if text, err := json.Marshal(s); err == nil && !bytes.Contains(text, []byte(`\ufffd`)) {
		r.cache.Put(key, text)
	}
}
