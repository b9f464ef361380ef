//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import (
	"slices"

	"github.com/invoicelab/invoicelab/kernels"
)

// crfMemory is what the CRF works in, kept from call to call. N tokens and C labels; stride is
// C rounded up to whole vectors, rows in the order of positions (see c_chain.h).
type crfMemory struct {
	chain  cchain
	logZ   []float64
	gold   []float64 // emission scores of known labels
	fine   []int32   // a document each, 0 for one to redo in the log domain
	ends   []float32 // [documents, 2, C]
	sums   []float32 // [groups, C, dense]
	pairs  []float32 // [groups] of chain.pairs
	spare  []float32 // [N, C], gradients of documents that may have to be redone
	counts []int32   // [C, C]
	best   []float32 // of Viterbi
	redone int       // documents, since the backend was made

	known knownMemory
}

// groupRun is one run of crf_group over documents of a batch.
type groupRun struct {
	mode   C.int
	emit   kernels.Mat
	labels []int32 // none: marginals instead of a gradient
	out    []float32
	factor float32
	sums   bool // take sums over steps as well; ends too
}

// groups runs docs and returns how many groups there were. Sums of the groups go behind those
// of the before groups that there are.
func (n *native) groups(r groupRun, docs, offsets []int32, before int) int {
	m := &n.crf
	ch, groups := &m.chain, fixedTeams(docs, offsets)
	size, pairs := int(ch.shape.c*ch.shape.dense), ch.pairs()
	if r.sums {
		m.sums = slices.Grow(m.sums[:before*size], len(groups)*size)[:(before+len(groups))*size]
		m.pairs = slices.Grow(m.pairs[:before*pairs], len(groups)*pairs)[:(before+len(groups))*pairs]
	}
	cost := ch.stepCost()
	if r.mode != C.CRF_FORWARD {
		cost *= 3
	}
	n.runGroups(groups, n.worthThreads(docs, offsets, cost), func(worker, i int) {
		var sums, pair, ends []float32
		if r.sums {
			sums, pair, ends = m.sums[(before+i)*size:], m.pairs[(before+i)*pairs:], m.ends
		}
		var tokens int32
		for _, b := range groups[i] {
			tokens += offsets[b+1] - offsets[b]
		}
		count := C.long(len(groups[i]))
		work := n.worker(worker, int(C.k_crf_group_work(n.k, &ch.shape, count, C.long(tokens), r.mode)))
		C.k_crf_group(n.k, &ch.shape, float(ch.forward), float(ch.backward), float(ch.coef), float(ch.start), float(ch.end), float(ch.least),
			int32s(ch.perm), int32s(ch.runs), float(r.emit.Data.Host), int32s(r.labels), int32s(offsets), int32s(groups[i]), count, r.mode,
			C.float(r.factor), float(r.out), double(m.logZ), double(m.gold), int32s(m.fine), float(ends), float(sums), float(pair), float(work))
	})
	return len(groups)
}

// begin prepares the chain and memory for all documents.
func (m *crfMemory) begin(n *native, w kernels.CRFWeights, all int) {
	m.chain.exp(n.k, w)
	m.logZ, m.gold, m.fine = grown(m.logZ, all), grown(m.gold, all), grown(m.fine, all)
}

// writeNLL writes nll of docs. gold is their score but for the emissions of those with all labels
// known.
func (m *crfMemory) writeNLL(nll kernels.F64, gold []float64, unknown []bool, docs []int32) {
	for _, b := range docs {
		score := gold[b]
		if !unknown[b] {
			score += m.gold[b]
		}
		nll.Host[b] = m.logZ[b] - score
	}
}

// byFine parts docs into those that are fine and the others.
func (m *crfMemory) byFine(docs []int32) (fine, others []int32) {
	for _, b := range docs {
		if m.fine[b] != 0 {
			fine = append(fine, b)
		} else {
			others = append(others, b)
		}
	}
	return fine, others
}

func (n *native) CRFMarginals(p kernels.Mat, logZ kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	all := kernels.CheckCRF("CRFMarginals", emit, w, offsets)
	kernels.NeedMat("CRFMarginals", "p", p, emit.Rows, emit.Cols)
	kernels.NeedLen("CRFMarginals", "logZ", logZ.Len, all)
	m := &n.crf
	m.begin(n, w, all)
	var docs []int32 // documents with a token
	for b := range all {
		logZ.Host[b] = 0
		if offsets[b] < offsets[b+1] {
			docs = append(docs, int32(b))
		}
	}
	n.groups(groupRun{mode: C.CRF_GUARDED, emit: emit, out: p.Data.Host}, docs, offsets, 0)
	for _, b := range docs {
		logZ.Host[b] = m.logZ[b]
		if m.fine[b] == 0 {
			m.redone++
			lo, hi := int(offsets[b]), int(offsets[b+1])
			n.ref.CRFMarginals(p.RowRange(lo, hi), logZ.Slice(int(b), int(b)+1), emit.RowRange(lo, hi), w, []int32{0, int32(hi - lo)})
		}
	}
}

