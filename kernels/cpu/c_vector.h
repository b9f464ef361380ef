// Vectors of VW float lanes for one instruction level. LEVEL_AVX512,
// LEVEL_AVX2 or LEVEL_BASELINE is defined by the file that includes this.
//
// Arithmetic on vectors uses the operators of the compiler's vector types.
// -std=c11 keeps a*b+c from being contracted, so a fused multiply-add stands
// only where fma_v is written: results are fixed for each level.
#ifndef C_VECTOR_H
#define C_VECTOR_H

#include <stdint.h>
#include <string.h>

#if defined(LEVEL_AVX512) || defined(LEVEL_AVX2)
#include <immintrin.h>
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF // gcc has it off with -std=c11
#endif

#if defined(LEVEL_AVX512)
#define VW 16
#define MR 12 // rows of a matrix tile: 12 x 2 vectors of sums in 32 registers
#elif defined(LEVEL_AVX2)
#define VW 8
#define MR 6 // 6 x 2 of 16 registers
#else
#define VW 4
#define MR 4 // 4 x 2 of 16 registers
#endif
#define NR (2 * VW) // columns of a matrix tile
#define HW (VW / 2) // lanes of a vector of doubles

#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(4 * VW)));
typedef int32_t vi __attribute__((vector_size(4 * VW)));
typedef double vd __attribute__((vector_size(8 * HW)));
typedef uint64_t vu __attribute__((vector_size(8 * HW)));
typedef float vh __attribute__((vector_size(4 * HW)));  // half a vf
// The same in memory, at any address.
typedef float vf_mem __attribute__((vector_size(4 * VW), aligned(4), may_alias));

INLINE vf load(const float *p) { return *(const vf_mem *)p; }
INLINE void store(float *p, vf v) { *(vf_mem *)p = v; }
INLINE vf set1(float x) { return x - (vf){0}; }
INLINE vf set_zero(void) { return (vf){0}; }

