// Package overlay puts texts in place of what files hold on the disk: what an editor has not saved yet, for one.
package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Files are texts by the files that they stand for: absolute paths, without symbolic links. nil replaces nothing.
type Files map[string][]byte

// Of returns a text in place of a file that is there or, in a folder that is there, could be. The error says why it cannot be a file.
func Of(name string, text []byte) (Files, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(abs)
	switch {
	case err != nil:
		abs, err = unborn(abs)
	case !info.Mode().IsRegular():
		err = errors.New("is not a regular file")
	default:
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return Files{abs: text}, nil
}

// unborn returns the path, without symbolic links, of a file that is not there. The error means that its folder is not either.
func unborn(file string) (string, error) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(dir); err == nil && info.IsDir() {
			return filepath.Join(dir, filepath.Base(file)), nil
		}
	}
	return "", errors.New("there is no such folder to be in")
}

// ReadFile is os.ReadFile with the texts.
func (o Files) ReadFile(name string) ([]byte, error) {
	if text, ok := o[name]; ok {
		return text, nil
	}
	return os.ReadFile(name)
}

// Source returns what go/parser takes for the text of a file: nil, for the one on the disk, if there is none here.
func (o Files) Source(name string) any {
	if text, ok := o[name]; ok {
		return text
	}
	return nil
}

// Open returns a text as a file with a base name.
func Open(name string, text []byte) fs.File { return &file{Info(name, text), bytes.NewReader(text)} }

// Info describes a text as a file with a base name.
func Info(name string, text []byte) fs.FileInfo { return info{name, int64(len(text))} }

// A file is a text that is read as one.
type file struct {
	info fs.FileInfo
	io.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

// An info is that of a regular file.
type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o644 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
