// What prototype cosine needs besides the matrix product: reciprocal norms, sums of
// dy y, and the weights of the separation of prototypes.
#include "math.cuh"

#define MIN_NORM 1e-8 // the least length that a vector is divided by

// reciprocal_norms: inv[n] = 1/max(|x[n]|, MIN_NORM), a warp a row.
extern "C" __global__ void reciprocal_norms(float *inv, const float *x, i64 rows, i64 d) {
	for (i64 n = warp_at(); n < rows; n += warp_step()) {
		double sum = 0;
		for (i64 j = lane_at(); j < d; j += WARP) sum += (double)x[n * d + j] * x[n * d + j];
		sum = warp_sum(sum);
		if (lane_at() == 0) inv[n] = (float)(1 / max_d(sqrt(sum), MIN_NORM));
	}
}

// along_rows: along[n] = sum over c of dy y, a warp a row.
extern "C" __global__ void along_rows(float *along, const float *dy, const float *y, i64 rows, i64 c) {
	for (i64 n = warp_at(); n < rows; n += warp_step()) {
		double sum = 0;
		for (i64 j = lane_at(); j < c; j += WARP) sum += (double)dy[n * c + j] * y[n * c + j];
		sum = warp_sum(sum);
		if (lane_at() == 0) along[n] = (float)sum;
	}
}

// along_cols_part sums dy y over the rows of a chunk (blockIdx.y), a thread a column.
extern "C" __global__ void along_cols_part(double *part, const float *dy, const float *y, i64 rows, i64 c, i64 per) {
	i64 j = grid_at(), first = (i64)blockIdx.y * per, last = min_i(first + per, rows);
	if (j >= c) return;
	double sum = 0;
	for (i64 n = first; n < last; n++) sum += (double)dy[n * c + j] * y[n * c + j];
	part[(i64)blockIdx.y * c + j] = sum;
}

// along_cols: along[c] = the parts' sum; d_temperature += their total over temperature. One block.
extern "C" __global__ void along_cols(float *along, float *d_temperature, const double *part, const float *temperature, i64 c, i64 chunks) {
	__shared__ double scratch[WARP];
	double total = 0;
	for (i64 j = threadIdx.x; j < c; j += blockDim.x) {
		double sum = 0;
		for (i64 k = 0; k < chunks; k++) sum += part[k * c + j];
		along[j] = (float)sum;
		total += sum;
	}
	total = block_sum(total, scratch);
	if (threadIdx.x == 0) d_temperature[0] = (float)(d_temperature[0] + total / temperature[0]);
}

// separation_weights turns the cosines w [c, c] of prototypes into 4 cos/pairs (each pair
// counts in both orders, and d cos^2 = 2 cos d cos), 0 on the diagonal. along[i] is the sum of
// weight times cosine of row i, squares[i] that of cos^2. A warp a row.
extern "C" __global__ void separation_weights(float *w, float *along, double *squares, i64 c, double pairs) {
	for (i64 i = warp_at(); i < c; i += warp_step()) {
		double sum = 0;
		for (i64 j = lane_at(); j < c; j += WARP) {
			float cos = j == i ? 0.0f : w[i * c + j];
			sum += (double)cos * cos;
			w[i * c + j] = (float)(4 * cos / pairs);
		}
		sum = warp_sum(sum);
		if (lane_at() == 0) {
			along[i] = (float)(4 * sum / pairs);
			squares[i] = sum;
		}
	}
}

// separation_loss: loss[0] = the mean of the squares. One block.
extern "C" __global__ void separation_loss(double *loss, const double *squares, i64 c, double pairs) {
	__shared__ double scratch[WARP];
	double sum = 0;
	for (i64 i = threadIdx.x; i < c; i += blockDim.x) sum += squares[i];
	sum = block_sum(sum, scratch);
	if (threadIdx.x == 0) loss[0] = sum / pairs;
}
