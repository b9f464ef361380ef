package cpu

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// forbid is the score at or below which a transition, start or end is
// forbidden.
const forbid = -1e4

// chain holds the scores of a linear-chain CRF in float64, forbidden ones as -Inf.
type chain struct {
	c          int
	start, end []float64
	next, prev step // from label to next label, and back
}

// step is a matrix of scores between neighbouring labels, [from, to].
type step struct {
	c   int
	log []float64
	exp []float64 // exp(log - top)
	top float64
}

func newChain(w kernels.CRFWeights) *chain {
	c := w.Start.Len
	next, prev := make([]float64, c*c), make([]float64, c*c)
	for i, v := range legal(w.Trans.Data.Host) {
		next[i] = v
		prev[i%c*c+i/c] = v
	}
	return &chain{c: c, start: legal(w.Start.Host), end: legal(w.End.Host), next: newStep(c, next), prev: newStep(c, prev)}
}

// legal widens scores and turns forbidden ones into -Inf.
func legal(scores []float32) []float64 {
	out := make([]float64, len(scores))
	for i, v := range scores {
		out[i] = float64(v)
		if v <= forbid {
			out[i] = math.Inf(-1)
		}
	}
	return out
}

func newStep(c int, log []float64) step {
	s := step{c: c, log: log, exp: make([]float64, c*c), top: math.Inf(-1)}
	for _, v := range log {
		s.top = max(s.top, v)
	}
	if math.IsInf(s.top, -1) {
		s.top = 0 // every step is forbidden: exp is all zeros
	}
	for i, v := range log {
		s.exp[i] = math.Exp(v - s.top)
	}
	return s
}

// trust is the least sum of exponentials that apply takes at its word: what
// the terms lost to underflow (below 1e-308 each) could add to it shows in no digit.
const trust = 1e-250

// apply does out[j] = log sum over i of exp(in[i] + log[i, j]) for j in
// [lo, hi), and -Inf outside. sum is scratch of c elements.
func (s *step) apply(out, in, sum []float64, lo, hi int) {
	top := math.Inf(-1)
	for _, v := range in {
		top = max(top, v)
	}
	for j := range out {
		out[j] = math.Inf(-1)
	}
	if math.IsInf(top, -1) {
		return
	}
	sum = sum[lo:hi]
	clear(sum)
	for i, v := range in {
		a := math.Exp(v - top)
		if a == 0 {
			continue
		}
		for j, e := range s.exp[i*s.c+lo : i*s.c+hi] {
			sum[j] += a * e
		}
	}
	for j, v := range sum {
		if v >= trust {
			out[lo+j] = math.Log(v) + top + s.top
		} else {
			out[lo+j] = s.exact(in, lo+j)
		}
	}
}

// exact is one element of apply without a common scale.
func (s *step) exact(in []float64, j int) float64 {
	top := math.Inf(-1)
	for i, v := range in {
		top = max(top, v+s.log[i*s.c+j])
	}
	if math.IsInf(top, -1) {
		return top
	}
	var sum float64
	for i, v := range in {
		sum += math.Exp(v + s.log[i*s.c+j] - top)
	}
	return top + math.Log(sum)
}

// lattice is one document's forward-backward over the paths that agree with
// labels: all paths where labels is nil.
type lattice struct {
	*chain
	emit   []float32 // [T, C]
	labels []int32   // [T]; Ignore allows every label
	steps  int       // T

	// alpha[t, j] is the log of the summed paths that end in j at t, emission of t
	// included; beta[t, j] of those that go on from there, without it.
	alpha, beta []float64
	logZ        float64
}

// newLattice runs the forward pass, and the backward pass where there is a
// path. An empty document has the one empty path, of score 0.
func newLattice(ch *chain, emit []float32, labels []int32) *lattice {
	l := forwardLattice(ch, emit, labels)
	if l.steps > 0 && !math.IsInf(l.logZ, -1) {
		l.backward()
	}
	return l
}

