// The driver's calls for the device, its contexts and errors.
#include "driver.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "block.h"
#include "memory.h"

static State alone;
State *state = &alone;
std::recursive_mutex driver_lock;

namespace {
bool initialised;
std::set<Context *> contexts;
thread_local std::vector<Context *> stack; // of current contexts, of this OS thread

Context *current() {
	Context *c = stack.empty() ? nullptr : stack.back();
	return contexts.count(c) ? c : nullptr;
}
} // namespace

int entered(const char *call, Context **context) {
	if (!initialised) return fail(CUDA_ERROR_NOT_INITIALIZED, "%s: cuInit was not called", call);
	*context = current();
	if (!*context) return fail(CUDA_ERROR_INVALID_CONTEXT, "%s: no context is current on this thread", call);
	if ((*context)->broken) {
		state->errors++;
		return (*context)->broken;
	}
	return 0;
}

int fail(int code, const char *format, ...) {
	va_list list;
	va_start(list, format);
	vsnprintf(state->message, sizeof state->message, format, list);
	va_end(list);
	state->errors++;
	return code;
}

EXPORT CUresult cuInit(unsigned flags) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	if (flags) return bad(fail(CUDA_ERROR_INVALID_VALUE, "cuInit: flags must be 0"));
	if (initialised) return CUDA_SUCCESS;
	if (const char *path = getenv("INVOICELAB_FAKECUDA_STATE")) {
		int file = open(path, O_RDWR);
		void *p = file < 0 ? MAP_FAILED : mmap(nullptr, sizeof(State), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
		if (p == MAP_FAILED) {
			perror(path);
			return CUDA_ERROR_OPERATING_SYSTEM;
		}
		close(file);
		state = (State *)p;
	}
	if (const char *seed = getenv("INVOICELAB_FAKECUDA_SHUFFLE")) state->shuffle = strtoull(seed, nullptr, 10);
	initialised = true;
	return CUDA_SUCCESS;
}

EXPORT CUresult cuDriverGetVersion(int *version) { return *version = 12000, CUDA_SUCCESS; }

EXPORT CUresult cuGetErrorName(CUresult code, const char **text) {
	static const struct { int code; const char *name; } NAMES[] = {
		{0, "CUDA_SUCCESS"}, {1, "CUDA_ERROR_INVALID_VALUE"}, {2, "CUDA_ERROR_OUT_OF_MEMORY"}, {3, "CUDA_ERROR_NOT_INITIALIZED"},
		{101, "CUDA_ERROR_INVALID_DEVICE"}, {200, "CUDA_ERROR_INVALID_IMAGE"}, {201, "CUDA_ERROR_INVALID_CONTEXT"}, {209, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
		{218, "CUDA_ERROR_INVALID_PTX"}, {304, "CUDA_ERROR_OPERATING_SYSTEM"}, {400, "CUDA_ERROR_INVALID_HANDLE"}, {500, "CUDA_ERROR_NOT_FOUND"},
		{600, "CUDA_ERROR_NOT_READY"}, {700, "CUDA_ERROR_ILLEGAL_ADDRESS"}, {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"},
		{709, "CUDA_ERROR_CONTEXT_IS_DESTROYED"}, {715, "CUDA_ERROR_ILLEGAL_INSTRUCTION"}, {719, "CUDA_ERROR_LAUNCH_FAILED"}, {801, "CUDA_ERROR_NOT_SUPPORTED"},
	};
	for (auto &n : NAMES)
		if (n.code == (int)code) return *text = n.name, CUDA_SUCCESS;
	return CUDA_ERROR_INVALID_VALUE;
}

// The text of an error is the message of the last call that failed: what a
// real driver would not know is what tests want to read.
EXPORT CUresult cuGetErrorString(CUresult code, const char **text) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	static std::set<std::string> texts; // kept: callers hold what was answered
	*text = texts.insert(code == CUDA_SUCCESS ? "no error" : state->message).first->c_str();
	return CUDA_SUCCESS;
}

EXPORT CUresult cuDeviceGetCount(int *count) { return *count = 1, CUDA_SUCCESS; }
EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal) {
	if (ordinal != 0) return bad(fail(CUDA_ERROR_INVALID_DEVICE, "cuDeviceGet: device %d of 1", ordinal));
	return *device = 0, CUDA_SUCCESS;
}
EXPORT CUresult cuDeviceGetName(char *name, int size, CUdevice) { return snprintf(name, (size_t)size, "fake CUDA device"), CUDA_SUCCESS; }
EXPORT CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice) { return memcpy(uuid->bytes, "fake-cuda-device", 16), CUDA_SUCCESS; }
EXPORT CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice) { return *bytes = TOTAL_MEMORY, CUDA_SUCCESS; }
EXPORT CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice) {
	switch (attribute) {
	case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y: *value = THREADS_PER_BLOCK; break;
	case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z: *value = 64; break;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X: *value = 0x7fffffff; break;
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
	case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z: *value = 65535; break;
	case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: *value = SHARED_PER_BLOCK; break;
	case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR: *value = 64 << 10; break;
	case CU_DEVICE_ATTRIBUTE_WARP_SIZE: *value = 32; break;
	case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 2; break;
	case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR: *value = 1024; break;
	case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
	case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR: *value = 65536; break;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = CAPABILITY / 10; break;
	case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = CAPABILITY % 10; break;
	case CU_DEVICE_ATTRIBUTE_CLOCK_RATE: *value = 1000000; break;        // kHz
	case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE: *value = 1000000; break; // kHz
	case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH: *value = 64; break; // bits
	case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: *value = 1 << 20; break;
	case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING: *value = 1; break;
	default: *value = 0;
	}
	return CUDA_SUCCESS;
}

