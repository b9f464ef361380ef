// Functions of one number, in float and double, and sums over a warp or a block.
// They are written out here so that the device and the tests on the CPU compute the same.
#ifndef INVOICELAB_MATH_CUH
#define INVOICELAB_MATH_CUH

#include "builtins.cuh"

#define DEVICE static inline __attribute__((always_inline)) __device__

typedef unsigned long long u64;
typedef long long i64;

#define WARP 32
#define ALL_LANES 0xffffffffu

#define INF_F __builtin_huge_valf()
#define INF_D __builtin_huge_val()
#define SQRT_HALF 0.70710678118654752440
#define LN2_HIGH 6.93147180369123816490e-01 // ln 2 in two parts: the first has 21 zero bits at its end
#define LN2_LOW 1.90821492927058770002e-10
#define LOG2_E 1.44269504088896340736

DEVICE float max_f(float a, float b) { return a > b ? a : b; }
DEVICE double max_d(double a, double b) { return a > b ? a : b; }
DEVICE i64 min_i(i64 a, i64 b) { return a < b ? a : b; }

// is_finite is false for infinities and NaN.
DEVICE bool is_finite(float x) { return x - x == 0; }

// pow2 is 2^n for n from -1022 to 1023.
DEVICE double pow2(int n) {
	union {
		u64 i;
		double d;
	} u = {(u64)(n + 1023) << 52};
	return u.d;
}

DEVICE float pow2f(int n) {
	union {
		unsigned i;
		float f;
	} u = {(unsigned)(n + 127) << 23};
	return u.f;
}

// exp_f is e^x to 2 units in the last place; 0 below -104, NaN of NaN. The
// argument is cut before anything is made of it: infinities are safe.
DEVICE float exp_f(float x) {
	if (x != x) return x;
	if (x > 88.72284f) return INF_F;
	if (x < -104.0f) return 0;
	float t = x * (float)LOG2_E;
	int n = (int)(t < 0 ? t - 0.5f : t + 0.5f);
	float r = (x - (float)n * 0.693359375f) + (float)n * 2.12194440e-4f;
	float p = 1.9875691500e-4f;
	p = p * r + 1.3981999507e-3f;
	p = p * r + 8.3334519073e-3f;
	p = p * r + 4.1665795894e-2f;
	p = p * r + 1.6666665459e-1f;
	p = p * r + 5.0000001201e-1f;
	p = p * r * r + r + 1.0f;
	int half = n / 2; // in two factors, so that subnormal results come out
	return p * pow2f(half) * pow2f(n - half);
}

// exp_d is e^x; 0 below -745.
DEVICE double exp_d(double x) {
	if (x != x) return x;
	if (x > 709.78) return INF_D;
	if (x < -745.2) return 0;
	double t = x * LOG2_E;
	int n = (int)(t < 0 ? t - 0.5 : t + 0.5);
	double r = (x - n * LN2_HIGH) - n * LN2_LOW;
	double p = 1; // Taylor's series to r^13/13!, |r| below 0.35
	for (int k = 13; k >= 1; k--) p = p * (r * (1.0 / k)) + 1;
	int half = n / 2;
	return p * pow2(half) * pow2(n - half);
}

// expm1_d is e^x - 1 without cancellation near 0.
DEVICE double expm1_d(double x) {
	if (x > 0.35 || x < -0.35) return exp_d(x) - 1;
	double p = 1;
	for (int k = 14; k >= 2; k--) p = p * (x * (1.0 / k)) + 1;
	return p * x;
}

// log_ratio is log((1+s)/(1-s)) for |s| up to 0.172, by its odd series.
DEVICE double log_ratio(double s) {
	double z = s * s, p = 0;
	for (int k = 23; k >= 3; k -= 2) p = (p + 1.0 / k) * z;
	return 2 * s * (1 + p);
}

// log_d is the natural logarithm; -inf of 0, NaN below.
DEVICE double log_d(double x) {
	if (x == 0) return -INF_D;
	if (!(x > 0)) return x - x + (0.0 / 0.0);
	if (x > 1.7976931348623157e308) return x;
	int n = 0;
	if (x < 2.2250738585072014e-308) {
		x *= 18014398509481984.0; // 2^54
		n = -54;
	}
	union {
		double d;
		u64 i;
	} u = {x};
	n += (int)(u.i >> 52) - 1022;
	u.i = (u.i & 0xfffffffffffffULL) | 0x3fe0000000000000ULL; // in [0.5, 1)
	if (u.d < SQRT_HALF) {
		u.d *= 2;
		n--;
	}
	return n * LN2_LOW + log_ratio((u.d - 1) / (u.d + 1)) + n * LN2_HIGH;
}

