//go:build darwin || freebsd || netbsd

package look

import "syscall"

func changed(s *syscall.Stat_t) int64 {
	return int64(s.Ctimespec.Sec)*1e9 + int64(s.Ctimespec.Nsec) //nolint:unconvert // they are int32 on some systems
}