EXPORT CUresult cuCtxCreate_v2(CUcontext *made, unsigned flags, CUdevice device) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	if (!initialised) return bad(fail(CUDA_ERROR_NOT_INITIALIZED, "cuCtxCreate: cuInit was not called"));
	if (device != 0) return bad(fail(CUDA_ERROR_INVALID_DEVICE, "cuCtxCreate: device %d of 1", device));
	Context *c = new Context;
	c->flags = flags;
	contexts.insert(c);
	stack.push_back(c);
	state->contexts++;
	*made = (CUcontext)c;
	return CUDA_SUCCESS;
}

EXPORT CUresult cuCtxDestroy_v2(CUcontext handle) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	Context *c = (Context *)handle;
	if (!contexts.count(c)) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxDestroy: no such context"));
	release_all(c);
	while (!c->modules.empty()) unload(*c->modules.begin());
	for (auto s = streams.begin(); s != streams.end();)
		if ((*s)->context == c) { delete *s; s = streams.erase(s); state->streams--; } else ++s;
	for (auto e = events.begin(); e != events.end();)
		if ((*e)->context == c) { delete *e; e = events.erase(e); state->events--; } else ++e;
	if (!stack.empty() && stack.back() == c) stack.pop_back();
	contexts.erase(c);
	delete c;
	state->contexts--;
	return CUDA_SUCCESS;
}

EXPORT CUresult cuCtxPushCurrent_v2(CUcontext handle) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	if (!contexts.count((Context *)handle)) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxPushCurrent: no such context"));
	stack.push_back((Context *)handle);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxPopCurrent_v2(CUcontext *popped) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	if (stack.empty()) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxPopCurrent: no context is current on this thread"));
	if (popped) *popped = (CUcontext)stack.back();
	stack.pop_back();
	return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxSetCurrent(CUcontext handle) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	if (handle && !contexts.count((Context *)handle)) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxSetCurrent: no such context"));
	if (!stack.empty()) stack.pop_back();
	if (handle) stack.push_back((Context *)handle);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxGetCurrent(CUcontext *handle) {
	std::lock_guard<std::recursive_mutex> guard(driver_lock);
	return *handle = (CUcontext)current(), CUDA_SUCCESS;
}
EXPORT CUresult cuCtxGetDevice(CUdevice *device) {
	ENTER("cuCtxGetDevice");
	return *device = 0, CUDA_SUCCESS;
}
EXPORT CUresult cuCtxGetFlags(unsigned *flags) {
	ENTER("cuCtxGetFlags");
	return *flags = context->flags, CUDA_SUCCESS;
}
EXPORT CUresult cuCtxSynchronize(void) {
	ENTER("cuCtxSynchronize");
	state->synchronizes++;
	return CUDA_SUCCESS;
}
