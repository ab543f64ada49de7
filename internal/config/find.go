package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Names returns the names of the file, of which at most one may stand in a folder, the usual one first.
func Names() []string { return []string{".factorlint.yaml", ".factorlint.yml"} }

// Find returns the path of the configuration for a file or folder: the nearest one from there upwards to the root of
// its repository (the folder that holds .git), or "" if there is none. Outside a repository only the folder itself is
// looked at. It is an error, a *fs.PathError about the file, if a folder holds two, or one that is no regular file below the
// repository's root.
func Find(start string) (string, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	root := rootOf(dir)
	for {
		found, err := in(dir, root)
		if found != "" || err != nil || dir == root {
			return found, err
		}
		dir = filepath.Dir(dir)
	}
}

// rootOf returns the nearest folder from dir upwards that holds .git, else dir.
func rootOf(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

func in(dir, root string) (found string, err error) {
	for _, name := range Names() {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return "", about(path, err)
		}
		if found != "" {
			return "", about(path, fmt.Errorf("%s stands beside it; keep one of them", filepath.Base(found)))
		}
		if err := inside(path, root); err != nil {
			return "", err
		}
		found = path
	}
	return found, nil
}

// inside refuses a symbolic link that leads out of the repository: its author could have a file of the machine read.
func inside(path, root string) error {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return about(path, errors.New("is a symbolic link to nothing"))
	} else if err != nil {
		return about(path, err)
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return err
	}
	if rel, err := filepath.Rel(root, target); err != nil || !filepath.IsLocal(rel) {
		return about(path, errors.New("is a symbolic link out of the repository"))
	}
	return nil
}

// about returns an error about a file; of one of the file system itself the reason alone is taken.
func about(path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &fs.PathError{Op: "read", Path: path, Err: err}
}
