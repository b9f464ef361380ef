// Dropout by a counter-based generator: element i depends on (seed, i) alone.
#include "math.cuh"

#define GOLDEN 0x9E3779B97F4A7C15ULL // 2^64 over the golden ratio, the step of splitmix64

DEVICE u64 splitmix64(u64 x) {
	x += GOLDEN;
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
	x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
	return x ^ (x >> 31);
}

// dropout: y may be x. scale is 1/(1-rate).
extern "C" __global__ void dropout(float *y, const float *x, i64 n, float rate, float scale, u64 seed) {
	for (i64 i = grid_at(); i < n; i += grid_step()) {
		float draw = (float)(splitmix64(seed + (u64)i * GOLDEN) >> 40) / 16777216.0f; // 24 bits
		y[i] = draw >= rate ? x[i] * scale : 0.0f;
	}
}
