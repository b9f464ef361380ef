// Level "avx512".
#include "c_kernels.h"

// clang has no such pragma: a build by it has the baseline alone.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define LEVEL_AVX512
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#include "c_table.h"

const struct kernels *kernels_avx512(void) {
	int runs = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
	           __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	return runs ? &table : 0;
}
#else
const struct kernels *kernels_avx512(void) { return 0; }
#endif
