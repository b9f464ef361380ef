package nn

import (
	"github.com/invoicelab/invoicelab/kernels"
	"github.com/invoicelab/invoicelab/stream"
)

// pass is one run of a model over a batch: where activations live, and the
// batch on the backend. Layers keep what their backward needs from forward to
// backward of the same pass.
type pass struct {
	be    kernels.Backend
	mem   *kernels.Arena
	train bool   // dropout is on
	seed  uint64 // of dropout
	clock *clock

	n          int // tokens
	offsets    []int32
	features   kernels.I32 // [n*F]
	neighbours kernels.I32 // [n*K]
	wide       kernels.I32 // [n*W]; empty without
	hidden     kernels.Mat // [n, H] as they came; empty without
	labels     []int32     // [n]; nil when predicting
	targets    kernels.I32 // [n], labels on the backend
	structure  []int32     // [n], see Batch; nil without
	visual     []int32
	stats      kernels.F64  // [statDocs+B], see the stat constants
	share      denominators // of the batch in those of the step: factors of the losses
	sums       kernels.F32  // [statDocs], losses that are summed in float32; they are added to stats on the host
	summed     bool         // sums holds something
}

// dropout drops elements of y in place, keyed by the pass and the name of the
// site. As it is its own gradient, backward calls it with the same site.
func (p *pass) dropout(y kernels.F32, rate float32, site string) {
	if p.train && rate > 0 {
		p.be.Dropout(y, y, rate, stream.Seed(p.seed, site))
	}
}

// linear is y = x W + b with W [in, out].
type linear struct {
	weight, bias *Param
	x            kernels.Mat
}

func newLinear(s *store, at part, name string, in, out int) linear {
	l := linear{
		weight: s.matrix(at, name+".weight", in, out, glorot),
		bias:   s.vector(at, name+".bias", out, 0),
	}
	l.weight.forward, l.weight.backward = in*out, 2*in*out
	return l
}

func (l *linear) forward(p *pass, x kernels.Mat) kernels.Mat {
	l.x = x
	y := p.mem.Mat(x.Rows, l.weight.Value.Cols)
	p.be.MatMul(y, x, l.weight.Value, false, false, false)
	p.be.AddBias(y, l.bias.Value.Data)
	return y
}

// backward adds to the gradients of weight and bias, and overwrites dx or,
// when accumulate, adds to it. An empty dx is left alone.
func (l *linear) backward(p *pass, dx, dy kernels.Mat, accumulate bool) {
	p.be.MatMul(l.weight.Grad, l.x, dy, true, false, true)
	p.be.ColSum(l.bias.Grad.Data, dy)
	if dx.Rows > 0 {
		p.be.MatMul(dx, dy, l.weight.Value, false, true, accumulate)
	}
}

// layerNorm normalises each row, with learned gain and offset.
type layerNorm struct {
	gamma, beta *Param
	x, stats    kernels.Mat
}

func newLayerNorm(s *store, at part, name string, n int) layerNorm {
	return layerNorm{gamma: s.vector(at, name+".gamma", n, 1), beta: s.vector(at, name+".beta", n, 0)}
}

func (l *layerNorm) forward(p *pass, x kernels.Mat) kernels.Mat {
	l.x, l.stats = x, p.mem.Mat(x.Rows, 2)
	y := p.mem.Mat(x.Rows, x.Cols)
	p.be.LayerNorm(y, l.stats, x, l.gamma.Value.Data, l.beta.Value.Data)
	return y
}

// backward adds to the gradients of gain and offset and overwrites dx.
func (l *layerNorm) backward(p *pass, dx, dy kernels.Mat) {
	p.be.LayerNormGrad(dx, l.gamma.Grad.Data, l.beta.Grad.Data, dy, l.x, l.stats, l.gamma.Value.Data)
}

// normGELU is linear, then LayerNorm, then GELU: the first half of the group
// stage and of the prototype embedding.
type normGELU struct {
	linear linear
	norm   layerNorm
	x      kernels.Mat // before GELU
}

func newNormGELU(s *store, at part, name string, in, out int) normGELU {
	return normGELU{linear: newLinear(s, at, name, in, out), norm: newLayerNorm(s, at, name+".norm", out)}
}

func (l *normGELU) forward(p *pass, x kernels.Mat) kernels.Mat {
	l.x = l.norm.forward(p, l.linear.forward(p, x))
	y := p.mem.Mat(l.x.Rows, l.x.Cols)
	p.be.GELU(y.Data, l.x.Data)
	return y
}

// backward overwrites dy, and overwrites dx or, when accumulate, adds to it.
func (l *normGELU) backward(p *pass, dx, dy kernels.Mat, accumulate bool) {
	p.be.GELUGrad(dy.Data, dy.Data, l.x.Data)
	d := p.mem.Mat(dy.Rows, dy.Cols)
	l.norm.backward(p, d, dy)
	l.linear.backward(p, dx, d, accumulate)
}
