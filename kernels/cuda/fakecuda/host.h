// What the kernels use of CUDA, for g++: every thread of a block is a fiber of
// one OS thread, blocks run one after the other. fakecuda.Build compiles the
// .cu files with this header and links them with runtime/ to a libcuda.so.1
// that runs them.
#ifndef INVOICELAB_FAKECUDA_HOST_H
#define INVOICELAB_FAKECUDA_HOST_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef FAKECUDA_SCAN
// The preprocessed text is read for the names of the kernels.
#define __global__ FAKECUDA_KERNEL
#else
#define __global__
#endif
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
// Build rewrites "__shared__ float s[32];" to "static float s[32]; FAKECUDA_SHARED(s);"
// and "extern __shared__ float s[];" to "FAKECUDA_DYNAMIC(float, s);".
#define FAKECUDA_SHARED(name)                                         \
	do {                                                          \
		static unsigned long fakecuda_block_seen;             \
		if (fakecuda_block_seen != fakecuda_block_number) {   \
			fakecuda_block_seen = fakecuda_block_number;  \
			fakecuda_shared((void *)&name, sizeof name);  \
		}                                                     \
	} while (0)
#define FAKECUDA_DYNAMIC(type, name) type *const name = (type *)fakecuda_dynamic()

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };

extern "C" {
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
extern unsigned long fakecuda_block_number;

void fakecuda_shared(void *address, size_t bytes);
void *fakecuda_dynamic(void);

// The barrier and the warp operations say where they were called, for the
// report on threads that do not meet.
int fakecuda_barrier(int kind, int predicate, const char *file, int line);
uint64_t fakecuda_warp(int kind, unsigned mask, uint64_t value, int argument, int width, const char *file, int line);
}

enum { FAKECUDA_SYNC, FAKECUDA_SYNC_COUNT, FAKECUDA_SYNC_AND, FAKECUDA_SYNC_OR };
enum { FAKECUDA_SHFL, FAKECUDA_SHFL_UP, FAKECUDA_SHFL_DOWN, FAKECUDA_SHFL_XOR, FAKECUDA_BALLOT, FAKECUDA_SYNCWARP };

static const int warpSize = 32;

#define __syncthreads() ((void)fakecuda_barrier(FAKECUDA_SYNC, 0, __FILE__, __LINE__))
#define __syncthreads_count(p) fakecuda_barrier(FAKECUDA_SYNC_COUNT, (p) != 0, __FILE__, __LINE__)
#define __syncthreads_and(p) fakecuda_barrier(FAKECUDA_SYNC_AND, (p) != 0, __FILE__, __LINE__)
#define __syncthreads_or(p) fakecuda_barrier(FAKECUDA_SYNC_OR, (p) != 0, __FILE__, __LINE__)

#define FAKECUDA_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

template <class T> static inline T fakecuda_shuffle(int kind, unsigned mask, T v, int argument, int width, const char *file, int line) {
	static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
	uint64_t bits = 0;
	memcpy(&bits, &v, sizeof v);
	bits = fakecuda_warp(kind, mask, bits, argument, width, file, line);
	memcpy(&v, &bits, sizeof v);
	return v;
}
template <class T> static inline T __shfl_sync(unsigned mask, T v, int lane, int width = 32, FAKECUDA_HERE) {
	return fakecuda_shuffle(FAKECUDA_SHFL, mask, v, lane, width, file, line);
}
template <class T> static inline T __shfl_up_sync(unsigned mask, T v, unsigned delta, int width = 32, FAKECUDA_HERE) {
	return fakecuda_shuffle(FAKECUDA_SHFL_UP, mask, v, (int)delta, width, file, line);
}
template <class T> static inline T __shfl_down_sync(unsigned mask, T v, unsigned delta, int width = 32, FAKECUDA_HERE) {
	return fakecuda_shuffle(FAKECUDA_SHFL_DOWN, mask, v, (int)delta, width, file, line);
}
template <class T> static inline T __shfl_xor_sync(unsigned mask, T v, int lanes, int width = 32, FAKECUDA_HERE) {
	return fakecuda_shuffle(FAKECUDA_SHFL_XOR, mask, v, lanes, width, file, line);
}
static inline unsigned __ballot_sync(unsigned mask, int p, FAKECUDA_HERE) {
	return (unsigned)fakecuda_warp(FAKECUDA_BALLOT, mask, p != 0, 0, 32, file, line);
}
static inline int __any_sync(unsigned mask, int p, FAKECUDA_HERE) {
	return fakecuda_warp(FAKECUDA_BALLOT, mask, p != 0, 0, 32, file, line) != 0;
}
static inline int __all_sync(unsigned mask, int p, FAKECUDA_HERE) {
	return fakecuda_warp(FAKECUDA_BALLOT, mask, p != 0, 0, 32, file, line) == mask;
}
static inline void __syncwarp(unsigned mask = 0xffffffffu, FAKECUDA_HERE) {
	fakecuda_warp(FAKECUDA_SYNCWARP, mask, 0, 0, 32, file, line);
}

