// The transitions of a linear-chain CRF, laid out for the recursions.
//
// Labels are renumbered: position = first the labels that many labels lead to
// (dense), then those that at most SPARSE lead to, both in their own order.
// Steps into dense labels are a matrix product; steps into the others are runs:
// neighbouring positions whose predecessors are neighbours as well. Under BIO
// half of the labels, I-X, are one run: reached from the run of B-X and from itself.
#ifndef C_CHAIN_H
#define C_CHAIN_H

#include "c_chain_step.h"
#include "c_gemm.h"
#include "c_kernels.h"
#include "c_math.h"

#define SPARSE 4

// Rows are fetched this many steps ahead.
#define AHEAD 2

// A run is RUN_INTS integers: first sparse column, columns, predecessors of each
// (n), and the positions of the n predecessors of the first column.
#define RUN_INTS (3 + SPARSE)

// Scores below least are forbidden, wherever a function takes it; NaN is not.

// chain_layout counts and renumbers: perm [c] is position to label, shape
// receives c, dense and stride. legal_from is scratch of c integers.
static void chain_layout(struct chain_shape *shape, int32_t *perm, int32_t *legal_from, const float *trans, float least, long c) {
	memset(legal_from, 0, (size_t)c * sizeof *legal_from);
	for (long i = 0; i < c; i++)
		for (long j = 0; j < c; j++) legal_from[j] += !(trans[i * c + j] < least);
	long dense = 0, sparse = 0;
	for (long j = 0; j < c; j++)
		if (legal_from[j] > SPARSE || 4 * legal_from[j] > c) perm[dense++] = (int32_t)j;
	for (long j = 0; j < c; j++)
		if (!(legal_from[j] > SPARSE || 4 * legal_from[j] > c)) perm[dense + sparse++] = (int32_t)j;
	shape->c = c;
	shape->dense = dense;
	shape->stride = (c + VW - 1) / VW * VW;
	shape->runs = 0;
}

// chain_runs finds the runs. coef [SPARSE][c - dense] receives the scores of the
// predecessors of each sparse column, as they are.
static void chain_runs(struct chain_shape *shape, int32_t *runs, float *coef, const int32_t *perm, const float *trans, float least) {
	long c = shape->c, sparse = c - shape->dense;
	int32_t *run = runs; // the one that may grow
	for (long r = 0; r < sparse; r++) {
		long j = perm[shape->dense + r], n = 0;
		int32_t from[SPARSE];
		for (long i = 0; i < c; i++) {
			float v = trans[perm[i] * c + j];
			if (v < least) continue;
			coef[n * sparse + r] = v;
			from[n++] = (int32_t)i;
		}
		int grows = shape->runs > 0 && run[2] == n;
		for (long k = 0; grows && k < n; k++) grows = from[k] == run[3 + k] + run[1];
		if (grows) {
			run[1]++;
			continue;
		}
		run = runs + shape->runs++ * RUN_INTS;
		run[0] = (int32_t)r;
		run[1] = 1;
		run[2] = (int32_t)n;
		for (long k = 0; k < n; k++) run[3 + k] = from[k];
	}
}

// to_positions reorders a row by label into one by position, to_labels back.
#if defined(LEVEL_AVX512)
// Both orders keep their own within dense and sparse labels, so a vector of labels
// is taken apart by one compress for each kind, and put together by expands.
INLINE __mmask16 dense_lanes(const int32_t *perm, long dense, long *at, long j) {
	unsigned m = 0;
	for (; *at < dense && perm[*at] < j + VW; ++*at) m |= 1u << (perm[*at] - j);
	return (__mmask16)m;
}
#define DENSE_MASKS 64 // vectors of a row whose masks are kept

struct order {
	const int32_t *perm;
	long c, dense;
	__mmask16 mask[DENSE_MASKS];
};
INLINE void order_init(struct order *o, const int32_t *perm, long c, long dense) {
	o->perm = perm;
	o->c = c;
	o->dense = dense;
	long at = 0;
	for (long j = 0; j < c && j < DENSE_MASKS * VW; j += VW) o->mask[j / VW] = dense_lanes(perm, dense, &at, j);
}
INLINE void to_positions(float *out, const float *in, const struct order *o) {
	if (o->dense == o->c) {
		memcpy(out, in, (size_t)o->c * sizeof *out);
		return;
	}
	if (o->c > DENSE_MASKS * VW) {
		for (long j = 0; j < o->c; j++) out[j] = in[o->perm[j]];
		return;
	}
	float *dense = out, *sparse = out + o->dense;
	for (long j = 0; j < o->c; j += VW) {
		long have = at_most(o->c - j, VW);
		__mmask16 m = o->mask[j / VW];
		int n = __builtin_popcount(m);
		__m512 v = (__m512)load_to(in + j, have);
		store_n(dense, (vf)_mm512_maskz_compress_ps(m, v), n);
		store_n(sparse, (vf)_mm512_maskz_compress_ps((__mmask16)~m, v), have - n);
		dense += n;
		sparse += have - n;
	}
}
INLINE void to_labels(float *out, const float *in, const struct order *o) {
	if (o->dense == o->c) {
		memcpy(out, in, (size_t)o->c * sizeof *out);
		return;
	}
	if (o->c > DENSE_MASKS * VW) {
		for (long j = 0; j < o->c; j++) out[o->perm[j]] = in[j];
		return;
	}
	const float *dense = in, *sparse = in + o->dense;
	for (long j = 0; j < o->c; j += VW) {
		long have = at_most(o->c - j, VW);
		__mmask16 m = o->mask[j / VW];
		int n = __builtin_popcount(m);
		__m512 v = _mm512_maskz_expand_ps(m, (__m512)load_n(dense, n));
		v = _mm512_mask_expand_ps(v, (__mmask16)~m, (__m512)load_n(sparse, have - n));
		store_to(out + j, (vf)v, have);
		dense += n;
		sparse += have - n;
	}
}
#else
struct order {
	const int32_t *perm;
	long c, dense;
};
INLINE void order_init(struct order *o, const int32_t *perm, long c, long dense) { *o = (struct order){perm, c, dense}; }
INLINE void to_positions(float *out, const float *in, const struct order *o) {
	if (o->dense == o->c) memcpy(out, in, (size_t)o->c * sizeof *out);
	else
		for (long j = 0; j < o->c; j++) out[j] = in[o->perm[j]];
}
INLINE void to_labels(float *out, const float *in, const struct order *o) {
	if (o->dense == o->c) memcpy(out, in, (size_t)o->c * sizeof *out);
	else
		for (long j = 0; j < o->c; j++) out[o->perm[j]] = in[j];
}
#endif

