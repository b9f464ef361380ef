// Every call of the driver that driver.cc lacks says so.
#include <cuda.h>
#include <stdio.h>

#include "state.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

static CUresult unsupported(const char *call) {
	fprintf(stderr, "fake CUDA driver: %s is not supported\n", call);
	return (CUresult)fail(CUDA_ERROR_NOT_SUPPORTED, "%s: the fake driver does not support it", call);
}

#define CUDA_CALL(name, symbol, params, args) \
	extern "C" __attribute__((weak, visibility("default"))) CUresult symbol params { return unsupported(#name); }
#include "calls.h"
