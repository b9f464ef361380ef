//go:build cgo

package cpu

// #include "c_kernels.h"
import "C"

import "github.com/invoicelab/invoicelab/kernels"

func (n *native) Viterbi(path kernels.I32, score kernels.F64, emit kernels.Mat, w kernels.CRFWeights, offsets []int32) {
	all := kernels.CheckCRF("Viterbi", emit, w, offsets)
	kernels.NeedLen("Viterbi", "path", path.Len, emit.Rows)
	kernels.NeedLen("Viterbi", "score", score.Len, all)
	var docs []int32
	for b := range all {
		if offsets[b] == offsets[b+1] {
			score.Host[b] = 0
			continue
		}
		docs = append(docs, int32(b))
	}
	ch := &n.crf.chain
	ch.max(n.k, n.panel, w)
	stride := int(ch.shape.stride)
	n.crf.best = grown(n.crf.best, emit.Rows*stride)
	n.team(docs, offsets, ch.stepCost(), func(worker int, group []int32) {
		work := n.worker(worker, (2*len(group)+1)*stride)
		C.k_viterbi_group(n.k, &ch.shape, float(ch.forward), float(ch.into), float(ch.coef), float(ch.start), float(ch.end), float(ch.rank),
			int32s(ch.perm), int32s(ch.position), int32s(ch.runs), float(emit.Data.Host), int32s(offsets), int32s(group), C.long(len(group)),
			float(w.Trans.Data.Host), float(w.Start.Host), float(w.End.Host), float(n.crf.best), int32s(path.Host), double(score.Host), float(work))
	})
}
