//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import (
	"math"

	"github.com/invoicelab/invoicelab/kernels"
)

// crfMemory is what CRF and CRFMarginals work in, kept from call to call. N tokens
// and C labels; stride is C rounded up to whole vectors, rows in the order of
// positions (see c_chain.h).
type crfMemory struct {
	chain    cchain
	alpha, x []float32 // [N, stride]
	scale    []float32 // [N]
	marginal []float32 // [N, C]
	pairs    []float32 // a document each
	logZ     []float64
	fine     []int32
	redone   int // documents, since the backend was made

	left, right []float32 // the steps of documents known in part
	sums        []float32 // [C, dense]
	counts      []int32   // [C, C]
}

// drop takes document b, tokens [lo, hi), out of the sums over steps.
func (m *crfMemory) drop(b, lo, hi int) {
	stride, pairs := int(m.chain.shape.stride), m.chain.pairs()
	clear(m.alpha[lo*stride : hi*stride])
	clear(m.x[lo*stride : hi*stride])
	clear(m.pairs[b*pairs : (b+1)*pairs])
}

// forwardBackward runs docs and writes their marginals, log Z and fine.
func (n *native) forwardBackward(marginal []float32, logZ []float64, emit kernels.Mat, docs, offsets []int32) {
	m, all := &n.crf, len(offsets)-1
	ch, stride := &m.chain, int(m.chain.shape.stride)
	m.alpha, m.x, m.scale = grown(m.alpha, emit.Rows*stride), grown(m.x, emit.Rows*stride), grown(m.scale, emit.Rows)
	m.pairs, m.fine = grown(m.pairs, all*ch.pairs()), grown(m.fine, all)
	clear(m.pairs)
	n.team(docs, offsets, 2*ch.stepCost(), func(worker int, group []int32) {
		count := C.long(len(group))
		work := n.worker(worker, int(C.k_crf_group_work(n.k, &ch.shape, count)))
		C.k_crf_group(n.k, &ch.shape, float(ch.forward), float(ch.backward), float(ch.coef), float(ch.start), float(ch.end),
			int32s(ch.perm), int32s(ch.runs), float(emit.Data.Host), int32s(offsets), int32s(group), count,
			float(m.alpha), float(m.x), float(marginal), float(m.scale), double(logZ), int32s(m.fine), float(m.pairs), float(work))
	})
}

func (n *native) CRFMarginals(p kernels.Mat, logZ kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	docs := kernels.CheckCRF("CRFMarginals", emit, w, offsets)
	kernels.NeedMat("CRFMarginals", "p", p, emit.Rows, emit.Cols)
	kernels.NeedLen("CRFMarginals", "logZ", logZ.Len, docs)
	n.crf.chain.exp(n.k, n.panel, w)
	var some []int32 // documents with a token
	for b := range docs {
		if offsets[b] == offsets[b+1] {
			logZ.Host[b] = 0
			continue
		}
		some = append(some, int32(b))
	}
	n.forwardBackward(p.Data.Host, logZ.Host, emit, some, offsets)
	for _, b := range some {
		if n.crf.fine[b] == 0 {
			n.crf.redone++
			lo, hi := int(offsets[b]), int(offsets[b+1])
			n.ref.CRFMarginals(p.RowRange(lo, hi), logZ.Slice(int(b), int(b)+1), emit.RowRange(lo, hi), w, []int32{0, int32(hi - lo)})
		}
	}
}

func (n *native) CRF(nll kernels.F64, dEmit kernels.Mat, g kernels.CRFGrad, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32, scale float32) {
	all := kernels.CheckCRF("CRF", emit, w, offsets)
	kernels.CheckCRFGrad(nll, dEmit, g, emit, labels, all)
	m := &n.crf
	m.chain.exp(n.k, n.panel, w)
	m.marginal, m.logZ = grown(m.marginal, emit.Rows*emit.Cols), grown(m.logZ, all)

	gold, unknown := n.goldScores(emit, w, labels.Host, offsets)
	docs, partly, broken := sortOut(nll, gold, unknown, offsets)
	n.forwardBackward(m.marginal, m.logZ, emit, docs, offsets)
	for _, b := range broken {
		m.drop(int(b), int(offsets[b]), int(offsets[b+1]))
	}
	known := n.knownInPart(gold, emit, w, labels.Host, partly, offsets)

	var fine, redo []int32
	for _, b := range docs {
		if m.fine[b] == 0 {
			redo = append(redo, b)
			continue
		}
		fine = append(fine, b)
		nll.Host[b] = m.logZ[b] - gold[b]
	}
	n.addEmissions(dEmit, g, scale, labels.Host, unknown, fine, offsets)
	n.addTransitions(g.Trans.Data.Host, scale, emit.Rows, known, labels.Host, fine, offsets)
	for _, b := range redo {
		lo, hi := int(offsets[b]), int(offsets[b+1])
		n.ref.CRF(nll.Slice(int(b), int(b)+1), dEmit.RowRange(lo, hi), g, emit.RowRange(lo, hi), w, labels.Slice(lo, hi),
			[]int32{0, int32(hi - lo)}, scale)
	}
	m.redone += len(redo)
}

