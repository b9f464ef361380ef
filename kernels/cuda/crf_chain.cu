// Forward and backward of a linear-chain CRF in the exp domain, each scaled to sum to 1 at
// every step (Rabiner 1989), in blocks of their own:
//
//	alpha_t = e_t * (alpha_(t-1) E) / c_t         scale[t] = c_t
//	beta_(t-1) = E (e_t * beta_t) / its own sum
//
// The loop over tokens is inside the kernel. E stays in registers: eight neighbouring
// lanes hold the rows of four columns. Beyond 200 labels E is read each step (crf_chain_wide).
#include "crf.cuh"

#define ROW_LANES 8
#define COLUMNS 4
#define MAX_WARPS 16

#define METHOD inline __attribute__((always_inline)) __device__

// A pass of a document: blockIdx.y. The known ones count the paths that agree with the labels.
enum { FORWARD, BACKWARD, KNOWN_FORWARD, KNOWN_BACKWARD };

struct pass {
	bool backward, known;
	int lo, hi; // tokens of the document
	const int *labels;

	// token is the token of step s.
	METHOD int token(int s) const { return backward ? hi - 1 - s : lo + s; }
	// weight is e_t by label: 1 for a known label and 0 for the others there.
	METHOD float weight(float e, int t, int j) const {
		if (!known || labels[t] == IGNORE) return e;
		return labels[t] == j ? 1.0f : 0.0f;
	}
	METHOD bool allows(int t, int j) const { return !known || labels[t] == IGNORE || labels[t] == j; }
};

// starts_pass fills in p and returns false where the document has no such pass.
DEVICE bool starts_pass(pass &p, const int *kinds, const int *labels, const int *offsets) {
	i64 b = blockIdx.x;
	p.backward = blockIdx.y == BACKWARD || blockIdx.y == KNOWN_BACKWARD;
	p.known = blockIdx.y >= KNOWN_FORWARD;
	p.lo = offsets[b];
	p.hi = offsets[b + 1];
	p.labels = labels;
	if (p.lo == p.hi) return false;
	if (!kinds) return !p.known;
	return p.known ? kinds[b] == PARTLY : kinds[b] != BROKEN;
}

// sum_columns adds the four columns of eight lanes; lane r gets column r % 4.
DEVICE float sum_columns(const float *sum, int r) {
	bool odd = r & 1, upper = r & 2;
	float keep0 = odd ? sum[1] : sum[0], send0 = odd ? sum[0] : sum[1];
	float keep1 = odd ? sum[3] : sum[2], send1 = odd ? sum[2] : sum[3];
	keep0 += __shfl_xor_sync(ALL_LANES, send0, 1);
	keep1 += __shfl_xor_sync(ALL_LANES, send1, 1);
	float keep = upper ? keep1 : keep0, send = upper ? keep0 : keep1;
	keep += __shfl_xor_sync(ALL_LANES, send, 2);
	return keep + __shfl_xor_sync(ALL_LANES, keep, 4);
}

