// Log-softmax within groups of columns, and sums over groups.
#include "math.cuh"

// group_order lists the columns of each group: those of group g are order[start[g]] to
// order[start[g+1]-1]. One block; a thread a group.
extern "C" __global__ void group_order(int *order, int *start, const int *group_of, i64 c, i64 groups, u64 *status, int op) {
	for (i64 g = threadIdx.x; g < groups; g += blockDim.x) {
		int count = 0;
		for (i64 j = 0; j < c; j++) count += group_of[j] == g;
		start[g + 1] = count;
	}
	for (i64 j = threadIdx.x; j < c; j += blockDim.x)
		if (group_of[j] < 0 || group_of[j] >= groups) complain(status, op, group_of[j]);
	__syncthreads();
	if (threadIdx.x == 0) {
		start[0] = 0;
		for (i64 g = 0; g < groups; g++) start[g + 1] += start[g];
	}
	__syncthreads();
	for (i64 g = threadIdx.x; g < groups; g += blockDim.x) {
		int at = start[g];
		for (i64 j = 0; j < c; j++)
			if (group_of[j] == g) order[at++] = (int)j;
	}
}

// group_log_softmax: a warp a row and group.
extern "C" __global__ void group_log_softmax(float *y, const float *x, const int *order, const int *start, i64 rows, i64 c, i64 groups) {
	for (i64 w = warp_at(); w < rows * groups; w += warp_step()) {
		i64 n = w / groups, g = w % groups;
		int first = start[g], last = start[g + 1];
		float top = -INF_F, sum = 0;
		for (int k = first + lane_at(); k < last; k += WARP) top = max_f(top, x[n * c + order[k]]);
		top = warp_max(top);
		for (int k = first + lane_at(); k < last; k += WARP) sum += exp_f(x[n * c + order[k]] - top);
		float log_sum = (float)log_d(warp_sum(sum));
		for (int k = first + lane_at(); k < last; k += WARP) y[n * c + order[k]] = x[n * c + order[k]] - top - log_sum;
	}
}

extern "C" __global__ void group_log_softmax_grad(float *dx, const float *dy, const float *y, const int *order, const int *start, i64 rows, i64 c, i64 groups) {
	for (i64 w = warp_at(); w < rows * groups; w += warp_step()) {
		i64 n = w / groups, g = w % groups;
		int first = start[g], last = start[g + 1];
		float sum = 0;
		for (int k = first + lane_at(); k < last; k += WARP) sum += dy[n * c + order[k]];
		sum = warp_sum(sum);
		for (int k = first + lane_at(); k < last; k += WARP) {
			i64 i = n * c + order[k];
			dx[i] = dy[i] - exp_f(y[i]) * sum;
		}
	}
}

extern "C" __global__ void group_add(float *y, const float *g, const int *group_of, i64 rows, i64 c, i64 groups, u64 *status, int op) {
	for (i64 i = grid_at(); i < rows * c; i += grid_step()) {
		int k = group_of[i % c];
		if (k < 0 || k >= groups) complain(status, op, k);
		else y[i] += g[i / c * groups + k];
	}
}

// group_sum: dg[n, g] += the columns of g in row n of dy, a thread an element of dg.
extern "C" __global__ void group_sum(float *dg, const float *dy, const int *order, const int *start, i64 rows, i64 c, i64 groups) {
	for (i64 i = grid_at(); i < rows * groups; i += grid_step()) {
		i64 n = i / groups, g = i % groups;
		double sum = dg[i];
		for (int k = start[g]; k < start[g + 1]; k++) sum += dy[n * c + order[k]];
		dg[i] = (float)sum;
	}
}
