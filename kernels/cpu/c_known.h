// Forward-backward over the paths that agree with labels of which some are unknown:
// the numerator of a CRF's likelihood. Most steps have a known side, which is a
// row or a column of E instead of a product.
#ifndef C_KNOWN_H
#define C_KNOWN_H

#include "c_crf.h"

// row_of writes E[from, :] to out [stride], column_of E[:, to].
static void row_of(float *out, long from, const struct chain_shape *s, const float *matrix, const int32_t *runs, const float *coef) {
	memset(out, 0, (size_t)s->stride * sizeof *out);
	memcpy(out, matrix + from * s->dense, (size_t)s->dense * sizeof *out);
	for (const int32_t *run = runs; run < runs + s->runs * RUN_INTS; run += RUN_INTS)
		for (long k = 0; k < run[2]; k++) {
			long l = from - run[3 + k];
			if (l >= 0 && l < run[1]) out[s->dense + run[0] + l] = coef[k * (s->c - s->dense) + run[0] + l];
		}
}

static void column_of(float *out, long to, const struct chain_shape *s, const float *matrix, const int32_t *runs, const float *coef) {
	memset(out, 0, (size_t)s->stride * sizeof *out);
	if (to < s->dense) {
		for (long i = 0; i < s->c; i++) out[i] = matrix[i * s->dense + to];
		return;
	}
	for (const int32_t *run = runs; run < runs + s->runs * RUN_INTS; run += RUN_INTS) {
		long l = to - s->dense - run[0];
		if (l < 0 || l >= run[1]) continue;
		for (long k = 0; k < run[2]; k++) out[run[3 + k] + l] = coef[k * (s->c - s->dense) + run[0] + l];
	}
}

// crf_known is crf_group for one document restricted to its labels (by position,
// negative where every label is allowed), of which some are unknown. It takes
// its probabilities off
//
//	marginal [length, c], by label: of tokens with unknown labels
//	pairs: the sums of alpha_(t-1) x_t over steps that have an unknown side
//
// and overwrites
//
//	left, right [rows, stride]: alpha_(t-1) and -x_t of each of those steps
//	result[0]: log of the summed paths
//
// A step between known labels is left to the caller, but for its score, which
// result[0] contains. The answer is 0 where the document must be redone.
// work holds crf_known_work floats.
static long crf_known_work(const struct chain_shape *s, long length) {
	return 4 * s->stride + length * (2 * s->stride + 1) + SPARSE * (s->c - s->dense);
}

static int crf_known(const struct chain_shape *s, const float *matrix, const float *forward, const float *backward, const float *coef,
                     const float *start, const float *end, const int32_t *perm, const int32_t *runs,
                     const float *emit, const int32_t *labels, long length, const float *trans,
                     float *marginal, float *left, float *right, float *pairs, double *result, float *work) {
	const long c = s->c, stride = s->stride, n_pairs = SPARSE * (c - s->dense);
	const size_t row_size = (size_t)stride * sizeof *work;
	float *next = work, *x = next + stride, *beta = x + stride, *gamma = beta + stride, *block = gamma + stride;
	float *scale = block + n_pairs, *e_rows = scale + length, *alpha = e_rows + length * stride;
	memset(work, 0, (size_t)(4 * stride + n_pairs) * sizeof *work);
	struct order order;
	order_init(&order, perm, c, s->dense);
	struct log_sum sum = {(double)s->top_start + s->top_end, 1};
	long steps = 0;
	for (long t = 0; t < length; t++) {
		float *now = alpha + t * stride, *e = e_rows + t * stride;
		sum.sum += emit_row(e, emit + t * c, &order, stride, labels[t]);
		if (t > 0 && labels[t] >= 0 && labels[t - 1] >= 0) {
			sum.sum += trans[perm[labels[t - 1]] * c + perm[labels[t]]];
			memcpy(now, e, row_size);
			continue;
		}
		if (t > 0) {
			if (labels[t - 1] >= 0) row_of(next, labels[t - 1], s, matrix, runs, coef);
			else if (labels[t] >= 0) {
				column_of(x, labels[t], s, matrix, runs, coef);
				memset(next, 0, row_size);
				next[labels[t]] = dot(now - stride, x, stride);
			} else step_forward(next, now - stride, 1, s, forward, runs, coef);
			sum.sum += s->top;
			steps++;
		}
		scale[t] = scale_forward(now, t > 0 ? next : start, e, stride);
		if (scale[t] == 0) return 0;
		log_add(&sum, scale[t]);
	}
	memcpy(beta, end, row_size);
	float f = dot(alpha + (length - 1) * stride, end, stride);
	if (!(f >= LEAST_SCALE && f < __builtin_inff())) return 0;
	result[0] = sum.sum + log_d(sum.product) + log_d(f);
	for (long t = length - 1, flushed = 0; t >= 0; t--) {
		const float *now = alpha + t * stride, *e = e_rows + t * stride;
		float *out = marginal + t * c;
		long y = labels[t];
		if (y >= 0) {
			// Other labels have no mass here, whatever leads on from them. Between
			// known labels there is one path.
			float b = t + 1 < length && labels[t + 1] >= 0 ? 1 : beta[y];
			memset(beta, 0, row_size);
			beta[y] = b;
		}
		if (!scale_backward(gamma, beta, now, stride)) return 0;
		if (y < 0) {
			to_labels(next, gamma, &order);
			for (long j = 0; j < c; j += VW) store_to(out + j, load_to(out + j, c - j) - load_to(next + j, c - j), c - j);
		}
		if (t == 0 || (y >= 0 && labels[t - 1] >= 0)) continue;
		vf inv = set1(1 / scale[t]);
		steps--;
		for (long j = 0; j < stride; j += VW) {
			vf v = load(e + j) * load(beta + j) * inv;
			store(x + j, v);
			store(right + steps * stride + j, -v);
		}
		memcpy(left + steps * stride, now - stride, row_size);
		add_pairs(block, -1, now - stride, x, s, runs);
		if (++flushed % PAIR_BLOCK == 0) flush_pairs(pairs, block, n_pairs);
		if (y >= 0) {
			column_of(beta, y, s, matrix, runs, coef);
			vf mass = set1(x[y]);
			for (long j = 0; j < stride; j += VW) store(beta + j, mass * load(beta + j));
		} else if (labels[t - 1] >= 0) {
			row_of(next, labels[t - 1], s, matrix, runs, coef);
			beta[labels[t - 1]] = dot(next, x, stride); // the others are cleared at t-1
		} else step_backward(beta, x, 1, s, backward, runs, coef);
	}
	flush_pairs(pairs, block, n_pairs);
	return 1;
}

#endif
