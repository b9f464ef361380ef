package experiments

import (
	"errors"
	"syscall"
)

// sharedRegion is how many bytes of the file beside a database in WAL mode
// (PATH-shm) are mapped at a time; each is for 16 MiB of the log. sharedSpace is
// what is set aside of it, and wholeBlock the least size of a file system's block
// with which SQLite makes sure by itself that there is room.
const (
	sharedRegion = 1 << 15
	sharedSpace  = 4 * sharedRegion
	wholeBlock   = 1 << 12
)

// keepSize is FALLOC_FL_KEEP_SIZE of linux/falloc.h: set blocks aside, also past
// the end, and leave the file's length as it is.
const keepSize = 1

// smallBlocks says whether the blocks of a folder's file system are so small that
// using a database there could end in a bus error: SQLite writes one byte of each
// 4 KiB that it maps, so that other blocks of these are only found when they are
// written to, and on a full disk they are not. available is the room that is left.
func smallBlocks(folder string) (small bool, available uint64) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return false, 0 // opening will say what is wrong
	}
	return st.Bsize < wholeBlock, st.Bavail * uint64(st.Bsize)
}

// noRoom says whether there is too little room in a folder to open a database.
func noRoom(folder string) bool {
	small, available := smallBlocks(folder)
	return small && available < sharedSpace
}

// setAside gives the shared memory of a database that is open all of its blocks,
// and some more for when it grows. ENOSPC says that there is no room for them. A
// file system that cannot do it (ext2, ext3) keeps the risk.
//
// The file stays open for as long as the process lives: to close it would take
// SQLite's locks on it away, as POSIX has it.
func setAside(path string) error {
	fd, err := syscall.Open(path, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	err = syscall.Fallocate(fd, keepSize, 0, sharedSpace)
	if errors.Is(err, syscall.EOPNOTSUPP) {
		return nil
	}
	return err
}
