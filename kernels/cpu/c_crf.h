// Forward-backward of a linear-chain CRF in the exp domain, with a scale per step
// (Rabiner 1989). Up to MR documents go step by step together, so that a step is
// a small matrix product with E in the cache; the longest come first, so that
// those still running are the first ones. A document's numbers are its own:
// they do not depend on the company.
//
//	alpha_t = e_t * (alpha_(t-1) E) / c_t, c_t such that alpha_t sums to 1
//	beta_(t-1) = E (e_t * beta_t) / c_t,   scaled such that alpha.beta = 1
//
// with e_t = exp(emit_t - max) and E = exp(trans - max).
#ifndef C_CRF_H
#define C_CRF_H

#include "c_chain.h"

// Guards: a scale below LEAST_SCALE or a backward variable above MOST_BETA says
// that float lost mass that may count; the document is redone elsewhere.
#define LEAST_SCALE 1e-30f
#define MOST_BETA 1e25f

// log_sum keeps a sum of logarithms as a product.
struct log_sum {
	double sum, product;
};

static void log_add(struct log_sum *l, float x) {
	l->product *= x;
	if (l->product < 1e-200 || l->product > 1e200) {
		l->sum += log_d(l->product);
		l->product = 1;
	}
}

// emit_row writes exp(emit - max) by position and returns max. only >= 0 leaves
// all mass to that position.
static float emit_row(float *out, const float *emit, const struct order *order, long stride, long only) {
	const long c = order->c;
	if (only >= 0) {
		memset(out, 0, (size_t)stride * sizeof *out);
		out[only] = 1;
		return emit[order->perm[only]];
	}
	to_positions(out, emit, order);
	vf m = load_fill(out, c, out[0]);
	for (long j = VW; j < c; j += VW) m = max_v(m, load_fill(out + j, c - j, out[0]));
	float top = hmax(m);
	for (long j = 0; j < stride; j += VW)
		store(out + j, exp_v(load_fill(out + j, c - j, -__builtin_inff()) - set1(top)));
	return top;
}

// dot is the sum of a b over a row.
INLINE float dot(const float *a, const float *b, long stride) {
	vf s = set_zero();
	for (long j = 0; j < stride; j += VW) s = fma_v(load(a + j), load(b + j), s);
	return hsum(s);
}

// step_forward: out [rows, stride] = in E.
INLINE void step_forward(float *out, const float *in, long rows, const struct chain_shape *s, const float *forward,
                         const int32_t *runs, const float *coef) {
	long sparse = s->c - s->dense;
	gemm_block(out, s->stride, in, s->stride, 0, forward, s->c, 0, 0, rows, s->dense, s->c, 0);
	for (const int32_t *run = runs; run < runs + s->runs * RUN_INTS; run += RUN_INTS)
		for (long r = 0; r < rows; r++)
			for (long l = 0; l < run[1]; l += VW) {
				long left = run[1] - l;
				vf v = set_zero();
				for (long k = 0; k < run[2]; k++)
					v = fma_v(load_to(coef + k * sparse + run[0] + l, left), load_to(in + r * s->stride + run[3 + k] + l, left), v);
				store_to(out + r * s->stride + s->dense + run[0] + l, v, left);
			}
}

// step_backward: out [rows, stride] = in E^T.
INLINE void step_backward(float *out, const float *in, long rows, const struct chain_shape *s, const float *backward,
                          const int32_t *runs, const float *coef) {
	long sparse = s->c - s->dense;
	if (s->dense == 0) memset(out, 0, (size_t)(rows * s->stride) * sizeof *out);
	else gemm_block(out, s->stride, in, s->stride, 0, backward, s->dense, 0, 0, rows, s->c, s->dense, 0);
	for (const int32_t *run = runs; run < runs + s->runs * RUN_INTS; run += RUN_INTS)
		for (long r = 0; r < rows; r++)
			for (long k = 0; k < run[2]; k++)
				for (long l = 0; l < run[1]; l += VW) {
					long left = run[1] - l;
					float *p = out + r * s->stride + run[3 + k] + l;
					vf x = load_to(in + r * s->stride + s->dense + run[0] + l, left);
					store_to(p, fma_v(load_to(coef + k * sparse + run[0] + l, left), x, load_to(p, left)), left);
				}
}

