// Kernels with one fault each, which the fake driver must name.
#include "builtins.cuh"

// Thread n writes behind y, which has n elements.
extern "C" __global__ void write_past(float *y, int n) {
	int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
	if (i <= n) y[i] = 1;
}

extern "C" __global__ void read_before(float *y, const float *x) {
	y[threadIdx.x] = x[(int)threadIdx.x - 1];
}

// The odd threads miss the barrier.
extern "C" __global__ void barrier_missed(float *y) {
	if (threadIdx.x % 2) return;
	__syncthreads();
	y[threadIdx.x] = 1;
}

// The two halves of the block wait at two barriers.
extern "C" __global__ void barrier_two(float *y) {
	if (threadIdx.x < blockDim.x / 2) {
		__syncthreads();
	} else {
		y[threadIdx.x] = 1;
		__syncthreads();
	}
}

// Lane 3 does not shuffle.
extern "C" __global__ void shuffle_missed(float *y) {
	float v = (float)threadIdx.x;
	if (threadIdx.x != 3) v = __shfl_xor_sync(0xffffffffu, v, 1);
	y[threadIdx.x] = v;
}

extern "C" __global__ void divide(int *y, int by) {
	y[threadIdx.x] = 7 / by;
}

// Without a barrier between the write and the read of a neighbour's element.
extern "C" __global__ void race_shared(float *y) {
	__shared__ float all[64];
	all[threadIdx.x] = 0;
	__syncthreads();
	all[threadIdx.x] = (float)threadIdx.x;
	y[threadIdx.x] = all[(threadIdx.x + 1) % 64];
}

// All blocks add to one sum.
extern "C" __global__ void race_global(float *y) {
	y[0] += 1;
}

// A pointer passes the end of a shared array, into what lies behind it.
extern "C" __global__ void shared_past(float *y, int at) {
	__shared__ float all[8];
	float *volatile hidden = all, *p = hidden;
	p[threadIdx.x] = 1;
	__syncthreads();
	if (threadIdx.x == 5) p[at] = 2;
	y[threadIdx.x] = p[threadIdx.x];
}

// An index passes the end of a local array.
extern "C" __global__ void index_past(float *y, int at) {
	float own[4] = {1, 2, 3, 4};
	y[threadIdx.x] = own[(int)threadIdx.x + at];
}

// Thread 7 writes nothing, and thread 6 reads it.
extern "C" __global__ void unwritten(float *y) {
	__shared__ float all[32];
	if (threadIdx.x != 7) all[threadIdx.x] = 1;
	__syncthreads();
	y[threadIdx.x] = all[(threadIdx.x + 1) % 32];
}

// A float beyond the range of an int.
extern "C" __global__ void cast(int *y, float x) {
	y[threadIdx.x] = (int)x;
}

// The pointer is not aligned to what it points to.
extern "C" __global__ void misaligned(float *y) {
	*(double *)(y + 1) = 1;
}

extern "C" __global__ void write_before(float *y) {
	y[-1 - (int)threadIdx.x] = 1;
}
