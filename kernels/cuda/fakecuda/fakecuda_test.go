//go:build cuda

package fakecuda_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"gorgonia.org/cu"

	"github.com/invoicelab/invoicelab/kernels/cuda/driver"
	"github.com/invoicelab/invoicelab/kernels/cuda/fakecuda"
)

// fake is the driver of this process, of the kernels in testdata.
var fake *fakecuda.Fake

func TestMain(m *testing.M) {
	var err error
	if fake, err = fakecuda.Load("testdata"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// session is a context of its own on the test's thread, and the modules of
// testdata in it.
type session struct {
	t         testing.TB
	good, bad cu.Module
}

func open(t testing.TB) session {
	t.Helper()
	if err := driver.Status(); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	device, err := cu.GetDevice(0)
	must(t, err)
	context, err := device.MakeContext(cu.SchedAuto)
	must(t, err)
	t.Cleanup(func() {
		must(t, context.Destroy())
		runtime.UnlockOSThread()
	})
	s := session{t: t}
	for name, module := range map[string]*cu.Module{"good": &s.good, "bad": &s.bad} {
		source, err := os.ReadFile("testdata/" + name + ".ptx")
		must(t, err)
		*module, err = cu.LoadData(string(source))
		must(t, err)
	}
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(driver.Describe(err))
	}
}

func (s session) floats(values ...float32) cu.DevicePtr {
	s.t.Helper()
	p, err := cu.MemAlloc(int64(4 * len(values)))
	must(s.t, err)
	must(s.t, cu.MemcpyHtoD(p, unsafe.Pointer(&values[0]), int64(4*len(values))))
	return p
}

func (s session) read(p cu.DevicePtr, n int) []float32 {
	s.t.Helper()
	values := make([]float32, n)
	must(s.t, cu.MemcpyDtoH(unsafe.Pointer(&values[0]), p, int64(4*n)))
	return values
}

// launch runs a kernel on a grid of blocks and answers what the next call
// that waits answers.
func (s session) launch(module cu.Module, name string, grid, block, shared int, arguments ...uint64) error {
	s.t.Helper()
	fn, err := module.Function(name)
	must(s.t, err)
	slots := make([]unsafe.Pointer, len(arguments))
	for i := range arguments {
		slots[i] = unsafe.Pointer(&arguments[i])
	}
	if err := fn.Launch(grid, 1, 1, block, 1, 1, shared, cu.NoStream, slots); err != nil {
		return err
	}
	return cu.Synchronize()
}

func bits(v float32) uint64 { return uint64(math.Float32bits(v)) }

// wantError demands an error of the driver whose text has all parts.
func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	text := driver.Describe(err)
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the error %q lacks %q", text, part)
		}
	}
}

func TestSaxpy(t *testing.T) {
	s := open(t)
	const n = 1000
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i], y[i] = float32(i), float32(2*i)
	}
	before := fake.Counters()
	px, py := s.floats(x...), s.floats(y...)
	must(t, s.launch(s.good, "saxpy", 8, 128, 0, uint64(py), uint64(px), bits(3), n))
	for i, v := range s.read(py, n) {
		if v != float32(5*i) {
			t.Fatalf("element %d is %v, want %d", i, v, 5*i)
		}
	}
	must(t, cu.MemFree(px))
	must(t, cu.MemFree(py))
	after := fake.Counters()
	if n := after.HtoD - before.HtoD; n != 2 {
		t.Errorf("%d copies to the device, want 2", n)
	}
	if n := after.DtoHBytes - before.DtoHBytes; n != 4*1000 {
		t.Errorf("%d bytes copied to the host, want 4000", n)
	}
	if n := after.Threads - before.Threads; n != 8*128 {
		t.Errorf("%d threads, want 1024", n)
	}
	if after.Launches-before.Launches != 1 || after.Live != before.Live {
		t.Errorf("counters %+v after %+v", after, before)
	}
}

