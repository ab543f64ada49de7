package repository

import (
	"errors"
	"io"
	"path/filepath"
)

// Head returns the first bytes of a regular file, n at most, however large it is.
func (t *Tree) Head(name string, n int64) ([]byte, error) {
	local := filepath.FromSlash(name)
	info, err := t.root.Stat(local) // opening a FIFO would wait for a writer
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a regular file")
	}
	f, err := t.root.Open(local)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}
