// Sums of squares and AdamW, over whole buffers or over listed rows.
#include "math.cuh"

// row_element is element i of the listed rows of a matrix, -1 with a complaint where the row is
// none or does not follow the one before.
DEVICE i64 row_element(const int *rows, i64 i, i64 cols, i64 limit, u64 *status, int op) {
	if (!rows) return i;
	i64 k = i / cols;
	int row = rows[k];
	if (row < 0 || row >= limit || (k > 0 && row <= rows[k - 1])) {
		complain(status, op, row);
		return -1;
	}
	return row * cols + i % cols;
}

// sum_squares: part [blocks] receives the sums of x^2 over n elements: of x, or of its
// listed rows.
extern "C" __global__ void sum_squares(double *part, const float *x, const int *rows, i64 n, i64 cols, i64 limit, u64 *status, int op) {
	__shared__ double scratch[WARP];
	double sum = 0;
	for (i64 i = grid_at(); i < n; i += grid_step()) {
		i64 at = row_element(rows, i, cols, limit, status, op);
		if (at >= 0) sum += (double)x[at] * x[at];
	}
	sum = block_sum(sum, scratch);
	if (threadIdx.x == 0) part[blockIdx.x] = sum;
}

// sum_add: dst[0] += the sum of parts. One block.
extern "C" __global__ void sum_add(double *dst, const double *part, i64 parts) {
	__shared__ double scratch[WARP];
	double sum = 0;
	for (i64 i = threadIdx.x; i < parts; i += blockDim.x) sum += part[i];
	sum = block_sum(sum, scratch);
	if (threadIdx.x == 0) dst[0] += sum;
}

// adamw steps n elements. debias are 1-beta^step; norm_sq is null where nothing is clipped.
extern "C" __global__ void adamw(float *p, float *g, float *m, float *v, const int *rows, i64 n, i64 cols, i64 limit, const double *norm_sq,
		float clip, float lr, float beta1, float beta2, float eps, float decay, float debias1, float debias2, u64 *status, int op) {
	float scale = 1;
	if (norm_sq) {
		double s = clip / sqrt(norm_sq[0]);
		scale = s < 1 ? (float)s : 1.0f;
		if (norm_sq[0] != norm_sq[0]) scale = (float)norm_sq[0]; // NaN stays to be seen
	}
	for (i64 i = grid_at(); i < n; i += grid_step()) {
		i64 at = row_element(rows, i, cols, limit, status, op);
		if (at < 0) continue;
		float d = scale * g[at], w = p[at];
		float m1 = beta1 * m[at] + (1 - beta1) * d, v1 = beta2 * v[at] + (1 - beta2) * d * d;
		p[at] = w - lr * (m1 / debias1 / (sqrtf(v1 / debias2) + eps) + decay * w);
		m[at] = m1;
		v[at] = v1;
		g[at] = 0;
	}
}
