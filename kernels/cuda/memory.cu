// Filling memory with float64 values. Float32 and int32 are filled by the driver's memset.
#include "math.cuh"

extern "C" __global__ void fill_f64(double *dst, i64 n, double v) {
	for (i64 i = grid_at(); i < n; i += grid_step()) dst[i] = v;
}