func (n *native) CRFNLL(nll kernels.F64, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32) {
	all := kernels.CheckCRF("CRFNLL", emit, w, offsets)
	kernels.CheckCRFNLL("CRFNLL", nll, emit, labels, all)
	m := &n.crf
	m.chain.exp(n.k, n.panel, w)
	m.marginal, m.logZ = grown(m.marginal, emit.Rows*emit.Cols), grown(m.logZ, all)
	gold, unknown := n.goldScores(emit, w, labels.Host, offsets)
	docs, partly, _ := sortOut(nll, gold, unknown, offsets)
	n.forwardBackward(m.marginal, m.logZ, emit, docs, offsets)
	n.knownInPart(gold, emit, w, labels.Host, partly, offsets)
	for _, b := range docs {
		if m.fine[b] != 0 {
			nll.Host[b] = m.logZ[b] - gold[b]
			continue
		}
		m.redone++
		lo, hi := int(offsets[b]), int(offsets[b+1])
		n.ref.CRFNLL(nll.Slice(int(b), int(b)+1), emit.RowRange(lo, hi), w, labels.Slice(lo, hi), []int32{0, int32(hi - lo)})
	}
}

func (n *native) CRFFallbacks() int { return n.crf.redone }

// goldScores are the scores of documents with all labels known, -Inf where there is no
// legal path between those known; and whether a label is unknown.
func (n *native) goldScores(emit kernels.Mat, w kernels.CRFWeights, labels, offsets []int32) (gold []float64, unknown []bool) {
	all := len(offsets) - 1
	gold, unknown = make([]float64, all), make([]bool, all)
	n.pool.split(all, 1, 10*float64(emit.Rows/max(all, 1)), func(_, lo, hi int) {
		for b := lo; b < hi; b++ {
			gold[b], unknown[b] = goldScore(emit, w, labels, int(offsets[b]), int(offsets[b+1]))
		}
	})
	return gold, unknown
}

// sortOut writes the nll of empty documents and of those without a legal path (broken),
// and lists the others (docs), and those of them with unknown labels (partly).
func sortOut(nll kernels.F64, gold []float64, unknown []bool, offsets []int32) (docs, partly, broken []int32) {
	for b := range gold {
		switch {
		case offsets[b] == offsets[b+1]:
			nll.Host[b] = 0
			continue
		case math.IsInf(gold[b], -1):
			nll.Host[b] = math.Inf(1)
			broken = append(broken, int32(b))
			continue
		case unknown[b]:
			partly = append(partly, int32(b))
		}
		docs = append(docs, int32(b))
	}
	return docs, partly, broken
}

// goldScore is the score of the labels of tokens [lo, hi) where all are known, -Inf
// where two known neighbours, or an end, make a forbidden path.
func goldScore(emit kernels.Mat, w kernels.CRFWeights, labels []int32, lo, hi int) (score float64, unknown bool) {
	c := emit.Cols
	add := func(v float32) {
		if v <= forbid {
			score = math.Inf(-1)
		}
		score += float64(v)
	}
	for t := lo; t < hi; t++ {
		y := labels[t]
		if y == kernels.Ignore {
			unknown = true
			continue
		}
		score += float64(emit.Data.Host[t*c+int(y)])
		switch {
		case t == lo:
			add(w.Start.Host[y])
		case labels[t-1] != kernels.Ignore:
			add(w.Trans.Data.Host[int(labels[t-1])*c+int(y)])
		}
		if t == hi-1 {
			add(w.End.Host[y])
		}
	}
	return score, unknown
}

