// Package look tells from outside whether a file may have changed.
package look

import "time"

// A Look is how a file looks from outside. The zero Look is that of no file.
type Look struct {
	Size, Modified, Changed int64 // bytes; nanoseconds
	Inode                   uint64
}

// Settled is how long a file has to look the same before its look is trusted: an edit within one tick of the clock does not show.
const Settled = 2 * time.Second

// SettledBefore reports whether a file that looked like this when it was read, not before began, had been so long enough: then it
// holds what was read as long as it looks the same.
func (l Look) SettledBefore(began time.Time) bool {
	limit := began.Add(-Settled).UnixNano()
	return l.Modified < limit && l.Changed < limit
}