// chain runs one pass with c up to ROW_LANES * R labels. rows [2, n, c] receives alpha (or
// beta), of all paths and of known ones; scale [2, n] the scales of the forward passes; refused
// [passes, docs] 1 where the guard stopped a pass.
template <int R>
DEVICE void chain(float *alpha, float *beta, float *scale, int *refused, const float *e, const float *next, const float *prev, const float *first,
		const float *last, const int *kinds, const int *labels, const int *offsets, i64 n, i64 c) {
	__shared__ float vec[2][ROW_LANES * R];
	__shared__ float sums[2][MAX_WARPS];
	pass p;
	if (threadIdx.x == 0) refused[(i64)blockIdx.y * gridDim.x + blockIdx.x] = 0;
	if (!starts_pass(p, kinds, labels, offsets)) return;
	float *out = (p.backward ? beta : alpha) + (p.known ? n * c : 0);
	if (p.known) scale += n;

	const float *step = p.backward ? prev : next;
	int r = (int)threadIdx.x % ROW_LANES, first_column = (int)threadIdx.x / ROW_LANES * COLUMNS;
	int j = first_column + r % COLUMNS;     // the column whose sum this lane gets
	bool own = r < COLUMNS && j < c;        // and which it writes
	float m[R][COLUMNS];
#pragma unroll
	for (int i = 0; i < R; i++)
#pragma unroll
		for (int k = 0; k < COLUMNS; k++) {
			int row = r + i * ROW_LANES, column = first_column + k;
			m[i][k] = row < c && column < c ? step[row * c + column] : 0.0f;
		}
	for (int i = (int)threadIdx.x; i < ROW_LANES * R; i += (int)blockDim.x) vec[0][i] = vec[1][i] = 0;
	__syncthreads();

	int steps = p.hi - p.lo, warps = (int)blockDim.x / WARP;
	float value = j < c ? (p.backward ? last[j] : first[j]) : 0.0f;
	float coming = own ? e[(i64)p.token(0) * c + j] : 0.0f; // fetched a step ahead
	for (int s = 0; s < steps; s++) {
		int now = s & 1, t = p.token(s);
		float weight = own ? p.weight(coming, t, j) : 0.0f, kept, on;
		if (own && s + 1 < steps) coming = e[(i64)p.token(s + 1) * c + j];
		if (p.backward) {
			kept = own && p.allows(t, j) ? value : 0.0f;
			on = kept * weight;
		} else kept = on = own ? value * weight : 0.0f;
		if (own) vec[now][j] = on;
		float part = warp_sum(kept);
		if (threadIdx.x % WARP == 0) sums[now][threadIdx.x / WARP] = part;
		__syncthreads(); // the other halves are written next, after this step's readers have passed the next barrier
		float total = 0;
		for (int w = 0; w < warps; w++) total += sums[now][w];
		if (!(total >= LEAST_SCALE && is_finite(total))) {
			if (threadIdx.x == 0) refused[(i64)blockIdx.y * gridDim.x + blockIdx.x] = 1;
			return;
		}
		float inv = 1 / total;
		if (own) out[(i64)t * c + j] = kept * inv;
		if (!p.backward && threadIdx.x == 0) scale[t] = total;
		if (s + 1 == steps) return;
		float sum[COLUMNS] = {0, 0, 0, 0};
#pragma unroll
		for (int i = 0; i < R; i++) {
			float v = vec[now][r + i * ROW_LANES];
#pragma unroll
			for (int k = 0; k < COLUMNS; k++) sum[k] += v * m[i][k];
		}
		value = sum_columns(sum, r) * inv;
	}
}

#define CHAIN(R)                                                                                                              \
	extern "C" __global__ void __launch_bounds__(ROW_LANES * ((2 * R + 3) / 4 * 4))                                           \
			crf_chain_##R(float *alpha, float *beta, float *scale, int *refused, const float *e, const float *next,           \
					const float *prev, const float *first, const float *last, const int *kinds, const int *labels,            \
					const int *offsets, i64 n, i64 c) {                                                                       \
		chain<R>(alpha, beta, scale, refused, e, next, prev, first, last, kinds, labels, offsets, n, c);                      \
	}

CHAIN(4)  // up to 32 labels
CHAIN(8)  // 64
CHAIN(16) // 128
CHAIN(22) // 176
CHAIN(25) // 200

// crf_chain_wide is the same for any number of labels. work is [passes, docs, 2, c].
extern "C" __global__ void __launch_bounds__(512) crf_chain_wide(float *alpha, float *beta, float *scale, int *refused, float *work, const float *e,
		const float *next, const float *prev, const float *first, const float *last, const int *kinds, const int *labels, const int *offsets,
		i64 n, i64 c) {
	__shared__ float scratch[WARP];
	pass p;
	i64 block = (i64)blockIdx.y * gridDim.x + blockIdx.x;
	if (threadIdx.x == 0) refused[block] = 0;
	if (!starts_pass(p, kinds, labels, offsets)) return;
	float *out = (p.backward ? beta : alpha) + (p.known ? n * c : 0), *vec = work + block * 2 * c;
	if (p.known) scale += n;
	const float *step = p.backward ? prev : next, *begin = p.backward ? last : first;
	float inv = 1;
	for (int s = 0; s < p.hi - p.lo; s++) {
		int t = p.token(s);
		float *on = vec + (s & 1) * c, *from = vec + (~s & 1) * c, part = 0;
		for (int j = (int)threadIdx.x; j < c; j += (int)blockDim.x) {
			float value = 0, weight = p.weight(e[(i64)t * c + j], t, j);
			if (s == 0) value = begin[j];
			else {
				for (i64 i = 0; i < c; i++) value += from[i] * step[i * c + j];
				value *= inv;
			}
			if (!p.backward) value *= weight;
			else if (!p.allows(t, j)) value = 0;
			out[(i64)t * c + j] = value;
			on[j] = p.backward ? value * weight : value;
			part += value;
		}
		float total = block_sum(part, scratch);
		if (!(total >= LEAST_SCALE && is_finite(total))) {
			if (threadIdx.x == 0) refused[block] = 1;
			return;
		}
		inv = 1 / total;
		for (int j = (int)threadIdx.x; j < c; j += (int)blockDim.x) out[(i64)t * c + j] *= inv;
		if (!p.backward && threadIdx.x == 0) scale[t] = total;
	}
}
