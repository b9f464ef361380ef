package posterior

import "math"

// forbidden is the score at and below which a transition never happens, as in
// the kernels.
const forbidden = -1e4

// edges are the transitions of a CRF that can happen, grouped by one end.
type edges struct {
	from   []int32 // group g is elements from[g] to from[g+1]
	other  []int32 // label at the other end
	weight []float64
}

// graph is a CRF in the exp domain: weights of transitions relative to the
// greatest, of starts and ends likewise; 0 for what never happens.
type graph struct {
	labels     int
	into, out  edges // grouped by the label that is entered, left
	start, end []float64
}

func newGraph(trans, start, end []float32) *graph {
	c := len(start)
	g := &graph{labels: c, start: expOf(start), end: expOf(end)}
	w := expOf(trans)
	g.into = group(c, func(to, from int) float64 { return w[from*c+to] })
	g.out = group(c, func(from, to int) float64 { return w[from*c+to] })
	return g
}

func group(c int, weight func(g, other int) float64) edges {
	e := edges{from: make([]int32, 1, c+1)}
	for g := range c {
		for o := range c {
			if w := weight(g, o); w > 0 {
				e.other, e.weight = append(e.other, int32(o)), append(e.weight, w)
			}
		}
		e.from = append(e.from, int32(len(e.other)))
	}
	return e
}

// expOf is exp(score - greatest), 0 for what is forbidden.
func expOf(scores []float32) []float64 {
	greatest := math.Inf(-1)
	for _, s := range scores {
		greatest = max(greatest, float64(s))
	}
	out := make([]float64, len(scores))
	for i, s := range scores {
		if s > forbidden {
			out[i] = math.Exp(float64(s) - greatest)
		}
	}
	return out
}

// chain is forward-backward over one document with a scale per step (Rabiner
// 1989), in float64:
//
//	alpha_t = (alpha_(t-1) E) . e_t / c_t      beta_t = E (e_(t+1) . beta_(t+1)) / c_(t+1)
type chain struct {
	g           *graph
	emit        []float64 // [T*C], exp(score - greatest of the token)
	alpha, beta []float64 // [T*C]
	scale       []float64 // [T]
}

// newChain runs forward and backward over scores [T*C]. It is not ok when a
// step has no mass left: the document has no legal path, or its scores lie too
// far apart for float64.
func newChain(g *graph, scores []float32) (k *chain, ok bool) {
	c := g.labels
	n := len(scores) / c
	k = &chain{g: g, emit: make([]float64, n*c), alpha: make([]float64, n*c), beta: make([]float64, n*c), scale: make([]float64, n)}
	for t := range n {
		copy(k.emit[t*c:], expOf(scores[t*c:(t+1)*c]))
		a, e := k.alpha[t*c:(t+1)*c], k.emit[t*c:(t+1)*c]
		if t == 0 {
			copy(a, g.start)
		} else {
			product(a, k.alpha[(t-1)*c:t*c], &g.into)
		}
		sum := 0.0
		for y := range a {
			if a[y] *= e[y]; t == n-1 {
				a[y] *= g.end[y]
			}
			sum += a[y]
		}
		if !(sum > tooSmall) || math.IsInf(sum, 0) {
			return nil, false
		}
		k.scale[t] = sum
		for y := range a {
			a[y] /= sum
		}
	}
	ahead := make([]float64, c)
	for t := n - 1; t >= 0; t-- {
		b := k.beta[t*c : (t+1)*c]
		if t == n-1 {
			for y := range b {
				b[y] = 1
			}
			continue
		}
		for y := range ahead {
			ahead[y] = k.emit[(t+1)*c+y] * k.beta[(t+1)*c+y] / k.scale[t+1]
			if t == n-2 {
				ahead[y] *= g.end[y]
			}
		}
		product(b, ahead, &g.out)
		for _, v := range b {
			if math.IsInf(v, 0) {
				return nil, false
			}
		}
	}
	return k, true
}

// tooSmall is the least scale of a step at which every path that counts is
// still in the range of float64.
const tooSmall = 1e-280

// product overwrites y: y[g] = sum over the edges of g of weight * x[other].
func product(y, x []float64, e *edges) {
	for g := range y {
		lo, hi := e.from[g], e.from[g+1]
		w := e.weight[lo:hi]
		sum := 0.0
		for i, o := range e.other[lo:hi] {
			sum += w[i] * x[o]
		}
		y[g] = sum
	}
}

// logProb is the logarithm of the probability that the tokens from `from` on
// have labels.
func (k *chain) logProb(from int, labels []int32) float64 {
	c, n := k.g.labels, len(k.scale)
	p := math.Log(k.alpha[from*c+int(labels[0])])
	for i := 1; i < len(labels); i++ {
		t := from + i
		y := int(labels[i])
		w := k.g.weight(labels[i-1], labels[i]) * k.emit[t*c+y] / k.scale[t]
		if t == n-1 {
			w *= k.g.end[y]
		}
		p += math.Log(w)
	}
	last := from + len(labels) - 1
	return p + math.Log(k.beta[last*c+int(labels[len(labels)-1])])
}

// weight is that of one transition.
func (g *graph) weight(from, to int32) float64 {
	lo, hi := g.into.from[to], g.into.from[to+1]
	for i := lo; i < hi; i++ {
		if g.into.other[i] == from {
			return g.into.weight[i]
		}
	}
	return 0
}
