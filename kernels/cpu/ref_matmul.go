package cpu

import "github.com/invoicelab/invoicelab/kernels"

func (r *ref) MatMul(c, a, b kernels.Mat, ta, tb, accumulate bool) {
	m, n, k := kernels.CheckMatMul(c, a, b, ta, tb)
	r.each(m, n*k, func(lo, hi int) {
		sum := make([]float64, n)
		for i := lo; i < hi; i++ {
			clear(sum)
			switch {
			case tb:
				row := a.Data.Host[i*k : (i+1)*k]
				for j := range sum {
					sum[j] = dot(row, b.Data.Host[j*k:(j+1)*k])
				}
			default:
				// Column i of a transposed a is walked in strides of its width m.
				first, stride := i*k, 1
				if ta {
					first, stride = i, m
				}
				for l := range k {
					addScaled(sum, float64(a.Data.Host[first+l*stride]), b.Data.Host[l*n:(l+1)*n])
				}
			}
			out := c.Data.Host[i*n : (i+1)*n]
			for j, s := range sum {
				if accumulate {
					s += float64(out[j])
				}
				out[j] = float32(s)
			}
		}
	})
}

func dot(a, b []float32) float64 {
	var s float64
	b = b[:len(a)]
	for i, v := range a {
		s += float64(v) * float64(b[i])
	}
	return s
}

// addScaled does sum += f x.
func addScaled(sum []float64, f float64, x []float32) {
	sum = sum[:len(x)]
	for j, v := range x {
		sum[j] += f * float64(v)
	}
}

func (r *ref) AddBias(y kernels.Mat, bias kernels.F32) {
	kernels.Whole("AddBias", "y", y)
	kernels.NeedLen("AddBias", "bias", bias.Len, y.Cols)
	for n := range y.Rows {
		row := y.Data.Host[n*y.Cols : (n+1)*y.Cols]
		for j, b := range bias.Host {
			row[j] += b
		}
	}
}

func (r *ref) ColSum(dst kernels.F32, x kernels.Mat) {
	kernels.Whole("ColSum", "x", x)
	kernels.NeedLen("ColSum", "dst", dst.Len, x.Cols)
	sum := make([]float64, x.Cols)
	for n := range x.Rows {
		addScaled(sum, 1, x.Data.Host[n*x.Cols:(n+1)*x.Cols])
	}
	for j, s := range sum {
		dst.Host[j] = float32(float64(dst.Host[j]) + s)
	}
}

func (r *ref) Axpy(y kernels.F32, alpha float32, x kernels.F32) {
	kernels.NeedLen("Axpy", "x", x.Len, y.Len)
	for i, v := range x.Host {
		y.Host[i] = float32(float64(y.Host[i]) + float64(alpha)*float64(v))
	}
}
