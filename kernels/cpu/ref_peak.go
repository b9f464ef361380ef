package cpu

import (
	"math"
	"sync"
	"time"
)

// PeakFLOPS measures the greatest rate of float64 multiply-adds in plain Go, which
// is what the reference computes with, in operations a second.
func (r *ref) PeakFLOPS() float64 {
	const rounds = 1 << 20
	return peakRate(func() float64 {
		var wg sync.WaitGroup
		flops := make([]float64, r.device.Threads)
		for i := range flops {
			wg.Go(func() { flops[i] = goPeak(rounds) })
		}
		wg.Wait()
		total := 0.0
		for _, f := range flops {
			total += f
		}
		return total
	})
}

// goPeak runs rounds of 8 multiply-adds that do not wait for each other, and returns
// the floating-point operations, 2 each.
func goPeak(rounds int) float64 {
	a, b, c, d, e, f, g, h := 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0
	for range rounds {
		a, b, c, d = a*0.5+1, b*0.5+1, c*0.5+1, d*0.5+1
		e, f, g, h = e*0.5+1, f*0.5+1, g*0.5+1, h*0.5+1
	}
	if a+b+c+d+e+f+g+h == 0 { // never: every value tends to 2
		return 0
	}
	return 2 * 8 * float64(rounds)
}

// peakRate is the best rate of several runs of work, which returns its operations.
func peakRate(work func() float64) float64 {
	best := 0.0
	for range 40 {
		began := time.Now()
		flops := work()
		best = math.Max(best, flops/time.Since(began).Seconds())
	}
	return best
}