// load_n reads n lanes, 0 <= n <= VW; the others are 0. store_n writes n lanes.
#if defined(LEVEL_AVX512)
INLINE __mmask16 lanes(long n) { return (__mmask16)((1u << n) - 1u); }
INLINE vf load_n(const float *p, long n) { return (vf)_mm512_maskz_loadu_ps(lanes(n), p); }
INLINE void store_n(float *p, vf v, long n) { _mm512_mask_storeu_ps(p, lanes(n), (__m512)v); }
INLINE vf fma_v(vf a, vf b, vf c) { return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
INLINE vd fma_d(vd a, vd b, vd c) { return (vd)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
INLINE vf max_v(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE vf sqrt_v(vf a) { return (vf)_mm512_sqrt_ps((__m512)a); }
// less_select is x where a < b, else y (so also where a or b is NaN).
INLINE vf less_select(vf a, vf b, vf x, vf y) {
	return (vf)_mm512_mask_blend_ps(_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ), (__m512)y, (__m512)x);
}
INLINE vd widen(vh a) { return (vd)_mm512_cvtps_pd((__m256)a); }
#elif defined(LEVEL_AVX2)
INLINE __m256i lanes(long n) {
	return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vf load_n(const float *p, long n) { return (vf)_mm256_maskload_ps(p, lanes(n)); }
INLINE void store_n(float *p, vf v, long n) { _mm256_maskstore_ps(p, lanes(n), (__m256)v); }
INLINE vf fma_v(vf a, vf b, vf c) { return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
INLINE vd fma_d(vd a, vd b, vd c) { return (vd)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
INLINE vf max_v(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
INLINE vf sqrt_v(vf a) { return (vf)_mm256_sqrt_ps((__m256)a); }
INLINE vf less_select(vf a, vf b, vf x, vf y) {
	return (vf)_mm256_blendv_ps((__m256)y, (__m256)x, _mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LT_OQ));
}
INLINE vd widen(vh a) { return (vd)_mm256_cvtps_pd((__m128)a); }
#else
INLINE vf load_n(const float *p, long n) {
	vf v = {0};
	for (long i = 0; i < n; i++) v[i] = p[i];
	return v;
}
INLINE void store_n(float *p, vf v, long n) {
	for (long i = 0; i < n; i++) p[i] = v[i];
}
INLINE vf fma_v(vf a, vf b, vf c) { return a * b + c; }
INLINE vd fma_d(vd a, vd b, vd c) { return a * b + c; }
INLINE vf less_select(vf a, vf b, vf x, vf y) {
	vi m = a < b;
	return (vf)(((vi)x & m) | ((vi)y & ~m));
}
INLINE vf max_v(vf a, vf b) { return less_select(b, a, a, b); }
INLINE vf sqrt_v(vf a) {
	for (int i = 0; i < VW; i++) a[i] = __builtin_sqrtf(a[i]);
	return a;
}
INLINE vd widen(vh a) { return __builtin_convertvector(a, vd); }
#endif

// at_most is the lesser of a and b.
INLINE long at_most(long a, long b) { return a < b ? a : b; }

// load_to and store_to move the lanes of which left are left: the body of a loop
// over a row of any length. load_fill puts fill where load_to puts 0.
INLINE vf load_to(const float *p, long left) { return left >= VW ? load(p) : load_n(p, left); }
INLINE void store_to(float *p, vf v, long left) {
	if (left >= VW) store(p, v);
	else store_n(p, v, left);
}
#if defined(LEVEL_AVX512)
INLINE vf load_fill(const float *p, long left, float fill) {
	return left >= VW ? load(p) : (vf)_mm512_mask_loadu_ps(_mm512_set1_ps(fill), lanes(left), p);
}
#elif defined(LEVEL_AVX2)
INLINE vf load_fill(const float *p, long left, float fill) {
	if (left >= VW) return load(p);
	__m256i mask = lanes(left);
	return (vf)_mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
}
#else
INLINE vf load_fill(const float *p, long left, float fill) {
	if (left >= VW) return load(p);
	vf v = set1(fill);
	for (long i = 0; i < left; i++) v[i] = p[i];
	return v;
}
#endif

// fetch_row asks for a row of n floats ahead of its use: a step visits rows of
// more documents than the processor's own prefetching follows.
INLINE void fetch_row(const float *p, long n) {
	for (long j = 0; j < n; j += 16) __builtin_prefetch(p + j);
}

// The sum and the greatest of all lanes, always in the same order.
#if defined(LEVEL_AVX512)
INLINE float hsum(vf v) { return _mm512_reduce_add_ps((__m512)v); }
INLINE float hmax(vf v) { return _mm512_reduce_max_ps((__m512)v); }
INLINE double hsum_d(vd v) { return _mm512_reduce_add_pd((__m512d)v); }
#elif defined(LEVEL_AVX2)
INLINE float hsum(vf v) {
	__m128 a = _mm_add_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));
	a = _mm_add_ps(a, _mm_movehl_ps(a, a));
	return _mm_cvtss_f32(_mm_add_ss(a, _mm_movehdup_ps(a)));
}
INLINE float hmax(vf v) {
	__m128 a = _mm_max_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));
	a = _mm_max_ps(a, _mm_movehl_ps(a, a));
	return _mm_cvtss_f32(_mm_max_ss(a, _mm_movehdup_ps(a)));
}
INLINE double hsum_d(vd v) { return (v[0] + v[2]) + (v[1] + v[3]); }
#else
INLINE float hsum(vf v) { return (v[0] + v[2]) + (v[1] + v[3]); }
INLINE float hmax(vf v) {
	float a = v[0] > v[2] ? v[0] : v[2], b = v[1] > v[3] ? v[1] : v[3];
	return a > b ? a : b;
}
INLINE double hsum_d(vd v) { return v[0] + v[1]; }
#endif

// halves widens the lanes of v to two vectors of doubles.
INLINE void halves(vf v, vd *low, vd *high) {
	vh part[2];
	memcpy(part, &v, sizeof v);
	*low = widen(part[0]);
	*high = widen(part[1]);
}

#endif
