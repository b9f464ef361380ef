// LayerNorm: a warp a row.
#include "math.cuh"

#define EPS 1e-5f // added to the variance of a row

extern "C" __global__ void layer_norm(float *y, float *stats, const float *x, const float *gamma, const float *beta, i64 rows, i64 h) {
	for (i64 n = warp_at(); n < rows; n += warp_step()) {
		const float *row = x + n * h;
		float sum = 0;
		for (i64 j = lane_at(); j < h; j += WARP) sum += row[j];
		float mean = warp_sum(sum) / (float)h, square = 0;
		for (i64 j = lane_at(); j < h; j += WARP) {
			float d = row[j] - mean;
			square += d * d;
		}
		float inv = 1 / sqrtf(warp_sum(square) / (float)h + EPS);
		for (i64 j = lane_at(); j < h; j += WARP) y[n * h + j] = gamma[j] * ((row[j] - mean) * inv) + beta[j];
		if (lane_at() == 0) {
			stats[2 * n] = mean;
			stats[2 * n + 1] = inv;
		}
	}
}

extern "C" __global__ void layer_norm_grad(float *dx, const float *dy, const float *x, const float *stats, const float *gamma, i64 rows, i64 h) {
	for (i64 n = warp_at(); n < rows; n += warp_step()) {
		float mean = stats[2 * n], inv = stats[2 * n + 1];
		float sum = 0, sum_hat = 0;
		for (i64 j = lane_at(); j < h; j += WARP) {
			float g = dy[n * h + j] * gamma[j];
			sum += g;
			sum_hat += g * ((x[n * h + j] - mean) * inv);
		}
		sum = warp_sum(sum) / (float)h;
		sum_hat = warp_sum(sum_hat) / (float)h;
		for (i64 j = lane_at(); j < h; j += WARP) {
			float hat = (x[n * h + j] - mean) * inv;
			dx[n * h + j] = inv * (dy[n * h + j] * gamma[j] - sum - hat * sum_hat);
		}
	}
}

// layer_norm_param_part sums dy and dy xhat over the rows of a chunk (blockIdx.y), a
// thread a column: part [chunks, 2, h].
extern "C" __global__ void layer_norm_param_part(double *part, const float *dy, const float *x, const float *stats, i64 rows, i64 h, i64 per) {
	i64 j = grid_at(), first = (i64)blockIdx.y * per, last = min_i(first + per, rows);
	if (j >= h) return;
	double gamma = 0, beta = 0;
	for (i64 n = first; n < last; n++) {
		float d = dy[n * h + j];
		gamma += d * ((x[n * h + j] - stats[2 * n]) * stats[2 * n + 1]);
		beta += d;
	}
	part[(i64)blockIdx.y * 2 * h + j] = gamma;
	part[(i64)blockIdx.y * 2 * h + h + j] = beta;
}

extern "C" __global__ void layer_norm_param_add(float *d_gamma, float *d_beta, const double *part, i64 h, i64 chunks) {
	i64 j = grid_at();
	if (j >= h) return;
	double gamma = d_gamma[j], beta = d_beta[j];
	for (i64 k = 0; k < chunks; k++) {
		gamma += part[k * 2 * h + j];
		beta += part[k * 2 * h + h + j];
	}
	d_gamma[j] = (float)gamma;
	d_beta[j] = (float)beta;
}
