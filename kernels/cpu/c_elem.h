// Operations element by element, and moves of rows.
#ifndef C_ELEM_H
#define C_ELEM_H

#include "c_math.h"

static void axpy(float *y, float alpha, const float *x, long n) {
	vf a = set1(alpha);
	for (long i = 0; i < n; i += VW) store_to(y + i, fma_v(a, load_to(x + i, n - i), load_to(y + i, n - i)), n - i);
}

static void add_bias(float *y, const float *bias, long rows, long c) {
	for (long r = 0; r < rows; r++, y += c)
		for (long j = 0; j < c; j += VW) store_to(y + j, load_to(y + j, c - j) + load_to(bias + j, c - j), c - j);
}

// col_sum overwrites sum [c] with the column sums of x [rows, c].
static void col_sum(float *sum, const float *x, long rows, long c) {
	for (long j = 0; j < c; j += VW) {
		vf s = set_zero();
		for (long r = 0; r < rows; r++) s += load_to(x + r * c + j, c - j);
		store_to(sum + j, s, c - j);
	}
}

static double sum_squares(const float *x, long n) {
	vd s = {0}, t = {0};
	for (long i = 0; i < n; i += VW) {
		vd a, b;
		halves(load_to(x + i, n - i), &a, &b);
		s = fma_d(a, a, s);
		t = fma_d(b, b, t);
	}
	return hsum_d(s + t);
}

static void gelu(float *y, const float *x, long n) {
	for (long i = 0; i < n; i += VW) {
		vf density, v = load_to(x + i, n - i);
		store_to(y + i, v * normal_v(v, &density), n - i);
	}
}

static void gelu_grad(float *dx, const float *dy, const float *x, long n) {
	const vf norm = set1(0.39894228040143268f); // 1/sqrt(2 pi)
	for (long i = 0; i < n; i += VW) {
		vf density, v = load_to(x + i, n - i);
		vf p = normal_v(v, &density);
		store_to(dx + i, load_to(dy + i, n - i) * fma_v(v * norm, density, p), n - i);
	}
}

// dropout_mask is all ones in the lanes of HW counters whose draw is at least threshold.
INLINE vu dropout_mask(vu state, uint64_t threshold) {
	vu z = state + 0x9E3779B97F4A7C15ULL;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	z ^= z >> 31;
	typedef int64_t vs __attribute__((vector_size(8 * HW)));
	return (vu)((vs)(z >> 40) >= (vs)(threshold - (vu){0}));
}

// dropout does elements [first, first+n) of the array that the counter runs over;
// y and x point at the first of them. A draw has 24 bits; it keeps the element
// when it is at least threshold.
static void dropout(float *y, const float *x, long n, uint64_t first, uint64_t seed, uint64_t threshold, float scale) {
	const uint64_t golden = 0x9E3779B97F4A7C15ULL;
	vu low, high;
	for (int i = 0; i < HW; i++) {
		low[i] = seed + (first + (uint64_t)i) * golden;
		high[i] = seed + (first + (uint64_t)(i + HW)) * golden;
	}
	for (long i = 0; i < n; i += VW) {
		vu a = dropout_mask(low, threshold), b = dropout_mask(high, threshold);
		int32_t keep[VW];
		for (int l = 0; l < HW; l++) {
			keep[l] = (int32_t)a[l];
			keep[l + HW] = (int32_t)b[l];
		}
		vi mask;
		memcpy(&mask, keep, sizeof mask);
		vf v = load_to(x + i, n - i) * set1(scale);
		store_to(y + i, (vf)((vi)v & mask), n - i);
		low += VW * golden;
		high += VW * golden;
	}
}

// adamw steps n elements: lr and decay as they are, b1 = Beta1, c1 = 1 - Beta1 and
// so on, scale is the factor on the gradient, d1 = 1/(1-Beta1^Step), d2 likewise.
static void adamw(float *p, float *g, float *m, float *v, long n, float lr, float decay, float eps,
                  float b1, float c1, float b2, float c2, float scale, float d1, float d2) {
	for (long i = 0; i < n; i += VW) {
		long left = n - i;
		vf d = load_to(g + i, left) * set1(scale);
		vf m1 = fma_v(set1(b1), load_to(m + i, left), set1(c1) * d);
		vf v1 = fma_v(set1(b2), load_to(v + i, left), set1(c2) * d * d);
		vf w = load_to(p + i, left);
		vf move = fma_v(set1(decay), w, m1 * set1(d1) / (sqrt_v(v1 * set1(d2)) + set1(eps)));
		store_to(p + i, w - set1(lr) * move, left);
		store_to(m + i, m1, left);
		store_to(v + i, v1, left);
		store_to(g + i, set_zero(), left);
	}
}

// embed_rows: y[n] = sum of the width table rows named for n, -1 left out, for n
// below rows; y, table have h columns.
static void embed_rows(float *y, const float *table, const int32_t *ids, long rows, long width, long h) {
	for (long n = 0; n < rows; n++, ids += width, y += h)
		for (long j = 0; j < h; j += VW) {
			vf s = set_zero();
			for (long f = 0; f < width; f++)
				if (ids[f] >= 0) s += load_to(table + ids[f] * h + j, h - j);
			store_to(y + j, s, h - j);
		}
}

// gather_rows: row i of y = row ids[i] of x, zeros for -1.
static void gather_rows(float *y, const float *x, const int32_t *ids, long n, long h) {
	for (long i = 0; i < n; i++, y += h) {
		if (ids[i] < 0) memset(y, 0, (size_t)h * sizeof *y);
		else memcpy(y, x + ids[i] * h, (size_t)h * sizeof *y);
	}
}

// scatter_rows: columns [j0, j1) of row ids[i] of y += those of row i / width of x,
// in the order of i.
static void scatter_rows(float *y, const float *x, const int32_t *ids, long n, long width, long h, long j0, long j1) {
	for (long i = 0; i < n; i++) {
		if (ids[i] < 0) continue;
		float *out = y + ids[i] * h;
		const float *in = x + i / width * h;
		for (long j = j0; j < j1; j += VW) store_to(out + j, load_to(out + j, j1 - j) + load_to(in + j, j1 - j), j1 - j);
	}
}

#endif
