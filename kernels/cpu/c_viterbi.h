// Viterbi: the recursions of c_crf.h with the greatest in place of the sum. Only
// the greatest scores are kept; which label gave them is found again along the
// best path, where the same additions give the same bits.
#ifndef C_VITERBI_H
#define C_VITERBI_H

#include "c_chain.h"

// max_tile: c[r, 0:have] = max over l < k of a[r*rs + l] + b[l, :].
INLINE void max_tile(const int mr, const int nv, long k, const float *a, long rs, const float *b, float *c, long ldc, long have) {
	vf s[MR][2];
#pragma GCC unroll 12
	for (int r = 0; r < mr; r++)
#pragma GCC unroll 2
		for (int v = 0; v < nv; v++) s[r][v] = set1(-__builtin_inff());
	for (long l = 0; l < k; l++, b += nv * VW) {
		vf x[2];
#pragma GCC unroll 2
		for (int v = 0; v < nv; v++) x[v] = load(b + v * VW);
#pragma GCC unroll 12
		for (int r = 0; r < mr; r++) {
			vf f = set1(a[r * rs + l]);
#pragma GCC unroll 2
			for (int v = 0; v < nv; v++) s[r][v] = max_v(f + x[v], s[r][v]);
		}
	}
#pragma GCC unroll 12
	for (int r = 0; r < mr; r++)
#pragma GCC unroll 2
		for (int v = 0; v < nv; v++)
			if (have > v * VW) store_to(c + r * ldc + v * VW, s[r][v], have - v * VW);
}

typedef void max_tile_func(long k, const float *a, long rs, const float *b, float *c, long ldc, long have);

#define MAX_TILE(mr, nv) \
	static void max_tile_##mr##_##nv(long k, const float *a, long rs, const float *b, float *c, long ldc, long have) { \
		max_tile(mr, nv, k, a, rs, b, c, ldc, have); \
	}
#define MAX_TILES(mr) MAX_TILE(mr, 1) MAX_TILE(mr, 2)
#define MAX_ROW(mr) {max_tile_##mr##_1, max_tile_##mr##_2},

MAX_TILES(1) MAX_TILES(2) MAX_TILES(3) MAX_TILES(4)
#if MR > 4
MAX_TILES(5) MAX_TILES(6)
#endif
#if MR > 6
MAX_TILES(7) MAX_TILES(8) MAX_TILES(9) MAX_TILES(10) MAX_TILES(11) MAX_TILES(12)
#endif

// max_tiles[mr-1][nv-1]
static max_tile_func *const max_tiles[MR][2] = {
	MAX_ROW(1) MAX_ROW(2) MAX_ROW(3) MAX_ROW(4)
#if MR > 4
	MAX_ROW(5) MAX_ROW(6)
#endif
#if MR > 6
	MAX_ROW(7) MAX_ROW(8) MAX_ROW(9) MAX_ROW(10) MAX_ROW(11) MAX_ROW(12)
#endif
};

// step_max: out [rows, stride] = greatest of in + score of each step; rows <= MR.
static void step_max(float *out, const float *in, long rows, const struct chain_shape *s, const float *forward,
                     const int32_t *runs, const float *coef) {
	long sparse = s->c - s->dense;
	for (long j = 0; j < s->dense; j += NR)
		max_tiles[rows - 1][panel_width(j, s->dense) / VW - 1](s->c, in, s->stride, forward + j * s->c, out + j, s->stride, s->dense - j);
	for (const int32_t *run = runs; run < runs + s->runs * RUN_INTS; run += RUN_INTS)
		for (long r = 0; r < rows; r++)
			for (long l = 0; l < run[1]; l += VW) {
				long left = run[1] - l;
				vf v = set1(-__builtin_inff());
				for (long k = 0; k < run[2]; k++)
					v = max_v(load_to(coef + k * sparse + run[0] + l, left) + load_to(in + r * s->stride + run[3 + k] + l, left), v);
				store_to(out + r * s->stride + s->dense + run[0] + l, v, left);
			}
}

