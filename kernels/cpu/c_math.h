// exp, log and the normal distribution by polynomials: the same bits with
// every C library.
#ifndef C_MATH_H
#define C_MATH_H

#include "c_vector.h"

// exp_v is exp(x), relative error below 2e-7 (polynomial of Cephes' expf).
// Below -87.33 (-Inf too) it is 0, where exp would become denormal; above
// 88.37 it stays at 2.4e38; NaN gives NaN.
INLINE vf exp_v(vf x) {
	const vf low = set1(-87.33f), high = set1(88.37f);
	const vf magic = set1(12582912.0f); // 1.5 * 2^23: adding it rounds to an integer
	vf in = less_select(x, low, low, x);
	in = less_select(high, in, high, in);
	vf shifted = fma_v(in, set1(1.44269504088896341f), magic);
	vf n = shifted - magic;
	vf r = fma_v(n, set1(-0.693359375f), in); // ln 2 in two parts
	r = fma_v(n, set1(2.12194440e-4f), r);
	vf p = set1(1.9875691500e-4f);
	p = fma_v(p, r, set1(1.3981999507e-3f));
	p = fma_v(p, r, set1(8.3334519073e-3f));
	p = fma_v(p, r, set1(4.1665795894e-2f));
	p = fma_v(p, r, set1(1.6666665459e-1f));
	p = fma_v(p, r, set1(5.0000001201e-1f));
	p = fma_v(p, r * r, r + set1(1.0f));
	vi exponent = (vi)shifted << 23; // the low bits of shifted are n
	return less_select(x, low, set_zero(), (vf)((vi)p + exponent));
}

// exp_fall is exp(x) for x <= 0, relative error below 2e-7 down to -87.33; NaN gives NaN.
// On avx512 smaller results come out denormal, 0 below -104; elsewhere as exp_v.
#if defined(LEVEL_AVX512)
INLINE vf exp_fall(vf x) {
	const vf magic = set1(12582912.0f);
	vf in = max_v(set1(-105), x); // in this order it keeps a NaN
	vf n = fma_v(in, set1(1.44269504088896341f), magic) - magic;
	vf r = fma_v(n, set1(-0.69314718055994531f), in); // its rounding costs a relative 2e-9 n
	// Minimax of degree 5 on half a step of ln 2 to both sides, exactly 1 at 0: 9.2e-8.
	vf p = set1(8.290305733680725e-3f);
	p = fma_v(p, r, set1(4.18979749083519e-2f));
	p = fma_v(p, r, set1(1.666763722896576e-1f));
	p = fma_v(p, r, set1(4.999915063381195e-1f));
	p = fma_v(p, r, set1(9.999997019767761e-1f));
	p = fma_v(p, r, set1(1));
	return (vf)_mm512_scalef_ps((__m512)p, (__m512)n);
}
#else
INLINE vf exp_fall(vf x) { return exp_v(x); }
#endif

// log_v is log(x) for x in [1, 1e30], relative error below 2e-7 beside an absolute
// one of 1e-7 (polynomial of Cephes' logf); NaN gives NaN.
INLINE vf log_v(vf x) {
	// Split at sqrt(1/2), so that the fraction f + 1 lies in [sqrt(1/2), sqrt(2)).
	const int32_t half = 0x3f3504f3;
	vi top = (vi)x - half, e = top >> 23;
	vf f = (vf)((top & 0x007fffff) + half) - set1(1.0f);
	vf n = __builtin_convertvector(e, vf), z = f * f;
	vf p = set1(7.0376836292e-2f);
	p = fma_v(p, f, set1(-1.1514610310e-1f));
	p = fma_v(p, f, set1(1.1676998740e-1f));
	p = fma_v(p, f, set1(-1.2420140846e-1f));
	p = fma_v(p, f, set1(1.4249322787e-1f));
	p = fma_v(p, f, set1(-1.6668057665e-1f));
	p = fma_v(p, f, set1(2.0000714765e-1f));
	p = fma_v(p, f, set1(-2.4999993993e-1f));
	p = fma_v(p, f, set1(3.3333331174e-1f));
	vf y = fma_v(n, set1(-2.12194440e-4f), p * f * z); // ln 2 in two parts
	y = fma_v(set1(-0.5f), z, y) + f;
	y = fma_v(n, set1(0.693359375f), y);
	return less_select(x, set1(__builtin_inff()), y, x);
}

