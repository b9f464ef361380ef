package kernels

// Ignore is the label of a token that takes no part in a loss.
const Ignore = -100

// Device describes what computes, as recorded with every run.
type Device struct {
	Backend string // "cpu" or "cuda"
	Name    string // of the processor
	Level   string // instruction level: "go", "baseline", "avx2", "avx512"; compute capability on CUDA
	Threads int
}

// Backend computes the operations of training on one device. It is used by
// one goroutine at a time.
//
// Unless an operation says otherwise: outputs are overwritten and may hold
// anything before (NaN included); inputs are not changed; outputs do not
// overlap inputs; a shape that does not fit panics with
// "kernels: op: what". Gradients named with += are accumulated. Results do not
// depend on the number of threads, to the bit.
//
// N is tokens of a packed batch: documents stand one after the other without
// padding, document b at rows offsets[b] to offsets[b+1].
type Backend interface {
	Device() Device
	Close() error

	// Memory. New buffers are zeroed. Free(b) ends b and all its slices.
	NewF32(n int) F32
	NewF64(n int) F64
	NewI32(n int) I32
	FreeF32(F32)
	FreeF64(F64)
	FreeI32(I32)
	PutF32(dst F32, src []float32) // host to device; lengths agree
	PutI32(dst I32, src []int32)
	GetF32(dst []float32, src F32) // device to host; waits for the device
	GetF64(dst []float64, src F64)
	GetI32(dst []int32, src I32)
	Copy(dst, src F32)
	Fill(dst F32, v float32)
	FillF64(dst F64, v float64)

	// MatMul: c = op(a) op(b), or c += op(a) op(b) when accumulate.
	// op transposes where ta, tb say so. At most one of ta, tb is true. A sum of
	// no terms is 0.
	MatMul(c, a, b Mat, ta, tb, accumulate bool)
	// AddBias: y[i,j] += bias[j], in place.
	AddBias(y Mat, bias F32)
	// ColSum: dst[j] += sum over i of x[i,j] (the gradient of a bias).
	ColSum(dst F32, x Mat)
	// Axpy: y += alpha x.
	Axpy(y F32, alpha float32, x F32)

	// Embed: y[n] = sum over f of table[ids[n*F+f]], F = ids.Len / y.Rows;
	// an id of -1 adds nothing.
	Embed(y, table Mat, ids I32)
	// EmbedGrad: dTable[ids[n*F+f]] += dy[n], in the order of n, then f.
	EmbedGrad(dTable, dy Mat, ids I32)
	// Gather: y [N, K*H] holds K rows of x [N, H] side by side:
	// y[n, k*H:(k+1)*H] = x[idx[n*K+k]], zeros where the index is -1.
	Gather(y, x Mat, idx I32)
	// GatherGrad: dx[idx[n*K+k]] += dy[n, k*H:(k+1)*H], in the order of n, then k.
	GatherGrad(dx, dy Mat, idx I32)

	// LayerNorm over each row: y = gamma (x - mean)/sqrt(var + 1e-5) + beta.
	// stats [N, 2] receives mean and 1/sqrt(var + 1e-5) of each row.
	LayerNorm(y, stats, x Mat, gamma, beta F32)
	// LayerNormGrad: dx is overwritten, dGamma += and dBeta +=.
	LayerNormGrad(dx Mat, dGamma, dBeta F32, dy, x, stats Mat, gamma F32)
	// GELU: y = x Phi(x), the exact erf form.
	GELU(y, x F32)
	// GELUGrad: dx = dy (Phi(x) + x phi(x)); dx may be dy.
	GELUGrad(dx, dy, x F32)
	// Dropout: y[i] = x[i]/(1-rate) where a counter-based generator keyed by
	// (seed, i) keeps element i, else 0. Kept iff the top 24 bits of
	// splitmix64(seed + i*0x9E3779B97F4A7C15) / 2^24 >= rate, where splitmix64(s) is
	// the output from state s: it adds 0x9E3779B97F4A7C15 to s, then mixes
	// (30, 0xBF58476D1CE4E5B9; 27, 0x94D049BB133111EB; 31). 0 <= rate < 1. It is its
	// own gradient. y may be x.
	Dropout(y, x F32, rate float32, seed uint64)

	// GroupLogSoftmax: log-softmax of each row of x within each group:
	// y[n,c] = x[n,c] - log sum over c' with groupOf[c'] = groupOf[c] of exp x[n,c'].
	// groupOf [C] holds 0..groups-1; all zero and groups = 1 is the plain log-softmax.
	GroupLogSoftmax(y, x Mat, groupOf I32, groups int)
	// GroupLogSoftmaxGrad: dx[n,c] = dy[n,c] - exp(y[n,c]) sum over c' in c's group of dy[n,c'].
	GroupLogSoftmaxGrad(dx, dy, y Mat, groupOf I32, groups int)
	// GroupAdd: y[n,c] += g[n, groupOf[c]].
	GroupAdd(y, g Mat, groupOf I32)
	// GroupSum: dg[n,k] += sum over c with groupOf[c] = k of dy[n,c] (the gradient of GroupAdd).
	GroupSum(dg, dy Mat, groupOf I32)

	// Cosine: y[n,c] = temperature[0] cos(x[n], p[c]). Each norm is clamped at
	// 1e-8 by itself; xInv [N] and pInv [C] receive the reciprocal norms.
	// Elements of up to 1e18 in size, and of up to 1e30 where those of the other
	// side are near 1, give finite results.
	Cosine(y Mat, xInv, pInv F32, x, p Mat, temperature F32)
	// CosineGrad: dx is overwritten; dp += and dTemperature[0] += . y, xInv and pInv
	// are those of Cosine, temperature[0] is not 0. A row whose reciprocal norm is
	// 1e8 was clamped and is treated as having a constant norm.
	CosineGrad(dx, dp Mat, dTemperature F32, dy, y, x, p Mat, xInv, pInv, temperature F32)
	// Separation: loss[0] = mean over ordered pairs i != j of cos(p[i], p[j])^2,
	// and dp += scale times its gradient. One prototype gives 0.
	Separation(dp Mat, loss F64, p Mat, scale float32)

	// SoftmaxLoss of scores z [N, C] against labels [N] (0..C-1 or Ignore). With
	// p = softmax(z[n])[label], nll = -log p, over the V tokens that are not ignored:
	//
	//	loss[0] = ce    = sum nll / V
	//	loss[1] = cb    = sum w[label] nll / sum w[label]      (w = Weights)
	//	loss[2] = focal = sum alpha[label] (1-p)^Gamma nll / V  (alpha = Alpha, 1 when empty)
	//
	// and dz = CE d ce/dz + CB d cb/dz + Focal d focal/dz, overwritten: 0 where the token
	// is ignored. A component whose
	// factor is zero and cb without Weights are reported as 0. V = 0, or
	// sum w = 0, gives 0 and no gradient. Gamma is at least 0; p that rounds to 1
	// gives no focal gradient and no NaN. Each loss is summed in float64.
	SoftmaxLoss(dz Mat, loss F64, z Mat, labels I32, p LossParams)

	// CRF is the negative log-likelihood of a linear-chain CRF over a packed
	// batch and its gradient, by forward-backward in the exp domain with a scale
	// per step, redone in the log domain for a document whose scale leaves
	// [1e-30, inf), and for one whose backward variable, scaled by the same steps, has
	// an element above 1e25: there, forward mass that float32 rounded to nothing
	// (below 1e-38) would count in the end, though no single step shows it. A backend may
	// keep a document of which it knows otherwise that no mass was lost.
	// log Z and the gold score are held in float64.
	//
	//	score(y) = start[y1] + sum emit[t, yt] + sum trans[y(t-1), yt] + end[yT]
	//	nll[b]   = log Z - log Z restricted to labels (an Ignore allows every label)
	//
	// dEmit, dTrans, dStart, dEnd += scale times the gradient of sum nll.
	// A score of -1e4 or below (-inf included) in trans, start or end forbids: it has
	// exactly zero mass and zero gradient. A document whose labels have no legal
	// path gets nll +Inf and adds no gradient. An empty document has nll 0, here,
	// and log Z 0 and score 0 below.
	CRF(nll F64, dEmit Mat, g CRFGrad, emit Mat, w CRFWeights, labels I32, offsets []int32, scale float32)
	// CRFNLL: the nll of CRF, to the bit, and nothing else. A backend need go backward only for
	// documents of which the forward pass cannot tell that float32 lost no mass that
	// counts; it redoes in the log domain those that CRF redoes.
	CRFNLL(nll F64, emit Mat, w CRFWeights, labels I32, offsets []int32)
	// CRFMarginals: p[t, c] = P(y_t = c | emit) of each document, and logZ [B]. A
	// document without a legal path gets zeros and logZ -Inf.
	CRFMarginals(p Mat, logZ F64, emit Mat, w CRFWeights, offsets []int32)
	// CRFFallbacks is how many documents CRF, CRFNLL and CRFMarginals have redone in the log
	// domain since the backend was made; a backend that works in the log domain
	// throughout reports 0. It waits for the device.
	CRFFallbacks() int
	// Viterbi: the path of greatest score of each document and its score [B].
	// Of equal scores the lowest label wins, from the last token backwards. A
	// document without a legal path gets score -Inf and labels 0.
	Viterbi(path I32, score F64, emit Mat, w CRFWeights, offsets []int32)
	// Argmax of each row; of equal scores the lowest column wins.
	Argmax(path I32, z Mat)

	// SumSquares: dst[0] += sum of x[i]^2, in float64.
	SumSquares(dst F64, x F32)
	// SumSquaresRows: dst[0] += the same over the given rows of x (sorted, unique).
	SumSquaresRows(dst F64, x Mat, rows I32)
	// AdamW steps p with gradient s*g, s = min(1, Clip/sqrt(normSq[0])) (1 when Clip is 0):
	//
	//	m = Beta1 m + (1-Beta1) s g;  v = Beta2 v + (1-Beta2) (s g)^2
	//	p = p - LR (m/(1-Beta1^Step) / (sqrt(v/(1-Beta2^Step)) + Eps) + Decay p)
	//
	// and sets g to zero.
	AdamW(p, g, m, v F32, normSq F64, h AdamW)
	// AdamWRows does the same to the given rows only (sorted, unique): the lazy
	// form for embedding tables, in which an untouched row keeps its value and moments.
	AdamWRows(p, g, m, v Mat, rows I32, normSq F64, h AdamW)
}

// LossParams are the factors of the components of SoftmaxLoss.
type LossParams struct {
	CE, CB, Focal float32
	Gamma         float32 // of the focal loss
	Weights       F32     // [C], for CB
	Alpha         F32     // [C], for Focal; empty is 1
}

// CRFWeights are the scores of a linear-chain CRF over C labels.
type CRFWeights struct {
	Trans      Mat // [C, C], from row to column
	Start, End F32 // [C]
}

// CRFGrad receives the gradient of CRFWeights.
type CRFGrad struct {
	Trans      Mat
	Start, End F32
}

// AdamW holds the settings of one AdamW step.
type AdamW struct {
	LR, Beta1, Beta2, Eps, Decay float32
	Clip                         float32 // greatest norm of the whole gradient; 0 is no limit
	Step                         int     // 1 on the first step
}
