//go:build cuda

package cuda

import (
	"fmt"
	"unsafe"

	"github.com/invoicelab/invoicelab/kernels"
)

// chains lists the kernels that hold E in registers, by the labels that they take.
var chains = []struct{ labels, rows int }{{32, 4}, {64, 8}, {128, 16}, {176, 22}, {200, 25}}

const wideThreads = 512 // of crf_chain_wide

// crf is the memory of one CRF over n tokens and c labels; paths is 2 where the paths
// that agree with labels are run besides all of them.
type crf struct {
	docs, n, c, paths             int
	offsets                       kernels.I32
	tops, next, prev, first, last kernels.F32
	e, topOf                      kernels.F32
	alpha, beta, scale            kernels.F32
	refused, lost, states         kernels.I32
	redo, count                   kernels.I32 // documents to redo in the log domain, and how many
	kinds, anyPartly              kernels.I32 // where there are labels
	labels                        kernels.I32
	gold                          kernels.F64
}

// putOffsets copies the offsets of documents to the device.
func (b *backend) putOffsets(offsets []int32) kernels.I32 {
	on := b.tempI32(len(offsets))
	b.upload(on.Dev, unsafe.Pointer(&offsets[0]), 4*len(offsets))
	return on
}

// forwardBackward runs both sides of all documents.
// Labels are those of operation code; paths is 1 where there are none.
func (b *backend) forwardBackward(emit kernels.Mat, w kernels.CRFWeights, offsets []int32, labels kernels.I32, paths, code int) *crf {
	n, c, docs := emit.Rows, emit.Cols, len(offsets)-1
	k := &crf{docs: docs, n: n, c: c, paths: paths, offsets: b.putOffsets(offsets), labels: labels,
		tops: b.tempF32(3), next: b.tempF32(c * c), prev: b.tempF32(c * c), first: b.tempF32(c), last: b.tempF32(c),
		e: b.tempF32(n * c), topOf: b.tempF32(n),
		alpha: b.tempF32(paths * n * c), beta: b.tempF32(paths * n * c), scale: b.tempF32(paths * n),
		refused: b.tempI32(2 * paths * docs), lost: b.tempI32(n), states: b.tempI32(docs), redo: b.tempI32(docs), count: b.tempI32(1)}
	b.run("crf_tops", 1, 1024, at(k.tops), at(w.Trans.Data), at(w.Start), at(w.End), integer(c))
	b.run("crf_exps", blocks(c*c), threads, at(k.next), at(k.prev), at(k.first), at(k.last), at(w.Trans.Data), at(w.Start), at(w.End), at(k.tops), integer(c))
	b.run("crf_rows", warps(n), threads, at(k.e), at(k.topOf), at(emit.Data), integer(n), integer(c))
	if paths == 2 {
		k.kinds, k.anyPartly, k.gold = b.tempI32(docs), b.tempI32(1), b.tempF64(docs)
		word, op := b.complaint(code)
		b.run("crf_gold", warps(docs), threads, at(k.kinds), at(k.gold), at(emit.Data), at(w.Trans.Data), at(w.Start), at(w.End), at(labels),
			at(k.offsets), integer(docs), integer(c), word, op)
		b.run("crf_any_partly", 1, threads, at(k.anyPartly), at(k.kinds), integer(docs))
	}
	sides := []arg{at(k.e), at(k.next), at(k.prev), at(k.first), at(k.last), at(k.kinds), at(labels), at(k.offsets), integer(n), integer(c)}
	out := []arg{at(k.alpha), at(k.beta), at(k.scale), at(k.refused)}
	for _, chain := range chains {
		if c <= chain.labels {
			groups := ((c+3)/4 + 3) / 4 * 4 // eight lanes for four columns, whole warps
			b.run2(fmt.Sprintf("crf_chain_%d", chain.rows), docs, 2*paths, 8*groups, append(out, sides...)...)
			return k
		}
	}
	work := b.tempF32(2 * paths * docs * 2 * c)
	b.run2("crf_chain_wide", docs, 2*paths, wideThreads, append(append(out, at(work)), sides...)...)
	return k
}

