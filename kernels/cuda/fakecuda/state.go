package fakecuda

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// Counters are what the fake driver has counted since the process started.
type Counters struct {
	HtoD, HtoDBytes     uint64 // copies from the host to the device
	DtoH, DtoHBytes     uint64
	DtoD, DtoDBytes     uint64
	Memsets             uint64
	Launches            uint64
	Blocks, Threads     uint64 // that ran
	Synchronizes        uint64 // calls that wait for the device
	Allocations, Frees  uint64
	Live, LiveBytes     uint64 // allocations now
	PeakBytes           uint64 // the most that were live at once
	Leaked, LeakedBytes uint64 // allocations still live when their context was destroyed
	Contexts, Modules   uint64 // live
	Streams, Events     uint64 // live
	Errors              uint64 // calls that did not answer 0
	Races               uint64 // found by the checked flavour
}

// state is laid out as State of runtime/state.h.
type state struct {
	shuffle uint64
	Counters
	message [2048]byte
}

// newState makes the file that this process shares with the driver, here or
// in processes that it starts. It has no name but that of its descriptor, and is gone with the
// process.
func newState() (*state, string, error) {
	file, err := os.CreateTemp("", "fakecuda-state-")
	if err != nil {
		return nil, "", fmt.Errorf("fakecuda: %w", err)
	}
	defer file.Close()
	if err := os.Remove(file.Name()); err != nil {
		return nil, "", fmt.Errorf("fakecuda: %w", err)
	}
	size := int(unsafe.Sizeof(state{}))
	if err := file.Truncate(int64(size)); err != nil {
		return nil, "", fmt.Errorf("fakecuda: %w", err)
	}
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		return nil, "", fmt.Errorf("fakecuda: %w", err)
	}
	memory, err := syscall.Mmap(fd, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, "", fmt.Errorf("fakecuda: %w", err)
	}
	return (*state)(unsafe.Pointer(&memory[0])), fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), fd), nil
}

// Counters are the counts so far.
func (f *Fake) Counters() Counters { return f.state.Counters }

// Message is that of the last error, empty if there was none.
func (f *Fake) Message() string {
	text, _, _ := bytes.Cut(f.state.message[:], []byte{0})
	return string(text)
}

// Shuffle has later launches run their blocks and threads in an order drawn
// with seed, another for each launch; 0 is the order of their numbers.
func (f *Fake) Shuffle(seed uint64) { f.state.shuffle = seed }

// ShuffleSeed is the seed of Shuffle, which the environment may have set.
func (f *Fake) ShuffleSeed() uint64 { return f.state.shuffle }
