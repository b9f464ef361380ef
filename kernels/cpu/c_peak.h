// The greatest rate of multiply-adds, for the roof of a benchmark.
#ifndef C_PEAK_H
#define C_PEAK_H

#include "c_vector.h"

// PEAK_CHAINS covers the latency of a multiply-add on two units.
#define PEAK_CHAINS 12

// peak runs rounds of PEAK_CHAINS multiply-adds of whole vectors in registers and
// returns the floating-point operations; a multiply-add is two.
static double peak(long rounds) {
	vf s[PEAK_CHAINS], f = set1(0.5f), g = set1(1);
	for (int i = 0; i < PEAK_CHAINS; i++) s[i] = set1((float)i);
	for (long n = 0; n < rounds; n++) {
#pragma GCC unroll 12
		for (int i = 0; i < PEAK_CHAINS; i++) s[i] = fma_v(s[i], f, g);
	}
	for (int i = 1; i < PEAK_CHAINS; i++) s[0] += s[i];
	volatile float kept = hsum(s[0]); // so that the loop has a use
	(void)kept;
	return 2.0 * PEAK_CHAINS * VW * (double)rounds;
}

#endif
