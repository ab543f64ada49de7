package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writable refuses a name that is taken by something other than a regular file, or has no folder to be in. A symbolic link could lead
// what is written anywhere.
func writable(name string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		_, err = os.Stat(filepath.Dir(name))
		return about(name, err)
	case err != nil:
		return about(name, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s: is a symbolic link; refusing to write through it", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: is not a regular file", name)
	}
	return nil
}

// place returns the one path of a file that may be named in several ways. Standard output, "", stays what it is.
func place(name string) string {
	abs, err := filepath.Abs(name)
	if err != nil || name == "" {
		return name
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(dir, filepath.Base(abs))
	}
	return abs
}

// writeFile replaces the content of a file by what write writes, or leaves it as it was: readers never see a part.
// The error is about the file that was asked for.
func writeFile(name string, write func(io.Writer) error) error {
	if err := writable(name); err != nil {
		return err
	}
	return about(name, replace(name, write))
}

// about returns an error of the file system with the name of the file that it is about for the user.
func about(name string, err error) error {
	var (
		path *fs.PathError
		link *os.LinkError
	)
	switch {
	case errors.As(err, &path):
		return fmt.Errorf("%s: %w", name, path.Err)
	case errors.As(err, &link):
		return fmt.Errorf("%s: %w", name, link.Err)
	}
	return err
}

// replace puts a new file, written by write, in the place of a file.
func replace(name string, write func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o644)
	if info, err := os.Lstat(name); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	b := bufio.NewWriter(tmp)
	if err := errors.Join(write(b), b.Flush(), tmp.Chmod(mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
