package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/stream"
)

// Param is one named parameter and its gradient.
type Param struct {
	Name        string
	Value, Grad kernels.Mat // a vector of n elements is a 1 x n matrix
	Vector      bool        // has one dimension
	Decay       bool        // the optimiser shrinks it
	Sparse      bool        // an embedding table: only rows of the batch have a gradient and are stepped

	part part
	init initialiser
	m, v kernels.Mat // moments of AdamW

	forward, backward int // multiply-adds a token that the parameter takes part in, see Count
}

// Size is the number of elements.
func (p *Param) Size() int { return p.Value.Rows * p.Value.Cols }

// part says which count of ParameterCount a parameter belongs to.
type part int

const (
	partEmbedding part = iota
	partContext
	partHead
	partCRF
)

// initialiser fills the start values of a parameter of rows x cols.
type initialiser func(rng *rand.Rand, values []float32, rows, cols int)

// constant starts every element at v.
func constant(v float32) initialiser {
	return func(_ *rand.Rand, values []float32, _, _ int) {
		for i := range values {
			values[i] = v
		}
	}
}

// normal draws from N(0, std^2).
func normal(std float64) initialiser {
	return func(rng *rand.Rand, values []float32, _, _ int) {
		for i := range values {
			values[i] = float32(std * rng.NormFloat64())
		}
	}
}

// glorot draws from N(0, 2/(rows+cols)), which keeps the variance of
// activations and gradients about equal (Glorot and Bengio 2010).
func glorot(rng *rand.Rand, values []float32, rows, cols int) {
	normal(math.Sqrt(2/float64(rows+cols)))(rng, values, rows, cols)
}

// fixed is data of a layer that no step changes: on the host from the start,
// on the backend from allocate to free.
type fixed[T float32 | int32] struct {
	host []T
	dev  kernels.Buf[T]
}

// store owns the parameters of a model, their gradients, their moments and the
// fixed data of its layers.
// Dense parameters lie one after the other in one buffer, those with weight
// decay first, so that the optimiser needs one call for each of the two kinds.
type store struct {
	be     kernels.Backend
	seed   uint64
	params []*Param // in order of construction

	value, grad, m, v kernels.F32 // dense parameters
	decayed           int         // elements at the front that have weight decay
	sparse            []sparse
	steps             int // AdamW steps taken
	floats            []*fixed[float32]
	ints              []*fixed[int32]
}

// sparse is an embedding table with its moments.
type sparse struct {
	param *Param
	m, v  kernels.Mat
}

// matrix declares a weight matrix with decay.
func (s *store) matrix(at part, name string, rows, cols int, init initialiser) *Param {
	return s.add(&Param{Name: name, Value: kernels.Mat{Rows: rows, Cols: cols}, Decay: true, part: at, init: init})
}

// undecayed declares a matrix without decay.
func (s *store) undecayed(at part, name string, rows, cols int, init initialiser) *Param {
	return s.add(&Param{Name: name, Value: kernels.Mat{Rows: rows, Cols: cols}, part: at, init: init})
}

// vector declares a vector without decay.
func (s *store) vector(at part, name string, n int, v float32) *Param {
	return s.add(&Param{Name: name, Value: kernels.Mat{Rows: 1, Cols: n}, Vector: true, part: at, init: constant(v)})
}

// table declares an embedding table.
func (s *store) table(at part, name string, rows, cols int, init initialiser) *Param {
	return s.add(&Param{Name: name, Value: kernels.Mat{Rows: rows, Cols: cols}, Sparse: true, part: at, init: init})
}

// fixedF32 declares fixed data.
func (s *store) fixedF32(values []float32) *fixed[float32] {
	f := &fixed[float32]{host: values}
	s.floats = append(s.floats, f)
	return f
}

// fixedI32 declares fixed data.
func (s *store) fixedI32(values []int32) *fixed[int32] {
	f := &fixed[int32]{host: values}
	s.ints = append(s.ints, f)
	return f
}

