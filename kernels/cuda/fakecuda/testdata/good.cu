// Kernels without a fault.
#include "builtins.cuh"

extern "C" __global__ void saxpy(float *y, const float *x, float a, int n) {
	int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
	if (i < n) y[i] += a * x[i];
}

// block_sum writes the sum of n numbers of each block's part: by shuffles within warps,
// then by the first warp over shared memory.
extern "C" __global__ __launch_bounds__(256) void block_sum(float *sums, const float *x, int n) {
	__shared__ float part[32];
	float v = 0;
	for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x) v += x[(int)blockIdx.x * n + i];
	for (int lanes = 16; lanes; lanes /= 2) v += __shfl_xor_sync(0xffffffffu, v, lanes);
	if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = v;
	__syncthreads();
	if (threadIdx.x >= 32) return;
	v = threadIdx.x < blockDim.x / 32 ? part[threadIdx.x] : 0;
	for (int lanes = 16; lanes; lanes /= 2) v += __shfl_xor_sync(0xffffffffu, v, lanes);
	if (threadIdx.x == 0) sums[blockIdx.x] = v;
}

// reverse turns each block's part around, through shared memory of the
// launch's size.
extern "C" __global__ void reverse(float *y, const float *x) {
	extern __shared__ float all[];
	int n = (int)blockDim.x, i = (int)threadIdx.x, first = (int)blockIdx.x * n;
	all[i] = x[first + i];
	__syncthreads();
	y[first + i] = all[n - 1 - i];
}

// wide takes arguments of 8, 4 and 8 bytes.
extern "C" __global__ void wide(double *y, int n, double v) {
	for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x) y[i] = v;
}
