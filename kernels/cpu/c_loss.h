// The losses on a softmax of each row of scores.
#ifndef C_LOSS_H
#define C_LOSS_H

#include "c_rows.h"

// LOSS_BLOCK is the rows of softmax_loss that go through each of its stages
// together, so that the second stage has a row in each lane.
#define LOSS_BLOCK 16

// loss_block is what the stages hand on of each row. A row without a label has e 1
// and 0 for all else.
struct loss_block {
	double fall[LOSS_BLOCK]; // the greatest score less the label's
	double e[LOSS_BLOCK];    // exp of the label's score less the greatest
	double rest[LOSS_BLOCK]; // the sum of exp of all others
	double valid[LOSS_BLOCK], weight[LOSS_BLOCK], alpha[LOSS_BLOCK];
	double other[LOSS_BLOCK], own[LOSS_BLOCK]; // the gradient: of exp, and of the label
};

// loss_factors: ce is CE/V, cb is CB/sum w, focal is Focal/V; a component whose
// factor is 0 is left out.
struct loss_factors {
	double ce, cb, focal, gamma;
	const float *weights, *alpha;
};

// loss_stride is c rounded up to whole vectors.
INLINE long loss_stride(long c) { return (c + VW - 1) / VW * VW; }

// softmax_loss_work is the floats of scratch for rows of c.
static long softmax_loss_work(long c) { return (LOSS_BLOCK + 1) * loss_stride(c) + c + 2 * VW; }

// exp_but writes exp(z - top) and what row r of the block hands on. rest is summed
// without y: 1-p keeps its digits when p is near 1. keep is ones with one zero at column c.
INLINE void exp_but(struct loss_block *b, long r, float *prob, const float *z, long y, const float *keep, long c) {
	float greatest = row_max(z, c);
	vf top = set1(greatest), s = set_zero();
	keep += c - y;
	long j = 0;
	for (; j + VW <= c; j += VW) {
		vf e = exp_fall(load(z + j) - top);
		s = fma_v(e, load(keep + j), s);
		store(prob + j, e);
	}
	if (j < c) {
		vf e = exp_fall(load_fill(z + j, c - j, -__builtin_inff()) - top);
		s = fma_v(e, load(keep + j), s);
		store(prob + j, e);
	}
	b->fall[r] = (double)greatest - (double)z[y];
	b->e[r] = prob[y];
	b->rest[r] = hsum(s);
}

INLINE vd load_d(const double *p) {
	vd v;
	memcpy(&v, p, sizeof v);
	return v;
}
INLINE void store_d(double *p, vd v) { memcpy(p, &v, sizeof v); }

// slopes sets the gradient of each row of a block and adds its losses to sums.
INLINE void slopes(struct loss_block *b, vd *sums, const struct loss_factors *f) {
	for (long r = 0; r < LOSS_BLOCK; r += HW) {
		vd e = load_d(b->e + r), rest = load_d(b->rest + r), total = rest + e, zero = {0};
		// log(1 + rest) by its series where adding 1 would lose the digits of rest.
		vd nll = select_d(rest, zero + 1e-5, rest - rest * rest * (0.5 - rest / 3), log_vd(total) + load_d(b->fall + r));
		vd valid = load_d(b->valid + r), weight = load_d(b->weight + r), alpha = load_d(b->alpha + r);
		vd pull = valid * f->ce + weight * f->cb; // -d loss / d log p
		sums[0] += valid * nll;
		sums[1] += weight * nll;
		if (f->focal != 0) {
			vd q = rest / total, p = e / total, value = nll, slope = zero + 1;
			if (f->gamma == 2) {
				value = q * q * nll;
				slope = q * q + 2 * p * q * nll;
			} else if (f->gamma != 0) {
				for (int i = 0; i < HW; i++) {
					double power = q[i] > 0 ? __builtin_pow(q[i], f->gamma) : 0;
					value[i] = power * nll[i];
					slope[i] = q[i] > 0 ? power + f->gamma * p[i] * (power / q[i]) * nll[i] : 0;
				}
			}
			sums[2] += alpha * value;
			pull += f->focal * alpha * slope;
		}
		vd other = pull / total;
		store_d(b->other + r, other);
		store_d(b->own + r, -other * rest);
	}
}

// softmax_loss overwrites dz, and loss[3] with the sums over these rows.
// The factors are those of struct loss_factors; inv_v and inv_w divide the losses.
// work holds softmax_loss_work floats.
static void softmax_loss(float *dz, double *loss, const float *z, const int32_t *labels, long rows, long c,
                         double ce, double cb, double focal, double inv_v, double inv_w, double gamma,
                         const float *weights, const float *alpha, float *work) {
	struct loss_factors f = {ce, cb, focal, gamma, weights, alpha};
	vd sums[3] = {{0}, {0}, {0}};
	long stride = loss_stride(c);
	// Rows of exp begin on a whole vector, where stores and loads are fastest.
	float *prob = (float *)(((uintptr_t)work + 4 * VW - 1) / (4 * VW) * (4 * VW)), *keep = prob + LOSS_BLOCK * stride;
	for (long j = 0; j < c + stride; j++) keep[j] = j == c ? 0 : 1;
	for (long at = 0; at < rows; at += LOSS_BLOCK, z += LOSS_BLOCK * c, dz += LOSS_BLOCK * c, labels += LOSS_BLOCK) {
		long block = at_most(rows - at, LOSS_BLOCK);
		struct loss_block b;
		for (long r = 0; r < LOSS_BLOCK; r++) {
			long y = r < block ? labels[r] : -1;
			if (y < 0) {
				b.e[r] = 1;
				b.fall[r] = b.rest[r] = b.valid[r] = b.weight[r] = b.alpha[r] = 0;
				continue;
			}
			fetch_row(dz + r * c, c);
			exp_but(&b, r, prob + r * stride, z + r * c, y, keep, c);
			b.valid[r] = 1;
			b.weight[r] = cb != 0 ? weights[y] : 0;
			b.alpha[r] = alpha ? alpha[y] : 1;
		}
		slopes(&b, sums, &f);
		for (long r = 0; r < block; r++) {
			long y = labels[r];
			if (y < 0) {
				memset(dz + r * c, 0, (size_t)c * sizeof *dz);
				continue;
			}
			const float *p = prob + r * stride;
			float *out = dz + r * c;
			vf g = set1((float)b.other[r]);
			long j = 0;
			for (; j + VW <= c; j += VW) store(out + j, g * load(p + j));
			if (j < c) store_n(out + j, g * load(p + j), c - j);
			out[y] = (float)b.own[r];
		}
	}
	loss[0] = ce != 0 ? hsum_d(sums[0]) * inv_v : 0;
	loss[1] = cb != 0 ? hsum_d(sums[1]) * inv_w : 0;
	loss[2] = hsum_d(sums[2]) * inv_v;
}

#endif
