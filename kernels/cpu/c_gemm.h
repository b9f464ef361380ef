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

// pack_plain copies k rows of the panel at column j of b [k, n] to dst [k][width],
// row l times scale[l] where scale is not null.
INLINE void pack_plain(float *dst, const float *b, long ldb, long k, long j, long n, const float *scale) {
	long width = panel_width(j, n), have = at_most(n - j, width);
	for (long l = 0; l < k; l++, dst += width) {
		const float *row = b + l * ldb + j;
		for (long i = 0; i < width; i += VW) {
			long left = have - i;
			vf x = left >= VW ? load(row + i) : load_n(row + i, left < 0 ? 0 : left);
			store(dst + i, scale ? x * set1(scale[l]) : x);
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
		else pack_plain(panel, b, ldb, K, p * NR, N, 0);
	}
}

// tile does c[r, 0:have] = or += sum over l < k of a[r, l] b[l, :] for rows r in
// [skip, mr); nv is the vectors of a panel row. An element of a is a[r*rs + l] or,
// for a transposed a, a[l*rs + r]. mr, nv, ta and fetches are constants where it is inlined.
// With fetches, each l fetches what lies at fetch and step bytes further on than the last.
INLINE void tile(const int mr, const int nv, const int ta, const int fetches, const char *fetch, long step, long k, const float *a, long rs, const float *b,
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
		if (fetches) {
			__builtin_prefetch(fetch, 0, 2);
			fetch += step;
		}
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
		tile(mr, nv, ta, 0, 0, 0, k, a, rs, b, c, ldc, have, skip, accumulate); \
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

// BUSY sums in registers keep two multipliers of four steps each at work.
#define BUSY 8

// ahead is memory that the next block needs: each tile of the one before brings a piece
// of it into the second-level cache. The processor's own prefetching follows rows that
// are read by the tile too late.
struct ahead {
	const char *next;
	long left, piece; // bytes
};

// ahead_of is ahead for n floats from p on, over so many tiles.
INLINE struct ahead ahead_of(const float *p, long n, long tiles) {
	return (struct ahead){(const char *)p, 4 * n, 4 * n / (tiles > 0 ? tiles : 1) + 1};
}

// tiles_of is the tiles of rows x N.
INLINE long tiles_of(long rows, long N) { return (rows + MR - 1) / MR * ((N + NR - 1) / NR); }

// tile_ahead is a whole tile that fetches a piece of f.
static void tile_ahead(long k, const float *a, long rs, int ta, const float *b, float *c, long ldc, int accumulate, struct ahead *f) {
	long step = f->piece / k + 1;
	if (ta) tile(MR, 2, 1, 1, f->next, step, k, a, rs, b, c, ldc, NR, 0, accumulate);
	else tile(MR, 2, 0, 1, f->next, step, k, a, rs, b, c, ldc, NR, 0, accumulate);
	f->next += step * k;
	f->left -= step * k;
}

// gemm_block_ahead computes rows [i0, i1) of c [, N] = or += a b over k values of the
// sum, from k0 on in panels that were packed with K values. a points at row 0 of
// the block. Meanwhile it fetches f, then g.
static void gemm_block_ahead(float *c, long ldc, const float *a, long rs, int ta, const float *packed, long K, long k0,
                             long i0, long i1, long N, long k, int accumulate, struct ahead f, struct ahead g) {
	for (long j = 0; j < N; j += NR) {
		long width = panel_width(j, N);
		const float *panel = packed + j * K + k0 * width;
		for (long i = i0; i < i1; i += MR) {
			// A last tile too short to keep both multipliers busy begins early and skips the
			// rows that are done, if there are any.
			long at = i, mr = MR;
			if (i1 - i < MR) {
				if (i1 >= MR && (i1 - i) * width < BUSY * VW) at = i1 - MR;
				else mr = i1 - i;
			}
			const float *rows = ta ? a + at : a + at * rs;
			if (f.left <= 0) f = g, g.left = 0;
			if (f.left > 0 && i1 - i >= MR && N - j >= NR) tile_ahead(k, rows, rs, ta, panel, c + at * ldc + j, ldc, accumulate, &f);
			else tiles[mr - 1][width / VW - 1][ta](k, rows, rs, panel, c + at * ldc + j, ldc, N - j, i - at, accumulate);
		}
	}
}

// gemm_block is gemm_block_ahead where there is nothing to fetch.
INLINE void gemm_block(float *c, long ldc, const float *a, long rs, int ta, const float *packed, long K, long k0,
                       long i0, long i1, long N, long k, int accumulate) {
	const struct ahead nothing = {0};
	gemm_block_ahead(c, ldc, a, rs, ta, packed, K, k0, i0, i1, N, k, accumulate, nothing, nothing);
}

// Rows of A that are worked on together: 192 x 320 floats, 240 KB, stay in the
// second-level cache. A multiple of every MR.
#define ROW_BLOCK 192

// gemm_row_block computes rows [i, end) of c [M, N] = or += a [M, K] op(b), with op(b)
// packed by gemm_pack, and fetches the operands of rows [end, next).
static void gemm_row_block(float *c, const float *a, const float *packed, long i, long end, long next, long N, long K, int accumulate) {
	if (K == 0 && !accumulate) memset(c + i * N, 0, (size_t)((end - i) * N) * sizeof *c);
	long step = k_block(K, K_BLOCK), tiles = tiles_of(end - i, N);
	for (long k = 0; k < K; k += step) {
		// Each block of k fetches its part of the rows.
		long have = at_most(step, K - k), row = end + (next - end) * k / K, rows = end + (next - end) * (k + have) / K - row;
		gemm_block_ahead(c, N, a + k, K, 0, packed, K, k, i, end, N, have, accumulate || k > 0,
		                 ahead_of(a + row * K, rows * K, tiles * K / (K + N)), ahead_of(c + row * N, rows * N, tiles * N / (K + N)));
	}
}

// gemm_rows computes rows [i0, i1).
static void gemm_rows(float *c, const float *a, const float *packed, long i0, long i1, long N, long K, int accumulate) {
	for (long i = i0; i < i1; i += ROW_BLOCK) {
		long end = at_most(i + ROW_BLOCK, i1);
		gemm_row_block(c, a, packed, i, end, at_most(end + ROW_BLOCK, i1), N, K, accumulate);
	}
}

// gemm_t computes rows [i0, i1) of c [M, N] = or += a^T b, for K rows of a, lda apart, and
// of b, ldb apart. scratch holds K_BLOCK_T rows of N, rounded up to whole panels.
static void gemm_t(float *c, const float *a, long lda, const float *b, long ldb, long i0, long i1, long N, long K,
                   int accumulate, float *scratch) {
	if (K == 0 && !accumulate) memset(c + i0 * N, 0, (size_t)((i1 - i0) * N) * sizeof *c);
	long step = k_block(K, K_BLOCK_T), panels = (N + NR - 1) / NR, tiles = tiles_of(i1 - i0, N);
	for (long k = 0; k < K; k += step) {
		long have = at_most(step, K - k), next = at_most(step, K - k - have);
		gemm_pack(scratch, b + k * ldb, ldb, 0, N, have, 0, panels);
		gemm_block_ahead(c, N, a + k * lda, lda, 1, scratch, have, 0, i0, i1, N, have, accumulate || k > 0,
		                 ahead_of(a + (k + have) * lda, next * lda, tiles * lda / (lda + ldb)),
		                 ahead_of(b + (k + have) * ldb, next * ldb, tiles * ldb / (lda + ldb)));
	}
}

// sum_parts computes elements [lo, hi) of y [size] = or += the sum of n parts, which lie one after
// the other. The parts are added in order.
static void sum_parts(float *y, const float *parts, long n, long size, long lo, long hi, int accumulate) {
	for (long j = lo; j < hi; j += VW) {
		vf s = load_to(parts + j, hi - j);
		for (long i = 1; i < n; i++) s += load_to(parts + i * size + j, hi - j);
		store_to(y + j, accumulate ? load_to(y + j, hi - j) + s : s, hi - j);
	}
}

#endif
