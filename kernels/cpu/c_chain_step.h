// Steps of a chain: up to STEP_ROWS rows, a document each, times a matrix that stays in
// the second-level cache. So few rows want wide tiles: four by up to STEP_VECTORS
// vectors reach what twelve by two do, and small groups of documents divide among
// more threads.
#ifndef C_CHAIN_STEP_H
#define C_CHAIN_STEP_H

#include "c_kernels.h"
#include "c_vector.h"

#if defined(LEVEL_AVX512)
#define STEP_VECTORS 4 // 4 x 4 sums of 32 registers
#elif defined(LEVEL_AVX2)
#define STEP_VECTORS 3 // 4 x 3 of 16
#else
#define STEP_VECTORS 2
#endif

// TAIL columns at most beyond whole vectors are dot products: 161 columns cost a vector of
// 16 less than 176. tail_columns is how many of n columns those are.
#define TAIL 2

INLINE long tail_columns(long n) { return n % VW <= TAIL ? n % VW : 0; }

INLINE long whole_vectors(long n) { return (n + VW - 1) / VW; }

// step_packed is the floats that step_pack writes for a matrix of so many rows and n columns.
INLINE long step_packed(long n, long rows) {
	long tail = tail_columns(n);
	return whole_vectors(n - tail) * VW * rows + tail * whole_vectors(rows) * VW;
}

// A row of columns is cut into panels of nearly the same number of vectors; panel p has
// panel_vectors of them.
INLINE long panels_of(long vectors) { return (vectors + STEP_VECTORS - 1) / STEP_VECTORS; }
INLINE long panel_vectors(long vectors, long p) {
	long panels = panels_of(vectors);
	return vectors / panels + (p < vectors % panels);
}

// step_pack packs a matrix of k rows and n columns, element (l, j) at m[l*row + j*column]:
// panels [k][vectors], zeros beyond n, then the tail columns as rows of whole vectors.
static void step_pack(float *dst, const float *m, long row, long column, long n, long k) {
	long tail = tail_columns(n), main = n - tail, vectors = whole_vectors(main), at = 0;
	for (long p = 0; p < panels_of(vectors); p++) {
		long width = panel_vectors(vectors, p) * VW, have = at_most(main - at, width);
		for (long l = 0; l < k; l++, dst += width) {
			const float *from = m + l * row + at * column;
			if (column == 1) memcpy(dst, from, (size_t)have * sizeof *dst);
			else
				for (long j = 0; j < have; j++) dst[j] = from[j * column];
			memset(dst + have, 0, (size_t)(width - have) * sizeof *dst);
		}
		at += width;
	}
	for (long j = main; j < n; j++)
		for (long l = 0; l < whole_vectors(k) * VW; l++) *dst++ = l < k ? m[l * row + j * column] : 0;
}

// dot is the sum of a b over a row of whole vectors.
INLINE float dot(const float *a, const float *b, long length) {
	vf s = set_zero();
	for (long j = 0; j < length; j += VW) s = fma_v(load(a + j), load(b + j), s);
	return hsum(s);
}

// step_tile writes nv whole vectors of each of mr rows.
INLINE void step_tile(const int mr, const int nv, long k, const float *in, long stride, const float *b, float *out) {
	vf s[STEP_ROWS][STEP_VECTORS];
#pragma GCC unroll 4
	for (int r = 0; r < mr; r++)
#pragma GCC unroll 4
		for (int v = 0; v < nv; v++) s[r][v] = set_zero();
	for (long l = 0; l < k; l++) {
		vf x[STEP_VECTORS];
#pragma GCC unroll 4
		for (int v = 0; v < nv; v++) x[v] = load(b + v * VW);
		b += nv * VW;
#pragma GCC unroll 4
		for (int r = 0; r < mr; r++) {
			vf f = set1(in[r * stride + l]);
#pragma GCC unroll 4
			for (int v = 0; v < nv; v++) s[r][v] = fma_v(f, x[v], s[r][v]);
		}
	}
#pragma GCC unroll 4
	for (int r = 0; r < mr; r++)
#pragma GCC unroll 4
		for (int v = 0; v < nv; v++) store(out + r * stride + v * VW, s[r][v]);
}

#define STEP_TILE(mr, nv) \
	static void step_tile_##mr##_##nv(long k, const float *in, long stride, const float *b, float *out) { \
		step_tile(mr, nv, k, in, stride, b, out); \
	}
#define STEP_TILES(nv) STEP_TILE(1, nv) STEP_TILE(2, nv) STEP_TILE(3, nv) STEP_TILE(4, nv)
#define STEP_NAMES(nv) {step_tile_1_##nv, step_tile_2_##nv, step_tile_3_##nv, step_tile_4_##nv},

STEP_TILES(1) STEP_TILES(2)
#if STEP_VECTORS > 2
STEP_TILES(3)
#endif
#if STEP_VECTORS > 3
STEP_TILES(4)
#endif

// step_tiles[nv-1][mr-1]
static void (*const step_tiles[STEP_VECTORS][STEP_ROWS])(long k, const float *in, long stride, const float *b, float *out) = {
	STEP_NAMES(1) STEP_NAMES(2)
#if STEP_VECTORS > 2
	STEP_NAMES(3)
#endif
#if STEP_VECTORS > 3
	STEP_NAMES(4)
#endif
};

// step_product: out [rows, stride] = in [rows, k] times a packed matrix of n columns. Rows of
// both are stride apart, whole vectors, with zeros in what k leaves of the last
// vector of in. Columns up to the next whole vector may be overwritten.
INLINE void step_product(float *out, const float *in, long stride, long rows, const float *packed, long n, long k) {
	long tail = tail_columns(n), vectors = whole_vectors(n - tail), padded = whole_vectors(k) * VW;
	for (long p = 0, at = 0; p < panels_of(vectors); p++) {
		long nv = panel_vectors(vectors, p);
		step_tiles[nv - 1][rows - 1](k, in, stride, packed, out + at);
		packed += nv * VW * k;
		at += nv * VW;
	}
	for (long j = n - tail; j < n; j++, packed += padded)
		for (long r = 0; r < rows; r++) out[r * stride + j] = dot(in + r * stride, packed, padded);
}

#endif
