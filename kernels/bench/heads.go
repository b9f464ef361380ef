package bench

import (
	"fmt"

	"github.com/invoicelab/invoicelab/kernels"
)

// heads lists the operations of the heads, the losses and the CRF. Gradients that
// accumulate are cleared in the call that is timed, as a step of training does. A loss,
// which reads as much as it writes, comes no nearer to the speed of the memory than
// "Copy" of as many scores.
func heads(size Sizes) []Op {
	n, c, k, docs, length := size.tokens(), size.Labels, size.Dim, size.Docs, size.Length
	perLabel := fmt.Sprintf("N=%d/C=%d", n, c)
	chain := fmt.Sprintf("C=%d/T=%d/B=%d", c, length, docs)
	cosine := fmt.Sprintf("N=%d/D=%d/C=%d", n, k, c)
	mulAdds := 2 * float64(n) * float64(c) * float64(k)
	steps := 2 * float64(docs*(length-1)) * float64(c) * float64(c) // one recursion over all steps
	return []Op{
		{"Cosine", cosine, mulAdds, f32(n*k, c*k, n*c), func(d *data) func() {
			s := newScores(d, size)
			return s.forward
		}},
		{"CosineGrad", cosine, 2 * mulAdds, f32(2*n*k, 3*c*k, 2*n*c), func(d *data) func() {
			s := newScores(d, size)
			s.forward()
			return s.backward
		}},
		{"Cosine+CosineGrad", cosine, 3 * mulAdds, f32(2*n*k, 3*c*k, 3*n*c), func(d *data) func() {
			s := newScores(d, size)
			return func() {
				s.forward()
				s.backward()
			}
		}},
		{"Separation", fmt.Sprintf("C=%d/D=%d", c, k), 4 * float64(c*c) * float64(k), f32(3 * c * k), func(d *data) func() {
			dp, l, p := d.mat(c, k), d.doubles(1), d.mat(c, k)
			return func() { d.Separation(dp, l, p, 1) }
		}},
		{"SoftmaxLoss", "focal/" + perLabel, 0, f32(2 * n * c), func(d *data) func() {
			return softmaxLoss(d, size, kernels.LossParams{Focal: 1, Gamma: 2})
		}},
		{"SoftmaxLoss", "cb+focal/" + perLabel, 0, f32(2 * n * c), func(d *data) func() {
			w := d.zeros(c)
			d.Fill(w, 1)
			return softmaxLoss(d, size, kernels.LossParams{CB: 0.6, Focal: 0.4, Gamma: 2, Weights: w})
		}},
		{"CRF", chain, 3 * steps, f32(3*n*c, 3*c*c), func(d *data) func() { return newChain(d, size, false).train }},
		{"CRF", "bio/" + chain, 1.5 * steps, f32(3*n*c, 3*c*c), func(d *data) func() { return newChain(d, size, true).train }},
		{"CRFNLL", chain, steps, f32(n*c, c*c), func(d *data) func() { return newChain(d, size, false).likelihood }},
		{"CRFMarginals", chain, 2 * steps, f32(2*n*c, c*c), func(d *data) func() { return newChain(d, size, false).marginals }},
		{"Viterbi", chain, steps, f32(n*c, c*c, n), func(d *data) func() { return newChain(d, size, false).decode }},
		{"Viterbi", "bio/" + chain, steps / 2, f32(n*c, c*c, n), func(d *data) func() { return newChain(d, size, true).decode }},
		{"Copy", perLabel, 0, f32(2 * n * c), func(d *data) func() {
			y, x := d.zeros(n*c), d.normal(n*c)
			return func() { d.Copy(y, x) }
		}},
		{"Argmax", perLabel, 0, f32(n*c, n), func(d *data) func() {
			z, path := d.mat(n, c), d.below(n, c)
			return func() { d.Argmax(path, z) }
		}},
	}
}

// scores is the operands of the prototype cosine.
type scores struct {
	d                   *data
	y, x, p, dy, dx, dp kernels.Mat
	xInv, pInv, t, dt   kernels.F32
}

