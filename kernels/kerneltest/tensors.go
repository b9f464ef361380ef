package kerneltest

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/kernels/dense"
)

// tensors tries *tensor.Dense over the backend's memory: values there and back,
// views, the two operations, and what must be refused in device memory.
func tensors(s *suite) {
	const m, k, n = 5, 7, 3
	r := rng("Tensors")
	a, b, c := normals(r, m*k, 1), normals(r, k*n, 1), normals(r, m*n, 1)
	product, sum, size := make([]float64, m*n), make([]float64, m*n), make([]float64, m*n)
	for i := range m {
		for j := range n {
			for l := range k {
				p := float64(a[i*k+l]) * float64(b[l*n+j])
				product[i*n+j] += p
				size[i*n+j] += math.Abs(p)
			}
			sum[i*n+j] = product[i*n+j] + float64(c[i*n+j])
			size[i*n+j] += math.Abs(float64(c[i*n+j]))
		}
	}
	tolerance := func(i int) float64 { return (k + 4) * ulp32 * size[i] }
	for _, be := range s.backends {
		e := dense.New(be)
		put := func(x []float32, rows, cols int) *tensor.Dense {
			t := tensor.New(tensor.WithShape(rows, cols), tensor.Of(tensor.Float32), tensor.WithEngine(e))
			s.must(dense.Copy(t, tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(x))))
			return t
		}
		get := func(t *tensor.Dense) []float32 {
			h, err := dense.Host(t)
			s.must(err)
			return h.Float32s()
		}
		x, y, z := put(a, m, k), put(b, k, n), put(c, m, n)
		s.exact("a tensor there and back", get(x), a)

		xy, err := x.MatMul(y)
		s.must(err)
		s.within("MatMul of tensors", widen(get(xy)), product, tolerance)
		total, err := xy.Add(z)
		s.must(err)
		s.within("Add of tensors", widen(get(total)), sum, tolerance)

		flipped := make([]float32, m*k)
		for i := range m {
			for l := range k {
				flipped[l*m+i] = a[i*k+l]
			}
		}
		xt := put(flipped, k, m)
		s.must(xt.T())
		_, err = xt.MatMul(y, tensor.WithReuse(xy), tensor.WithIncr(z))
		s.must(err)
		s.within("MatMul of a transposed tensor, added", widen(get(z)), sum, tolerance)

		rows, err := y.Slice(tensor.S(2, 4))
		s.must(err)
		mat, err := dense.Mat(rows.(*tensor.Dense))
		s.must(err)
		got := make([]float32, 2*n)
		be.GetF32(got, mat.Data)
		s.exact("rows 2 and 3 of a tensor", got, b[2*n:4*n])

		lent := e.Of(kernels.NewMat(mat.Data, 2, n))
		clone := lent.Clone().(*tensor.Dense)
		e.Memclr(lent)
		s.exact("the clone of a lent tensor", get(clone), got)
		s.exact("a tensor whose rows were cleared", get(y)[2*n:4*n], make([]float32, 2*n))
		if _, err := e.Accessible(clone); (err == nil) != e.AllocAccessible() {
			s.Fatalf("Accessible of backend %s: %v", be.Device().Backend, err)
		}
		for _, t := range []*tensor.Dense{x, y, z, xy, total, xt, clone} {
			s.must(e.Free(t, int64(t.MemSize())))
		}
		e.Close()
	}
}

func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}
