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
