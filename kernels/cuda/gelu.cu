// GELU in its exact form, x Phi(x).
#include "math.cuh"

#define INV_SQRT_2PI 0.39894228040143267794f

extern "C" __global__ void gelu(float *y, const float *x, i64 n) {
	for (i64 i = grid_at(); i < n; i += grid_step()) y[i] = x[i] * normal_cdf(x[i]);
}

// gelu_grad: dx = dy (Phi(x) + x phi(x)); dx may be dy.
extern "C" __global__ void gelu_grad(float *dx, const float *dy, const float *x, i64 n) {
	for (i64 i = grid_at(); i < n; i += grid_step()) {
		float v = x[i], density = exp_f(-0.5f * v * v) * INV_SQRT_2PI;
		dx[i] = dy[i] * (normal_cdf(v) + v * density);
	}
}