func (s *store) add(p *Param) *Param {
	for _, q := range s.params {
		if q.Name == p.Name {
			panic("nn: New: two parameters named " + p.Name)
		}
	}
	s.params = append(s.params, p)
	return p
}

// granularity of dense parameters in elements: 64 bytes, one cache line, so
// that each starts aligned. The gaps stay zero.
const granularity = 16

// allocate gives memory to all declared parameters and draws their start
// values.
func (s *store) allocate() {
	size := 0
	offset := make(map[*Param]int, len(s.params))
	place := func(decay bool) {
		for _, p := range s.params {
			if !p.Sparse && p.Decay == decay {
				offset[p] = size
				size += (p.Size() + granularity - 1) / granularity * granularity
			}
		}
	}
	place(true)
	s.decayed = size
	place(false)
	s.value, s.grad, s.m, s.v = s.be.NewF32(size), s.be.NewF32(size), s.be.NewF32(size), s.be.NewF32(size)
	for _, p := range s.params {
		rows, cols, n := p.Value.Rows, p.Value.Cols, p.Size()
		if p.Sparse {
			alloc := func() kernels.Mat { return kernels.NewMat(s.be.NewF32(n), rows, cols) }
			p.Value, p.Grad = alloc(), alloc()
			p.m, p.v = alloc(), alloc()
			s.sparse = append(s.sparse, sparse{param: p, m: p.m, v: p.v})
		} else {
			at := offset[p]
			p.Value = kernels.NewMat(s.value.Slice(at, at+n), rows, cols)
			p.Grad = kernels.NewMat(s.grad.Slice(at, at+n), rows, cols)
			p.m = kernels.NewMat(s.m.Slice(at, at+n), rows, cols)
			p.v = kernels.NewMat(s.v.Slice(at, at+n), rows, cols)
		}
		values := make([]float32, n)
		p.init(stream.New(s.seed, "init/"+p.Name), values, rows, cols)
		s.be.PutF32(p.Value.Data, values)
	}
	for _, f := range s.floats {
		f.dev = s.be.NewF32(len(f.host))
		s.be.PutF32(f.dev, f.host)
	}
	for _, f := range s.ints {
		f.dev = s.be.NewI32(len(f.host))
		s.be.PutI32(f.dev, f.host)
	}
}

// clearGrads sets every gradient to zero, after a step that was given up.
func (s *store) clearGrads() {
	s.be.Fill(s.grad, 0)
	for _, t := range s.sparse {
		s.be.Fill(t.param.Grad.Data, 0)
	}
}

// restart forgets moments and step count.
func (s *store) restart() {
	s.steps = 0
	s.be.Fill(s.m, 0)
	s.be.Fill(s.v, 0)
	for _, t := range s.sparse {
		s.be.Fill(t.m.Data, 0)
		s.be.Fill(t.v.Data, 0)
	}
}

func (s *store) free() {
	for _, b := range []kernels.F32{s.value, s.grad, s.m, s.v} {
		s.be.FreeF32(b)
	}
	for _, t := range s.sparse {
		for _, m := range []kernels.Mat{t.param.Value, t.param.Grad, t.m, t.v} {
			s.be.FreeF32(m.Data)
		}
	}
	for _, f := range s.floats {
		s.be.FreeF32(f.dev)
	}
	for _, f := range s.ints {
		s.be.FreeI32(f.dev)
	}
}

// ParameterCount counts parameters by part of the model.
type ParameterCount struct {
	Embedding int // tables and the norm after them
	Context   int
	Head      int
	CRF       int
}

// Total is the sum over all parts.
func (c ParameterCount) Total() int { return c.Embedding + c.Context + c.Head + c.CRF }

func (s *store) count() ParameterCount {
	var c ParameterCount
	for _, p := range s.params {
		switch p.part {
		case partEmbedding:
			c.Embedding += p.Size()
		case partContext:
			c.Context += p.Size()
		case partHead:
			c.Head += p.Size()
		case partCRF:
			c.CRF += p.Size()
		default:
			panic(fmt.Sprintf("nn: ParameterCount: part %d", p.part))
		}
	}
	return c
}
