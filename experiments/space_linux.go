package experiments

import "syscall"

// sharedPage is how many bytes of the file beside a database in WAL mode are
// mapped at a time, and wholeBlock the least size of a file system's block
// with which SQLite makes sure that the disk has room for all of them.
const (
	sharedPage = 1 << 15
	wholeBlock = 1 << 12
)

// noRoom says whether to open a database in that folder could end in a bus
// error: SQLite writes one byte of each 4 KiB that it maps, so on a full disk
// of smaller blocks some of them are not there.
func noRoom(folder string) bool {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return false // opening will say what is wrong
	}
	return st.Bsize < wholeBlock && st.Bavail*uint64(st.Bsize) < sharedPage
}
