package cases

import (
	"fmt"
	"math"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// Prototype asks for scores by cosine, with or without a gate by group, and for
// the gradient of their product with GradOut.
type Prototype struct {
	N, D, K, G  int
	X           []float64 // [N, D]
	Prototypes  []float64 // [K, D]
	Temperature float64   // divides the cosine
	Eps         float64   // the least norm
	GradOut     []float64 // [N, K]
	GroupLogits []float64 // [N, G]
	GroupOf     []int32   // [K], nil without a gate
}

// PrototypeAnswer is the answer to a Prototype.
type PrototypeAnswer struct {
	Logits [][]Number `json:"logits"`
	VJP    VJP        `json:"vjp"`
}

// VJP is loss = sum of logits grad_out and its gradients.
type VJP struct {
	Loss            Number     `json:"loss"`
	GradX           [][]Number `json:"grad_x"`
	GradPrototypes  [][]Number `json:"grad_prototypes"`
	GradGroupLogits [][]Number `json:"grad_group_logits,omitempty"` // nil without a gate
}

func (a PrototypeAnswer) parts(visit func(key string, x ...Number)) {
	visit("logits", slices.Concat(a.Logits...)...)
	visit("vjp.loss", a.VJP.Loss)
	visit("vjp.grad_x", slices.Concat(a.VJP.GradX...)...)
	visit("vjp.grad_prototypes", slices.Concat(a.VJP.GradPrototypes...)...)
	visit("vjp.grad_group_logits", slices.Concat(a.VJP.GradGroupLogits...)...)
}

func decodePrototype(o *object) (Case, error) {
	p := &Prototype{}
	shape := []int{unknown, unknown}
	var err error
	if p.Prototypes, err = o.floats("prototypes", false, shape...); err != nil {
		return nil, err
	}
	p.K, p.D = shape[0], shape[1]
	shape = []int{unknown, p.D}
	if p.X, err = o.floats("x", false, shape...); err != nil {
		return nil, err
	}
	p.N, p.D = shape[0], max(shape[1], 0)
	if p.GradOut, err = o.floats("grad_out", false, p.N, p.K); err != nil {
		return nil, err
	}
	if p.Temperature, err = o.scalar("temperature", -math.MaxFloat64, math.MaxFloat64); err != nil {
		return nil, err
	}
	if f := float32(1 / p.Temperature); f == 0 || math.IsInf(float64(f), 0) {
		return nil, fmt.Errorf("temperature: %g, whose reciprocal does not fit float32", p.Temperature)
	}
	if p.Eps, err = o.scalar("eps", 0, math.MaxFloat64); err != nil {
		return nil, err
	}
	if !o.has("group_logits") && !o.has("group_of") {
		return p, nil
	}
	shape = []int{p.N, unknown}
	if p.GroupLogits, err = o.floats("group_logits", true, shape...); err != nil {
		return nil, err
	}
	if p.GroupOf, err = o.ints("group_of", p.K); err != nil {
		return nil, err
	}
	if p.G = shape[1]; p.G == unknown { // no token to tell
		p.G = int(slices.Max(append(p.GroupOf, 0))) + 1
	}
	for k, g := range p.GroupOf {
		if g < 0 || int(g) >= p.G {
			return nil, fmt.Errorf("group_of[%d]: %d is no group: expected 0 to %d", k, g, p.G-1)
		}
	}
	return p, nil
}

// leastNorm is the length at which Cosine clamps a norm.
const leastNorm = 1e-8

// clamped gives the rows and their factors by which Cosine, which clamps norms
// at leastNorm, computes what one that clamps at eps would: a cosine does not
// change when a row and its clamp are scaled together. Rows longer than both
// clamps stay as they are, a row that leastNorm would wrongly clamp gets length 1, and one
// that eps clamps is moved below leastNorm. The gradient is that of the scaled row
// times its factor.
func clamped(x []float64, d int, eps float64) (scaled, factor []float64) {
	scaled = slices.Clone(x)
	if d == 0 {
		return scaled, nil
	}
	for i := 0; i < len(x); i += d {
		row, squares := scaled[i:i+d], 0.0
		for _, v := range row {
			squares += v * v
		}
		norm, f := math.Sqrt(squares), 1.0
		switch {
		case norm > eps && norm < leastNorm:
			f = 1 / norm
		case norm <= eps && eps > 0:
			f = leastNorm / eps
		}
		for j := range row {
			row[j] *= f
		}
		factor = append(factor, f)
	}
	return scaled, factor
}

// Run asks for the cosines, adds the gate, and goes back through the same operations.
func (p *Prototype) Run(be kernels.Backend) (Answer, error) {
	m := &memory{Backend: be}
	defer m.free()
	rows, rowFactor := clamped(p.X, p.D, p.Eps)
	protos, protoFactor := clamped(p.Prototypes, p.D, p.Eps)
	x, prototypes := m.matrix(rows, p.N, p.D), m.matrix(protos, p.K, p.D)
	y, xInv, pInv := m.outputs(p.N, p.K), m.output(p.N), m.output(p.K)
	dx, dp, dt := m.outputs(p.N, p.D), m.accumulators(p.K, p.D), m.accumulator(1)
	dy, temperature := m.matrix(p.GradOut, p.N, p.K), m.input([]float64{1 / p.Temperature})
	be.Cosine(y, xInv, pInv, x, prototypes, temperature)
	be.CosineGrad(dx, dp, dt, dy, y, x, prototypes, xInv, pInv, temperature)

	a := PrototypeAnswer{VJP: VJP{GradX: unscaled(m.read(dx.Data), p.D, rowFactor), GradPrototypes: unscaled(m.read(dp.Data), p.D, protoFactor)}}
	if p.GroupOf != nil {
		groupOf, together := m.ints(p.GroupOf, p.K), m.ints(nil, p.G) // all in one group: the plain log-softmax
		logp, dlogp, dgate := m.outputs(p.N, p.G), m.accumulators(p.N, p.G), m.outputs(p.N, p.G)
		be.GroupLogSoftmax(logp, m.matrix(p.GroupLogits, p.N, p.G), together, 1)
		be.GroupAdd(y, logp, groupOf)
		be.GroupSum(dlogp, dy, groupOf)
		be.GroupLogSoftmaxGrad(dgate, dlogp, logp, together, 1)
		a.VJP.GradGroupLogits = reshape(m.read(dgate.Data), p.G)
	}
	flat := m.read(y.Data)
	for i, v := range flat {
		a.VJP.Loss += v * Number(p.GradOut[i])
	}
	a.Logits = reshape(flat, p.K)
	return numbers(a)
}

// unscaled multiplies each row by its factor.
func unscaled(flat []Number, d int, factor []float64) [][]Number {
	rows := reshape(flat, d)
	for i, row := range rows {
		for j := range row {
			row[j] *= Number(factor[i])
		}
	}
	return rows
}