func (n *native) CRFNLL(nll kernels.F64, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32) {
	all := kernels.CheckCRF("CRFNLL", emit, w, offsets)
	kernels.CheckCRFNLL("CRFNLL", nll, emit, labels, all)
	m := &n.crf
	m.begin(n, w, all)
	gold, unknown := n.goldScores(w, labels.Host, offsets)
	docs, partly := sortOut(nll, gold, unknown, offsets)
	n.knownInPart(gold, emit, w, labels.Host, partly, offsets)
	docs, redo := m.known.without(docs)
	run := groupRun{mode: C.CRF_FORWARD, emit: emit, labels: labels.Host}
	n.groups(run, docs, offsets, 0)
	fine, unsure := m.byFine(docs)
	run.mode = C.CRF_GUARDED
	n.groups(run, unsure, offsets, 0)
	passed, refused := m.byFine(unsure)
	m.writeNLL(nll, gold, unknown, append(fine, passed...))
	for _, b := range append(redo, refused...) {
		m.redone++
		lo, hi := int(offsets[b]), int(offsets[b+1])
		n.ref.CRFNLL(nll.Slice(int(b), int(b)+1), emit.RowRange(lo, hi), w, labels.Slice(lo, hi), []int32{0, int32(hi - lo)})
	}
}

func (n *native) CRF(nll kernels.F64, dEmit kernels.Mat, g kernels.CRFGrad, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32, scale float32) {
	all := kernels.CheckCRF("CRF", emit, w, offsets)
	kernels.CheckCRFGrad(nll, dEmit, g, emit, labels, all)
	m := &n.crf
	m.begin(n, w, all)
	m.ends = grown(m.ends, 2*all*emit.Cols)
	gold, unknown := n.goldScores(w, labels.Host, offsets)
	docs, partly := sortOut(nll, gold, unknown, offsets)
	n.knownInPart(gold, emit, w, labels.Host, partly, offsets)
	docs, redo := m.known.without(docs)

	// What the forward pass is sure of goes straight to the gradient.
	run := groupRun{mode: C.CRF_SURE, emit: emit, labels: labels.Host, out: dEmit.Data.Host, factor: scale, sums: true}
	groups := n.groups(run, docs, offsets, 0)
	fine, unsure := m.byFine(docs)
	// The backward pass of the others may find that they must be redone, after it has added
	// to all sums: then it is repeated without those.
	run.mode = C.CRF_GUARDED
	for len(unsure) > 0 {
		m.spare = grown(m.spare, len(dEmit.Data.Host))
		run.out = m.spare
		for _, b := range unsure {
			clear(m.spare[int(offsets[b])*emit.Cols : int(offsets[b+1])*emit.Cols])
		}
		more := n.groups(run, unsure, offsets, groups)
		passed, refused := m.byFine(unsure)
		redo, unsure = append(redo, refused...), passed
		if len(refused) > 0 {
			continue
		}
		groups += more
		for _, b := range passed {
			lo, hi := int(offsets[b])*emit.Cols, int(offsets[b+1])*emit.Cols
			C.k_axpy(n.k, floatAt(dEmit.Data.Host, lo), 1, floatAt(m.spare, lo), C.long(hi-lo))
		}
		fine, unsure = append(fine, passed...), nil
	}
	slices.Sort(fine)
	m.writeNLL(nll, gold, unknown, fine)
	known := n.addKnown(dEmit, scale, redo, offsets)
	n.addEnds(g, scale, labels.Host, fine, offsets)
	n.addTransitions(g.Trans.Data.Host, scale, groups, known, labels.Host, fine, offsets)
	slices.Sort(redo)
	for _, b := range redo {
		lo, hi := int(offsets[b]), int(offsets[b+1])
		n.ref.CRF(nll.Slice(int(b), int(b)+1), dEmit.RowRange(lo, hi), g, emit.RowRange(lo, hi), w, labels.Slice(lo, hi),
			[]int32{0, int32(hi - lo)}, scale)
	}
	m.redone += len(redo)
}

func (n *native) CRFFallbacks() int { return n.crf.redone }

// addEnds adds scale times the difference of marginals and labels of first and last tokens
// to the gradients of start and end.
func (n *native) addEnds(g kernels.CRFGrad, scale float32, labels, docs, offsets []int32) {
	m := &n.crf
	c := int(m.chain.shape.c)
	for side, to := range [][]float32{g.Start.Host, g.End.Host} {
		sum := make([]float64, c)
		for _, b := range docs {
			at := offsets[b]
			if side == 1 {
				at = offsets[b+1] - 1
			}
			addScaled(sum, 1, m.ends[(2*int(b)+side)*c:][:c])
			if y := labels[at]; y >= 0 {
				sum[y]--
			}
			if rows := m.known.rows(b, c, offsets); rows != nil {
				addScaled(sum, 1, rows[int(at-offsets[b])*c:][:c])
			}
		}
		addFactor(to, float64(scale), sum)
	}
}

// addTransitions adds scale times the difference of expected and known steps to
// dTrans. groups is those that have sums, known the rows of left and right.
func (n *native) addTransitions(dTrans []float32, scale float32, groups, known int, labels []int32, docs, offsets []int32) {
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
	totals := make([]float64, ch.pairs())
	for i := range groups {
		addScaled(totals, 1, m.pairs[i*len(totals):(i+1)*len(totals)])
	}
	if known > 0 {
		m.sums = slices.Grow(m.sums[:groups*c*dense], c*dense)[:(groups+1)*c*dense]
		n.gemmT(m.sums[groups*c*dense:], m.known.left, stride, m.known.right, stride, c, dense, known, false)
		groups++
		m.known.addPairs(totals, docs)
	}
	n.pool.split(c, 1, float64(dense), func(_, lo, hi int) {
		C.k_add_transitions(n.k, float(dTrans), C.float(scale), &ch.shape, float(ch.matrix), float(m.sums), C.long(groups), int32s(m.counts),
			int32s(ch.perm), C.long(lo), C.long(hi))
	})
	columns := c - dense
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
