package repository

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// maxIndex is how large a git index may be, in bytes; one of a million files takes about 100 MB.
const maxIndex = 256 << 20

// A gitDir is a git repository with a work tree, read without git.
type gitDir struct {
	top    string // of the work tree
	dir    string // the .git directory; for a linked work tree or a submodule where its .git file leads
	common string // where what linked work trees share lies; dir, otherwise
}

// Top returns the root of the git work tree that a folder lies in. ok is false if it lies in none.
func Top(dir string) (top string, ok bool) {
	g, ok := findGit(dir)
	return g.top, ok
}

// findGit returns the repository whose work tree dir lies in. ok is false if there is none.
func findGit(dir string) (g gitDir, ok bool) {
	for {
		if g, ok = gitAt(dir); ok {
			return g, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return g, false
		}
		dir = parent
	}
}

// gitAt returns the repository whose work tree begins at top. Like git it passes over a .git that is no repository.
func gitAt(top string) (g gitDir, ok bool) {
	g = gitDir{top: top, dir: filepath.Join(top, ".git")}
	if text, err := readSmall(g.dir); err == nil {
		target, ok := strings.CutPrefix(text, "gitdir: ")
		if !ok {
			return g, false
		}
		g.dir = filepath.FromSlash(target)
		if !filepath.IsAbs(g.dir) {
			g.dir = filepath.Join(top, g.dir)
		}
	}
	if info, err := os.Stat(filepath.Join(g.dir, "HEAD")); err != nil || !info.Mode().IsRegular() {
		return g, false
	}
	g.common = g.dir
	if text, err := readSmall(filepath.Join(g.dir, "commondir")); err == nil {
		g.common = filepath.FromSlash(text)
		if !filepath.IsAbs(g.common) {
			g.common = filepath.Join(g.dir, g.common)
		}
	}
	return g, true
}

// readSmall returns the text of a regular file of a few lines, without the white space at its end.
func readSmall(name string) (string, error) {
	b, err := ReadRegular(name, 1<<20)
	return strings.TrimRight(string(b), "\r\n"), err
}

// ReadRegular reads a file of any folder, unless it is none (a FIFO would make us wait) or has more than limit bytes.
func ReadRegular(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", filepath.Base(name))
	case info.Size() > limit:
		return nil, &TooLarge{Path: filepath.Base(name), Size: info.Size(), Limit: limit}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// A tracked is what the index of a repository holds below a folder.
type tracked struct {
	files      map[string]bool // relative to the folder
	dirs       map[string]bool // those that hold tracked files
	submodules map[string]bool
	leftOut    map[string]bool // of the files, those that a sparse checkout does not put into the work tree
}

// LeftOut returns the tracked files of the repository that begins at top that a sparse checkout does not put into the work tree. There are
// none if the index cannot be read.
func LeftOut(top string) map[string]bool {
	g, ok := gitAt(top)
	if !ok {
		return nil
	}
	index, err := g.tracked("")
	if err != nil {
		return nil
	}
	return index.leftOut
}

// tracked reads the index. prefix is the folder's path below the top, with a slash at its end, or "".
func (g gitDir) tracked(prefix string) (t tracked, err error) {
	b, err := ReadRegular(filepath.Join(g.dir, "index"), maxIndex)
	if errors.Is(err, os.ErrNotExist) {
		return t, nil // nothing has been added yet
	}
	if err != nil {
		return t, err
	}
	var idx index.Index
	if err := index.NewDecoder(bytes.NewReader(b)).Decode(&idx); err != nil {
		return t, err
	}
	t = tracked{files: map[string]bool{}, dirs: map[string]bool{}, submodules: map[string]bool{}, leftOut: map[string]bool{}}
	for _, e := range idx.Entries {
		name, ok := strings.CutPrefix(e.Name, prefix)
		switch {
		case !ok:
		case e.Mode == filemode.Submodule:
			t.submodules[name] = true
		default:
			t.files[name] = true
			if e.SkipWorktree {
				t.leftOut[name] = true
			}
			for i := strings.LastIndexByte(name, '/'); i > 0 && !t.dirs[name[:i]]; i = strings.LastIndexByte(name[:i], '/') {
				t.dirs[name[:i]] = true
			}
		}
	}
	return t, nil
}