func newScores(d *data, size Sizes) *scores {
	n, c, k := size.tokens(), size.Labels, size.Dim
	s := &scores{d: d, y: d.zeroMat(n, c), x: d.mat(n, k), p: d.mat(c, k), dy: d.mat(n, c), dx: d.zeroMat(n, k), dp: d.zeroMat(c, k),
		xInv: d.zeros(n), pInv: d.zeros(c), t: d.zeros(1), dt: d.zeros(1)}
	d.Fill(s.t, 10)
	return s
}

func (s *scores) forward() { s.d.Cosine(s.y, s.xInv, s.pInv, s.x, s.p, s.t) }

func (s *scores) backward() {
	s.d.Fill(s.dp.Data, 0)
	s.d.Fill(s.dt, 0)
	s.d.CosineGrad(s.dx, s.dp, s.dt, s.dy, s.y, s.x, s.p, s.xInv, s.pInv, s.t)
}

func softmaxLoss(d *data, size Sizes, p kernels.LossParams) func() {
	n, c := size.tokens(), size.Labels
	z, dz, y, loss := d.mat(n, c), d.zeroMat(n, c), d.below(n, c), d.doubles(3)
	return func() { d.SoftmaxLoss(dz, loss, z, y, p) }
}

// chain is a packed batch under a CRF.
type chain struct {
	d                *data
	emit, dEmit, p   kernels.Mat
	w                kernels.CRFWeights
	g                kernels.CRFGrad
	y, path          kernels.I32
	offsets          []int32
	nll, logZ, score kernels.F64
}

// newChain draws scores and labels. bio forbids what BIO forbids, with O at label
// 0, B-X at odd and I-X at even labels, and draws legal labels.
func newChain(d *data, size Sizes, bio bool) *chain {
	n, c, docs, length := size.tokens(), size.Labels, size.Docs, size.Length
	ch := &chain{d: d, emit: d.mat(n, c), dEmit: d.zeroMat(n, c), p: d.zeroMat(n, c), path: d.below(n, c),
		g:   kernels.CRFGrad{Trans: d.zeroMat(c, c), Start: d.zeros(c), End: d.zeros(c)},
		nll: d.doubles(docs), logZ: d.doubles(docs), score: d.doubles(docs)}
	for b := range docs + 1 {
		ch.offsets = append(ch.offsets, int32(b*length))
	}
	trans, start := make([]float32, c*c), make([]float32, c)
	for i := range trans {
		trans[i] = float32(d.r.NormFloat64())
	}
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(d.r.IntN(c))
	}
	if bio {
		const forbidden = -1e4
		for to := 2; to < c; to += 2 {
			for from := range c {
				if from != to && from != to-1 {
					trans[from*c+to] = forbidden
				}
			}
			start[to] = forbidden
		}
		for i := range y {
			if y[i] > 0 && y[i]%2 == 0 && (i%length == 0 || y[i-1] != y[i]) {
				y[i]-- // an I-X after something else becomes B-X
			}
		}
	}
	ch.y = d.put(y)
	ch.w = kernels.CRFWeights{Trans: d.zeroMat(c, c), Start: d.zeros(c), End: d.normal(c)}
	d.PutF32(ch.w.Trans.Data, trans)
	d.PutF32(ch.w.Start, start)
	return ch
}

func (ch *chain) train() {
	d := ch.d
	for _, g := range []kernels.F32{ch.dEmit.Data, ch.g.Trans.Data, ch.g.Start, ch.g.End} {
		d.Fill(g, 0)
	}
	d.CRF(ch.nll, ch.dEmit, ch.g, ch.emit, ch.w, ch.y, ch.offsets, 1)
}

func (ch *chain) likelihood() { ch.d.CRFNLL(ch.nll, ch.emit, ch.w, ch.y, ch.offsets) }

func (ch *chain) marginals() { ch.d.CRFMarginals(ch.p, ch.logZ, ch.emit, ch.w, ch.offsets) }

func (ch *chain) decode() { ch.d.Viterbi(ch.path, ch.score, ch.emit, ch.w, ch.offsets) }
