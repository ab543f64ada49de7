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
	"github.com/factorlint/factorlint/internal/repository"
)

// maxRounds is how often files are fixed at most. A second round applies what touched a fix of the first, and removes what only
// shows then; rules whose fixes undo each other would go on for ever.
const maxRounds = 10

// Fixed is what Fix did, or would do.
type Fixed struct {
	Findings []check.Finding // whose fixes were applied, in the order in which that happened
	Files    []string        // that changed, sorted; with the report's prefix
	Skipped  []fix.Skipped   // what the report still offers a fix for, and why it was not applied
	Patch    []byte          // the change, of Diff alone
}

// Fix looks at a repository, applies the fixes of what it finds, and looks again, until there is nothing left that can be
// applied. The result is that of the last look. Only files that were looked at are written, and none through a symbolic link. The
// error is that of Run, or tells which file could not be written; those before it are.
func Fix(ctx context.Context, o Options, unsafe bool) (*Result, *Fixed, error) {
	done := &Fixed{}
	changed := map[string]bool{}
	for range maxRounds {
		res, p, err := mend(ctx, o, unsafe, fix.Write)
		if err != nil {
			return nil, nil, err
		}
		if len(p.Files) == 0 {
			done.Files, done.Skipped = slices.Sorted(maps.Keys(changed)), p.Skipped
			return res, done, nil
		}
		for file := range p.Files {
			changed[res.Report.Prefix+file] = true
		}
		done.Findings = append(done.Findings, p.Fixed...)
	}
	res, p, err := mend(ctx, o, unsafe, nil)
	if err != nil {
		return nil, nil, err
	}
	done.Files, done.Skipped = slices.Sorted(maps.Keys(changed)), p.Skipped
	for _, f := range p.Fixed {
		done.Skipped = append(done.Skipped, fix.Skipped{Finding: f, Reason: fix.Endless})
	}
	return res, done, nil
}

// Diff looks at a repository and tells what the first round of Fix would change. It writes nothing.
func Diff(ctx context.Context, o Options, unsafe bool) (*Result, *Fixed, error) {
	res, p, err := mend(ctx, o, unsafe, nil)
	if err != nil {
		return nil, nil, err
	}
	would := &Fixed{Findings: p.Fixed, Skipped: p.Skipped, Patch: fix.Diff(res.Report.Prefix, res.Report.Sources, p.Files)}
	for _, file := range slices.Sorted(maps.Keys(p.Files)) {
		would.Files = append(would.Files, res.Report.Prefix+file)
	}
	return res, would, nil
}

// mend looks at a repository, works out what fixes make of its files, and writes them with write, unless that is nil.
func mend(ctx context.Context, o Options, unsafe bool, write func(root *os.Root, file string, before, after []byte) error) (*Result, *fix.Result, error) {
	if err := throughLink(o.Paths); err != nil {
		return nil, nil, err
	}
	res, tree, err := look(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	defer tree.Close()
	root, err := os.OpenRoot(tree.Root)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	rep := res.Report
	p := fix.Apply(rep.Findings, rep.Sources, fix.Options{Unsafe: unsafe, Refuse: func(file string) error { return refuse(root, tree, file) }})
	if write == nil {
		return res, p, nil
	}
	for _, file := range slices.Sorted(maps.Keys(p.Files)) {
		if err := write(root, file, rep.Sources[file], p.Files[file]); err != nil {
			return nil, nil, fmt.Errorf("cannot fix %s%s: %w", tree.Prefix, file, err)
		}
	}
	return res, p, nil
}

// refuse says why a file is not to be fixed.
func refuse(root *os.Root, tree *repository.Tree, file string) error {
	if err := fix.Plain(root, file); err != nil {
		return err
	}
	if !slices.ContainsFunc(tree.Files, func(f repository.File) bool { return f.Path == file }) {
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
