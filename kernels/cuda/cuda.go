//go:build cuda

package cuda

import (
	"errors"
	"fmt"
	"os"

	"gorgonia.org/cu"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cuda/driver"
)

// backend computes on one GPU.
type backend struct {
	*worker
	device  kernels.Device
	at      what            // the operation that is being queued
	live    map[uintptr]int // bytes of each buffer handed out
	scratch scratch
	status  uintptr // a complaint of a kernel, documents redone by CRFs, then room for what is fetched
	read    *read   // what was fetched last; of its own, since cgo takes no struct with pointers
}

// New opens the first CUDA device. The error says what is missing: no driver, no
// device, or a device that refuses a context or the kernels.
func New() (kernels.Backend, error) {
	if err := driver.Status(); err != nil {
		return nil, err
	}
	count, err := cu.NumDevices()
	if err != nil {
		return nil, fmt.Errorf("kernels/cuda: devices: %s", driver.Describe(err))
	}
	if count == 0 {
		return nil, errors.New("kernels/cuda: the driver knows no CUDA device")
	}
	memory, err := newScratch()
	if err != nil {
		return nil, err
	}
	name, capability, err := describe(0)
	if err != nil {
		return nil, err
	}
	code, err := chooseCode(os.Getenv(CodeVariable), capability)
	if err != nil {
		return nil, err
	}
	w, err := startWorker(0, code)
	if err != nil {
		return nil, err
	}
	b := &backend{worker: w, live: map[uintptr]int{}, scratch: memory, read: new(read)}
	b.device = kernels.Device{Backend: "cuda", Name: name + ", GEMM by " + w.multiplies(), Level: fmt.Sprintf("sm_%d %s", capability, code.kind), Threads: 1}
	b.begin("New")
	b.status = b.allocate(len(b.read) * 8)
	return b, nil
}

// describe is the name of a device and its compute capability, 75 for 7.5.
func describe(ordinal int) (name string, capability int, err error) {
	device := cu.Device(ordinal)
	if name, err = device.Name(); err != nil {
		return "", 0, fmt.Errorf("kernels/cuda: name of device %d: %s", ordinal, driver.Describe(err))
	}
	major, minor, err := device.ComputeCapability()
	if err != nil {
		return "", 0, fmt.Errorf("kernels/cuda: compute capability of device %d: %s", ordinal, driver.Describe(err))
	}
	return name, 10*major + minor, nil
}

func (b *backend) Device() kernels.Device { return b.device }

// Close frees what the backend holds. It returns the first failure that nobody
// has seen yet, and an error if buffers were not freed.
func (b *backend) Close() error {
	b.begin("Close")
	failure := b.now(b.at, "wait", b.stream.Synchronize)
	for address := range b.scratch.free() {
		b.release(address)
	}
	b.release(b.status)
	leak := b.leak()
	return errors.Join(failure, leak, b.close())
}

// leak says how much memory was handed out and not freed.
func (b *backend) leak() error {
	if len(b.live) == 0 {
		return nil
	}
	total := 0
	for _, bytes := range b.live {
		total += bytes
	}
	return fmt.Errorf("kernels/cuda: Close: %d buffers of %d bytes in all were not freed", len(b.live), total)
}

// begin starts an operation: what it queues is blamed on it, and the scratch
// memory of the one before may be used again.
func (b *backend) begin(op string, shape ...int) {
	b.at = what{op: op}
	copy(b.at.shape[:], shape)
	b.resetScratch()
}

// must panics with the failure of a call that waits.
func (b *backend) must(err error) {
	if err != nil {
		panic(err)
	}
}

// run launches a kernel of the current operation on gx blocks.
func (b *backend) run(kernel string, gx, threads int, args ...arg) {
	b.launch(b.at, kernel, gx, 1, threads, args...)
}

// run2 is run on a grid of two dimensions.
func (b *backend) run2(kernel string, gx, gy, threads int, args ...arg) {
	b.launch(b.at, kernel, gx, gy, threads, args...)
}

const (
	threads   = 256  // of a block, where nothing else is said
	warp      = 32   // lanes
	maxBlocks = 4096 // kernels that stride over a grid need no more
)

// blocks is the grid for n elements, one a thread.
func blocks(n int) int { return min((n+threads-1)/threads, maxBlocks) }

// warps is the grid for n items, one a warp.
func warps(n int) int { return min((n+threads/warp-1)/(threads/warp), maxBlocks) }