static inline void __threadfence(void) {}
static inline void __threadfence_block(void) {}

// One OS thread runs all fibers and none is interrupted, so the atomic
// operations are ordinary ones. Compiled for the race check, they are what it
// takes for atomic.
template <class T> static inline T atomicAdd(T *p, T v) {
	T old = __atomic_load_n(p, __ATOMIC_RELAXED);
	__atomic_store_n(p, (T)(old + v), __ATOMIC_RELAXED);
	return old;
}
static inline float atomicAdd(float *p, float v) {
	uint32_t bits = __atomic_load_n((uint32_t *)p, __ATOMIC_RELAXED);
	float old, sum;
	memcpy(&old, &bits, sizeof old);
	sum = old + v;
	memcpy(&bits, &sum, sizeof bits);
	__atomic_store_n((uint32_t *)p, bits, __ATOMIC_RELAXED);
	return old;
}
static inline double atomicAdd(double *p, double v) {
	uint64_t bits = __atomic_load_n((uint64_t *)p, __ATOMIC_RELAXED);
	double old, sum;
	memcpy(&old, &bits, sizeof old);
	sum = old + v;
	memcpy(&bits, &sum, sizeof bits);
	__atomic_store_n((uint64_t *)p, bits, __ATOMIC_RELAXED);
	return old;
}
template <class T> static inline T fakecuda_exchange(T *p, T v) {
	T old = __atomic_load_n(p, __ATOMIC_RELAXED);
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
	return old;
}
template <class T> static inline T atomicExch(T *p, T v) { return fakecuda_exchange(p, v); }
template <class T> static inline T atomicMax(T *p, T v) {
	T old = __atomic_load_n(p, __ATOMIC_RELAXED);
	return v > old ? fakecuda_exchange(p, v) : old;
}
template <class T> static inline T atomicMin(T *p, T v) {
	T old = __atomic_load_n(p, __ATOMIC_RELAXED);
	return v < old ? fakecuda_exchange(p, v) : old;
}
template <class T> static inline T atomicOr(T *p, T v) { return fakecuda_exchange(p, (T)(__atomic_load_n(p, __ATOMIC_RELAXED) | v)); }
template <class T> static inline T atomicAnd(T *p, T v) { return fakecuda_exchange(p, (T)(__atomic_load_n(p, __ATOMIC_RELAXED) & v)); }
template <class T> static inline T atomicCAS(T *p, T expected, T v) {
	T old = __atomic_load_n(p, __ATOMIC_RELAXED);
	return old == expected ? fakecuda_exchange(p, v) : old;
}

struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(16) double2 { double x, y; };
struct alignas(8) int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline double2 make_double2(double x, double y) { return {x, y}; }
static inline int2 make_int2(int x, int y) { return {x, y}; }
static inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }

template <class T> static inline T __ldg(const T *p) { return *p; }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
static inline int __float_as_int(float x) { int i; memcpy(&i, &x, 4); return i; }
static inline unsigned __float_as_uint(float x) { unsigned i; memcpy(&i, &x, 4); return i; }
static inline float __int_as_float(int i) { float x; memcpy(&x, &i, 4); return x; }
static inline float __uint_as_float(unsigned i) { float x; memcpy(&x, &i, 4); return x; }
static inline long long __double_as_longlong(double x) { long long i; memcpy(&i, &x, 8); return i; }
static inline double __longlong_as_double(long long i) { double x; memcpy(&x, &i, 8); return x; }
static inline float __fdividef(float a, float b) { return a / b; }
static inline float rsqrtf(float x) { return 1 / sqrtf(x); }

// Kernels are registered by the file that Build writes for each .cu.
extern "C" void fakecuda_register(const char *name, const char *source, int count, const int *sizes, const int *pointers,
                                  void (*invoke)(void **arguments));

template <class T> struct fakecuda_is_pointer { static const int value = 0; };
template <class T> struct fakecuda_is_pointer<T *> { static const int value = 1; };
template <class T> struct fakecuda_is_pointer<T *__restrict> { static const int value = 1; };

template <auto kernel> struct fakecuda_kernel;
template <class... P, void (*kernel)(P...)> struct fakecuda_kernel<kernel> {
	template <size_t... I> struct indices {};
	template <size_t N, size_t... I> struct count : count<N - 1, N - 1, I...> {};
	template <size_t... I> struct count<0, I...> { typedef indices<I...> type; };
	template <size_t... I> static void call(void **arguments, indices<I...>) {
		(void)arguments;
		kernel(*(P *)arguments[I]...);
	}
	static void invoke(void **arguments) { call(arguments, typename count<sizeof...(P)>::type()); }
	fakecuda_kernel(const char *name, const char *source) {
		static const int sizes[] = {(int)sizeof(P)..., 0}, pointers[] = {fakecuda_is_pointer<P>::value..., 0};
		fakecuda_register(name, source, sizeof...(P), sizes, pointers, invoke);
	}
};

#endif
