// SoftmaxLoss: cross-entropy, class-balanced and focal, forward and backward in one
// pass over the scores, a warp a row. Counts and losses are summed in float64, block
// by block, then over the blocks in their order.
#include "math.cuh"

#define IGNORE -100
#define KEPT 8 // elements of a row that a lane keeps: rows of up to 256 columns are read once

// loss_count: part [blocks, 2] receives valid tokens and the sum of their weights.
extern "C" __global__ void loss_count(double *part, const int *labels, const float *weights, i64 n, i64 c, u64 *status, int op) {
	__shared__ double scratch[WARP];
	double valid = 0, weight = 0;
	for (i64 i = grid_at(); i < n; i += grid_step()) {
		int y = labels[i];
		if (y == IGNORE) continue;
		if (y < 0 || y >= c) {
			complain(status, op, y);
			continue;
		}
		valid++;
		if (weights) weight += weights[y];
	}
	valid = block_sum(valid, scratch);
	weight = block_sum(weight, scratch);
	if (threadIdx.x == 0) {
		part[2 * blockIdx.x] = valid;
		part[2 * blockIdx.x + 1] = weight;
	}
}

// focal_terms: value (1-p)^gamma nll and slope, its derivative by log p.
DEVICE void focal_terms(double nll, double gamma, double *value, double *slope) {
	if (gamma == 0) {
		*value = nll;
		*slope = -1;
		return;
	}
	double q = -expm1_d(-nll);
	if (q == 0) {
		*value = *slope = 0;
		return;
	}
	double f = exp_d(gamma * log_d(q));
	*value = f * nll;
	*slope = -f - gamma * exp_d(-nll) * (f / q) * nll;
}

// loss_rows overwrites dz with the gradient; sums [blocks, 3] receives the losses of each block.
extern "C" __global__ void __launch_bounds__(256) loss_rows(float *dz, double *sums, const float *z, const int *labels, const float *weights,
		const float *alpha, const double *part, i64 parts, i64 n, i64 c, float w_ce, float w_cb, float w_focal, float gamma) {
	__shared__ double scratch[WARP];
	double valid = 0, weight = 0;
	for (i64 k = threadIdx.x; k < parts; k += blockDim.x) {
		valid += part[2 * k];
		weight += part[2 * k + 1];
	}
	valid = block_sum(valid, scratch);
	weight = block_sum(weight, scratch);
	double ce = 0, cb = 0, focal = 0; // of this warp's rows, the same in every lane
	for (i64 row = warp_at(); row < n; row += warp_step()) {
		int y = labels[row];
		const float *in = z + row * c;
		float *out = dz + row * c;
		if (y < 0 || y >= c) {
			for (i64 j = lane_at(); j < c; j += WARP) out[j] = 0;
			continue;
		}
		float kept[KEPT], top = -INF_F, rest = 0; // rest: the sum without y
		for (int k = 0; k < KEPT; k++) {
			i64 j = lane_at() + k * WARP;
			kept[k] = j < c ? in[j] : -INF_F;
			top = max_f(top, kept[k]);
		}
		for (i64 j = lane_at() + KEPT * WARP; j < c; j += WARP) top = max_f(top, in[j]);
		top = warp_max(top);
		for (int k = 0; k < KEPT; k++) {
			kept[k] = exp_f(kept[k] - top);
			if (lane_at() + k * WARP != y) rest += kept[k];
		}
		for (i64 j = lane_at() + KEPT * WARP; j < c; j += WARP)
			if (j != y) rest += exp_f(in[j] - top);
		rest = warp_sum(rest);
		float at = in[y];
		double own = exp_f(at - top), total = rest + own;
		double nll = at == top ? log1p_d(rest) : log_d(total) - ((double)at - top);
		double pull = 0; // of d loss / d log p
		if (w_ce != 0) {
			ce += nll / valid;
			pull -= w_ce / valid;
		}
		if (w_cb != 0 && weight > 0) {
			double w = weights[y] / weight;
			cb += w * nll;
			pull -= w_cb * w;
		}
		if (w_focal != 0) {
			double a = (alpha ? alpha[y] : 1.0) / valid, value, slope;
			focal_terms(nll, gamma, &value, &slope);
			focal += a * value;
			pull += w_focal * a * slope;
		}
		float f = (float)-pull, inv = (float)(1 / total);
		float at_y = (float)expm1_d(-nll); // p - 1, with the digits that p near 1 would lose
		for (int k = 0; k < KEPT; k++) {
			i64 j = lane_at() + k * WARP;
			if (j < c) out[j] = f * (j == y ? at_y : kept[k] * inv);
		}
		for (i64 j = lane_at() + KEPT * WARP; j < c; j += WARP) out[j] = f * (j == y ? at_y : exp_f(in[j] - top) * inv);
	}
	bool first = lane_at() == 0; // one lane speaks for the warp
	ce = block_sum(first ? ce : 0.0, scratch);
	cb = block_sum(first ? cb : 0.0, scratch);
	focal = block_sum(first ? focal : 0.0, scratch);
	if (threadIdx.x == 0) {
		sums[3 * blockIdx.x] = ce;
		sums[3 * blockIdx.x + 1] = cb;
		sums[3 * blockIdx.x + 2] = focal;
	}
}

// loss_total: loss[k] = the sum of blocks' sums. One block.
extern "C" __global__ void loss_total(double *loss, const double *sums, i64 blocks) {
	__shared__ double scratch[WARP];
	for (int k = 0; k < 3; k++) {
		double sum = 0;
		for (i64 b = threadIdx.x; b < blocks; b += blockDim.x) sum += sums[3 * b + k];
		sum = block_sum(sum, scratch);
		if (threadIdx.x == 0) loss[k] = sum;
	}
}
