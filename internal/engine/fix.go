package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/fix"
	"github.com/factorlint/factorlint/internal/overlay"
	"github.com/factorlint/factorlint/internal/repository"
)

// maxRounds is how often files are fixed at most. A second round applies what touched a fix of the first, and removes what only
// shows then; hardly anything needs a third.
const maxRounds = 10

// Fixed is what Fix did, or would do.
type Fixed struct {
	Findings []check.Finding // whose fixes were applied, in the order in which that happened
	Files    []string        // that changed, sorted; with the report's prefix
	Skipped  []fix.Skipped   // what the report still offers a fix for, and why it was not applied
	Patch    []byte          // the change, of Diff alone
	Overlay  overlay.Files   // what became of the texts of Options, of Fix alone
}

// Fix looks at a repository, applies the fixes of what it finds, and looks again, until there is nothing left that can be
// applied. The result is that of the last look. Only files that were looked at are written, and none through a symbolic link; a text
// that stands for a file is fixed in its place. A round with fixes that do not help is undone, and made again without these: fixes that
// leave as many findings of their rule, or something that cannot be read any more. The error is that of Run, or tells which file could not
// be written; those before it are.
func Fix(ctx context.Context, o Options, unsafe bool) (*Result, *Fixed, error) {
	o.Overlay = maps.Clone(o.Overlay)
	held := faults{}
	now, err := newState(ctx, o, unsafe, held)
	if err != nil {
		return nil, nil, err
	}
	done, changed := &Fixed{}, map[string]bool{}
	var undone []fix.Skipped
	for round := 0; round < maxRounds && len(now.plan.Files) > 0; round++ {
		before, after := now.Report.Sources, now.plan.Files
		if err := now.write(before, after); err != nil {
			return nil, nil, err
		}
		next, err := newState(ctx, o, unsafe, held)
		if err != nil {
			return nil, nil, err
		}
		if found := worse(now, next); len(found) > 0 {
			undone = append(undone, found.of(now.plan.Fixed)...)
			maps.Copy(held, found)
			if err := now.write(after, before); err != nil {
				return nil, nil, err
			}
			if now, err = newState(ctx, o, unsafe, held); err != nil {
				return nil, nil, err
			}
			continue
		}
		for file := range after {
			changed[now.Report.Prefix+file] = true
		}
		done.Findings = append(done.Findings, now.plan.Fixed...)
		now = next
	}
	done.Files, done.Overlay = slices.Sorted(maps.Keys(changed)), o.Overlay
	done.Skipped = append(now.plan.Skipped, undone...)
	return now.Result, done, nil
}

// Diff looks at a repository and tells what the first round of Fix would change. It writes nothing.
func Diff(ctx context.Context, o Options, unsafe bool) (*Result, *Fixed, error) {
	now, err := newState(ctx, o, unsafe, nil)
	if err != nil {
		return nil, nil, err
	}
	rep, p := now.Report, now.plan
	would := &Fixed{Findings: p.Fixed, Skipped: p.Skipped, Patch: fix.Diff(rep.Prefix, rep.Sources, p.Files)}
	for _, file := range slices.Sorted(maps.Keys(p.Files)) {
		would.Files = append(would.Files, rep.Prefix+file)
	}
	return now.Result, would, nil
}

// A state is what was found in a repository at one time, and what the fixes would make of it.
type state struct {
	*Result
	root    string        // the folder that was looked at
	overlay overlay.Files // of the options
	plan    *fix.Result
}

// newState looks at a repository, and plans its fixes but for those that are held back.
func newState(ctx context.Context, o Options, unsafe bool, held faults) (*state, error) {
	if err := throughLink(o.Paths); err != nil {
		return nil, err
	}
	r, err := open(o)
	if err != nil {
		return nil, err
	}
	tree := r.tree
	defer tree.Close()
	res := r.result(ctx, o)
	root, err := os.OpenRoot(tree.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	refuse := func(file string) error {
		if !r.scope.covers(file) {
			return errors.New("it would change a file that was not named")
		}
		if _, ok := o.Overlay[filepath.Join(tree.Root, filepath.FromSlash(file))]; ok {
			return nil
		}
		return refuse(root, tree, file)
	}
	plan := fix.Apply(held.without(res.Report.Findings), res.Report.Sources, fix.Options{Unsafe: unsafe, Refuse: refuse})
	return &state{res, tree.Root, o.Overlay, plan}, nil
}

// write replaces the contents of the files of the plan, or the texts that stand for them.
func (s *state) write(before, after map[string][]byte) error {
	root, err := os.OpenRoot(s.root)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, file := range slices.Sorted(maps.Keys(s.plan.Files)) {
		name := filepath.Join(s.root, filepath.FromSlash(file))
		if _, ok := s.overlay[name]; ok {
			s.overlay[name] = after[file]
			continue
		}
		if err := fix.Write(root, file, before[file], after[file]); err != nil {
			return fmt.Errorf("cannot fix %s%s: %w", s.Report.Prefix, file, err)
		}
	}
	return nil
}

// refuse says why a file is not to be fixed.
func refuse(root *os.Root, tree *repository.Tree, file string) error {
	if err := fix.Plain(root, file); err != nil {
		return err
	}
	if !tree.Has(file) {
		return errors.New("it is not among the files that were looked at")
	}
	return nil
}

// throughLink refuses paths that lead through a symbolic link below the current folder, or end in one: what is fixed would be
// somewhere else than named.
func throughLink(paths []string) error {
	for _, p := range paths {
		elems := []string{filepath.Clean(p)}
		if filepath.IsLocal(p) {
			elems = strings.Split(elems[0], string(filepath.Separator))
		}
		for i := range elems {
			name := filepath.Join(elems[:i+1]...)
			if info, err := os.Lstat(name); err == nil && info.Mode()&os.ModeSymlink != 0 {
				return fmt.Errorf("%s is a symbolic link: fixes are not written through it, name what it leads to", name)
			}
		}
	}
	return nil
}
