package nn

import "github.com/invoicelab/invoicelab/kernels"

// The published heads and a few losses need operations on single elements that
// no backend has of its own. They are few and off the path of the default heads,
// so they are put together here from operations that every backend has.

// reluScale makes GELU a ReLU: GELU(s x)/s = x Phi(s x) is max(x, 0) to 2e-7 at
// most, and exactly so from |x| = 6e-6 on. A power of two scales without rounding.
const reluScale = 1 << 20

// relu returns max(x, 0), and the scaled x that reluGrad takes.
func (p *pass) relu(x kernels.Mat) (y, scaled kernels.Mat) {
	scaled, y = p.scale(reluScale, x), p.mem.Mat(x.Rows, x.Cols)
	p.be.GELU(y.Data, scaled.Data)
	return p.scale(1.0/reluScale, y), scaled
}

// reluGrad overwrites dy with its part where x > 0.
func (p *pass) reluGrad(dy, scaled kernels.Mat) {
	p.be.GELUGrad(dy.Data, dy.Data, scaled.Data)
}

// scale returns alpha x.
func (p *pass) scale(alpha float32, x kernels.Mat) kernels.Mat {
	y := p.mem.Zeros(x.Rows, x.Cols)
	p.be.Axpy(y.Data, alpha, x.Data)
	return y
}

// mulExp returns x exp(y), element by element. Columns lists 0..Cols-1: a group for each
// column. There GroupLogSoftmaxGrad is x - exp(y) x, which is taken off x; so the
// error is that of float32 on x, also where exp(y) is small.
func (p *pass) mulExp(x, y kernels.Mat, columns kernels.I32) kernels.Mat {
	rest, out := p.mem.Mat(x.Rows, x.Cols), p.mem.Mat(x.Rows, x.Cols)
	p.be.GroupLogSoftmaxGrad(rest, x, y, columns, x.Cols)
	p.be.Copy(out.Data, x.Data)
	p.be.Axpy(out.Data, -1, rest.Data)
	return out
}

// mul returns a b, element by element, as ((a+1)^2 b - (a-1)^2 b)/4. LayerNormGrad
// over rows of one element with mean m and deviation 1 is -(a-m)^2 b. The error is that of
// float32 on (1+a^2) b.
func (p *pass) mul(a, b kernels.Mat) kernels.Mat {
	n := a.Data.Len
	x, dy := kernels.NewMat(a.Data, n, 1), kernels.NewMat(b.Data, n, 1)
	one, spare := p.mem.F32(1), p.mem.F32(2)
	p.be.Fill(one, 1)
	p.be.Fill(spare, 0)
	square := func(mean float32) kernels.Mat {
		row, stats, dx := p.mem.F32(2), p.mem.Zeros(n, 2), p.mem.Mat(n, 1)
		p.be.Fill(row.Slice(0, 1), mean)
		p.be.Fill(row.Slice(1, 2), 1)
		p.be.AddBias(stats, row)
		p.be.LayerNormGrad(dx, spare.Slice(0, 1), spare.Slice(1, 2), dy, x, stats, one)
		return dx
	}
	minus, plus := square(-1), square(1) // -(a+1)^2 b and -(a-1)^2 b
	out := p.mem.Zeros(a.Rows, a.Cols)
	p.be.Axpy(out.Data, 0.25, plus.Data)
	p.be.Axpy(out.Data, -0.25, minus.Data)
	return out
}

// addSum adds alpha times the sum of x to the loss at stats[slot].
func (p *pass) addSum(slot int, alpha float32, x kernels.F32) {
	sum := p.mem.F32(1)
	p.be.Fill(sum, 0)
	p.be.ColSum(sum, kernels.NewMat(x, x.Len, 1))
	p.be.Axpy(p.sums.Slice(slot, slot+1), alpha, sum)
	p.summed = true
}

// readStats brings the losses of a step to the host.
func (p *pass) readStats() []float64 {
	stats := make([]float64, p.stats.Len)
	p.be.GetF64(stats, p.stats)
	if p.summed {
		sums := make([]float32, p.sums.Len)
		p.be.GetF32(sums, p.sums)
		for i, v := range sums {
			stats[i] += float64(v)
		}
	}
	return stats
}

// columnsOf lists 0..n-1.
func columnsOf(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}
