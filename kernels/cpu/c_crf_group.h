// Forward-backward of up to STEP_ROWS documents, which go step by step together, so that a step
// is a small matrix product with E in the cache; the longest come first, so that
// those still running are the first ones. A document's numbers are its own: they do not
// depend on the company. With e_t = exp(emit_t - max), E = exp(trans - max):
//
//	a_t = e_t * (a_(t-1) E) / s_(t-1)     s_t = sum of a_t, so that log Z is the sum of log s and maxima
//	b_(t-1) = E x_t                       x_t = e_t * b_t g_t / s_(t-1)
//
// Scales are applied a step late, which spares a pass over each row. a_t b_t g_t are the marginals:
// they sum to 1 but for rounding, and g_(t-1) = 1 / (sum of them at t) takes that
// off again. Steps from i to j are expected E[i, j] times the sum of a_(t-1)[i] x_t[j] times.
//
// Rows of a step lie together, steps one after the other, so that this sum is a matrix
// product of blocks of steps, taken while they are in the cache.
#ifndef C_CRF_GROUP_H
#define C_CRF_GROUP_H

#include "c_crf.h"

// Rows of the product of a block of steps.
#define STEP_BLOCK 128

struct group_doc {
	long row0, length;
	struct log_sum sum;
	double gold; // emissions of known labels
	float inv;   // 1/s of the last step; backward g
	int mass;    // no forward mass was lost that counts
	int running; // backward: no guard has refused it
};

// forward_row makes the row of one document: v = from e inv, e = exp(emit - top). It returns
// the sum of v and writes top; lost receives 1 where a position has less than its
// least mass. keep, if not null, receives e. row is scratch.
INLINE float forward_row(float *v, float *keep, const float *from, const float *emit, float inv, const float *least,
                         const struct order *order, long stride, float *row, float *top_out, int *lost) {
	const long c = order->c;
	if (order->dense != c) {
		to_positions(row, emit, order);
		emit = row;
	}
	vf m = load_fill(emit, c, emit[0]);
	for (long j = VW; j < c; j += VW) m = max_v(m, load_fill(emit + j, c - j, emit[0]));
	const float top = hmax(m);
	vf sum = set_zero(), lack = set_zero();
	for (long j = 0; j < stride; j += VW) {
		vf e = exp_fall(load_fill(emit + j, c - j, -__builtin_inff()) - set1(top));
		if (keep) store(keep + j, e);
		vf x = load(from + j) * e * set1(inv);
		store(v + j, x);
		sum += x;
		lack = max_v(load(least + j) - x, lack);
	}
	*top_out = top;
	*lost |= hmax(lack) > 0;
	return hsum(sum);
}

// backward_row writes x = e b k and the marginals a b g: to gamma, if not null, by position,
// else added to out by label, times factor. It returns their sum; most receives the greatest b g.
INLINE float backward_row(float *x, float *gamma, float *out, float factor, const float *a, const float *e, const float *b,
                          float g, float k, long c, long stride, float *most) {
	vf sum = set_zero(), top = set_zero();
	for (long j = 0; j < stride; j += VW) {
		vf v = load(b + j), w = v * set1(g), p = load(a + j) * w;
		top = max_v(top, w);
		sum += p;
		store(x + j, load(e + j) * (v * set1(k)));
		if (gamma) store(gamma + j, p);
		else store_to(out + j, fma_v(p, set1(factor), load_to(out + j, c - j)), c - j);
	}
	*most = hmax(top);
	return hsum(sum);
}

// pack_row copies a row of x into row k of panels of gemm_pack with n columns and K rows.
INLINE void pack_row(float *panels, const float *x, long k, long n, long K) {
	for (long j = 0; j < n; j += NR) {
		long width = panel_width(j, n);
		for (long i = 0; i < width; i += VW) store(panels + j * K + k * width + i, load(x + j + i));
	}
}

// add_tails: sums [tail][stride] += of each tail column of x, which begins at first, the products
// with rows of a.
static void add_tails(float *sums, const float *a, const float *x, long tail, long K, long stride) {
	for (long n = 0; n < tail; n++)
		for (long j = 0; j < stride; j += 4 * VW) {
			vf s[4] = {set_zero(), set_zero(), set_zero(), set_zero()};
			long have = at_most(4, (stride - j) / VW);
			if (have == 4)
				for (long k = 0; k < K; k++)
#pragma GCC unroll 4
					for (int v = 0; v < 4; v++) s[v] = fma_v(load(a + k * stride + j + v * VW), set1(x[n * K + k]), s[v]);
			else
				for (long k = 0; k < K; k++)
					for (long v = 0; v < have; v++) s[v] = fma_v(load(a + k * stride + j + v * VW), set1(x[n * K + k]), s[v]);
			for (long v = 0; v < have; v++) {
				float *p = sums + n * stride + j + v * VW;
				store(p, load(p) + s[v]);
			}
		}
}

