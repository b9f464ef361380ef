package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/invoicelab/invoicelab/metrics"
)

// Two-sided 5 % points of Student's t, from printed tables.
var tabulatedT = map[int]float64{1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 29: 2.045}

func TestTInterval(t *testing.T) {
	for freedom, quantile := range tabulatedT {
		values := make([]float64, freedom+1)
		for i := range values {
			values[i] = 3 + math.Sqrt(float64(i))
		}
		mean, square := 0.0, 0.0
		for _, v := range values {
			mean += v / float64(len(values))
		}
		for _, v := range values {
			square += (v - mean) * (v - mean)
		}
		half := quantile * math.Sqrt(square/float64(freedom)/float64(len(values)))
		got, _, err := metrics.TInterval(values, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		// Tables have 3 decimals.
		if math.Abs(got.Value-mean) > 1e-12 || math.Abs(got.Low-(mean-half)) > 3e-4*half || math.Abs(got.High-(mean+half)) > 3e-4*half {
			t.Errorf("%d degrees of freedom: %+v, want %v to %v", freedom, got, mean-half, mean+half)
		}
		// Moved so that the end of the interval is zero, p is 0.05.
		for i := range values {
			values[i] -= mean - half
		}
		if _, p, _ := metrics.TInterval(values, 0.95); math.Abs(p-0.05) > 1e-4 {
			t.Errorf("%d degrees of freedom: p %v, want 0.05", freedom, p)
		}
	}
	if _, _, err := metrics.TInterval([]float64{1}, 0.95); err == nil {
		t.Error("an interval from one value")
	}
	if v, p, _ := metrics.TInterval([]float64{0, 0}, 0.95); v != (metrics.Interval{}) || p != 1 {
		t.Errorf("zeros: %v, p %v", v, p)
	}
	if v, p, _ := metrics.TInterval([]float64{2, 2}, 0.95); v != (metrics.Interval{Value: 2, Low: 2, High: 2}) || p != 0 {
		t.Errorf("twos: %v, p %v", v, p)
	}
	if mean, sd := metrics.MeanSD([]float64{2, 4, 9}); mean != 5 || math.Abs(sd-math.Sqrt(13)) > 1e-15 {
		t.Errorf("mean %v, sd %v", mean, sd)
	}
	if _, sd := metrics.MeanSD([]float64{2}); !math.IsNaN(sd) {
		t.Errorf("sd of one value is %v", sd)
	}
}

// The exact test against all 2^n sign patterns, with ties and zeros.
func TestWilcoxon(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	for n := range 11 {
		d := make([]float64, n)
		for i := range d {
			d[i] = float64(r.IntN(9) - 3)
		}
		if got, want := metrics.Wilcoxon(d), enumeratedWilcoxon(d); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: p %v, want %v", d, got, want)
		}
	}
	if p := metrics.Wilcoxon([]float64{1, 2, 3, 4, 5, 6}); p != 2.0/64 {
		t.Errorf("6 of one sign: p %v", p)
	}
	if p := metrics.Wilcoxon([]float64{1, 2, 3, 4, 5}); p != 2.0/32 {
		t.Errorf("5 of one sign: p %v", p)
	}
	if p := metrics.Wilcoxon([]float64{1, math.NaN()}); !math.IsNaN(p) {
		t.Errorf("NaN gives p %v", p)
	}
}

// enumeratedWilcoxon counts the sign patterns whose rank sum is at least as
// far from its mean as that of d.
func enumeratedWilcoxon(d []float64) float64 {
	var ranks []float64
	signed := 0.0
	for _, x := range d {
		if x == 0 {
			continue
		}
		rank := 0.5 // mean rank: those below, and half of the ties and itself
		for _, y := range d {
			switch {
			case y != 0 && math.Abs(y) < math.Abs(x):
				rank++
			case math.Abs(y) == math.Abs(x):
				rank += 0.5
			}
		}
		ranks = append(ranks, rank)
		signed += math.Copysign(rank, x)
	}
	far := 0
	for pattern := range 1 << len(ranks) {
		s := 0.0
		for i, rank := range ranks {
			if pattern>>i&1 == 1 {
				s += rank
			} else {
				s -= rank
			}
		}
		if math.Abs(s) >= math.Abs(signed) {
			far++
		}
	}
	return float64(far) / float64(int(1)<<len(ranks))
}

func TestBenjaminiHochberg(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct{ p, want []float64 }{
		{nil, nil},
		{[]float64{0.03}, []float64{0.03}},
		// By hand: 0.01*4/1, 0.02*4/2, then the larger two share 0.04*4/4 and
		// 0.03*4/3, of which the least is 0.04.
		{[]float64{0.04, 0.01, 0.03, 0.02}, []float64{0.04, 0.04, 0.04, 0.04}},
		// 0.001*3, 0.04*3/2 = 0.06, 0.9.
		{[]float64{0.9, 0.001, 0.04}, []float64{0.9, 0.003, 0.06}},
		// The example of Benjamini and Hochberg (1995), table of 15: at 0.05
		// the first four are rejected; p_4*15/4 is the least of the rest.
		{[]float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1},
			[]float64{0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765, 0.486, 0.5811818181818182, 0.714875, 0.7532307692307693, 0.8132142857142857, 1}},
		{[]float64{0.02, nan, 0.01}, []float64{0.02, nan, 0.02}},
	} {
		got := metrics.BenjaminiHochberg(test.p)
		for i, want := range test.want {
			if math.IsNaN(want) != math.IsNaN(got[i]) || math.Abs(got[i]-want) > 1e-12 {
				t.Errorf("%v: adjusted %v, want %v", test.p, got, test.want)
				break
			}
		}
		if len(got) != len(test.want) {
			t.Errorf("%v: %d adjusted", test.p, len(got))
		}
	}
}
