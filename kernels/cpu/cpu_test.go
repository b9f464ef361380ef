package cpu_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/cpu"
	"github.com/invoicelab/invoicelab/kernels/kerneltest"
)

// TestConformance holds every level that this machine runs to the suite.
func TestConformance(t *testing.T) {
	for _, level := range cpu.Levels() {
		t.Run(level, func(t *testing.T) {
			kerneltest.Run(t, func(threads int) kernels.Backend { return open(t, level, threads) }, kerneltest.Options{LogDomain: level == "go"})
		})
	}
}

func open(t testing.TB, level string, threads int) kernels.Backend {
	t.Helper()
	be, err := cpu.New(level, threads)
	if err != nil {
		t.Fatal(err)
	}
	if got := be.Device().Level; got != level {
		t.Fatalf("opened level %q, device says %q", level, got)
	}
	return be
}

func TestLevels(t *testing.T) {
	known := []string{"avx512", "avx2", "baseline", "go"}
	at := -1
	for _, level := range cpu.Levels() {
		i := slices.Index(known, level)
		if i <= at {
			t.Fatalf("levels %v, expected some of %v in that order", cpu.Levels(), known)
		}
		at = i
	}
	if at != len(known)-1 {
		t.Fatalf("levels %v lack the reference", cpu.Levels())
	}
	be, err := cpu.New("", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	if d := be.Device(); d.Level != cpu.Levels()[0] || d.Backend != "cpu" || d.Threads != 2 || d.Name == "" {
		t.Fatalf("best level opened as %+v, levels are %v", d, cpu.Levels())
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := cpu.New("avx1024", 1); err == nil || !strings.Contains(err.Error(), `"avx1024"`) || !strings.Contains(err.Error(), strings.Join(cpu.Levels(), ", ")) {
		t.Errorf("unknown level: %v", err)
	}
	if _, err := cpu.New("go", 0); err == nil || !strings.Contains(err.Error(), "threads is 0") {
		t.Errorf("no thread: %v", err)
	}
}

// TestValuesOutOfRange: an index, label or group that points outside its table
// panics on every level before anything is read through it.
func TestValuesOutOfRange(t *testing.T) {
	for _, level := range cpu.Levels() {
		be := open(t, level, 1)
		defer be.Close()
		m := func(rows, cols int) kernels.Mat { return kernels.NewMat(be.NewF32(rows*cols), rows, cols) }
		ints := func(x ...int32) kernels.I32 {
			b := be.NewI32(len(x))
			be.PutI32(b, x)
			return b
		}
		w := kernels.CRFWeights{Trans: m(2, 2), Start: be.NewF32(2), End: be.NewF32(2)}
		g := kernels.CRFGrad{Trans: m(2, 2), Start: be.NewF32(2), End: be.NewF32(2)}
		for _, c := range []struct {
			want string
			run  func()
		}{
			{"Embed: index 5 of 5 rows", func() { be.Embed(m(2, 3), m(5, 3), ints(0, 5)) }},
			{"EmbedGrad: index -2 of 5 rows", func() { be.EmbedGrad(m(5, 3), m(2, 3), ints(0, -2)) }},
			{"Gather: index 2 of 2 rows", func() { be.Gather(m(2, 3), m(2, 3), ints(2, 0)) }},
			{"GatherGrad: index 9 of 2 rows", func() { be.GatherGrad(m(2, 3), m(2, 3), ints(9, 0)) }},
			{"GroupLogSoftmax: column 1 in group 2 of 2", func() { be.GroupLogSoftmax(m(1, 2), m(1, 2), ints(0, 2), 2) }},
			{"GroupAdd: column 0 in group -1 of 2", func() { be.GroupAdd(m(1, 2), m(1, 2), ints(-1, 0)) }},
			{"GroupSum: column 1 in group 3 of 2", func() { be.GroupSum(m(1, 2), m(1, 2), ints(0, 3)) }},
			{"SoftmaxLoss: label 2 of token 1 with 2 columns", func() {
				be.SoftmaxLoss(m(2, 2), be.NewF64(3), m(2, 2), ints(0, 2), kernels.LossParams{CE: 1})
			}},
			{"CRF: label -1 of token 0 with 2 columns", func() {
				be.CRF(be.NewF64(1), m(2, 2), g, m(2, 2), w, ints(-1, 0), []int32{0, 2}, 1)
			}},
			{"SumSquaresRows: row 4 of 4", func() { be.SumSquaresRows(be.NewF64(1), m(4, 2), ints(1, 4)) }},
			{"AdamWRows: row 1 follows 1", func() {
				be.AdamWRows(m(4, 2), m(4, 2), m(4, 2), m(4, 2), ints(1, 1), be.NewF64(1), kernels.AdamW{Step: 1})
			}},
		} {
			func() {
				defer func() {
					if message, _ := recover().(string); !strings.HasPrefix(message, "kernels: "+c.want) {
						t.Errorf("%s: panic %q, expected \"kernels: %s\"", level, message, c.want)
					}
				}()
				c.run()
			}()
		}
	}
}