// TestBlockSum runs shuffles, shared memory and a barrier, in order and in
// three shuffled orders.
func TestBlockSum(t *testing.T) {
	s := open(t)
	const blocks, n = 5, 300
	x := make([]float32, blocks*n)
	want := make([]float32, blocks)
	for i := range x {
		x[i] = float32(i%7 - 3)
		want[i/n] += x[i]
	}
	px, sums := s.floats(x...), s.floats(make([]float32, blocks)...)
	defer fake.Shuffle(fake.ShuffleSeed())
	for seed := range uint64(4) {
		fake.Shuffle(seed)
		must(t, cu.MemsetD32(sums, 0, blocks))
		must(t, s.launch(s.good, "block_sum", blocks, 256, 0, uint64(sums), uint64(px), n))
		for b, v := range s.read(sums, blocks) {
			if v != want[b] {
				t.Errorf("seed %d: sum %d is %v, want %v", seed, b, v, want[b])
			}
		}
	}
}

func TestDynamicSharedMemory(t *testing.T) {
	s := open(t)
	x := s.floats(1, 2, 3, 4, 5, 6)
	y := s.floats(make([]float32, 6)...)
	must(t, s.launch(s.good, "reverse", 2, 3, 12, uint64(y), uint64(x)))
	if got, want := fmt.Sprint(s.read(y, 6)), "[3 2 1 6 5 4]"; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := s.launch(s.good, "reverse", 2, 3, 0, uint64(y), uint64(x)); err == nil {
		t.Error("a launch without its dynamic shared memory passes")
	}
}

func TestDynamicSharedMemoryLimit(t *testing.T) {
	s := open(t)
	x, y := s.floats(1, 2, 3), s.floats(1, 2, 3)
	must(t, s.launch(s.good, "reverse", 1, 3, 48<<10, uint64(y), uint64(x)))
	wantError(t, s.launch(s.good, "reverse", 1, 3, 48<<10+4, uint64(y), uint64(x)), "reverse", "49156 bytes of dynamic", "over 49152")
}

func TestFreshMemoryIsNaN(t *testing.T) {
	s := open(t)
	p, err := cu.MemAlloc(12)
	must(t, err)
	for i, v := range s.read(p, 3) {
		if v == v {
			t.Errorf("element %d is %v, want NaN", i, v)
		}
	}
}

// TestFaults demands that each fault is named with the kernel, the block and
// the thread that commits it, by the flavours that can.
func TestFaults(t *testing.T) {
	all := []fakecuda.Flavour{fakecuda.Plain, fakecuda.Checked, fakecuda.Address}
	checked := all[1:2]
	undefined := all[1:]
	for _, c := range []struct {
		kernel      string
		flavours    []fakecuda.Flavour
		grid, block int
		elements    int      // of y
		arguments   []uint64 // after y
		want        []string
	}{
		{"write_past", all, 2, 4, 4, []uint64{4}, []string{"CUDA_ERROR_ILLEGAL_ADDRESS", "kernel write_past", "block (1,0,0), thread (0,0,0)", "a write to", "0 bytes past the end of allocation", "of 16 bytes"}},
		{"barrier_missed", all, 1, 4, 4, nil, []string{"CUDA_ERROR_LAUNCH_FAILED", "kernel barrier_missed", "__syncthreads at bad.cu:17", "thread (1,0,0) has returned"}},
		{"barrier_two", all, 1, 64, 64, nil, []string{"kernel barrier_two", "divergent", "bad.cu:24", "bad.cu:27"}},
		{"shuffle_missed", all, 1, 32, 32, nil, []string{"kernel shuffle_missed", "a warp operation at bad.cu:34", "thread (3,0,0) has returned"}},
		{"divide", all, 1, 2, 2, []uint64{0}, []string{"kernel divide", "thread (0,0,0)", "division by zero"}},
		{"race_shared", checked, 1, 64, 64, nil, []string{"kernel race_shared", "thread (0,0,0): race: it writes shared memory at bad.cu:47, thread 63 of the block read it at bad.cu:48"}},
		{"race_global", checked, 2, 1, 1, nil, []string{"kernel race_global", "block (1,0,0)", "race: it reads 0x", "at bad.cu:53, thread 0 of another block wrote it at bad.cu:53"}},
		{"race_global", checked, 1, 2, 1, nil, []string{"kernel race_global", "thread (1,0,0)", "race: it reads 0x", "at bad.cu:53, thread 0 of the block wrote it at bad.cu:53"}},
		{"unwritten", checked, 1, 32, 32, nil, []string{"kernel unwritten", "thread (6,0,0)", "reads what nobody wrote: shared memory"}},
		{"shared_past", []fakecuda.Flavour{fakecuda.Address}, 1, 8, 8, []uint64{8}, []string{"kernel shared_past", "thread (5,0,0)", "global-buffer-overflow"}},
		{"index_past", undefined, 1, 2, 2, []uint64{3}, []string{"kernel index_past", "thread (1,0,0)", "an index outside of its array at bad.cu:69"}},
		{"cast", undefined, 1, 2, 2, []uint64{bits(3e9)}, []string{"kernel cast", "thread (0,0,0)", "that its integer type cannot hold at bad.cu:82"}},
		{"misaligned", undefined, 1, 1, 4, nil, []string{"kernel misaligned", "thread (0,0,0)", "misaligned, or leaves its object at bad.cu:87"}},
	} {
		if !slices.Contains(c.flavours, fake.Flavour) {
			continue
		}
		t.Run(c.kernel, func(t *testing.T) {
			defer fake.Shuffle(fake.ShuffleSeed())
			fake.Shuffle(0)
			s := open(t)
			y := s.floats(make([]float32, c.elements)...)
			err := s.launch(s.bad, c.kernel, c.grid, c.block, 0, append([]uint64{uint64(y)}, c.arguments...)...)
			wantError(t, err, c.want...)
			if _, again := cu.MemAlloc(4); err != nil && (again == nil || again.Error() != err.Error()) {
				t.Errorf("the context goes on after its error: %v", again)
			}
		})
	}
}

