package kerneltest

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// chain is one CRF case: documents one after the other, lengths in tokens.
type chain struct {
	c                 int
	lengths           []int
	emit              []float32 // [N, C]
	trans, start, end []float32
	labels            []int32 // [N]
}

// randomChain draws scores: emissions of the given standard deviation, the
// others of 1, labels all known.
func randomChain(r *rand.Rand, c int, std float64, lengths ...int) *chain {
	n := 0
	for _, t := range lengths {
		n += t
	}
	k := &chain{c: c, lengths: lengths, emit: normals(r, n*c, std),
		trans: normals(r, c*c, 1), start: normals(r, c, 1), end: normals(r, c, 1)}
	for range n {
		k.labels = append(k.labels, int32(r.IntN(c)))
	}
	return k
}

func (k *chain) tokens() int { return len(k.labels) }

func (k *chain) offsets() []int32 {
	at := []int32{0}
	for _, t := range k.lengths {
		at = append(at, at[len(at)-1]+int32(t))
	}
	return at
}

// document is document b alone.
func (k *chain) document(b int) *chain {
	at := k.offsets()
	i, j := int(at[b]), int(at[b+1])
	return &chain{c: k.c, lengths: []int{j - i}, emit: k.emit[i*k.c : j*k.c], trans: k.trans, start: k.start, end: k.end, labels: k.labels[i:j]}
}

// forbidden is the contract's rule for start, end and transitions.
func forbidden(v float64) bool { return v <= -1e4 }

// score is the score of a path through a document, -Inf over a forbidden edge.
func (k *chain) score(path []int32) float64 {
	if len(path) == 0 {
		return 0
	}
	sum := 0.0
	edge := func(v float32) {
		if forbidden(float64(v)) {
			sum = math.Inf(-1)
		}
		sum += float64(v)
	}
	edge(k.start[path[0]])
	edge(k.end[path[len(path)-1]])
	for t, y := range path {
		sum += float64(k.emit[t*k.c+int(y)])
		if t > 0 {
			edge(k.trans[int(path[t-1])*k.c+int(y)])
		}
	}
	return sum
}

// sums is what the paths of one document add up to.
type sums struct {
	logZ        float64
	emit, trans []float64 // expected counts [T, C] and [C, C]
	start, end  []float64
	best        []int32 // the best path, by the contract's tie rule
	bestScore   float64
}

// enumerate walks all paths that agree with labels (nil: all paths).
func (k *chain) enumerate(labels []int32) sums {
	t, c := k.lengths[0], k.c
	out := sums{logZ: math.Inf(-1), emit: make([]float64, t*c), trans: make([]float64, c*c), start: make([]float64, c), end: make([]float64, c),
		bestScore: math.Inf(-1), best: make([]int32, t)}
	var scores []float64
	visit := func(do func(path []int32, score float64)) {
		path := make([]int32, t)
		for {
			agrees := true
			for i, y := range path {
				agrees = agrees && (labels == nil || labels[i] == kernels.Ignore || labels[i] == y)
			}
			if agrees {
				do(path, k.score(path))
			}
			i := 0
			for ; i < t; i++ { // the first token counts fastest
				if path[i]++; int(path[i]) < c {
					break
				}
				path[i] = 0
			}
			if i == t {
				return
			}
		}
	}
	// Paths come in the order of their last label, then of the one before, and so
	// on: the first of the best is the one that the contract wants.
	visit(func(path []int32, score float64) {
		scores = append(scores, score)
		if score > out.bestScore {
			out.bestScore = score
			copy(out.best, path)
		}
	})
	if math.IsInf(out.bestScore, -1) {
		return out
	}
	var z float64
	for _, v := range scores {
		z += math.Exp(v - out.bestScore)
	}
	out.logZ = out.bestScore + math.Log(z)
	visit(func(path []int32, score float64) {
		p := math.Exp(score - out.logZ)
		for i, y := range path {
			out.emit[i*c+int(y)] += p
			if i > 0 {
				out.trans[int(path[i-1])*c+int(y)] += p
			}
		}
		if t > 0 {
			out.start[path[0]] += p
			out.end[path[t-1]] += p
		}
	})
	return out
}

// logSum is log sum exp of x.
func logSum(x []float64) float64 {
	top := slices.Max(x)
	if math.IsInf(top, -1) {
		return top
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}

// forwardBackward is the textbook recursion in the log domain, one document,
// over the paths that agree with labels (nil: all).
func (k *chain) forwardBackward(labels []int32) sums {
	t, c := k.lengths[0], k.c
	out := sums{emit: make([]float64, t*c), trans: make([]float64, c*c), start: make([]float64, c), end: make([]float64, c)}
	if t == 0 {
		return out
	}
	score := func(v float32) float64 {
		if forbidden(float64(v)) {
			return math.Inf(-1)
		}
		return float64(v)
	}
	emit := func(i, y int) float64 {
		if labels != nil && labels[i] != kernels.Ignore && int(labels[i]) != y {
			return math.Inf(-1)
		}
		return float64(k.emit[i*c+y])
	}
	trans := make([]float64, c*c)
	for i, v := range k.trans {
		trans[i] = score(v)
	}
	alpha, beta, terms := make([]float64, t*c), make([]float64, t*c), make([]float64, c)
	for i := range t {
		for y := range c {
			if i == 0 {
				alpha[y] = score(k.start[y]) + emit(0, y)
				continue
			}
			if math.IsInf(emit(i, y), -1) {
				alpha[i*c+y] = math.Inf(-1)
				continue
			}
			for x := range c {
				terms[x] = alpha[(i-1)*c+x] + trans[x*c+y]
			}
			alpha[i*c+y] = logSum(terms) + emit(i, y)
		}
	}
	for y := range c {
		beta[(t-1)*c+y] = score(k.end[y])
		terms[y] = alpha[(t-1)*c+y] + score(k.end[y])
	}
	out.logZ = logSum(terms)
	if math.IsInf(out.logZ, -1) {
		return out
	}
	for i := t - 2; i >= 0; i-- {
		for x := range c {
			for y := range c {
				terms[y] = trans[x*c+y] + emit(i+1, y) + beta[(i+1)*c+y]
			}
			beta[i*c+x] = logSum(terms)
			if math.IsInf(alpha[i*c+x], -1) {
				continue
			}
			for y := range c {
				out.trans[x*c+y] += math.Exp(alpha[i*c+x] + terms[y] - out.logZ)
			}
		}
	}
	for i := range t {
		for y := range c {
			if !math.IsInf(alpha[i*c+y], -1) {
				out.emit[i*c+y] = math.Exp(alpha[i*c+y] + beta[i*c+y] - out.logZ)
			}
		}
	}
	copy(out.start, out.emit[:c])
	copy(out.end, out.emit[(t-1)*c:])
	return out
}

// viterbi is the greatest score of a document.
func (k *chain) viterbi() float64 {
	t, c := k.lengths[0], k.c
	if t == 0 {
		return 0
	}
	score := func(v float32) float64 {
		if forbidden(float64(v)) {
			return math.Inf(-1)
		}
		return float64(v)
	}
	best, next := make([]float64, c), make([]float64, c)
	for i := range t {
		for y := range c {
			next[y] = score(k.start[y])
			if i > 0 {
				next[y] = math.Inf(-1)
				for x := range c {
					next[y] = max(next[y], best[x]+score(k.trans[x*c+y]))
				}
			}
			next[y] += float64(k.emit[i*c+y])
		}
		best, next = next, best
	}
	out := math.Inf(-1)
	for y := range c {
		out = max(out, best[y]+score(k.end[y]))
	}
	return out
}