// log_d is log(x) for finite x > 0, not denormal, to about 1e-16 of max(1, |log x|).
// 0 and denormals give -Inf.
static inline double log_d(double x) {
	if (!(x >= 2.2250738585072014e-308)) return x != x ? x : -__builtin_inf();
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	// Split at sqrt(1/2), so that the fraction lies in [sqrt(1/2), sqrt(2)).
	uint64_t top = bits - 0x3fe6a09e667f3bcdULL;
	int64_t e = (int64_t)top >> 52;
	bits = (top & 0x000fffffffffffffULL) + 0x3fe6a09e667f3bcdULL;
	double m;
	memcpy(&m, &bits, sizeof m);
	// log m = 2 atanh s, s = (m-1)/(m+1), |s| < 0.172.
	double f = m - 1, s = f / (2 + f), z = s * s;
	double p = 1.0 / 21;
	p = p * z + 1.0 / 19;
	p = p * z + 1.0 / 17;
	p = p * z + 1.0 / 15;
	p = p * z + 1.0 / 13;
	p = p * z + 1.0 / 11;
	p = p * z + 1.0 / 9;
	p = p * z + 1.0 / 7;
	p = p * z + 1.0 / 5;
	p = p * z + 1.0 / 3;
	return (double)e * 0.69314718055994530942 + 2 * (s + s * z * p);
}

// select_d is x where a < b, else y.
INLINE vd select_d(vd a, vd b, vd x, vd y) {
	vu m = (vu)(a < b);
	return (vd)(((vu)x & m) | ((vu)y & ~m));
}

// log_vd is log_d of each lane, for lanes in [1e-300, 1e300]; NaN gives NaN.
INLINE vd log_vd(vd x) {
	const uint64_t half = 0x3fe6a09e667f3bcdULL, bias = 1024, magic = 0x4330000000000000ULL; // 2^52
	vu top = (vu)x - half + (bias << 52);
	vd e = (vd)((top >> 52) | magic) - (4503599627370496.0 + (double)bias);
	vd m = (vd)((top & 0x000fffffffffffffULL) + half);
	vd f = m - 1, s = f / (2 + f), z = s * s;
	vd p = z * (1.0 / 21) + 1.0 / 19;
	p = p * z + 1.0 / 17;
	p = p * z + 1.0 / 15;
	p = p * z + 1.0 / 13;
	p = p * z + 1.0 / 11;
	p = p * z + 1.0 / 9;
	p = p * z + 1.0 / 7;
	p = p * z + 1.0 / 5;
	p = p * z + 1.0 / 3;
	return e * 0.69314718055994530942 + 2 * (s + s * z * p) + (x - x);
}

// normal_v writes Phi(x), the standard normal distribution, and exp(-x^2/2).
// Phi(x) = exp(-z^2) erfcx(z) / 2 for x < 0, z = |x|/sqrt(2), and the complement
// for x >= 0. erfcx(z) = t P(t), t = 1/(1 + 0.3 z): P is the Chebyshev fit of
// degree 8 for z up to 9.4, relative error 2.4e-8; beyond, exp(-z^2) is 0 in float.
// Absolute error of Phi below 2e-7.
INLINE vf normal_v(vf x, vf *density) {
	vf size = less_select(x, set_zero(), -x, x);
	vf e = exp_v(set1(-0.5f) * x * x);
	vf t = set1(1.0f) / fma_v(size, set1(0.3f * 0.70710678118654752f), set1(1.0f));
	vf p = set1(-0.1304193343f);
	p = fma_v(p, t, set1(0.4902051399f));
	p = fma_v(p, t, set1(-0.5225359624f));
	p = fma_v(p, t, set1(0.5603273819f));
	p = fma_v(p, t, set1(-0.1040551482f));
	p = fma_v(p, t, set1(0.219276235f));
	p = fma_v(p, t, set1(0.1471231408f));
	p = fma_v(p, t, set1(0.1709027154f));
	p = fma_v(p, t, set1(0.1691758123f));
	vf tail = set1(0.5f) * e * t * p;
	*density = e;
	return less_select(x, set_zero(), tail, set1(1.0f) - tail);
}

#endif
