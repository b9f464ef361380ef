package bench_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/invoicelab/invoicelab/kernels/bench"
	"github.com/invoicelab/invoicelab/kernels/cpu"
)

// TestOps runs every operation once: names are unique, and times and shares of the
// roof are numbers above zero.
func TestOps(t *testing.T) {
	be, err := cpu.New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	roof := bench.NewRoof(be)
	if !(roof.Flops > 1e8) || !(roof.Bandwidth(1<<22) > 1e8) {
		t.Fatalf("roof is %g FLOP/s and %g B/s", roof.Flops, roof.Bandwidth(1<<22))
	}
	var titles []string
	for _, o := range bench.Ops(bench.Bars()) {
		if slices.Contains(titles, o.Title()) {
			t.Errorf("two operations are called %s", o.Title())
		}
		titles = append(titles, o.Title())
		s := bench.Measure(be, o, 2, time.Millisecond)
		if len(s) != 2 || !(s[0].Seconds > 0) || s[0].Calls < 1 || !(s[0].Memory > 0) || s[0].Memory > o.Bytes {
			t.Errorf("%s: samples %+v", o.Title(), s)
		}
		if share := roof.Share(o, s[0]); !(share > 0 && !math.IsInf(share, 0)) {
			t.Errorf("%s: %g of the roof", o.Title(), share)
		}
	}
}

// TestRoof: the share is the greater of both floors over the time.
func TestRoof(t *testing.T) {
	be, err := cpu.New("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer be.Close()
	r := bench.NewRoof(be)
	r.Flops = 1e9
	bandwidth := r.Bandwidth(1 << 16)
	for _, c := range []struct{ flops, bytes, want float64 }{
		{5e8, 0, 0.25}, {5e8, 0.1 * bandwidth, 0.25}, {0, bandwidth, 0.5}, {1e8, 2 * bandwidth, 1},
	} {
		if got := r.Share(bench.Op{Flops: c.flops, Bytes: c.bytes}, bench.Sample{Seconds: 2, Memory: 1 << 16}); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: share %g", c, got)
		}
	}
}