// settle decides which documents float32 could hold, writes log Z or nll of those,
// lists the others and adds their number to the status.
func (b *backend) settle(k *crf, nll, z kernels.F64, emit kernels.Mat) {
	b.run("crf_settle", k.docs, threads, at(k.states), at(nll), at(z), at(k.lost), at(k.alpha), at(k.scale), at(k.topOf), at(k.tops), at(k.last),
		at(emit.Data), at(k.kinds), at(k.gold), at(k.labels), at(k.offsets), integer(k.n), integer(k.c))
	b.run("crf_list", 1, threads, at(k.redo), at(k.count), address(b.status+statusRedone*8), at(k.states), integer(k.docs))
}

// exact is the memory of the log domain.
type exact struct{ alpha, beta, z kernels.F64 }

// redone runs the listed documents in the log domain. How many they are is known to the device alone: there
// is a block for every document of the batch, and those beyond the list return at once.
func (b *backend) redone(k *crf, emit kernels.Mat, w kernels.CRFWeights) exact {
	x := exact{b.tempF64(k.paths * k.n * k.c), b.tempF64(k.paths * k.n * k.c), b.tempF64(k.paths * k.docs)}
	b.run2("crf_exact_chain", k.docs, k.paths, threads, at(x.alpha), at(x.beta), at(x.z), at(k.redo), at(k.count), at(emit.Data), at(w.Trans.Data), at(w.Start),
		at(w.End), at(k.labels), at(k.offsets), integer(k.docs), integer(k.n), integer(k.c))
	return x
}

func (b *backend) CRF(nll kernels.F64, dEmit kernels.Mat, g kernels.CRFGrad, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32, scale float32) {
	docs := kernels.CheckCRF("CRF", emit, w, offsets)
	kernels.CheckCRFGrad(nll, dEmit, g, emit, labels, docs)
	n, c := emit.Rows, emit.Cols
	b.begin("CRF", docs, n, c)
	if docs == 0 {
		return
	}
	k := b.forwardBackward(emit, w, offsets, labels, 2, codeCRF)
	gamma, x, from := b.tempF32(n*c), b.tempF32(2*n*c), b.tempI32(n)
	b.run("crf_combine", warps(n), threads, at(gamma), at(x), at(k.lost), at(k.alpha), at(k.beta), at(k.scale), at(k.refused), at(k.e), at(k.kinds),
		at(labels), at(k.anyPartly), at(k.offsets), integer(docs), integer(n), integer(c))
	b.settle(k, nll, kernels.F64{}, emit)
	b.run("crf_emissions", warps(n), threads, at(dEmit.Data), at(from), at(gamma), at(k.alpha), at(x), at(k.states), at(k.kinds), at(labels),
		at(k.anyPartly), at(k.offsets), integer(docs), integer(n), integer(c), float(scale))

	// The steps: alpha of a token against x of the one after it.
	steps, counts := b.tempF32(c*c), b.tempI32(c*c)
	if n == 0 {
		return
	}
	row := uintptr(4 * c)
	b.multiply(product{c: steps.Dev, a: k.alpha.Dev, b: x.Dev + row, m: c, n: c, k: n - 1, ta: true, mode: store})
	known := uintptr(4 * n * c)
	b.multiply(product{c: steps.Dev, a: k.alpha.Dev + known, b: x.Dev + known + row, m: c, n: c, k: n - 1, ta: true, mode: add, enable: k.anyPartly.Dev})
	b.run("crf_known_steps", c, threads, at(counts), at(from), at(labels), integer(n), integer(c))
	b.run("crf_transitions", blocks(c*c), threads, at(g.Trans.Data), at(k.next), at(steps), at(counts), integer(c), float(scale))

	e := b.redone(k, emit, w)
	b.run("crf_exact_emissions", docs, threads, at(dEmit.Data), at(gamma), at(nll), at(e.alpha), at(e.beta), at(e.z), at(k.redo), at(k.count),
		at(k.offsets), integer(docs), integer(n), integer(c), float(scale))
	b.run("crf_exact_transitions", c, threads, at(g.Trans.Data), at(e.alpha), at(e.beta), at(e.z), at(k.redo), at(k.count), at(emit.Data),
		at(w.Trans.Data), at(labels), at(k.offsets), integer(docs), integer(n), integer(c), float(scale))
	b.run("crf_ends", columns(c), threads, at(g.Start), at(g.End), at(gamma), at(k.offsets), integer(docs), integer(c), float(scale))
}

