package hidden

import (
	"io/fs"
	"syscall"
)

// changed is when the inode last changed, in nanoseconds.
func changed(info fs.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctim.Nano()
	}
	return 0
}