// best_label is the lowest label of the greatest of a + b, -1 where that is -Inf.
static long best_label(const float *a, const float *b, const float *rank, long stride) {
	vf m = load(a) + load(b);
	for (long j = VW; j < stride; j += VW) m = max_v(load(a + j) + load(b + j), m);
	float top = hmax(m);
	if (!(top > -__builtin_inff())) return -1;
	vf first = set1(-__builtin_inff());
	for (long j = 0; j < stride; j += VW)
		first = max_v(less_select(load(a + j) + load(b + j), set1(top), set1(-__builtin_inff()), load(rank + j)), first);
	return (long)-hmax(first);
}

// add_emit: row += emit - its greatest, by position; then the greatest of row is
// taken off. Both differences leave the best path as it is and keep sums small,
// so that float32 holds them well; whole numbers stay exact.
static void add_emit(float *row, const float *emit, const struct order *order, float *buffer, long stride) {
	const long c = order->c;
	const float never = -__builtin_inff();
	to_positions(buffer, emit, order);
	vf m = set1(never);
	for (long j = 0; j < c; j += VW) m = max_v(load_fill(buffer + j, c - j, never), m);
	float top = hmax(m);
	vf shift = set1(top > never ? top : 0);
	m = set1(never);
	for (long j = 0; j < stride; j += VW) {
		vf v = load(row + j) + (load_fill(buffer + j, c - j, never) - shift);
		store(row + j, v);
		m = max_v(v, m);
	}
	top = hmax(m);
	shift = set1(top > never ? top : 0);
	for (long j = 0; j < stride; j += VW) store(row + j, load(row + j) - shift);
}

// viterbi_group decodes documents docs[0..count), longest first, count <= MR.
// best [N, stride] is scratch for the scores; position [c] is label to position.
// trans, first and last are the scores by label, for the sum in double.
// work holds (2 * count + 1) * stride floats.
static void viterbi_group(const struct chain_shape *s, const float *forward, const float *into, const float *coef,
                          const float *start, const float *end, const float *rank, const int32_t *perm, const int32_t *position,
                          const int32_t *runs, const float *emit, const int32_t *offsets, const int32_t *docs, long count,
                          const float *trans, const float *first, const float *last,
                          float *best, int32_t *path, double *score, float *work) {
	const long c = s->c, stride = s->stride;
	float *state = work, *next = work + count * stride, *buffer = next + count * stride;
	long length[MR] = {0}, row0[MR] = {0}, running = count;
	struct order order;
	order_init(&order, perm, c, s->dense);
	for (long d = 0; d < count; d++) {
		row0[d] = offsets[docs[d]];
		length[d] = offsets[docs[d] + 1] - row0[d];
		for (long j = 0; j < stride; j++) next[d * stride + j] = -__builtin_inff();
	}
	for (long t = 0; t < length[0]; t++) {
		while (length[running - 1] <= t) running--;
		if (t > 0) step_max(next, state, running, s, forward, runs, coef);
		for (long d = 0; d < running; d++) {
			float *row = next + d * stride;
			if (t + AHEAD < length[d]) {
				fetch_row(emit + (row0[d] + t + AHEAD) * c, c);
				fetch_row(best + (row0[d] + t + AHEAD) * stride, stride);
			}
			if (t == 0) memcpy(row, start, (size_t)stride * sizeof *row);
			add_emit(row, emit + (row0[d] + t) * c, &order, buffer, stride);
			memcpy(state + d * stride, row, (size_t)stride * sizeof *row);
			memcpy(best + (row0[d] + t) * stride, row, (size_t)stride * sizeof *row);
		}
	}
	for (long d = 0; d < count; d++) {
		long row = row0[d], n = length[d];
		long y = best_label(best + (row + n - 1) * stride, end, rank, stride);
		if (y < 0) {
			memset(path + row, 0, (size_t)n * sizeof *path);
			score[docs[d]] = -__builtin_inf();
			continue;
		}
		double sum = last[y];
		for (long t = n - 1;; t--) {
			path[row + t] = (int32_t)y;
			sum += emit[(row + t) * c + y];
			if (t == 0) break;
			if (t > 2 * AHEAD) {
				fetch_row(best + (row + t - 2 * AHEAD) * stride, stride);
				__builtin_prefetch(emit + (row + t - 2 * AHEAD) * c + y);
			}
			long from = best_label(best + (row + t - 1) * stride, into + position[y] * stride, rank, stride);
			sum += trans[from * c + y];
			y = from;
		}
		score[docs[d]] = sum + first[y];
	}
}

#endif