// forwardLattice runs the forward pass alone: alpha and logZ.
func forwardLattice(ch *chain, emit []float32, labels []int32) *lattice {
	c := ch.c
	l := &lattice{chain: ch, emit: emit, labels: labels, steps: len(emit) / c}
	if l.steps == 0 {
		return l
	}
	l.alpha = make([]float64, len(emit))
	sum, in := make([]float64, c), make([]float64, c)

	lo, hi := l.allowed(0)
	for j := range c {
		l.alpha[j] = math.Inf(-1)
		if j >= lo && j < hi {
			l.alpha[j] = ch.start[j] + float64(emit[j])
		}
	}
	for t := 1; t < l.steps; t++ {
		row := l.alpha[t*c : (t+1)*c]
		lo, hi = l.allowed(t)
		ch.next.apply(row, l.alpha[(t-1)*c:t*c], sum, lo, hi)
		for j := range row {
			row[j] += float64(emit[t*c+j])
		}
	}
	last := l.alpha[(l.steps-1)*c:]
	for j, v := range last {
		in[j] = v + ch.end[j]
	}
	l.logZ = logSum(in)
	return l
}

func (l *lattice) backward() {
	c := l.c
	l.beta = make([]float64, len(l.emit))
	sum, in := make([]float64, c), make([]float64, c)
	copy(l.beta[(l.steps-1)*c:], l.end)
	for t := l.steps - 2; t >= 0; t-- {
		l.into(in, t+1)
		lo, hi := l.allowed(t)
		l.prev.apply(l.beta[t*c:(t+1)*c], in, sum, lo, hi)
	}
}

// allowed is the range of labels that may stand at t.
func (l *lattice) allowed(t int) (lo, hi int) {
	if l.labels == nil || l.labels[t] == kernels.Ignore {
		return 0, l.c
	}
	return int(l.labels[t]), int(l.labels[t]) + 1
}

// into writes the log of the summed paths that go on from a step into label j
// at t, emission of t included.
func (l *lattice) into(out []float64, t int) {
	lo, hi := l.allowed(t)
	for j := range out {
		out[j] = math.Inf(-1)
		if j >= lo && j < hi {
			out[j] = float64(l.emit[t*l.c+j]) + l.beta[t*l.c+j]
		}
	}
}

// marginal is P(y_t = j).
func (l *lattice) marginal(t, j int) float64 {
	i := t*l.c + j
	if math.IsInf(l.alpha[i], -1) {
		return 0
	}
	return math.Exp(l.alpha[i] + l.beta[i] - l.logZ)
}

// reach is the exponent to which pairs scales in the exp domain: exp(600) =
// 4e260 leaves room for sums of 1e40 terms.
const reach = 600

// pairs adds sign times the expected number of steps from label i to label j
// to out[j]. sc is l.scaled(); sum is scratch of c elements.
func (l *lattice) pairs(out, sum []float64, i int, sign float64, sc *scaled) {
	c := l.c
	clear(sum)
	for t := 1; t < l.steps; t++ {
		if sc.factor[t] > reach {
			for j := range c {
				v := l.alpha[(t-1)*c+i] + l.next.log[i*c+j] + sc.logInto[t*c+j] - l.logZ
				out[j] += sign * math.Exp(v)
			}
			continue
		}
		a := sc.from[(t-1)*c+i] * math.Exp(sc.factor[t])
		if a == 0 {
			continue
		}
		for j, b := range sc.into[t*c : (t+1)*c] {
			sum[j] += a * b
		}
	}
	for j, s := range sum {
		out[j] += sign * s * l.next.exp[i*c+j]
	}
}

// scaled holds the two sides of each step in the exp domain, each relative to
// its greatest; factor[t] is the log of the scale taken off step t.
type scaled struct {
	from, into, logInto, factor []float64
}

func (l *lattice) scaled() *scaled {
	c, n := l.c, len(l.alpha)
	s := &scaled{from: make([]float64, n), into: make([]float64, n), logInto: make([]float64, n), factor: make([]float64, l.steps)}
	for t := 1; t < l.steps; t++ {
		l.into(s.logInto[t*c:(t+1)*c], t)
		s.factor[t] = expShift(s.from[(t-1)*c:t*c], l.alpha[(t-1)*c:t*c]) +
			expShift(s.into[t*c:(t+1)*c], s.logInto[t*c:(t+1)*c]) + l.next.top - l.logZ
	}
	return s
}

// expShift writes exp(x - top) and returns top, the greatest of x.
func expShift(out, x []float64) (top float64) {
	top = math.Inf(-1)
	for _, v := range x {
		top = max(top, v)
	}
	for j, v := range x {
		out[j] = math.Exp(v - top)
	}
	return top
}

// logSum is log sum exp, -Inf of nothing but -Inf.
func logSum(x []float64) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, v)
	}
	if math.IsInf(top, -1) {
		return top
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}
