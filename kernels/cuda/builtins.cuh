// What the kernels use of CUDA, and nothing else: indices, one barrier, three
// shuffles, shared memory of fixed size. nvcc knows these; clang compiles them to PTX
// without an SDK through the declarations below; g++ runs them on the CPU, for
// tests, through fakecuda/host.h.
#ifndef INVOICELAB_BUILTINS_CUH
#define INVOICELAB_BUILTINS_CUH

#if defined(INVOICELAB_HOST)
#include "fakecuda/host.h"
#elif defined(__clang__)

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

#define INDEX(name, sreg)                                                                                       \
	struct name##_t {                                                                                           \
		__declspec(property(get = get_x)) unsigned x;                                                           \
		__declspec(property(get = get_y)) unsigned y;                                                           \
		static inline __device__ unsigned get_x() { return __nvvm_read_ptx_sreg_##sreg##_x(); }                 \
		static inline __device__ unsigned get_y() { return __nvvm_read_ptx_sreg_##sreg##_y(); }                 \
	};                                                                                                          \
	extern const __device__ __attribute__((weak)) name##_t name;
INDEX(threadIdx, tid)
INDEX(blockIdx, ctaid)
INDEX(blockDim, ntid)
INDEX(gridDim, nctaid)
#undef INDEX

// Shuffles over the whole warp. The last argument of the instruction packs the
// width of 32 lanes.
static inline __device__ int __shfl_xor_sync(unsigned mask, int v, int lanes) {
	return __nvvm_shfl_sync_bfly_i32(mask, v, lanes, 31);
}
static inline __device__ float __shfl_xor_sync(unsigned mask, float v, int lanes) {
	return __nvvm_shfl_sync_bfly_f32(mask, v, lanes, 31);
}
static inline __device__ double __shfl_xor_sync(unsigned mask, double v, int lanes) {
	union {
		double d;
		int i[2];
	} u = {v};
	u.i[0] = __nvvm_shfl_sync_bfly_i32(mask, u.i[0], lanes, 31);
	u.i[1] = __nvvm_shfl_sync_bfly_i32(mask, u.i[1], lanes, 31);
	return u.d;
}

static inline __device__ float sqrtf(float x) { return __nvvm_sqrt_rn_f(x); }
static inline __device__ double sqrt(double x) { return __nvvm_sqrt_rn_d(x); }

#endif
#endif