// crf_group_work is the floats of work: tokens are those of the group.
static long crf_group_work(const struct chain_shape *s, long count, long tokens, int mode) {
	long rows = mode == CRF_FORWARD ? 2 * count : 2 * tokens;
	long row_scales = whole_vectors(tokens) * VW, n_pairs = whole_vectors(SPARSE * (s->c - s->dense)) * VW;
	return (rows + 2 * count + 2 + TAIL) * s->stride + row_scales + n_pairs + STEP_BLOCK * (s->stride + NR + TAIL);
}

// crf_group runs documents docs[0..count), longest first, of the packed batch.
// It overwrites log_z [B], fine [B] and, unless labels is null, gold [B] (the emission scores of
// known labels) of these documents, and, where there is a backward pass,
//
//	out [N, c] by label, if not null: += factor (marginals less 1 at known labels), or, where labels
//	    is null, the marginals
//	ends [B][2][c], if not null: marginals of the first and of the last token, by label
//	sums [c][dense], if not null: sum of a_(t-1) x_t over all steps into dense labels
//	pairs [SPARSE][c - dense]: the same of steps into sparse labels
//
// Where fine is 0 after CRF_GUARDED, all of this but log_z may hold anything.
static void crf_group(const struct chain_shape *s, const float *forward, const float *backward, const float *coef,
                      const float *start, const float *end, const float *least_mass, const int32_t *perm, const int32_t *runs,
                      const float *emit, const int32_t *labels, const int32_t *offsets, const int32_t *docs, long count, int mode, float factor,
                      float *out, double *log_z, double *gold, int32_t *fine, float *ends, float *sums, float *pairs, float *work) {
	const long c = s->c, stride = s->stride, dense = s->dense, tail = tail_columns(dense), n_pairs = SPARSE * (c - dense);
	struct order order;
	order_init(&order, perm, c, dense);
	struct group_doc group[STEP_ROWS];
	long tokens = 0;
	for (long d = 0; d < count; d++) {
		long length = offsets[docs[d] + 1] - offsets[docs[d]];
		double tops = (double)s->top_start + s->top_end + (double)s->top * (double)(length - 1);
		group[d] = (struct group_doc){offsets[docs[d]], length, {tops, 1}, 0, 1, 1, 1};
		tokens += length;
	}
	const int keep = mode != CRF_FORWARD;
	const long longest = group[0].length;
	float *next = work, *x = next + count * stride, *row = x + count * stride, *gamma = row + stride, *tail_sums = gamma + stride;
	float *block = tail_sums + TAIL * stride, *panels = block + whole_vectors(n_pairs) * VW;
	float *x_tails = panels + STEP_BLOCK * (stride + NR), *inv_s = x_tails + STEP_BLOCK * TAIL;
	float *a = inv_s + whole_vectors(tokens) * VW, *e = a + (keep ? tokens : 2 * count) * stride;
	memset(work, 0, (size_t)(panels - work) * sizeof *work);

	long running = count, rows = 0, before = 0; // rows of this step begin at rows, those of the last at before
	for (long t = 0; t < longest; t++) {
		if (t > 0) {
			before = rows;
			rows += running;
		}
		while (group[running - 1].length <= t) running--;
		if (!keep) {
			before = (~t & 1) * count;
			rows = (t & 1) * count;
		}
		if (t > 0) step_forward(next, a + before * stride, running, s, forward, runs, coef);
		for (long d = 0; d < running; d++) {
			struct group_doc *doc = group + d;
			long token = doc->row0 + t, at = rows + d;
			if (t + AHEAD < doc->length) {
				fetch_row(emit + (token + AHEAD) * c, c);
				if (keep) {
					fetch_row(a + (at + AHEAD * running) * stride, stride);
					fetch_row(e + (at + AHEAD * running) * stride, stride);
				}
			}
			int lost = 0;
			float top, *v = a + at * stride;
			float f = forward_row(v, keep ? e + at * stride : 0, t > 0 ? next + d * stride : start, emit + token * c, doc->inv,
			                      least_mass + (t > 0) * stride, &order, stride, row, &top, &lost);
			doc->sum.sum += top;
			if (labels && labels[token] >= 0) doc->gold += emit[token * c + labels[token]];
			doc->mass &= !lost;
			if (!(f >= LEAST_SCALE && f < __builtin_inff())) {
				memset(v, 0, (size_t)stride * sizeof *v);
				doc->mass = doc->running = 0;
				f = 1;
			}
			doc->inv = 1 / f;
			inv_s[at] = doc->inv;
			if (t + 1 < doc->length) {
				log_add(&doc->sum, f);
				continue;
			}
			f = dot(v, end, stride);
			doc->mass &= f >= LEAST_MASS;
			doc->running &= f >= LEAST_SCALE && f < __builtin_inff();
			log_z[docs[d]] = doc->sum.sum + log_d(doc->sum.product) + log_d(f);
			doc->inv = 1 / f;
		}
	}
	for (long d = 0; d < count; d++) {
		fine[docs[d]] = group[d].mass;
		if (labels) gold[docs[d]] = group[d].gold;
		if (mode == CRF_SURE) group[d].running = group[d].mass;
	}
	if (!keep) return;

	if (sums) memset(sums, 0, (size_t)(c * dense) * sizeof *sums);
	if (sums) memset(pairs, 0, (size_t)n_pairs * sizeof *pairs);
	long first = longest, last = 0, steps = 0; // steps of the block, rows of its product
	int added = 0;
	running = 0;
	rows = tokens;
	for (long t = longest - 1; t >= 0; t--) {
		// x holds the steps into t+1 of the documents that run on.
		if (running > 0) step_backward(next, x, running, s, backward, runs, coef);
		for (; running < count && group[running].length > t; running++) {
			float *b = next + running * stride;
			vf inv = set1(group[running].inv);
			for (long j = 0; j < stride; j += VW) store(b + j, load(end + j) * inv);
			group[running].inv = 1;
		}
		rows -= running;
		long earlier = running; // documents of step t-1
		while (earlier < count && group[earlier].length >= t) earlier++;
		if (sums && t > 0 && t < first) {
			// A block of steps with the same documents, so that its rows of a have no gaps.
			last = t;
			first = t - STEP_BLOCK / running + 1 > 1 ? t - STEP_BLOCK / running + 1 : 1;
			if (running < count) {
				long border = group[running].length; // the first step with no more documents
				if (first <= border) first = t == border ? t : border + 1;
			}
			steps = (last - first + 1) * running;
		}
		for (long d = 0; d < running; d++) {
			struct group_doc *doc = group + d;
			long token = doc->row0 + t;
			float *to = x + d * stride, *a_row = a + (rows + d) * stride, *step = out ? out + token * c : 0;
			float k = t > 0 ? inv_s[rows - earlier + d] * doc->inv : 0, most = 0;
			if (!doc->running) memset(to, 0, (size_t)stride * sizeof *to);
			else {
				if (t > AHEAD) {
					long far = rows + d - AHEAD * earlier;
					fetch_row(a + far * stride, stride);
					fetch_row(e + far * stride, stride);
					if (step) fetch_row(step - AHEAD * c, c);
				}
				int apart = !step || !labels || dense != c || (ends && (t == 0 || t + 1 == doc->length));
				float q = backward_row(to, apart ? gamma : 0, step, factor, a_row, e + (rows + d) * stride, next + d * stride,
				                       doc->inv, k, c, stride, &most);
				if (!(q >= LEAST_SCALE && q < __builtin_inff()) || (!doc->mass && !(most <= MOST_BETA))) doc->running = 0;
				doc->inv = 1 / q;
				if (apart) {
					to_labels(row, gamma, &order);
					if (ends && t == 0) memcpy(ends + 2 * docs[d] * c, row, (size_t)c * sizeof *row);
					if (ends && t + 1 == doc->length) memcpy(ends + (2 * docs[d] + 1) * c, row, (size_t)c * sizeof *row);
				}
				if (apart && step)
					for (long j = 0; j < c; j += VW) {
						vf p = load_to(row + j, c - j);
						store_to(step + j, labels ? fma_v(p, set1(factor), load_to(step + j, c - j)) : p, c - j);
					}
				if (step && labels && labels[token] >= 0) step[labels[token]] -= factor;
			}
			if (!sums || t == 0) continue;
			long at = (t - first) * running + d;
			pack_row(panels, to, at, dense - tail, steps);
			for (long j = 0; j < tail; j++) x_tails[j * steps + at] = to[dense - tail + j];
			if (n_pairs > 0) add_pairs(block, 1, a + (rows - earlier + d) * stride, to, s, runs);
		}
		if (!sums || t != first) continue;
		const float *left = a + (rows - earlier) * stride;
		gemm_block(sums, dense, left, stride, 1, panels, steps, 0, 0, c, dense - tail, steps, added);
		add_tails(tail_sums, left, x_tails, tail, steps, stride);
		flush_pairs(pairs, block, n_pairs);
		added = 1;
	}
	for (long i = 0; sums && i < c; i++)
		for (long j = 0; j < tail; j++) sums[i * dense + dense - tail + j] = tail_sums[j * stride + i];
	for (long d = 0; d < count; d++) fine[docs[d]] = group[d].running;
}

// add_transitions: d_trans += factor (E sums - counts) for steps from positions [i0, i1) to
// dense ones. sums [groups][c][dense] is by position, counts [c][c] by label.
static void add_transitions(float *d_trans, float factor, const struct chain_shape *s, const float *matrix, const float *sums, long groups,
                            const int32_t *counts, const int32_t *perm, long i0, long i1) {
	const long dense = s->dense, size = s->c * dense;
	for (long i = i0; i < i1; i++) {
		float *to = d_trans + perm[i] * s->c;
		const int32_t *count = counts + perm[i] * s->c;
		for (long j = 0; j < dense; j += VW) {
			long have = at_most(dense - j, VW);
			const float *from = sums + i * dense + j;
			vf total = set_zero();
			for (long g = 0; g < groups; g++) total += load_to(from + g * size, have);
			total *= load_to(matrix + i * dense + j, have);
			for (long l = 0; l < have; l++) {
				float *p = to + perm[j + l];
				*p += (float)(factor * ((double)total[l] - count[perm[j + l]]));
			}
		}
	}
}

#endif
