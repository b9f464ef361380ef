// The matrix products: plain (nn), a transposed (tn), b transposed (nt), in tiles of
// 64 x 64 and 128 x 64. They take the place of cuBLAS, and fuse what follows a product.
#include "gemm.cuh"

#define GEMM(name, BM, TA, TB)                                                                                                    \
	extern "C" __global__ void __launch_bounds__(GEMM_THREADS) name(                                                              \
			float *c, float *part, const float *a, const float *b, i64 m, i64 n, i64 k, i64 per, i64 parts, const float *k_scale, \
			const int *enable, int mode, const float *row, const float *other, const float *x, const float *scalar, float factor) { \
		epilogue e = {mode, row, other, x, scalar, factor};                                                                       \
		gemm<BM, 64, TA, TB>(c, part, a, b, m, n, k, per, parts, k_scale, enable, e);                                             \
	}

GEMM(gemm_nn_64, 64, false, false)
GEMM(gemm_nt_64, 64, false, true)
GEMM(gemm_tn_64, 64, true, false)
GEMM(gemm_nn_128, 128, false, false)
GEMM(gemm_nt_128, 128, false, true)
GEMM(gemm_tn_128, 128, true, false)

// gemm_add adds the parts of a product in their order and finishes it.
extern "C" __global__ void gemm_add(float *c, const float *part, i64 m, i64 n, i64 parts, const int *enable, int mode, const float *row,
		const float *other, const float *x, const float *scalar, float factor) {
	epilogue e = {mode, row, other, x, scalar, factor};
	if (enable && !*enable) return;
	for (i64 i = grid_at(); i < m * n; i += grid_step()) {
		float sum = 0;
		for (i64 z = 0; z < parts; z++) sum += part[z * m * n + i];
		finish(c, sum, i / n, i % n, n, e);
	}
}
