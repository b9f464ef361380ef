// Marginals, weights of steps and gradients out of the two sides of a CRF.
#include "crf.cuh"

// marginals adds sign times the marginals of token t to gamma, for one of the two sets of
// paths, and writes to x, unless it is null, the weights of the steps into t: alpha_(t-1) E x
// sums to sign. It returns false where float32 lost mass.
DEVICE bool marginals(float *gamma, float *x, const float *alpha, const float *beta, const float *e, const int *labels, float scale, i64 t,
		i64 c, bool first, float sign) {
	float s = 0, top = 0;
	for (i64 j = lane_at(); j < c; j += WARP) {
		s += alpha[t * c + j] * beta[t * c + j];
		top = max_f(top, beta[t * c + j]);
	}
	s = warp_sum(s);
	top = warp_max(top);
	if (!(s > 0 && is_finite(s) && top <= MOST_BETA * s)) return false;
	float inv = 1 / s, most = 0;
	for (i64 j = lane_at(); j < c; j += WARP) {
		i64 i = t * c + j;
		gamma[i] += sign * (alpha[i] * (beta[i] * inv));
		if (!x) continue;
		float weight = !labels || labels[t] == IGNORE ? e[i] : labels[t] == j ? 1.0f : 0.0f;
		float v = first ? 0.0f : weight * (beta[i] * inv) / scale;
		x[i] = sign * v;
		most = is_finite(v) ? max_f(most, v) : INF_F;
	}
	return warp_max(most) <= MOST_STEP;
}

// crf_combine: gamma [n, c] = marginals less those of the known paths; x [2, n, c] the weights of
// steps, null where not wanted; lost [n] 1 where float32 lost mass. kinds and labels are null where there are
// no labels. A warp a token.
extern "C" __global__ void crf_combine(float *gamma, float *x, int *lost, float *alpha, const float *beta, const float *scale, const int *refused,
		const float *e, const int *kinds, const int *labels, const int *any_partly, const int *offsets, i64 docs, i64 n, i64 c) {
	for (i64 t = warp_at(); t < n; t += warp_step()) {
		i64 b = document_of(offsets, docs, t);
		int kind = kinds ? kinds[b] : KNOWN;
		bool first = offsets[b] == t, two = kind == PARTLY;
		bool bad = kind == BROKEN || refused[b] || refused[docs + b] || (two && (refused[2 * docs + b] || refused[3 * docs + b]));
		for (i64 j = lane_at(); j < c; j += WARP) gamma[t * c + j] = 0;
		if (!bad) {
			bad = !marginals(gamma, x, alpha, beta, e, 0, scale[t], t, c, first, 1);
			if (two && !bad) bad = !marginals(gamma, x + n * c, alpha + n * c, beta + n * c, e, labels, scale[n + t], t, c, first, -1);
		}
		if (kinds && !two && *any_partly) // nothing of this token among the steps of known paths
			for (i64 j = lane_at(); j < c; j += WARP) alpha[n * c + t * c + j] = x[n * c + t * c + j] = 0;
		if (kind == KNOWN && labels && lane_at() == labels[t] % WARP) gamma[t * c + labels[t]] -= 1;
		if (lane_at() == 0) lost[t] = bad;
	}
}

// log_z is log Z of one set of paths of document b, the same in every thread of the block.
DEVICE double log_z(const float *alpha, const float *scale, const float *top_of, const float *tops, const float *last, const float *emit,
		const int *labels, int lo, int hi, i64 c, double *scratch) {
	double sum = 0, f = 0;
	for (int t = lo + (int)threadIdx.x; t < hi; t += (int)blockDim.x) {
		bool known = labels && labels[t] != IGNORE;
		sum += log_d(scale[t]) + (known ? emit[t * c + labels[t]] : top_of[t]);
	}
	for (i64 j = threadIdx.x; j < c; j += blockDim.x) f += (double)alpha[(hi - 1) * c + j] * last[j];
	sum = block_sum(sum, scratch);
	f = block_sum(f, scratch);
	return sum + log_d(f) + (double)(hi - lo - 1) * tops[0] + tops[1] + tops[2];
}

// crf_settle: the state of each document, and for FINE ones log Z and, where gold is given, nll. An empty
// document has 0, a broken one +inf. A block a document.
extern "C" __global__ void crf_settle(int *states, double *nll, double *z, const int *lost, const float *alpha, const float *scale,
		const float *top_of, const float *tops, const float *last, const float *emit, const int *kinds, const double *gold, const int *labels,
		const int *offsets, i64 n, i64 c) {
	__shared__ double scratch[WARP];
	i64 b = blockIdx.x;
	int lo = offsets[b], hi = offsets[b + 1], kind = kinds ? kinds[b] : lo == hi ? EMPTY : KNOWN, state = IDLE;
	double all = 0, known = 0, bad = 0;
	if (kind == KNOWN || kind == PARTLY) {
		for (int t = lo + (int)threadIdx.x; t < hi; t += (int)blockDim.x) bad += lost[t];
		bad = block_sum(bad, scratch);
		state = bad > 0 ? REDO : FINE;
		if (state == FINE) {
			all = log_z(alpha, scale, top_of, tops, last, emit, 0, lo, hi, c, scratch);
			if (kind == PARTLY) known = log_z(alpha + n * c, scale + n, top_of, tops, last, emit, labels, lo, hi, c, scratch);
			else if (gold) known = gold[b];
			if (!is_finite((float)(all - known))) state = REDO;
		}
	}
	if (threadIdx.x != 0) return;
	states[b] = state;
	if (z) z[b] = all;
	if (nll) nll[b] = kind == BROKEN ? INF_D : all - known;
}

