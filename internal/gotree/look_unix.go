//go:build unix

package gotree

import (
	"io/fs"
	"syscall"
)

// lookOf returns how a file looks. The time of its last change of any kind, and its inode, show what a program did that set the
// time of its last edit back.
func lookOf(info fs.FileInfo) look {
	l := look{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		l.Changed, l.Inode = changed(s), s.Ino
	}
	return l
}