// scale_forward makes row = row * e sum to 1 and returns the sum, or 0 with a row of
// zeros where the guard refuses it.
INLINE float scale_forward(float *out, const float *row, const float *e, long stride) {
	vf sum = set_zero();
	for (long j = 0; j < stride; j += VW) {
		vf v = load(row + j) * load(e + j);
		store(out + j, v);
		sum += v;
	}
	float c = hsum(sum);
	int fine = c >= LEAST_SCALE && c < __builtin_inff();
	vf inv = set1(fine ? 1 / c : 0);
	for (long j = 0; j < stride; j += VW) store(out + j, fine ? load(out + j) * inv : set_zero());
	return fine ? c : 0;
}

// scale_backward scales beta such that alpha.beta = 1 and writes the marginals
// alpha beta to gamma, by position. It returns 0 where the guard refuses beta.
INLINE int scale_backward(float *gamma, float *beta, const float *alpha, long stride) {
	vf sum = set_zero(), top = set_zero();
	for (long j = 0; j < stride; j += VW) {
		vf b = load(beta + j);
		sum = fma_v(load(alpha + j), b, sum);
		top = max_v(top, b);
	}
	float s = hsum(sum), m = hmax(top);
	int fine = s >= LEAST_SCALE && s < __builtin_inff() && m <= MOST_BETA;
	vf inv = set1(fine ? 1 / s : 0);
	for (long j = 0; j < stride; j += VW) {
		vf b = fine ? load(beta + j) * inv : set_zero();
		store(beta + j, b);
		store(gamma + j, load(alpha + j) * b);
	}
	return fine;
}

// add_pairs adds sign * alpha[pred] x[column] of every sparse column to pairs [SPARSE][c - dense].
INLINE void add_pairs(float *pairs, float sign, const float *alpha, const float *x, const struct chain_shape *s, const int32_t *runs) {
	long sparse = s->c - s->dense;
	for (const int32_t *run = runs; run < runs + s->runs * RUN_INTS; run += RUN_INTS)
		for (long k = 0; k < run[2]; k++)
			for (long l = 0; l < run[1]; l += VW) {
				long left = run[1] - l;
				float *p = pairs + k * sparse + run[0] + l;
				vf v = set1(sign) * load_to(alpha + run[3 + k] + l, left);
				store_to(p, fma_v(v, load_to(x + s->dense + run[0] + l, left), load_to(p, left)), left);
			}
}

// PAIR_BLOCK is the steps whose pairs are summed before they join the sum of the
// document: it keeps the rounding of long documents small.
#define PAIR_BLOCK 128

static void flush_pairs(float *total, float *block, long n) {
	for (long i = 0; i < n; i += VW) {
		store_to(total + i, load_to(total + i, n - i) + load_to(block + i, n - i), n - i);
		store_to(block + i, set_zero(), n - i);
	}
}

// crf_group runs documents docs[0..count), longest first, of the packed batch.
// It overwrites, at the rows of these documents:
//
//	alpha [N, stride]: alpha by position
//	x [N, stride]: e_t beta_t / c_t, the right side of the transition gradient;
//	    zeros in the first row of a document
//	marginal [N, c]: alpha beta, by label
//	scale [N]: c_t
//	log_z [B], fine [B]: log Z, and 0 for a document that must be redone (its alpha
//	    and x are then zeros, its marginals anything)
//	pairs [B][SPARSE][c - dense]: sums of alpha_(t-1) x_t over steps into sparse labels
//
// work holds crf_group_work floats.
static long crf_group_work(const struct chain_shape *s, long count) {
	return (2 * count + 1) * s->stride + count * SPARSE * (s->c - s->dense);
}