// legal_max is the greatest of n scores, 0 if none is legal.
static float legal_max(const float *x, float least, long n) {
	float top = -__builtin_inff();
	for (long i = 0; i < n; i++)
		if (x[i] > top) top = x[i];
	return top < least ? 0 : top;
}

// legal_exp is exp(x - top), 0 where x is forbidden, NaN where it is NaN.
INLINE vf legal_exp(vf x, float least, float top) {
	return less_select(x, set1(least), set_zero(), exp_v(x - set1(top)));
}

// LEAST_MASS is the least forward mass of which float lost nothing that counts: what underflows
// on the way to it (terms below 1.2e-38 each) is a part of it in 1e10 / c.
#define LEAST_MASS 1e-28f

// chain_exp prepares the recursions in the exp domain. matrix [c][dense] is E =
// exp(trans - top) from position to dense position, forward and backward are E and its
// transpose as step_pack leaves them, start and end [stride] the
// exponentials of the ends; coef becomes exponentials as well. least [2][stride] is the mass that
// each position must have in the first step, and in every other, for a document to be
// sure: LEAST_MASS, but 0 where no path starts. (Where a label cannot follow any that may
// start, no document is sure: it has no mass in the second step.)
static void chain_exp(struct chain_shape *shape, float *matrix, float *forward, float *backward, float *coef,
                      float *start, float *end, float *least_mass, const int32_t *perm, const int32_t *runs,
                      const float *trans, const float *first, const float *last, float least) {
	long c = shape->c, dense = shape->dense, sparse = c - dense, stride = shape->stride;
	const float never = -__builtin_inff();
	float top = legal_max(trans, least, c * c);
	shape->top = top;
	shape->top_start = legal_max(first, least, c);
	shape->top_end = legal_max(last, least, c);
	for (long i = 0; i < c; i++) {
		const float *row = trans + perm[i] * c;
		float *out = matrix + i * dense;
		for (long j = 0; j < dense; j++) out[j] = row[perm[j]];
		for (long j = 0; j < dense; j += VW) store_to(out + j, legal_exp(load_to(out + j, dense - j), least, top), dense - j);
	}
	for (const int32_t *run = runs; run < runs + shape->runs * RUN_INTS; run += RUN_INTS)
		for (long k = 0; k < run[2]; k++)
			for (long l = 0; l < run[1]; l += VW) {
				float *p = coef + k * sparse + run[0] + l;
				store_to(p, exp_v(load_to(p, run[1] - l) - set1(top)), run[1] - l);
			}
	for (long i = 0; i < stride; i++) {
		start[i] = i < c ? first[perm[i]] : never;
		end[i] = i < c ? last[perm[i]] : never;
		least_mass[i] = i < c && !(start[i] < least) ? LEAST_MASS : 0;
		least_mass[stride + i] = i < c ? LEAST_MASS : 0;
	}
	for (long i = 0; i < stride; i += VW) {
		store(start + i, legal_exp(load(start + i), least, shape->top_start));
		store(end + i, legal_exp(load(end + i), least, shape->top_end));
	}
	step_pack(forward, matrix, dense, 1, dense, c);
	step_pack(backward, matrix, 1, dense, c, dense);
}

// chain_max prepares Viterbi: the same with the scores themselves and -Inf for
// forbidden ones. into [c][stride] is the scores by position, to position first;
// rank [stride] is the negated label of a position.
static void chain_max(struct chain_shape *shape, float *matrix, float *forward, float *into, float *start, float *end, float *rank,
                      const int32_t *perm, const float *trans, const float *first, const float *last, float least) {
	long c = shape->c, dense = shape->dense, stride = shape->stride;
	const float never = -__builtin_inff();
	for (long i = 0; i < c; i++) {
		const float *row = trans + perm[i] * c;
		for (long j = 0; j < c; j++) {
			float v = row[perm[j]];
			v = v < least ? never : v;
			into[j * stride + i] = v;
			if (j < dense) matrix[i * dense + j] = v;
		}
	}
	for (long i = 0; i < stride; i++) {
		start[i] = i < c && !(first[perm[i]] < least) ? first[perm[i]] : never;
		end[i] = i < c && !(last[perm[i]] < least) ? last[perm[i]] : never;
		rank[i] = i < c ? -(float)perm[i] : never;
	}
	for (long j = 0; j < c; j++)
		for (long i = c; i < stride; i++) into[j * stride + i] = never;
	gemm_pack(forward, matrix, dense, 0, dense, c, 0, (dense + NR - 1) / NR);
}

#endif
