// Operations row by row: norms, softmax and losses.
#ifndef C_ROWS_H
#define C_ROWS_H

#include "c_math.h"

static void layer_norm(float *y, float *stats, const float *x, const float *gamma, const float *beta, float eps, long rows, long h) {
	for (long r = 0; r < rows; r++, x += h, y += h) {
		vf s = set_zero();
		for (long j = 0; j < h; j += VW) s += load_to(x + j, h - j);
		// A second look at the mean: rest is what its rounding left over, which
		// shows where the mean is large beside the spread.
		float mean = hsum(s) / (float)h;
		s = set_zero();
		vf t = set_zero();
		for (long j = 0; j < h; j += VW) {
			vf d = load_fill(x + j, h - j, mean) - set1(mean);
			s += d;
			t = fma_v(d, d, t);
		}
		float rest = hsum(s) / (float)h;
		float inv = 1 / __builtin_sqrtf(hsum(t) / (float)h - rest * rest + eps);
		for (long j = 0; j < h; j += VW) {
			vf hat = (load_to(x + j, h - j) - set1(mean) - set1(rest)) * set1(inv);
			store_to(y + j, fma_v(hat, load_to(gamma + j, h - j), load_to(beta + j, h - j)), h - j);
		}
		mean += rest;
		stats[2 * r] = mean;
		stats[2 * r + 1] = inv;
	}
}

// layer_norm_grad overwrites dx, and sum_gamma, sum_beta [h] with the sums over
// these rows.
static void layer_norm_grad(float *dx, float *sum_gamma, float *sum_beta, const float *dy, const float *x,
                            const float *stats, const float *gamma, long rows, long h) {
	memset(sum_gamma, 0, (size_t)h * sizeof *sum_gamma);
	memset(sum_beta, 0, (size_t)h * sizeof *sum_beta);
	for (long r = 0; r < rows; r++, dx += h, dy += h, x += h) {
		vf mean = set1(stats[2 * r]), inv = set1(stats[2 * r + 1]);
		vf s = set_zero(), t = set_zero(); // of g = dy gamma, and of g xhat
		for (long j = 0; j < h; j += VW) {
			long left = h - j;
			vf d = load_to(dy + j, left), hat = (load_to(x + j, left) - mean) * inv;
			vf g = d * load_to(gamma + j, left);
			s += g;
			t = fma_v(g, hat, t);
			store_to(sum_gamma + j, fma_v(d, hat, load_to(sum_gamma + j, left)), left);
			store_to(sum_beta + j, d + load_to(sum_beta + j, left), left);
		}
		vf a = set1(hsum(s) / (float)h), b = set1(hsum(t) / (float)h);
		for (long j = 0; j < h; j += VW) {
			long left = h - j;
			vf hat = (load_to(x + j, left) - mean) * inv;
			vf g = load_to(dy + j, left) * load_to(gamma + j, left);
			store_to(dx + j, inv * (g - a - hat * b), left);
		}
	}
}

// row_max is the greatest of n values, n > 0.
INLINE float row_max(const float *x, long n) {
	vf m = load_fill(x, n, x[0]);
	for (long j = VW; j < n; j += VW) m = max_v(m, load_fill(x + j, n - j, x[0]));
	return hmax(m);
}

// exp_row writes exp(x - top) and returns the sum.
INLINE float exp_row(float *out, const float *x, float top, long n) {
	vf s = set_zero();
	for (long j = 0; j < n; j += VW) {
		vf e = exp_v(load_fill(x + j, n - j, -__builtin_inff()) - set1(top));
		s += e;
		store_to(out + j, e, n - j);
	}
	return hsum(s);
}

// take_tile turns up to VW rows into columns: tile[j][r] = x[r, order[j]]. Lanes
// without a row repeat the last one. put_tile turns them back.
INLINE void take_tile(float *tile, const float *x, const int32_t *order, long rows, long c) {
	for (long r = 0; r < VW; r++) {
		const float *row = x + (r < rows ? r : rows - 1) * c;
		for (long j = 0; j < c; j++) tile[j * VW + r] = row[order[j]];
	}
}
INLINE void put_tile(float *y, const float *tile, const int32_t *order, long rows, long c) {
	for (long r = 0; r < rows; r++, y += c)
		for (long j = 0; j < c; j++) y[order[j]] = tile[j * VW + r];
}

