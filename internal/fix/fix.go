// Package fix applies the fixes of findings: contents of files in, contents of files out. Nothing but Write touches the disk.
package fix

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/factorlint/factorlint/internal/check"
)

// Options says which fixes are applied.
type Options struct {
	Unsafe bool // those too that may change what the program does besides
	// Refuse returns why a file must not be written, nil if it may be; none is refused without it.
	Refuse func(file string) error
}

// A Result is what fixes make of files.
type Result struct {
	Files   map[string][]byte // the new contents of the files that change
	Fixed   []check.Finding   // whose fix is part of Files
	Skipped []Skipped         // that have a fix which is not
}

// A Skipped is a finding whose fix was not applied.
type Skipped struct {
	Finding check.Finding
	Reason  Reason
	Detail  error // what says more, or nil
}

// A Reason says why a fix was not applied.
type Reason string

// Reasons.
const (
	Unsafe   Reason = "unsafe"   // and Options asks for safe ones alone
	Conflict Reason = "conflict" // another fix edits the same place: it may be applied once that one is
	Changed  Reason = "changed"  // the file is not what the finding was made from
	Refused  Reason = "refused"  // the file must not be written
	Broken   Reason = "broken"   // the file could not be read any more: the rule is at fault
	Undone   Reason = "undone"   // it was applied and did not help, so it was taken back; Apply never says so
)

// Apply applies the fixes of findings to files. Of two fixes that edit the same place the one of the earlier finding is applied;
// an edit that both have in common counts once. A fix is applied in whole or not at all. Bytes outside the edits stay as they
// are, but that Go code which gofmt would leave alone stays so.
func Apply(findings []check.Finding, sources map[string][]byte, o Options) *Result {
	careful := map[string]bool{}
	for {
		m := maker{Options: o, sources: sources, careful: careful, edits: map[string][]check.Edit{}}
		for _, f := range findings {
			if f.Fix != nil {
				m.take(f)
			}
		}
		before := len(careful)
		files := m.files()
		for file, text := range files {
			if fault(file, sources[file], text) != nil {
				careful[file] = true // once more, fix by fix
			}
		}
		if len(careful) == before {
			return &Result{Files: files, Fixed: m.fixed, Skipped: m.skipped}
		}
	}
}

// A maker takes fixes one by one.
type maker struct {
	Options
	sources map[string][]byte
	careful map[string]bool // files that are read after every fix: with all of them, they could not be
	edits   map[string][]check.Edit
	fixed   []check.Finding
	skipped []Skipped
}

func (m *maker) take(f check.Finding) {
	reason, detail := m.judge(f.Fix)
	if reason != "" {
		m.skipped = append(m.skipped, Skipped{f, reason, detail})
		return
	}
	m.fixed = append(m.fixed, f)
	for _, e := range f.Fix.Edits {
		m.edits[e.At.File] = added(m.edits[e.At.File], e)
	}
}

// judge says why a fix cannot be applied after those that were taken; the reason is "" if it can.
func (m *maker) judge(f *check.Fix) (Reason, error) {
	if !f.Safe && !m.Unsafe {
		return Unsafe, nil
	}
	for i, e := range f.Edits {
		if m.Refuse != nil {
			if err := m.Refuse(e.At.File); err != nil {
				return Refused, err
			}
		}
		if src, ok := m.sources[e.At.File]; !ok || !placed(src, e.At) {
			return Changed, nil
		}
		if slices.ContainsFunc(f.Edits[:i], func(o check.Edit) bool { return o.At.File == e.At.File && clash(o, e) }) {
			return Broken, errors.New("its edits overlap")
		}
	}
	for _, e := range f.Edits {
		if slices.ContainsFunc(m.edits[e.At.File], func(o check.Edit) bool { return clash(o, e) }) {
			return Conflict, nil
		}
	}
	return m.read(f)
}

// read reads what a fix makes of the files that want care.
func (m *maker) read(f *check.Fix) (Reason, error) {
	alone := map[string][]check.Edit{}
	for _, e := range f.Edits {
		if m.careful[e.At.File] {
			alone[e.At.File] = append(alone[e.At.File], e)
		}
	}
	for _, e := range f.Edits {
		file, src := e.At.File, m.sources[e.At.File]
		if !m.careful[file] {
			continue
		}
		if err := fault(file, src, edited(file, src, alone[file])); err != nil {
			return Broken, fmt.Errorf("%s: %w", file, err)
		}
		all := slices.Clone(m.edits[file])
		for _, e := range alone[file] {
			all = added(all, e)
		}
		if fault(file, src, edited(file, src, all)) != nil {
			return Conflict, nil //nolint:nilerr // the reason says it
		}
	}
	return "", nil
}

// files returns the files that the edits change.
func (m *maker) files() map[string][]byte {
	out := map[string][]byte{}
	for file, edits := range m.edits {
		if text := edited(file, m.sources[file], edits); !bytes.Equal(text, m.sources[file]) {
			out[file] = text
		}
	}
	return out
}
