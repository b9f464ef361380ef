package metrics_test

import (
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// t(0.975) is 12.706, 4.303, 3.182, 2.776, 2.571 and 2.447 at 1 to 6 degrees
// of freedom: of a deviation of 1 the half-widths at 2 to 7 seeds are 8.98,
// 2.48, 1.591, 1.241, 1.049 and 0.925.
func TestSeedsForWidth(t *testing.T) {
	for _, c := range []struct {
		half float64
		want int
	}{{9, 2}, {8.9, 3}, {2.4, 4}, {1.6, 4}, {1.25, 5}, {1.05, 6}, {1, 7}} {
		if n, found := metrics.SeedsForWidth(c.half, 1, 0, 0, 100, 1000, 0.95); n != c.want || !found {
			t.Errorf("half-width %v: %d seeds, %v; want %d", c.half, n, found, c.want)
		}
	}
	// Documents alone: 1.984 x 0.6 = 1.19 at 99 degrees of freedom.
	if n, found := metrics.SeedsForWidth(1.2, 0, 0, 0.6, 100, 1000, 0.95); n != 2 || !found {
		t.Errorf("%d seeds, %v; want 2", n, found)
	}
	if n, found := metrics.SeedsForWidth(1.18, 1, 0, 0.6, 100, 1000, 0.95); found {
		t.Errorf("%d seeds for what the documents do not allow", n)
	}
	// What a seed does to documents shrinks: sqrt(1/n) x 1.984 <= 0.2 from 99 seeds on.
	if n, found := metrics.SeedsForWidth(0.2, 0, 1, 0, 100, 1000, 0.95); n != 99 || !found {
		t.Errorf("%d seeds, %v; want 99", n, found)
	}
}
