// Bias, sums over columns, and y += alpha x.
#include "math.cuh"

extern "C" __global__ void add_bias(float *y, const float *bias, i64 rows, i64 cols) {
	for (i64 i = grid_at(); i < rows * cols; i += grid_step()) y[i] += bias[i % cols];
}

extern "C" __global__ void axpy(float *y, float alpha, const float *x, i64 n) {
	for (i64 i = grid_at(); i < n; i += grid_step()) y[i] += alpha * x[i];
}

// col_sum_part writes the sums of rows [chunk*per, (chunk+1)*per) of each column
// to part [chunks, cols]; chunk is blockIdx.y, a thread a column.
extern "C" __global__ void col_sum_part(double *part, const float *x, i64 rows, i64 cols, i64 per) {
	i64 j = grid_at(), first = (i64)blockIdx.y * per, last = min_i(first + per, rows);
	if (j >= cols) return;
	double sum = 0;
	for (i64 i = first; i < last; i++) sum += x[i * cols + j];
	part[(i64)blockIdx.y * cols + j] = sum;
}

// col_sum_add does dst += the parts, in their order.
extern "C" __global__ void col_sum_add(float *dst, const double *part, i64 cols, i64 chunks) {
	i64 j = grid_at();
	if (j >= cols) return;
	double sum = dst[j];
	for (i64 k = 0; k < chunks; k++) sum += part[k * cols + j];
	dst[j] = (float)sum;
}
