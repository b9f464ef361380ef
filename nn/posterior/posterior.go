// Package posterior answers questions about the distribution over label
// sequences that a model gives a batch: the best path, the marginals of every
// token, and the probability that some tokens have given labels.
package posterior

import (
	"fmt"
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// Posterior is p(y | x) of a packed batch: under the CRF, or, without one, the
// softmax of each token's scores by itself. It computes in an arena of the model, so it holds until
// the model's next batch.
type Posterior struct {
	be      kernels.Backend
	mem     *kernels.Arena
	scores  kernels.Mat         // [N, C]; emissions of the CRF
	crf     *kernels.CRFWeights // nil without a CRF
	offsets []int32             // [B+1]
	logp    kernels.Mat         // log softmax; without a CRF, once asked for
}

// New is the posterior of scores [N, C]. Scratch memory comes from mem.
func New(be kernels.Backend, mem *kernels.Arena, scores kernels.Mat, crf *kernels.CRFWeights, offsets []int32) *Posterior {
	if offsets[len(offsets)-1] != int32(scores.Rows) {
		panic(fmt.Sprintf("posterior: New: offsets end at %d of %d tokens", offsets[len(offsets)-1], scores.Rows))
	}
	return &Posterior{be: be, mem: mem, scores: scores, crf: crf, offsets: offsets}
}

// Documents is the number of documents.
func (p *Posterior) Documents() int { return len(p.offsets) - 1 }

// Greedy is the label with the best score of every token by itself, as it stands
// before a CRF.
func (p *Posterior) Greedy() []int32 {
	best := p.mem.I32(p.scores.Rows)
	p.be.Argmax(best, p.scores)
	labels := make([]int32, p.scores.Rows)
	p.be.GetI32(labels, best)
	return labels
}

// Path is the label of every token: the best path by Viterbi or, without a CRF,
// the best score.
func (p *Posterior) Path() []int32 {
	if p.crf == nil {
		return p.Greedy()
	}
	best := p.mem.I32(p.scores.Rows)
	p.be.Viterbi(best, p.mem.F64(len(p.offsets)-1), p.scores, *p.crf, p.offsets)
	path := make([]int32, p.scores.Rows)
	p.be.GetI32(path, best)
	return path
}

// Marginals is P(y_t = c) of every token t, [N*C].
func (p *Posterior) Marginals() []float32 {
	out := make([]float32, p.scores.Rows*p.scores.Cols)
	if p.crf == nil {
		p.be.GetF32(out, p.logSoftmax().Data)
		exp(out)
		return out
	}
	m := p.mem.Mat(p.scores.Rows, p.scores.Cols)
	p.be.CRFMarginals(m, p.mem.F64(len(p.offsets)-1), p.scores, *p.crf, p.offsets)
	p.be.GetF32(out, m.Data)
	return out
}

// NLL is the negative log-likelihood of each document's labels [N] under the
// CRF: 0 where all are kernels.Ignore, +Inf where it forbids them. It is nil
// without a CRF.
func (p *Posterior) NLL(labels []int32) []float64 {
	if p.crf == nil {
		return nil
	}
	targets, nll := p.mem.I32(p.scores.Rows), p.mem.F64(p.Documents())
	p.be.PutI32(targets, labels)
	p.be.CRFNLL(nll, p.scores, *p.crf, targets, p.offsets)
	out := make([]float64, nll.Len)
	p.be.GetF64(out, nll)
	return out
}

// Query asks for the probability that the tokens From to From+len(Labels) of
// document Doc of the batch have Labels, whatever the others have.
type Query struct {
	Doc, From int
	Labels    []int32 // of consecutive tokens
}

// LogProbs is the natural logarithm of the probability of each query: under the
// CRF exactly, whatever the other tokens have; -Inf for what the CRF forbids.
func (p *Posterior) LogProbs(queries []Query) []float64 {
	for i, q := range queries {
		if n := p.offsets[q.Doc+1] - p.offsets[q.Doc]; q.From < 0 || len(q.Labels) == 0 || q.From+len(q.Labels) > int(n) {
			panic(fmt.Sprintf("posterior: LogProbs: query %d: tokens %d to %d of %d", i, q.From, q.From+len(q.Labels), n))
		}
	}
	if p.crf == nil {
		return p.independent(queries)
	}
	c := p.scores.Cols
	trans, start, end := make([]float32, c*c), make([]float32, c), make([]float32, c)
	p.be.GetF32(trans, p.crf.Trans.Data)
	p.be.GetF32(start, p.crf.Start)
	p.be.GetF32(end, p.crf.End)
	g := newGraph(trans, start, end)
	chains, tried := make([]*chain, p.Documents()), make([]bool, p.Documents())
	out := make([]float64, len(queries))
	var hard []int // queries that float64 in the exp domain cannot answer
	for i, q := range queries {
		if !tried[q.Doc] {
			tried[q.Doc] = true
			scores := make([]float32, int(p.offsets[q.Doc+1]-p.offsets[q.Doc])*c)
			p.be.GetF32(scores, p.scores.RowRange(int(p.offsets[q.Doc]), int(p.offsets[q.Doc+1])).Data)
			if k, ok := newChain(g, scores); ok {
				chains[q.Doc] = k
			}
		}
		if chains[q.Doc] == nil {
			hard = append(hard, i)
			continue
		}
		out[i] = chains[q.Doc].logProb(q.From, q.Labels)
	}
	for _, i := range hard {
		out[i] = p.restricted(queries[i])
	}
	return out
}

// restricted asks the CRF of the backend, which has a log domain: log Z
// restricted to the labels less log Z.
func (p *Posterior) restricted(q Query) float64 {
	from, to := int(p.offsets[q.Doc]), int(p.offsets[q.Doc+1])
	labels := make([]int32, to-from)
	for t := range labels {
		labels[t] = kernels.Ignore
	}
	copy(labels[q.From:], q.Labels)
	lab, nll := p.mem.I32(to-from), p.mem.F64(1)
	p.be.PutI32(lab, labels)
	p.be.CRFNLL(nll, p.scores.RowRange(from, to), *p.crf, lab, []int32{0, int32(to - from)})
	out := make([]float64, 1)
	p.be.GetF64(out, nll)
	return -out[0]
}

// independent sums the log softmax of the labels.
func (p *Posterior) independent(queries []Query) []float64 {
	logp := make([]float32, p.scores.Rows*p.scores.Cols)
	p.be.GetF32(logp, p.logSoftmax().Data)
	out := make([]float64, len(queries))
	for i, q := range queries {
		at := int(p.offsets[q.Doc]) + q.From
		for k, y := range q.Labels {
			out[i] += float64(logp[(at+k)*p.scores.Cols+int(y)])
		}
	}
	return out
}

func (p *Posterior) logSoftmax() kernels.Mat {
	if p.logp.Rows == 0 {
		one := p.mem.I32(p.scores.Cols)
		p.be.PutI32(one, make([]int32, p.scores.Cols))
		p.logp = p.mem.Mat(p.scores.Rows, p.scores.Cols)
		p.be.GroupLogSoftmax(p.logp, p.scores, one, 1)
	}
	return p.logp
}

// exp replaces every value by its exponential.
func exp(values []float32) {
	for i, v := range values {
		values[i] = float32(math.Exp(float64(v)))
	}
}