// log_softmax_groups: the columns of group g are order[start[g]] to
// order[start[g+1]-1]. A lane of a vector is a row. tile is scratch of
// 2 * VW * c floats.
static void log_softmax_groups(float *y, const float *x, const int32_t *order, const int32_t *start, long groups,
                               long rows, long c, float *tile) {
	for (long r = 0; r < rows; r += VW, x += VW * c, y += VW * c) {
		long have = at_most(rows - r, VW);
		take_tile(tile, x, order, have, c);
		for (long g = 0; g < groups; g++) {
			long first = start[g], last = start[g + 1];
			if (first == last) continue;
			vf top = load(tile + first * VW), sum = set_zero();
			for (long j = first + 1; j < last; j++) top = max_v(load(tile + j * VW), top);
			for (long j = first; j < last; j++) {
				vf d = load(tile + j * VW) - top;
				store(tile + j * VW, d);
				sum += exp_v(d);
			}
			vf log_sum = log_v(sum);
			for (long j = first; j < last; j++) store(tile + j * VW, load(tile + j * VW) - log_sum);
		}
		put_tile(y, tile, order, have, c);
	}
}

static void log_softmax_groups_grad(float *dx, const float *dy, const float *y, const int32_t *order, const int32_t *start, long groups,
                                    long rows, long c, float *tile) {
	float *log_p = tile + c * VW;
	for (long r = 0; r < rows; r += VW, dx += VW * c, dy += VW * c, y += VW * c) {
		long have = at_most(rows - r, VW);
		take_tile(tile, dy, order, have, c);
		take_tile(log_p, y, order, have, c);
		for (long g = 0; g < groups; g++) {
			vf sum = set_zero();
			for (long j = start[g]; j < start[g + 1]; j++) sum += load(tile + j * VW);
			for (long j = start[g]; j < start[g + 1]; j++)
				store(tile + j * VW, load(tile + j * VW) - exp_v(load(log_p + j * VW)) * sum);
		}
		put_tile(dx, tile, order, have, c);
	}
}

// group_add: y[r, j] += g[r, group[j]].
static void group_add(float *y, const float *g, const int32_t *group, long rows, long c, long groups) {
	for (long r = 0; r < rows; r++, y += c, g += groups)
		for (long j = 0; j < c; j++) y[j] += g[group[j]];
}

// group_sum: dg[r, k] += sum of dy[r, j] with group[j] = k; sum is scratch of groups floats.
static void group_sum(float *dg, const float *dy, const int32_t *group, long rows, long c, long groups, float *sum) {
	for (long r = 0; r < rows; r++, dy += c, dg += groups) {
		memset(sum, 0, (size_t)groups * sizeof *sum);
		for (long j = 0; j < c; j++) sum[group[j]] += dy[j];
		for (long k = 0; k < groups; k++) dg[k] += sum[k];
	}
}

// LOSS_BLOCK is the rows of softmax_loss that go through each of its stages
// together, so that the long chain of each row's loss overlaps with other rows'.
#define LOSS_BLOCK 16

// loss_row is one row of softmax_loss: exp of its greatest, the label's share of the
// sum and the rest of it, and what pulls at the log-probability.
struct loss_row {
	double e, rest, total, pull;
	float top;
};

// softmax_loss_work is the floats of scratch for rows of c.
static long softmax_loss_work(long c) { return LOSS_BLOCK * c + 2 * c + VW; }

// exp_but writes exp(z - top) with 0 in place of column y and sets e, total and rest:
// 1-p is the sum without y, so that it keeps its digits when p is near 1. keep is
// ones with one zero at column c.
INLINE void exp_but(struct loss_row *row, float *prob, const float *z, long y, const float *keep, long c) {
	row->top = row_max(z, c);
	vf top = set1(row->top), s = set_zero();
	for (long j = 0; j < c; j += VW) {
		vf e = exp_v(load_fill(z + j, c - j, -__builtin_inff()) - top) * load(keep + c - y + j);
		s += e;
		store_to(prob + j, e, c - j);
	}
	row->e = exp_v(set1(z[y]) - top)[0];
	row->rest = hsum(s);
	row->total = row->rest + row->e;
}

