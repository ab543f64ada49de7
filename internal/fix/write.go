package fix

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Plain returns an error unless a path below root, slash-separated, leads to a regular file without passing a symbolic link.
func Plain(root *os.Root, name string) error {
	_, err := plain(root, name)
	return err
}

func plain(root *os.Root, name string) (info fs.FileInfo, err error) {
	if !fs.ValidPath(name) {
		return nil, errors.New("it lies outside of the repository")
	}
	elems := strings.Split(name, "/")
	for i := range elems {
		if info, err = root.Lstat(filepath.Join(elems[:i+1]...)); err != nil {
			return nil, err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil, errors.New("it is reached through a symbolic link")
		}
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	return info, nil
}

// Write replaces the content of a file below root, before, by after, and keeps its mode: whoever reads it sees the one or the
// other. The file stays as it is if there is an error: it holds something else by now, is not Plain, or cannot be written.
func Write(root *os.Root, name string, before, after []byte) (err error) {
	info, err := plain(root, name)
	if err != nil {
		return err
	}
	if now, err := root.ReadFile(filepath.FromSlash(name)); err != nil {
		return err
	} else if !bytes.Equal(now, before) {
		return errors.New("it has changed since it was read")
	}
	tmp := filepath.FromSlash(path.Join(path.Dir(name), "."+path.Base(name)+"."+rand.Text()))
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Remove(tmp))
		}
	}()
	_, err = f.Write(after)
	if err := errors.Join(err, f.Chmod(info.Mode()), f.Sync(), f.Close()); err != nil {
		return err
	}
	return root.Rename(tmp, filepath.FromSlash(name))
}
