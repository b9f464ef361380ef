// Matrix products in float32: a block computes one tile of the result, each thread
// TM x TN elements of it, from tiles of the operands in shared memory, two of each so
// that one is filled while the other is used.
#ifndef INVOICELAB_GEMM_CUH
#define INVOICELAB_GEMM_CUH

#include "math.cuh"

#define GEMM_THREADS 256
#define BK 16 // terms of a tile
#define MAX_INV 1e8f // a reciprocal norm that reaches this was clamped: its length counts as constant

// What becomes of a sum; see finish.
enum { STORE, ADD, COSINE, PROJECT, PROJECT_ADD };

// epilogue says what becomes of the sums. Unused pointers are null.
struct epilogue {
	int mode;
	const float *row;    // [m] reciprocal norms of the rows of the result
	const float *other;  // COSINE: [n] reciprocal norms of its columns; PROJECT: [m] sums along the rows of x
	const float *x;      // PROJECT: [m, n]
	const float *scalar; // factor on the sum, 1 where null
	float factor;        // of what PROJECT_ADD adds
};

// finish writes element (i, j), of which sum is the product:
//
//	STORE        c  = sum
//	ADD          c += sum
//	COSINE       c  = scalar sum row[i] other[j]
//	PROJECT      c  = v, v = (scalar sum - other[i] x[i,j] row[i]) row[i], the
//	             gradient by x of a function of x/|x|; other is dropped where |x| was clamped
//	PROJECT_ADD  c += factor v
DEVICE void finish(float *c, float sum, i64 i, i64 j, i64 n, const epilogue &e) {
	i64 at = i * n + j;
	if (e.mode == STORE) {
		c[at] = sum;
		return;
	}
	if (e.mode == ADD) {
		c[at] += sum;
		return;
	}
	if (e.mode == COSINE) {
		float v = sum * e.row[i] * e.other[j];
		c[at] = e.scalar ? e.scalar[0] * v : v;
		return;
	}
	float inv = e.row[i], v = e.scalar ? e.scalar[0] * sum : sum;
	if (inv < MAX_INV) v -= e.other[i] * (e.x[at] * inv);
	v *= inv;
	if (e.mode == PROJECT) c[at] = v;
	else c[at] += e.factor * v;
}

// fetch is element (row, l) of an operand whose element (row, l) lies at row*k+l, or at
// l*rows+row where it is transposed; 0 outside.
template <bool T> DEVICE float fetch(const float *a, i64 row, i64 l, i64 rows, i64 k, i64 last) {
	if (row >= rows || l >= last) return 0;
	return T ? a[l * rows + row] : a[row * k + l];
}

// load_tile fetches a thread's share of a tile of ROWS rows and BK terms, in the order in
// which it lies in memory.
template <int ROWS, bool T> DEVICE void load_tile(float *regs, const float *a, i64 row, i64 l, i64 rows, i64 k, i64 last, const float *k_scale) {
#pragma unroll
	for (int e = 0; e < ROWS * BK / GEMM_THREADS; e++) {
		int at = (int)threadIdx.x + e * GEMM_THREADS;
		int r = T ? at % ROWS : at / BK, t = T ? at / ROWS : at % BK;
		float v = fetch<T>(a, row + r, l + t, rows, k, last);
		if (k_scale && l + t < last) v *= k_scale[l + t];
		regs[e] = v;
	}
}

template <int ROWS, bool T> DEVICE void store_tile(float (*tile)[ROWS + 4], const float *regs) {
#pragma unroll
	for (int e = 0; e < ROWS * BK / GEMM_THREADS; e++) {
		int at = (int)threadIdx.x + e * GEMM_THREADS;
		int r = T ? at % ROWS : at / BK, t = T ? at / ROWS : at % BK;
		tile[t][r] = regs[e];
	}
}

// quad is what one instruction reads of shared memory.
struct __attribute__((aligned(16))) quad {
	float v0, v1, v2, v3;
};

template <int N> DEVICE void read_quads(float *out, const float *in) {
#pragma unroll
	for (int i = 0; i < N; i += 4) {
		quad q = *(const quad *)(in + i);
		out[i] = q.v0;
		out[i + 1] = q.v1;
		out[i + 2] = q.v2;
		out[i + 3] = q.v3;
	}
}

// gemm: c [m, n] = op(a) op(b) over terms [z*per, (z+1)*per). blockIdx.y runs over the
// tiles of rows, then over z. With one part the epilogue follows, else part [z] gets the sums.
// k_scale [k] multiplies the terms of a. enable, if given, points to 0 where nothing is to be done.
template <int BM, int BN, bool TA, bool TB>
DEVICE void gemm(float *c, float *part, const float *a, const float *b, i64 m, i64 n, i64 k, i64 per, i64 parts, const float *k_scale,
		const int *enable, const epilogue &e) {
	const int TM = BM / 16, TN = BN / 16; // 16 x 16 threads
	__shared__ __attribute__((aligned(16))) float a_tile[2][BK][BM + 4];
	__shared__ __attribute__((aligned(16))) float b_tile[2][BK][BN + 4];
	if (enable && !*enable) return;
	i64 tiles = (m + BM - 1) / BM, z = blockIdx.y / tiles;
	i64 row = (i64)(blockIdx.y % tiles) * BM, col = (i64)blockIdx.x * BN;
	i64 first = z * per, last = min_i(first + per, k);
	int ty = (int)threadIdx.x / 16 * TM, tx = (int)threadIdx.x % 16 * TN;
	float sum[TM][TN], a_regs[BM * BK / GEMM_THREADS], b_regs[BN * BK / GEMM_THREADS];
#pragma unroll
	for (int i = 0; i < TM; i++)
#pragma unroll
		for (int j = 0; j < TN; j++) sum[i][j] = 0;

	load_tile<BM, TA>(a_regs, a, row, first, m, k, last, k_scale);
	load_tile<BN, !TB>(b_regs, b, col, first, n, k, last, 0);
	int now = 0;
	for (i64 l = first; l < last; l += BK) {
		store_tile<BM, TA>(a_tile[now], a_regs);
		store_tile<BN, !TB>(b_tile[now], b_regs);
		__syncthreads();
		if (l + BK < last) {
			load_tile<BM, TA>(a_regs, a, row, l + BK, m, k, last, k_scale);
			load_tile<BN, !TB>(b_regs, b, col, l + BK, n, k, last, 0);
		}
#pragma unroll
		for (int t = 0; t < BK; t++) {
			float x[TM], y[TN];
			read_quads<TM>(x, &a_tile[now][t][ty]);
			read_quads<TN>(y, &b_tile[now][t][tx]);
#pragma unroll
			for (int i = 0; i < TM; i++)
#pragma unroll
				for (int j = 0; j < TN; j++) sum[i][j] += x[i] * y[j];
		}
		now ^= 1;
	}
#pragma unroll
	for (int i = 0; i < TM; i++)
#pragma unroll
		for (int j = 0; j < TN; j++) {
			i64 r = row + ty + i, q = col + tx + j;
			if (r >= m || q >= n) continue;
			if (parts == 1) finish(c, sum[i][j], r, q, n, e);
			else part[(z * m + r) * n + q] = sum[i][j];
		}
}

#endif
