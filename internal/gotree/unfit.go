package gotree

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/factorlint/factorlint/internal/repository"
)

// Unfit returns which of the files that the go command reads below some folders, and of some more, it should not read, each with
// the reason in words: a FIFO would make it wait, a symbolic link may lead out of the repository, whose top is given, and a file of any
// size would be read. A folder that cannot be read has none.
func Unfit(dirs, files []string, top string) map[string]string {
	out := map[string]string{}
	look := func(name string) error {
		if why := unfit(name, top); why != "" {
			out[name] = why
		}
		return nil
	}
	for _, dir := range dirs {
		walk(dir, look) //nolint:errcheck // the go command says so
	}
	for _, name := range files {
		look(name) //nolint:errcheck // there is none
	}
	return out
}

// unfit says why a file is not to be read, "" if it may be or is not there.
func unfit(name, top string) string {
	info, err := os.Lstat(name)
	if err != nil {
		return ""
	}
	if info.Mode()&os.ModeSymlink != 0 {
		target, err := filepath.EvalSymlinks(name)
		if err != nil {
			return "is a symbolic link that leads nowhere"
		}
		if _, ok := repository.Within(target, top); !ok {
			return "is a symbolic link that leads out of the repository"
		}
		if info, err = os.Stat(target); err != nil {
			return ""
		}
	}
	switch {
	case info.IsDir():
		return ""
	case !info.Mode().IsRegular():
		return "is not a regular file"
	case info.Size() > repository.MaxFileSize:
		return fmt.Sprintf("has %d bytes, more than the %d that are read", info.Size(), repository.MaxFileSize)
	}
	return ""
}
