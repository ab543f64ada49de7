//go:build unix

package look

import (
	"io/fs"
	"syscall"
)

// Of returns how a file looks. The time of its last change of any kind, and its inode, show what a program did that set the
// time of its last edit back.
func Of(info fs.FileInfo) Look {
	l := Look{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		l.Changed, l.Inode = changed(s), s.Ino
	}
	return l
}
