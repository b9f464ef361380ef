// Level "avx2".
#include "c_kernels.h"

// clang has no such pragma: a build by it has the baseline alone.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define LEVEL_AVX2
#pragma GCC target("avx2,fma")
#include "c_table.h"

const struct kernels *kernels_avx2(void) {
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &table : 0;
}
#else
const struct kernels *kernels_avx2(void) { return 0; }
#endif