// softmax_loss adds to dz and overwrites loss[3] with the sums over these rows.
// ce is CE/V, cb is CB/sum w, focal is Focal/V: factors of the gradient; a
// component whose factor is 0 is left out. inv_v and inv_w divide the losses.
// work holds softmax_loss_work floats.
static void softmax_loss(float *dz, double *loss, const float *z, const int32_t *labels, long rows, long c,
                         double ce, double cb, double focal, double inv_v, double inv_w, double gamma,
                         const float *weights, const float *alpha, float *work) {
	double sum_ce = 0, sum_cb = 0, sum_focal = 0;
	float *prob = work, *keep = work + LOSS_BLOCK * c;
	for (long j = 0; j < 2 * c + VW; j++) keep[j] = j == c ? 0 : 1;
	for (long at = 0; at < rows; at += LOSS_BLOCK) {
		long block = at_most(rows - at, LOSS_BLOCK);
		struct loss_row row[LOSS_BLOCK];
		for (long r = 0; r < block; r++)
			if (labels[at + r] >= 0) exp_but(&row[r], prob + r * c, z + (at + r) * c, labels[at + r], keep, c);
		for (long r = 0; r < block; r++) {
			int32_t y = labels[at + r];
			if (y < 0) continue;
			double e = row[r].e, rest = row[r].rest, total = row[r].total;
			double top = row[r].top, score = z[(at + r) * c + y];
			double nll = score == top ? log1p_d(rest) : log_d(total) - (score - top);
			double pull = 0; // -d loss / d log p
			if (ce != 0) {
				sum_ce += nll;
				pull += ce;
			}
			if (cb != 0) {
				sum_cb += weights[y] * nll;
				pull += cb * weights[y];
			}
			if (focal != 0) {
				double a = alpha ? alpha[y] : 1, q = rest / total, value = nll, slope = 1;
				if (gamma == 2) {
					value = q * q * nll;
					slope = q * q + 2 * (e / total) * q * nll;
				} else if (gamma != 0) {
					double f = q > 0 ? __builtin_pow(q, gamma) : 0;
					value = f * nll;
					slope = q > 0 ? f + gamma * (e / total) * (f / q) * nll : 0;
				}
				sum_focal += a * value;
				pull += focal * a * slope;
			}
			row[r].pull = pull;
		}
		for (long r = 0; r < block; r++) {
			int32_t y = labels[at + r];
			if (y < 0) continue;
			const float *p = prob + r * c;
			float *out = dz + (at + r) * c;
			float own = out[y] - (float)(row[r].pull * (row[r].rest / row[r].total));
			vf f = set1((float)(row[r].pull / row[r].total));
			for (long j = 0; j < c; j += VW) store_to(out + j, fma_v(f, load_to(p + j, c - j), load_to(out + j, c - j)), c - j);
			out[y] = own;
		}
	}
	loss[0] = sum_ce * inv_v;
	loss[1] = sum_cb * inv_w;
	loss[2] = sum_focal * inv_v;
}

// argmax_rows writes the first column of the greatest value of each row.
static void argmax_rows(int32_t *path, const float *z, long rows, long c) {
	for (long r = 0; r < rows; r++, z += c) {
		float top = row_max(z, c);
		long at = 0;
		while (at < c && z[at] != top) at++;
		path[r] = (int32_t)(at < c ? at : 0); // no column equals a NaN
	}
}

// inv_norms writes 1/max(norm, least) of each row, the sum of squares in double.
static void inv_norms(float *inv, const float *x, double least, long rows, long d) {
	for (long r = 0; r < rows; r++) {
		double norm = __builtin_sqrt(sum_squares(x + r * d, d));
		inv[r] = (float)(1 / (norm > least ? norm : least));
	}
}

// scale_rows: y[r] = f inv[r] x[r]; y may be x.
static void scale_rows(float *y, const float *x, const float *inv, float f, long rows, long c) {
	for (long r = 0; r < rows; r++, x += c, y += c) {
		vf s = set1(f * inv[r]);
		for (long j = 0; j < c; j += VW) store_to(y + j, s * load_to(x + j, c - j), c - j);
	}
}

// cosine_pulls prepares the gradient of y = f cos for some rows: scaled = f inv[r] dy[r].
// It returns the sum of dy y.
static double cosine_pulls(float *scaled, const float *dy, const float *y, const float *inv, float f, long rows, long c) {
	double total = 0;
	for (long r = 0; r < rows; r++, scaled += c, dy += c, y += c) {
		vf g = set1(f * inv[r]), s = set_zero();
		for (long j = 0; j < c; j += VW) {
			vf d = load_to(dy + j, c - j);
			store_to(scaled + j, g * d, c - j);
			s = fma_v(d, load_to(y + j, c - j), s);
		}
		total += hsum(s);
	}
	return total;
}

// dot_d is the sum of x y in double.
static double dot_d(const float *x, const float *y, long n) {
	vd s = {0}, t = {0};
	for (long i = 0; i < n; i += VW) {
		vd a, b, c, d;
		halves(load_to(x + i, n - i), &a, &b);
		halves(load_to(y + i, n - i), &c, &d);
		s = fma_d(a, c, s);
		t = fma_d(b, d, t);
	}
	return hsum_d(s + t);
}

// take_along takes off each row of g its part along the row of v, but for rows whose
// inv reaches clamped: their length was a constant.
static void take_along(float *g, const float *v, const float *inv, float clamped, long rows, long d) {
	for (long r = 0; r < rows; r++, g += d, v += d) {
		if (!(inv[r] < clamped)) continue;
		if (d == 1) { // a line has no other direction
			g[0] = 0;
			continue;
		}
		double f = dot_d(g, v, d) * inv[r]; // along the direction of v
		vf unit = set1(inv[r]), part = set1((float)-f);
		for (long j = 0; j < d; j += VW) store_to(g + j, fma_v(part, unit * load_to(v + j, d - j), load_to(g + j, d - j)), d - j);
	}
}

#endif