// log1p_d is log(1+x) without cancellation near 0.
DEVICE double log1p_d(double x) {
	if (x > -0.29 && x < 0.41) return log_ratio(x / (2 + x));
	return log_d(1 + x);
}

// normal_cdf is Phi(x), by the rational fit of erfc of Press et al., Numerical
// Recipes, 6.2.2: its relative error is below 1.2e-7 everywhere.
DEVICE float normal_cdf(float x) {
	float z = (x < 0 ? -x : x) * (float)SQRT_HALF;
	if (z > 10) return x < 0 ? 0.0f : 1.0f; // Phi(-14) = 1e-45
	float t = 1 / (1 + 0.5f * z);
	float p = 0.17087277f;
	p = p * t - 0.82215223f;
	p = p * t + 1.48851587f;
	p = p * t - 1.13520398f;
	p = p * t + 0.27886807f;
	p = p * t - 0.18628806f;
	p = p * t + 0.09678418f;
	p = p * t + 0.37409196f;
	p = p * t + 1.00002368f;
	p = p * t - 1.26551223f;
	float tail = 0.5f * t * exp_f(p - z * z);
	return x < 0 ? tail : 1 - tail;
}

// Sums and maxima over the lanes of a warp, the same bits in every lane.
DEVICE float warp_sum(float v) {
	for (int l = WARP / 2; l > 0; l /= 2) v += __shfl_xor_sync(ALL_LANES, v, l);
	return v;
}
DEVICE double warp_sum(double v) {
	for (int l = WARP / 2; l > 0; l /= 2) v += __shfl_xor_sync(ALL_LANES, v, l);
	return v;
}
DEVICE float warp_max(float v) {
	for (int l = WARP / 2; l > 0; l /= 2) v = max_f(v, __shfl_xor_sync(ALL_LANES, v, l));
	return v;
}
DEVICE double warp_max(double v) {
	for (int l = WARP / 2; l > 0; l /= 2) v = max_d(v, __shfl_xor_sync(ALL_LANES, v, l));
	return v;
}

// block_sum is the sum over a block of whole warps, at most 1024 threads, the same
// bits in every thread. scratch is shared memory of 32 elements; it is free
// again when the function returns.
template <class T> DEVICE T block_sum(T v, T *scratch) {
	v = warp_sum(v);
	int warps = (int)blockDim.x / WARP;
	if (threadIdx.x % WARP == 0) scratch[threadIdx.x / WARP] = v;
	__syncthreads();
	T total = 0;
	for (int w = 0; w < warps; w++) total += scratch[w];
	__syncthreads();
	return total;
}

template <class T> DEVICE T block_max(T v, T *scratch) {
	v = warp_max(v);
	int warps = (int)blockDim.x / WARP;
	if (threadIdx.x % WARP == 0) scratch[threadIdx.x / WARP] = v;
	__syncthreads();
	T top = scratch[0];
	for (int w = 1; w < warps; w++) top = scratch[w] > top ? scratch[w] : top;
	__syncthreads();
	return top;
}

// The i-th element of a grid of one dimension, and the step to the next one.
DEVICE i64 grid_at() { return (i64)blockIdx.x * blockDim.x + threadIdx.x; }
DEVICE i64 grid_step() { return (i64)gridDim.x * blockDim.x; }

// The warp of a thread within the grid, how many there are, and its lane.
DEVICE i64 warp_at() { return grid_at() / WARP; }
DEVICE i64 warp_step() { return grid_step() / WARP; }
DEVICE int lane_at() { return (int)(threadIdx.x % WARP); }

// complain records an index, label or group that points outside its table, for the next
// time that the host fetches something: operation and value, packed (see
// status.go). Writers may race; any one of them will do, whole, as volatile says.
DEVICE void complain(u64 *status, int operation, int value) {
	*(volatile u64 *)status = (u64)operation << 32 | (unsigned)value;
}

#endif