// CRFNLL runs both sides as CRF does: they go at the same time, and the backward one
// proves what float32 held.
func (b *backend) CRFNLL(nll kernels.F64, emit kernels.Mat, w kernels.CRFWeights, labels kernels.I32, offsets []int32) {
	const op = "CRFNLL"
	docs := kernels.CheckCRF(op, emit, w, offsets)
	kernels.CheckCRFNLL(op, nll, emit, labels, docs)
	n, c := emit.Rows, emit.Cols
	b.begin(op, docs, n, c)
	if docs == 0 {
		return
	}
	k := b.forwardBackward(emit, w, offsets, labels, 2, codeCRFNLL)
	gamma, x := b.tempF32(n*c), b.tempF32(2*n*c)
	b.run("crf_combine", warps(n), threads, at(gamma), at(x), at(k.lost), at(k.alpha), at(k.beta), at(k.scale), at(k.refused), at(k.e), at(k.kinds),
		at(labels), at(k.anyPartly), at(k.offsets), integer(docs), integer(n), integer(c))
	b.settle(k, nll, kernels.F64{}, emit)
	// The gradient of a redone document goes, times 0, over its own gamma, which nobody reads.
	e := b.redone(k, emit, w)
	b.run("crf_exact_emissions", docs, threads, at(gamma), at(gamma), at(nll), at(e.alpha), at(e.beta), at(e.z), at(k.redo), at(k.count),
		at(k.offsets), integer(docs), integer(n), integer(c), float(0))
}

func (b *backend) CRFMarginals(p kernels.Mat, logZ kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	const op = "CRFMarginals"
	docs := kernels.CheckCRF(op, emit, w, offsets)
	kernels.NeedMat(op, "p", p, emit.Rows, emit.Cols)
	kernels.NeedLen(op, "logZ", logZ.Len, docs)
	n, c := emit.Rows, emit.Cols
	b.begin(op, docs, n, c)
	if docs == 0 {
		return
	}
	k := b.forwardBackward(emit, w, offsets, kernels.I32{}, 1, 0)
	b.run("crf_combine", warps(n), threads, at(p.Data), address(0), at(k.lost), at(k.alpha), at(k.beta), at(k.scale), at(k.refused), at(k.e), address(0),
		address(0), address(0), at(k.offsets), integer(docs), integer(n), integer(c))
	b.settle(k, kernels.F64{}, logZ, emit)
	b.run("crf_marginal_rows", warps(n), threads, at(p.Data), at(k.states), at(k.offsets), integer(docs), integer(n), integer(c))
	e := b.redone(k, emit, w)
	b.run("crf_exact_marginals", docs, threads, at(p.Data), at(logZ), at(e.alpha), at(e.beta), at(e.z), at(k.redo), at(k.count), at(k.offsets),
		integer(c))
}

func (b *backend) CRFFallbacks() int {
	b.begin("CRFFallbacks")
	return int(b.wait(0)[statusRedone])
}

func (b *backend) Viterbi(path kernels.I32, score kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	docs := kernels.CheckCRF("Viterbi", emit, w, offsets)
	kernels.NeedLen("Viterbi", "path", path.Len, emit.Rows)
	kernels.NeedLen("Viterbi", "score", score.Len, docs)
	n, c := emit.Rows, emit.Cols
	b.begin("Viterbi", docs, n, c)
	on := b.putOffsets(offsets)
	from, into, best := b.tempF32(c*c), b.tempF32(c*c), b.tempF64(n*c)
	b.run("viterbi_scores", blocks(c*c), threads, at(from), at(into), at(w.Trans.Data), integer(c))
	b.run("viterbi", docs, threads, at(path), at(score), at(best), at(emit.Data), at(from), at(into), at(w.Start), at(w.End), at(on), integer(c))
}

func (b *backend) Argmax(path kernels.I32, z kernels.Mat) {
	kernels.Whole("Argmax", "z", z)
	kernels.NeedLen("Argmax", "path", path.Len, z.Rows)
	if z.Rows > 0 && z.Cols == 0 {
		kernels.Misfit("Argmax", "no columns")
	}
	b.begin("Argmax", z.Rows, z.Cols)
	b.run("argmax", warps(z.Rows), threads, at(path), at(z.Data), integer(z.Rows), integer(z.Cols))
}
