// Pieces of forward-backward of a linear-chain CRF in the exp domain, with a scale per
// step (Rabiner 1989): what c_crf_group.h and c_known.h share.
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

// step_forward: out [rows, stride] = in E.
INLINE void step_forward(float *out, const float *in, long rows, const struct chain_shape *s, const float *forward,
                         const int32_t *runs, const float *coef) {
	long sparse = s->c - s->dense;
	step_product(out, in, s->stride, rows, forward, s->dense, s->c);
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
	else step_product(out, in, s->stride, rows, backward, s->c, s->dense);
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

#endif