#define LIST_THREADS 256

// crf_list: redo receives the documents whose state is REDO, in order, and count how many; *total += count. One block.
extern "C" __global__ void __launch_bounds__(LIST_THREADS) crf_list(int *redo, int *count, u64 *total, const int *states, i64 docs) {
	__shared__ int sums[LIST_THREADS];
	i64 per = (docs + LIST_THREADS - 1) / LIST_THREADS, first = threadIdx.x * per, last = min_i(first + per, docs);
	int sum = 0;
	for (i64 b = first; b < last; b++) sum += states[b] == REDO;
	sums[threadIdx.x] = sum;
	__syncthreads();
	int at = 0;
	for (unsigned t = 0; t < threadIdx.x; t++) at += sums[t];
	for (i64 b = first; b < last; b++)
		if (states[b] == REDO) redo[at++] = (int)b;
	if (threadIdx.x == LIST_THREADS - 1) {
		*count = at;
		*total += (u64)at;
	}
}

// crf_emissions adds scale gamma of FINE documents to d_emit, and clears gamma and the steps of the others.
// from [n] receives the label before a token where both are known, else -1. A warp a token.
extern "C" __global__ void crf_emissions(float *d_emit, int *from, float *gamma, float *alpha, float *x, const int *states, const int *kinds,
		const int *labels, const int *any_partly, const int *offsets, i64 docs, i64 n, i64 c, float scale) {
	for (i64 t = warp_at(); t < n; t += warp_step()) {
		i64 b = document_of(offsets, docs, t);
		bool fine = states[b] == FINE;
		for (i64 j = lane_at(); j < c; j += WARP) {
			i64 i = t * c + j;
			if (fine) {
				d_emit[i] += scale * gamma[i];
				continue;
			}
			gamma[i] = alpha[i] = x[i] = 0;
			if (*any_partly) alpha[n * c + i] = x[n * c + i] = 0;
		}
		if (lane_at() == 0) from[t] = fine && kinds[b] == KNOWN && t > offsets[b] ? labels[t - 1] : -1;
	}
}

// crf_marginal_rows clears the rows of documents that are not FINE. A warp a token.
extern "C" __global__ void crf_marginal_rows(float *p, const int *states, const int *offsets, i64 docs, i64 n, i64 c) {
	for (i64 t = warp_at(); t < n; t += warp_step())
		if (states[document_of(offsets, docs, t)] != FINE)
			for (i64 j = lane_at(); j < c; j += WARP) p[t * c + j] = 0;
}

#define STEP_THREADS 256
#define STEP_EACH 8 // neighbouring tokens a thread

// crf_known_steps: counts [c, c] receives how often known label blockIdx.x is followed by each other one.
extern "C" __global__ void __launch_bounds__(STEP_THREADS) crf_known_steps(int *counts, const int *from, const int *labels, i64 n, i64 c) {
	__shared__ int found[STEP_THREADS * STEP_EACH]; // the labels that follow, in any order
	__shared__ int sums[STEP_THREADS];
	int i = (int)blockIdx.x;
	for (i64 j = threadIdx.x; j < c; j += blockDim.x) counts[i * c + j] = 0;
	for (i64 base = 0; base < n; base += STEP_THREADS * STEP_EACH) {
		int own = 0;
		for (int k = 0; k < STEP_EACH; k++) {
			i64 t = base + k * STEP_THREADS + threadIdx.x;
			own += t < n && from[t] == i;
		}
		sums[threadIdx.x] = own;
		__syncthreads();
		int at = 0, all = 0;
		for (unsigned k = 0; k < STEP_THREADS; k++) {
			if (k < threadIdx.x) at += sums[k];
			all += sums[k];
		}
		for (int k = 0; k < STEP_EACH && own > 0; k++) {
			i64 t = base + k * STEP_THREADS + threadIdx.x;
			if (t < n && from[t] == i) found[at++] = labels[t];
		}
		__syncthreads();
		for (i64 j = threadIdx.x; j < c && all > 0; j += blockDim.x) {
			int count = 0;
			for (int k = 0; k < all; k++) count += found[k] == j;
			counts[i * c + j] += count;
		} // found is written next after another barrier, which none passes before all have read it
	}
}

// crf_transitions: d_trans += scale (E steps - counts).
extern "C" __global__ void crf_transitions(float *d_trans, const float *next, const float *steps, const int *counts, i64 c, float scale) {
	for (i64 i = grid_at(); i < c * c; i += grid_step()) d_trans[i] += scale * (next[i] * steps[i] - (float)counts[i]);
}

// crf_ends adds the first and last tokens of all documents to the gradients of start and end, in order. A
// thread a label.
extern "C" __global__ void crf_ends(float *d_start, float *d_end, const float *gamma, const int *offsets, i64 docs, i64 c, float scale) {
	i64 j = grid_at();
	if (j >= c) return;
	double first = 0, last = 0;
	for (i64 b = 0; b < docs; b++) {
		if (offsets[b] == offsets[b + 1]) continue;
		first += gamma[offsets[b] * c + j];
		last += gamma[(offsets[b + 1] - 1) * c + j];
	}
	d_start[j] = (float)(d_start[j] + scale * first);
	d_end[j] = (float)(d_end[j] + scale * last);
}