// TestFlavours runs the tests of this package under the other flavours, in
// processes of their own: a process loads one driver.
func TestFlavours(t *testing.T) {
	if fake.Flavour != fakecuda.Plain {
		return
	}
	for _, flavour := range []fakecuda.Flavour{fakecuda.Checked, fakecuda.Address} {
		t.Run(flavour.String(), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.count=1")
			environment, err := flavour.Environment()
			must(t, err)
			cmd.Env = append(os.Environ(), environment...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestReadBefore reads the element before an allocation that fills a page, so
// that nothing lies before it.
func TestReadBefore(t *testing.T) {
	s := open(t)
	x := s.floats(make([]float32, 1024)...)
	y := s.floats(make([]float32, 32)...)
	wantError(t, s.launch(s.bad, "read_before", 1, 32, 0, uint64(y), uint64(x)), "kernel read_before", "thread (0,0,0)", "4 bytes before allocation")
}

// TestWriteWithinAlignment writes past an allocation whose end is not
// aligned: it does not fault, and is found after the launch.
func TestWriteWithinAlignment(t *testing.T) {
	s := open(t)
	y := s.floats(1, 2, 3)
	wantError(t, s.launch(s.bad, "write_past", 1, 4, 0, uint64(y), 3), "kernel write_past", "past the end of allocation", "of 12 bytes")
}

// TestWriteBefore writes before an allocation whose page has room there.
func TestWriteBefore(t *testing.T) {
	s := open(t)
	y := s.floats(1, 2, 3)
	wantError(t, s.launch(s.bad, "write_before", 1, 2, 0, uint64(y)), "kernel write_before", "bytes before allocation", "of 12 bytes")
}

func TestFreedMemory(t *testing.T) {
	s := open(t)
	x, y := s.floats(1, 2), s.floats(3, 4)
	must(t, cu.MemFree(x))
	wantError(t, s.launch(s.good, "saxpy", 1, 2, 0, uint64(y), uint64(x), bits(1), 2), "argument 1 is", "which was freed")
	wantError(t, cu.MemFree(x), "which was freed")
	wantError(t, cu.MemFree(y+4), "byte 4 of the 8")
	values := make([]float32, 2)
	wantError(t, cu.MemcpyDtoH(unsafe.Pointer(&values[0]), x, 8), "which was freed")
	wantError(t, cu.MemcpyDtoH(unsafe.Pointer(&values[0]), y+4, 8), "8 bytes from", "byte 4 of the 8")
}

func TestHostPointerRefused(t *testing.T) {
	s := open(t)
	y := s.floats(1, 2)
	host := new([2]float32)
	wantError(t, s.launch(s.good, "saxpy", 1, 2, 0, uint64(y), uint64(uintptr(unsafe.Pointer(host))), bits(1), 2), "argument 1 is", "no device memory")
}

func TestLeakIsCounted(t *testing.T) {
	before := fake.Counters()
	t.Run("leaks", func(t *testing.T) { open(t).floats(1, 2, 3) })
	after := fake.Counters()
	if after.Leaked-before.Leaked != 1 || after.LeakedBytes-before.LeakedBytes != 12 || after.Live != before.Live {
		t.Errorf("counters %+v after %+v, want 12 bytes leaked", after, before)
	}
}

// TestSignatures demands that PTX and source agree, and that a launch brings
// every argument.
func TestSignatures(t *testing.T) {
	s := open(t)
	source, err := os.ReadFile("testdata/good.ptx")
	must(t, err)
	for _, c := range []struct{ old, new, want string }{
		{".param .u32 wide_param_1", ".param .u64 wide_param_1", "its PTX takes parameters of 8, 8, 8 bytes, its source good.cu of 8, 4, 8"},
		{".param .u32 wide_param_1,", "", "its PTX takes parameters of 8, 8 bytes"},
		{".entry wide", ".entry narrow", "the PTX has no entry wide"},
	} {
		changed := strings.Replace(string(source), c.old, c.new, 1)
		if changed == string(source) {
			t.Fatalf("good.ptx has no %q", c.old)
		}
		module, err := cu.LoadData(changed)
		must(t, err)
		_, err = module.Function("wide")
		wantError(t, err, c.want)
	}
	if _, err := cu.LoadData(strings.Replace(string(source), ".target sm_75", ".target sm_90", 1)); err == nil {
		t.Error("PTX for a newer chip is taken")
	}
	y := s.floats(1, 2)
	wantError(t, s.launch(s.good, "wide", 1, 1, 0, uint64(y), 1), "launch of wide", "it takes 3")
}

func TestLaunchLimits(t *testing.T) {
	s := open(t)
	y := s.floats(1)
	wantError(t, s.launch(s.bad, "race_global", 1, 1025, 0, uint64(y)), "beyond the device's limits")
	wantError(t, s.launch(s.bad, "race_global", 0, 32, 0, uint64(y)), "beyond the device's limits")
	wantError(t, s.launch(s.good, "block_sum", 1, 512, 0, uint64(y), uint64(y), 1), "over its launch bounds of 256")
}

func TestUnsupportedCall(t *testing.T) {
	open(t)
	_, err := cu.MemAllocManaged(16, cu.AttachGlobal)
	wantError(t, err, "CUDA_ERROR_NOT_SUPPORTED", "cuMemAllocManaged")
}

func TestWithoutContext(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	must(t, cu.SetCurrentContext(cu.CUContext{}))
	_, err := cu.MemAlloc(4)
	wantError(t, err, "CUDA_ERROR_INVALID_CONTEXT")
}

// BenchmarkThreads is the speed of threads that only compute, and of threads
// that shuffle ten times and wait twice.
func BenchmarkThreads(b *testing.B) {
	const n = 1 << 18
	for _, c := range []struct {
		kernel    string
		arguments []uint64
	}{
		{"saxpy", []uint64{bits(1), n}},
		{"block_sum", []uint64{256}},
	} {
		b.Run(c.kernel, func(b *testing.B) {
			s := open(b)
			x, y := s.floats(make([]float32, n)...), s.floats(make([]float32, n)...)
			arguments := append([]uint64{uint64(y), uint64(x)}, c.arguments...)
			for b.Loop() {
				must(b, s.launch(s.good, c.kernel, n/256, 256, 0, arguments...))
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "threads/s")
		})
	}
}
