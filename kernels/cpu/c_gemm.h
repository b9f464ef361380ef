// Matrix products of row-major float matrices. op(B) is packed into panels of
// NR columns (the last one may have VW); tiles of MR rows of A meet one panel,
// with the sums in registers. Each element of C is one chain of additions in
// the order of k, cut into blocks that depend on K alone: neither the tile nor
// the share of a thread shows in the bits.
#ifndef C_GEMM_H
#define C_GEMM_H

#include "c_vector.h"

// Longest block of k: a panel of it (32 columns, 40 KB) stays in the first-level
// cache. Blocks of a transposed A are shorter, since its lines are only partly used.
#define K_BLOCK 320
#define K_BLOCK_T 128

// panel_width is how many columns a panel that starts at column j of n holds in memory.
INLINE long panel_width(long j, long n) { return n - j > VW ? NR : VW; }

// k_block is the length of the blocks into which k is cut, all of about the same length.
INLINE long k_block(long k, long limit) {
	long parts = (k + limit - 1) / limit;
	return parts < 1 ? 1 : (k + parts - 1) / parts;
}

// pack_plain copies k rows of the panel at column j of b [k, n] to dst [k][width].
static void pack_plain(float *dst, const float *b, long ldb, long k, long j, long n) {
	long width = panel_width(j, n), have = at_most(n - j, width);
	for (long l = 0; l < k; l++, dst += width) {
		const float *row = b + l * ldb + j;
		if (have == width) {
			for (long i = 0; i < width; i += VW) store(dst + i, load(row + i));
			continue;
		}
		for (long i = 0; i < width; i += VW) {
			long left = have - i;
			store(dst + i, load_n(row + i, left < 0 ? 0 : at_most(left, VW)));
		}
	}
}

typedef float v4 __attribute__((vector_size(16)));
#if defined(__clang__)
#define PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
typedef int32_t v4i __attribute__((vector_size(16)));
#define PICK(a, b, i, j, k, l) __builtin_shuffle(a, b, (v4i){i, j, k, l})
#endif
typedef float v4_mem __attribute__((vector_size(16), aligned(4), may_alias));

// pack_transposed does the same for b [n, k], whose rows become columns.
static void pack_transposed(float *dst, const float *b, long ldb, long k, long j, long n) {
	long width = panel_width(j, n), have = at_most(n - j, width);
	for (long i = 0; i < width; i += 4) {
		long rows = at_most(have - i, 4), l = 0;
		if (rows < 4) {
			for (long r = 0; r < 4; r++)
				for (l = 0; l < k; l++) dst[l * width + i + r] = r < rows ? b[(j + i + r) * ldb + l] : 0;
			continue;
		}
		const float *p = b + (j + i) * ldb;
		for (; l + 4 <= k; l += 4) {
			v4 r0 = *(const v4_mem *)(p + l), r1 = *(const v4_mem *)(p + ldb + l);
			v4 r2 = *(const v4_mem *)(p + 2 * ldb + l), r3 = *(const v4_mem *)(p + 3 * ldb + l);
			v4 a = PICK(r0, r1, 0, 4, 1, 5), c = PICK(r2, r3, 0, 4, 1, 5);
			v4 d = PICK(r0, r1, 2, 6, 3, 7), e = PICK(r2, r3, 2, 6, 3, 7);
			float *q = dst + l * width + i;
			*(v4_mem *)q = PICK(a, c, 0, 1, 4, 5);
			*(v4_mem *)(q + width) = PICK(a, c, 2, 3, 6, 7);
			*(v4_mem *)(q + 2 * width) = PICK(d, e, 0, 1, 4, 5);
			*(v4_mem *)(q + 3 * width) = PICK(d, e, 2, 3, 6, 7);
		}
		for (; l < k; l++)
			for (long r = 0; r < 4; r++) dst[l * width + i + r] = p[r * ldb + l];
	}
}

// gemm_pack packs panels [p0, p1) of op(b), K x N: panel p goes to dst + p NR K.
static void gemm_pack(float *dst, const float *b, long ldb, int tb, long N, long K, long p0, long p1) {
	for (long p = p0; p < p1; p++) {
		float *panel = dst + p * NR * K;
		if (tb) pack_transposed(panel, b, ldb, K, p * NR, N);
		else pack_plain(panel, b, ldb, K, p * NR, N);
	}
}