// knownInPart runs the documents that have unknown labels, restricted to the
// known ones: it writes gold, takes off the marginals and pairs, fills left and right
// with the other steps, and returns how many those are. A document that must be
// redone loses its fine.
func (n *native) knownInPart(gold []float64, emit kernels.Mat, w kernels.CRFWeights, labels []int32, docs, offsets []int32) (steps int) {
	if len(docs) == 0 {
		return 0
	}
	m, c := &n.crf, emit.Cols
	ch, stride := &m.chain, int(m.chain.shape.stride)
	at := make([]int, len(docs)+1) // first step of each
	positions := make([]int32, len(labels))
	for i, b := range docs {
		for t := offsets[b]; t < offsets[b+1]; t++ {
			positions[t] = -1
			if labels[t] != kernels.Ignore {
				positions[t] = ch.position[labels[t]]
			}
			if t > offsets[b] && (positions[t] < 0 || positions[t-1] < 0) {
				steps++
			}
		}
		at[i+1] = steps
	}
	m.left, m.right = grown(m.left, steps*stride), grown(m.right, steps*stride)
	pairs := ch.pairs()
	n.pool.run(len(docs), func(worker, i int) {
		b := int(docs[i])
		lo, hi := int(offsets[b]), int(offsets[b+1])
		work := n.worker(worker, int(C.k_crf_known_work(n.k, &ch.shape, C.long(hi-lo))))
		left, right := m.left[at[i]*stride:at[i+1]*stride], m.right[at[i]*stride:at[i+1]*stride]
		if m.fine[b] != 0 {
			m.fine[b] = int32(C.k_crf_known(n.k, &ch.shape, float(ch.matrix), float(ch.forward), float(ch.backward), float(ch.coef), float(ch.start), float(ch.end),
				int32s(ch.perm), int32s(ch.runs), floatAt(emit.Data.Host, lo*c), int32s(positions[lo:]), C.long(hi-lo), float(w.Trans.Data.Host),
				floatAt(m.marginal, lo*c), float(left), float(right), floatAt(m.pairs, b*pairs), double(gold[b:]), float(work)))
		}
		if m.fine[b] == 0 { // nothing of it may count
			clear(left)
			clear(right)
			m.drop(b, lo, hi)
		}
	})
	return steps
}

// addEmissions adds scale times the difference of marginals and labels to the
// gradients of the emissions and of the ends. Of documents with unknown labels
// knownInPart took it already.
func (n *native) addEmissions(dEmit kernels.Mat, g kernels.CRFGrad, scale float32, labels []int32, unknown []bool, docs, offsets []int32) {
	c, marginal := dEmit.Cols, n.crf.marginal
	n.pool.split(len(docs), 1, nsElement*float64(dEmit.Data.Len/max(len(docs), 1)), func(_, lo, hi int) {
		for _, b := range docs[lo:hi] {
			i, j := int(offsets[b]), int(offsets[b+1])
			if !unknown[b] {
				for t, y := range labels[i:j] {
					marginal[(i+t)*c+int(y)]--
				}
			}
			C.k_axpy(n.k, floatAt(dEmit.Data.Host, i*c), C.float(scale), floatAt(marginal, i*c), C.long((j-i)*c))
		}
	})
	first, last := make([]float64, c), make([]float64, c)
	for _, b := range docs {
		addScaled(first, 1, marginal[int(offsets[b])*c:(int(offsets[b])+1)*c])
		addScaled(last, 1, marginal[(int(offsets[b+1])-1)*c:int(offsets[b+1])*c])
	}
	addFactor(g.Start.Host, float64(scale), first)
	addFactor(g.End.Host, float64(scale), last)
}

// addTransitions adds scale times the difference of expected and known steps to
// dTrans. known is the rows of left and right.
func (n *native) addTransitions(dTrans []float32, scale float32, tokens, known int, labels []int32, docs, offsets []int32) {
	if len(docs) == 0 {
		return
	}
	m := &n.crf
	ch, c, dense, stride := &m.chain, int(m.chain.shape.c), int(m.chain.shape.dense), int(m.chain.shape.stride)
	m.counts = grown(m.counts, c*c)
	clear(m.counts)
	for _, b := range docs {
		for t := offsets[b] + 1; t < offsets[b+1]; t++ {
			if labels[t] != kernels.Ignore && labels[t-1] != kernels.Ignore {
				m.counts[int(labels[t-1])*c+int(labels[t])]++
			}
		}
	}
	m.sums = grown(m.sums, c*dense)
	n.gemmT(m.sums, m.alpha, stride, m.x[min(stride, len(m.x)):], stride, c, dense, tokens-1, false)
	if known > 0 {
		n.gemmT(m.sums, m.left, stride, m.right, stride, c, dense, known, true)
	}
	n.pool.split(c, 1, float64(dense), func(_, lo, hi int) {
		C.k_add_transitions(n.k, float(dTrans), C.float(scale), &ch.shape, float(ch.matrix), float(m.sums), int32s(m.counts), int32s(ch.perm),
			C.long(lo), C.long(hi))
	})
	columns, size := c-dense, ch.pairs()
	totals := make([]float64, size)
	for _, b := range docs {
		addScaled(totals, 1, m.pairs[int(b)*size:(int(b)+1)*size])
	}
	for r := range int(ch.shape.runs) {
		run := ch.runs[r*runInts : (r+1)*runInts]
		for k, from := range run[runFirst : runFirst+run[2]] {
			for l := range int(run[1]) {
				at := k*columns + int(run[0]) + l
				i := int(ch.perm[int(from)+l])*c + int(ch.perm[dense+int(run[0])+l])
				expected := float64(ch.coef[at]) * totals[at]
				dTrans[i] = float32(float64(dTrans[i]) + float64(scale)*(expected-float64(m.counts[i])))
			}
		}
	}
}
