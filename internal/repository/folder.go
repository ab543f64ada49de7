package repository

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/factorlint/factorlint/internal/look"
)

// folders keeps open the folders that were last read in. Files are read in the order of their paths, and finding one from
// the root costs system calls for every folder on the way, again for each of its files.
type folders struct {
	mu     sync.Mutex
	recent []folder // newest last
}

type folder struct {
	name string
	root *os.Root
}

// kept is how many folders stay open: those on the way to a file, and those of its neighbours.
const kept = 16

// get returns a folder that is open.
func (o *folders) get(name string) *os.Root {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, f := range o.recent {
		if f.name == name {
			copy(o.recent[i:], o.recent[i+1:])
			o.recent[len(o.recent)-1] = f
			return f.root
		}
	}
	return nil
}

// put keeps a folder open in place of the one that was not needed for the longest time. Who still reads in that one is not
// disturbed, and who comes too late finds it closed.
func (o *folders) put(name string, root *os.Root) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.recent) == kept {
		o.recent[0].root.Close()
		o.recent = append(o.recent[:0], o.recent[1:]...)
	}
	o.recent = append(o.recent, folder{name, root})
}

func (o *folders) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.recent {
		f.root.Close()
	}
	o.recent = nil
}

// folder returns a folder of the tree, nil if it cannot be opened.
func (t *Tree) folder(name string) *os.Root {
	if name == "." {
		return t.root
	}
	if root := t.folders.get(name); root != nil {
		return root
	}
	root, err := inFolder(t, name, (*os.Root).OpenRoot)
	if err != nil {
		return nil
	}
	t.folders.put(name, root)
	return root
}

// inFolder calls do with the folder of a file and the file's name there. If that fails it calls do with the tree's root and
// the whole path: a symbolic link may lead out of its folder and still into the tree.
func inFolder[T any](t *Tree, name string, do func(in *os.Root, name string) (T, error)) (T, error) {
	if dir := path.Dir(name); dir != "." {
		if in := t.folder(dir); in != nil {
			if out, err := do(in, path.Base(name)); err == nil || errors.Is(err, fs.ErrNotExist) {
				return out, err
			}
		}
	}
	return do(t.root, filepath.FromSlash(name))
}

// list returns what a folder holds, sorted by name, and what could be read of it if there is an error.
func (t *Tree) list(name string) ([]fs.DirEntry, error) {
	if in := t.folder(name); in != nil {
		if entries, err := fs.ReadDir(in.FS(), "."); err == nil {
			return entries, nil
		}
	}
	return fs.ReadDir(t.root.FS(), name)
}

// An openFile is a regular file, and its size and look when it was opened.
type openFile struct {
	*os.File
	size int64
	look look.Look
}

// open opens a regular file. Opening a FIFO would wait for a writer.
func (t *Tree) open(name string) (openFile, error) {
	return inFolder(t, name, func(in *os.Root, name string) (openFile, error) {
		info, err := in.Stat(name)
		switch {
		case err != nil:
			return openFile{}, err
		case !info.Mode().IsRegular():
			return openFile{}, errors.New("is not a regular file")
		}
		f, err := in.Open(name)
		return openFile{f, info.Size(), look.Of(info)}, err
	})
}

// first returns the first bytes of a file, n at most.
func (f openFile) first(n int64) ([]byte, error) {
	text := make([]byte, min(n, f.size))
	read, err := io.ReadFull(f, text)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) { // it has become shorter
		err = nil
	}
	return text[:read], err
}