// tile does c[r, 0:have] = or += sum over l < k of a[r, l] b[l, :] for rows r in
// [skip, mr); nv is the vectors of a panel row. An element of a is a[r*rs + l] or,
// for a transposed a, a[l*rs + r]. mr, nv and ta are constants where it is inlined.
INLINE void tile(const int mr, const int nv, const int ta, long k, const float *a, long rs, const float *b,
                 float *c, long ldc, long have, long skip, int accumulate) {
	vf s[MR][2];
#pragma GCC unroll 12
	for (int r = 0; r < mr; r++)
#pragma GCC unroll 2
		for (int v = 0; v < nv; v++) s[r][v] = set_zero();
	// One pointer for three rows: base, stride and twice the stride fit an address.
	const float *base[(MR + 2) / 3];
#pragma GCC unroll 4
	for (int q = 0; q < (mr + 2) / 3; q++) base[q] = a + 3 * q * rs;
	for (long l = 0; l < k; l++) {
		vf x[2];
#pragma GCC unroll 2
		for (int v = 0; v < nv; v++) x[v] = load(b + v * VW);
		b += nv * VW;
#pragma GCC unroll 12
		for (int r = 0; r < mr; r++) {
			vf f = set1(ta ? a[r] : base[r / 3][r % 3 * rs]);
#pragma GCC unroll 2
			for (int v = 0; v < nv; v++) s[r][v] = fma_v(f, x[v], s[r][v]);
		}
		if (ta) a += rs;
#pragma GCC unroll 4
		for (int q = 0; q < (mr + 2) / 3; q++) base[q]++;
	}
#pragma GCC unroll 12
	for (int r = 0; r < mr; r++) {
		if (r < skip) continue;
#pragma GCC unroll 2
		for (int v = 0; v < nv; v++) {
			float *out = c + r * ldc + v * VW;
			long left = have - v * VW;
			if (left >= VW) store(out, accumulate ? load(out) + s[r][v] : s[r][v]);
			else if (left > 0) store_n(out, accumulate ? load_n(out, left) + s[r][v] : s[r][v], left);
		}
	}
}

typedef void tile_func(long k, const float *a, long rs, const float *b, float *c, long ldc, long have, long skip, int accumulate);

#define TILE(mr, nv, ta) \
	static void tile_##mr##_##nv##_##ta(long k, const float *a, long rs, const float *b, float *c, long ldc, long have, long skip, int accumulate) { \
		tile(mr, nv, ta, k, a, rs, b, c, ldc, have, skip, accumulate); \
	}
#define TILES(mr) TILE(mr, 1, 0) TILE(mr, 1, 1) TILE(mr, 2, 0) TILE(mr, 2, 1)
#define ROW(mr) {{tile_##mr##_1_0, tile_##mr##_1_1}, {tile_##mr##_2_0, tile_##mr##_2_1}},

TILES(1) TILES(2) TILES(3) TILES(4)
#if MR > 4
TILES(5) TILES(6)
#endif
#if MR > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif

// tiles[mr-1][nv-1][ta]
static tile_func *const tiles[MR][2][2] = {
	ROW(1) ROW(2) ROW(3) ROW(4)
#if MR > 4
	ROW(5) ROW(6)
#endif
#if MR > 6
	ROW(7) ROW(8) ROW(9) ROW(10) ROW(11) ROW(12)
#endif
};

// gemm_block computes rows [i0, i1) of c [, N] = or += a b over k values of the
// sum, from k0 on in panels that were packed with K values. a points at row 0 of
// the block.
static void gemm_block(float *c, long ldc, const float *a, long rs, int ta, const float *packed, long K, long k0,
                       long i0, long i1, long N, long k, int accumulate) {
	for (long j = 0; j < N; j += NR) {
		long width = panel_width(j, N);
		const float *panel = packed + j * K + k0 * width;
		for (long i = i0; i < i1; i += MR) {
			// A short last tile begins early and skips the rows that are done, if there are any.
			long at = i, mr = MR;
			if (i1 - i < MR) {
				if (i1 >= MR) at = i1 - MR;
				else mr = i1 - i;
			}
			const float *rows = ta ? a + at : a + at * rs;
			tiles[mr - 1][width / VW - 1][ta](k, rows, rs, panel, c + at * ldc + j, ldc, N - j, i - at, accumulate);
		}
	}
}

// Rows of A that are worked on together: 192 x 320 floats, 240 KB, stay in the
// second-level cache. A multiple of every MR.
#define ROW_BLOCK 192

// gemm_rows computes rows [i0, i1) of c [M, N] = or += a [M, K] op(b), with op(b)
// packed by gemm_pack.
static void gemm_rows(float *c, const float *a, const float *packed, long i0, long i1, long N, long K, int accumulate) {
	if (K == 0 && !accumulate) memset(c + i0 * N, 0, (size_t)((i1 - i0) * N) * sizeof *c);
	long step = k_block(K, K_BLOCK);
	for (long i = i0; i < i1; i += ROW_BLOCK) {
		long end = at_most(i + ROW_BLOCK, i1);
		for (long k = 0; k < K; k += step)
			gemm_block(c, N, a + k, K, 0, packed, K, k, i, end, N, at_most(step, K - k), accumulate || k > 0);
	}
}

// gemm_t computes rows [i0, i1) of c [M, N] = or += a^T b, for K rows of a, lda apart, and
// of b, ldb apart. scratch holds K_BLOCK_T rows of N, rounded up to whole panels.
static void gemm_t(float *c, const float *a, long lda, const float *b, long ldb, long i0, long i1, long N, long K,
                   int accumulate, float *scratch) {
	if (K == 0 && !accumulate) memset(c + i0 * N, 0, (size_t)((i1 - i0) * N) * sizeof *c);
	long step = k_block(K, K_BLOCK_T), panels = (N + NR - 1) / NR;
	for (long k = 0; k < K; k += step) {
		long have = at_most(step, K - k);
		gemm_pack(scratch, b + k * ldb, ldb, 0, N, have, 0, panels);
		gemm_block(c, N, a + k * lda, lda, 1, scratch, have, 0, i0, i1, N, have, accumulate || k > 0);
	}
}

#endif
