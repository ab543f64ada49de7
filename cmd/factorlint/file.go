package main

import (
	"bufio"
	"crypto/rand"
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

// replace puts a new file, written by write, in the place of a file, whose mode it keeps. Where there was none, the user's umask says
// who may read it.
func replace(name string, write func(io.Writer) error) (err error) {
	tmp, err := os.OpenFile(filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	b := bufio.NewWriter(tmp)
	err = errors.Join(write(b), b.Flush())
	if info, was := os.Lstat(name); was == nil {
		err = errors.Join(err, tmp.Chmod(info.Mode().Perm()))
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
