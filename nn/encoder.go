package nn

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// encoder is the compact encoder. With ids [N, F] and neighbours [N, K]
//
//	x = Dropout(LayerNorm(sum over f of table[ids[:, f]]))
//	x = LayerNorm(x + Dropout(GELU([x of the K neighbours] W + b)))    once per context layer
//
// W is [K*H, H]: each place in the list of neighbours has weights of its own,
// so the list is ordered (itself, previous, next, left, above, ...). An absent
// neighbour counts as zeros.
type encoder struct {
	rate   float32
	table  *Param
	norm   layerNorm
	layers []contextLayer
}

func newEncoder(s *store, spec EncoderSpec, in Inputs) *encoder {
	e := &encoder{rate: float32(spec.Dropout)}
	// A sum of F rows with this scale has norm about sqrt(F); the LayerNorm
	// makes the scale of the sum irrelevant, so the scale sets only how far a
	// step of the learning rate turns a row.
	e.table = s.table(partEmbedding, "embed.table", in.TableRows, spec.Hidden, normal(1/math.Sqrt(float64(spec.Hidden))))
	e.table.forward, e.table.backward = in.Features*spec.Hidden, in.Features*spec.Hidden
	e.norm = newLayerNorm(s, partEmbedding, "embed.norm", spec.Hidden)
	for i := range spec.Layers {
		e.layers = append(e.layers, newContextLayer(s, fmt.Sprintf("context.%d", i), spec.Hidden, in.Neighbours, e.rate))
	}
	return e
}

// forward returns [N, H].
func (e *encoder) forward(p *pass) kernels.Mat {
	sum := p.mem.Mat(p.n, e.table.Value.Cols)
	p.be.Embed(sum, e.table.Value, p.features)
	x := e.norm.forward(p, sum)
	p.dropout(x.Data, e.rate, "embed")
	p.clock.lap(timeEmbed)
	for i := range e.layers {
		x = e.layers[i].forward(p, x)
	}
	p.clock.lap(timeContext)
	return x
}

// backward adds to the gradients of all parameters; dx is overwritten.
func (e *encoder) backward(p *pass, dx kernels.Mat) {
	if len(e.layers) > 0 {
		// All layers have the same shapes and share their scratch.
		spare := p.mem.Mat(dx.Rows, dx.Cols)
		inner := p.mem.Mat(dx.Rows, dx.Cols)
		wide := p.mem.Mat(dx.Rows, e.layers[0].mix.weight.Value.Rows)
		for i := len(e.layers) - 1; i >= 0; i-- {
			e.layers[i].backward(p, spare, dx, inner, wide)
			dx, spare = spare, dx
		}
	}
	p.clock.lap(timeContext)
	p.dropout(dx.Data, e.rate, "embed")
	sum := p.mem.Mat(dx.Rows, dx.Cols)
	e.norm.backward(p, sum, dx)
	p.be.EmbedGrad(e.table.Grad, sum, p.features)
	p.clock.lap(timeEmbed)
}

// contextLayer mixes each token with its neighbours.
type contextLayer struct {
	site string // name of its dropout
	rate float32
	mix  linear
	norm layerNorm
	a    kernels.Mat // before GELU
}

func newContextLayer(s *store, name string, hidden, neighbours int, rate float32) contextLayer {
	return contextLayer{
		site: name,
		rate: rate,
		mix:  newLinear(s, partContext, name, neighbours*hidden, hidden),
		norm: newLayerNorm(s, partContext, name+".norm", hidden),
	}
}

func (c *contextLayer) forward(p *pass, x kernels.Mat) kernels.Mat {
	near := p.mem.Mat(x.Rows, c.mix.weight.Value.Rows)
	p.be.Gather(near, x, p.neighbours)
	c.a = c.mix.forward(p, near)
	sum := p.mem.Mat(x.Rows, x.Cols)
	p.be.GELU(sum.Data, c.a.Data)
	p.dropout(sum.Data, c.rate, c.site)
	p.be.Axpy(sum.Data, 1, x.Data)
	return c.norm.forward(p, sum)
}

// backward overwrites dx, inner [N, H] and wide [N, K*H].
func (c *contextLayer) backward(p *pass, dx, dy, inner, wide kernels.Mat) {
	c.norm.backward(p, dx, dy)
	p.be.Copy(inner.Data, dx.Data)
	p.dropout(inner.Data, c.rate, c.site)
	p.be.GELUGrad(inner.Data, inner.Data, c.a.Data)
	c.mix.backward(p, wide, inner, false)
	p.be.GatherGrad(dx, wide, p.neighbours)
}
