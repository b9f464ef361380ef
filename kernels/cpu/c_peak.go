//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

// PeakFLOPS measures the greatest rate of float32 operations of this level and
// number of threads, in operations a second.
func (n *native) PeakFLOPS() float64 {
	flops := make([]float64, n.device.Threads)
	return peakRate(func() float64 {
		n.pool.run(len(flops), func(_, part int) { flops[part] = float64(C.k_peak(n.k, peakRounds)) })
		total := 0.0
		for _, f := range flops {
			total += f
		}
		return total
	})
}

const peakRounds = 1 << 20 // about 2 milliseconds