static void crf_group(const struct chain_shape *s, const float *forward, const float *backward, const float *coef,
                      const float *start, const float *end, const int32_t *perm, const int32_t *runs,
                      const float *emit, const int32_t *offsets, const int32_t *docs, long count,
                      float *alpha, float *x, float *marginal, float *scale, double *log_z, int32_t *fine, float *pairs, float *work) {
	const long c = s->c, stride = s->stride, n_pairs = SPARSE * (c - s->dense);
	float *state = work, *next = work + count * stride, *gamma = next + count * stride, *block = gamma + stride;
	memset(work, 0, (size_t)crf_group_work(s, count) * sizeof *work);
	struct order order;
	order_init(&order, perm, c, s->dense);
	struct log_sum sum[MR];
	long length[MR] = {0}, row0[MR] = {0};
	for (long d = 0; d < count; d++) {
		row0[d] = offsets[docs[d]];
		length[d] = offsets[docs[d] + 1] - row0[d];
		sum[d] = (struct log_sum){(double)s->top_start + s->top_end + (double)s->top * (double)(length[d] - 1), 1};
		fine[docs[d]] = 1;
	}
	long running = count;
	for (long t = 0; t < length[0]; t++) {
		while (length[running - 1] <= t) running--;
		if (t > 0) step_forward(next, state, running, s, forward, runs, coef);
		for (long d = 0; d < running; d++) {
			long row = row0[d] + t;
			float *e = x + row * stride, *now = state + d * stride;
			if (t + AHEAD < length[d]) {
				fetch_row(emit + (row + AHEAD) * c, c);
				fetch_row(e + AHEAD * stride, stride);
				fetch_row(alpha + (row + AHEAD) * stride, stride);
			}
			sum[d].sum += emit_row(e, emit + row * c, &order, stride, -1);
			float f = scale_forward(now, t > 0 ? next + d * stride : start, e, stride);
			scale[row] = f;
			if (f > 0) log_add(&sum[d], f);
			else fine[docs[d]] = 0;
			memcpy(alpha + row * stride, now, (size_t)stride * sizeof *now);
		}
	}
	running = 0;
	for (long t = length[0] - 1; t >= 0; t--) {
		// state holds the x of step t+1 of the documents that run on.
		if (running > 0) step_backward(next, state, running, s, backward, runs, coef);
		for (; running < count && length[running] > t; running++) {
			const float *last = alpha + (row0[running] + t) * stride;
			float *beta = next + running * stride;
			memcpy(beta, end, (size_t)stride * sizeof *beta);
			float f = dot(last, end, stride);
			if (!(f >= LEAST_SCALE && f < __builtin_inff())) fine[docs[running]] = 0;
			log_z[docs[running]] = sum[running].sum + log_d(sum[running].product) + log_d(f);
		}
		for (long d = 0; d < running; d++) {
			long row = row0[d] + t, doc = docs[d];
			float *beta = next + d * stride, *right = x + row * stride, *out = marginal + row * c;
			if (t > AHEAD) {
				fetch_row(alpha + (row - AHEAD) * stride, stride);
				fetch_row(right - AHEAD * stride, stride);
				fetch_row(out - AHEAD * c, c);
			}
			if (!scale_backward(gamma, beta, alpha + row * stride, stride)) fine[doc] = 0;
			to_labels(out, gamma, &order);
			vf inv = set1(t > 0 && fine[doc] ? 1 / scale[row] : 0);
			for (long j = 0; j < stride; j += VW) {
				vf v = t > 0 ? load(right + j) * load(beta + j) * inv : set_zero();
				store(right + j, v);
				store(state + d * stride + j, v);
			}
			if (t == 0) continue;
			add_pairs(block + d * n_pairs, 1, alpha + (row - 1) * stride, right, s, runs);
			if (t == 1 || t % PAIR_BLOCK == 0) flush_pairs(pairs + doc * n_pairs, block + d * n_pairs, n_pairs);
		}
	}
	for (long d = 0; d < count; d++)
		if (!fine[docs[d]]) {
			memset(alpha + row0[d] * stride, 0, (size_t)(length[d] * stride) * sizeof *alpha);
			memset(x + row0[d] * stride, 0, (size_t)(length[d] * stride) * sizeof *x);
			memset(pairs + docs[d] * n_pairs, 0, (size_t)n_pairs * sizeof *pairs);
		}
}

// add_transitions: d_trans += scale (E sums - counts) for steps from positions [i0, i1) to
// dense ones. sums [c][dense] is by position, counts [c][c] by label.
static void add_transitions(float *d_trans, float scale, const struct chain_shape *s, const float *matrix, const float *sums,
                            const int32_t *counts, const int32_t *perm, long i0, long i1) {
	for (long i = i0; i < i1; i++) {
		float *row = d_trans + perm[i] * s->c;
		const int32_t *count = counts + perm[i] * s->c;
		for (long j = 0; j < s->dense; j++) {
			double expected = (double)matrix[i * s->dense + j] * sums[i * s->dense + j];
			row[perm[j]] += (float)(scale * (expected - count[perm[j]]));
		}
	}
}

#endif
