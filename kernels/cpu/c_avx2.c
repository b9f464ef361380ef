// Level "avx2".
#include "c_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define LEVEL_AVX2
#pragma GCC target("avx2,fma")
#include "c_table.h"

const struct kernels *kernels_avx2(void) {
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &table : 0;
}
#else
const struct kernels *kernels_avx2(void) { return 0; }
#endif
