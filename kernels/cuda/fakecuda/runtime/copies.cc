// The driver's calls for memory: allocating, copying, filling.
#include "driver.h"

#include <string.h>

#include "memory.h"
#include "races.h"

static int check(const char *call, CUdeviceptr address, size_t bytes, Context *context) {
	char why[512];
	if (bytes == 0 || covers(address, bytes, context, why, sizeof why)) return 0;
	return fail(CUDA_ERROR_INVALID_VALUE, "%s: %s", call, why);
}

static int check_host(const char *call, const void *p, size_t bytes) {
	if (bytes && (!p || in_device((uintptr_t)p))) return fail(CUDA_ERROR_INVALID_VALUE, "%s: %p is no host memory", call, p);
	return 0;
}
EXPORT CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
	ENTER("cuMemGetInfo");
	return *total = TOTAL_MEMORY, *free = TOTAL_MEMORY - state->live_bytes, CUDA_SUCCESS;
}
EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
	ENTER("cuMemAlloc");
	if (bytes == 0) return bad(fail(CUDA_ERROR_INVALID_VALUE, "cuMemAlloc: 0 bytes"));
	if (bytes > TOTAL_MEMORY - state->live_bytes || !(*address = allocate(bytes, context)))
		return bad(fail(CUDA_ERROR_OUT_OF_MEMORY, "cuMemAlloc: %zu bytes with %zu of %zu in use", bytes, (size_t)state->live_bytes, TOTAL_MEMORY));
	return CUDA_SUCCESS;
}
EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
	ENTER("cuMemFree");
	return address == 0 || release(address, context) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *bytes, CUdeviceptr address) {
	ENTER("cuMemGetAddressRange");
	uintptr_t start;
	if (!range(address, &start, bytes)) return bad(fail(CUDA_ERROR_NOT_FOUND, "cuMemGetAddressRange: 0x%llx is no live device memory", address));
	return *base = start, CUDA_SUCCESS;
}

EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
	ENTER("cuMemcpyHtoD");
	if (int e = check("cuMemcpyHtoD", to, bytes, context)) return bad(e);
	if (int e = check_host("cuMemcpyHtoD", from, bytes)) return bad(e);
	memcpy((void *)to, from, bytes);
	races_written(to, bytes);
	state->htod++, state->htod_bytes += bytes;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
	ENTER("cuMemcpyDtoH");
	if (int e = check("cuMemcpyDtoH", from, bytes, context)) return bad(e);
	if (int e = check_host("cuMemcpyDtoH", to, bytes)) return bad(e);
	memcpy(to, (void *)from, bytes);
	state->dtoh++, state->dtoh_bytes += bytes;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
	ENTER("cuMemcpyDtoD");
	if (int e = check("cuMemcpyDtoD", to, bytes, context)) return bad(e);
	if (int e = check("cuMemcpyDtoD", from, bytes, context)) return bad(e);
	if (bytes && to < from + bytes && from < to + bytes) return bad(fail(CUDA_ERROR_INVALID_VALUE, "cuMemcpyDtoD: the two ranges overlap"));
	memcpy((void *)to, (void *)from, bytes);
	races_written(to, bytes);
	state->dtod++, state->dtod_bytes += bytes;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream s) {
	ENTER("cuMemcpyHtoDAsync");
	if (int e = check_stream("cuMemcpyHtoDAsync", s, context)) return bad(e);
	return cuMemcpyHtoD_v2(to, from, bytes);
}
EXPORT CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream s) {
	ENTER("cuMemcpyDtoHAsync");
	if (int e = check_stream("cuMemcpyDtoHAsync", s, context)) return bad(e);
	return cuMemcpyDtoH_v2(to, from, bytes);
}
EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream s) {
	ENTER("cuMemcpyDtoDAsync");
	if (int e = check_stream("cuMemcpyDtoDAsync", s, context)) return bad(e);
	return cuMemcpyDtoD_v2(to, from, bytes);
}

static CUresult set(const char *call, CUdeviceptr to, uint32_t value, size_t width, size_t n, CUstream s) {
	ENTER(call);
	if (int e = check_stream(call, s, context)) return bad(e);
	if (int e = check(call, to, n * width, context)) return bad(e);
	if (to % width) return bad(fail(CUDA_ERROR_INVALID_VALUE, "%s: 0x%llx is not aligned to %zu bytes", call, to, width));
	for (size_t i = 0; i < n; i++) memcpy((char *)to + i * width, &value, width); // little-endian
	races_written(to, n * width);
	state->memsets++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char v, size_t n) { return set("cuMemsetD8", to, v, 1, n, nullptr); }
EXPORT CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned v, size_t n) { return set("cuMemsetD32", to, v, 4, n, nullptr); }
EXPORT CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char v, size_t n, CUstream s) { return set("cuMemsetD8Async", to, v, 1, n, s); }
EXPORT CUresult cuMemsetD32Async(CUdeviceptr to, unsigned v, size_t n, CUstream s) { return set("cuMemsetD32Async", to, v, 4, n, s); }
