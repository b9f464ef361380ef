// The calls of the driver that a program makes through gorgonia.org/cu. Work
// is done when it is asked for, whatever the stream. An error of a kernel is
// answered by the next call, as asynchronous errors are, and by every call
// after it until the context is destroyed.
#include <cuda.h>
#include <fcntl.h>
#include <malloc.h>
#include <mutex>
#include <set>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <vector>

#include "block.h"
#include "memory.h"
#include "module.h"
#include "races.h"
#include "state.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

struct Context {
	int broken = 0; // CUresult of the kernel that failed
	unsigned flags = 0;
	std::set<Module *> modules;
	std::set<Function *> functions;
};

struct Module {
	Context *context;
	std::vector<Entry> entries;
};

struct CUstream_st { Context *context; unsigned flags; int priority; };
struct CUevent_st { Context *context; unsigned flags; bool recorded; struct timespec at; };

static State alone;
State *state = &alone;

namespace {
std::recursive_mutex lock;
bool initialised;
std::set<Context *> contexts;
std::set<CUstream> streams;
std::set<CUevent> events;
thread_local std::vector<Context *> stack; // of current contexts, of this OS thread
const size_t TOTAL_MEMORY = (size_t)16 << 30;
const int CAPABILITY = 75; // Turing: the oldest chip that the kernels are for

Context *current() {
	Context *c = stack.empty() ? nullptr : stack.back();
	return contexts.count(c) ? c : nullptr;
}

// entered is what every call that needs a context begins with.
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

#define ENTER(call)                                         \
	std::lock_guard<std::recursive_mutex> guard(lock);  \
	Context *context = nullptr;                         \
	if (int bad = entered(call, &context)) return (CUresult)bad

CUresult bad(int code) { return (CUresult)code; }

int check(const char *call, CUdeviceptr address, size_t bytes, Context *context) {
	char why[512];
	if (bytes == 0 || covers(address, bytes, context, why, sizeof why)) return 0;
	return fail(CUDA_ERROR_INVALID_VALUE, "%s: %s", call, why);
}

// A stream of null is the default one, which always exists.
int check_stream(const char *call, CUstream s, Context *context) {
	if (s && (!streams.count(s) || s->context != context)) return fail(CUDA_ERROR_INVALID_HANDLE, "%s: the stream is not one of this context", call);
	return 0;
}

int check_host(const char *call, const void *p, size_t bytes) {
	if (bytes && (!p || in_device((uintptr_t)p))) return fail(CUDA_ERROR_INVALID_VALUE, "%s: %p is no host memory", call, p);
	return 0;
}
} // namespace

int fail(int code, const char *format, ...) {
	va_list list;
	va_start(list, format);
	vsnprintf(state->message, sizeof state->message, format, list);
	va_end(list);
	state->errors++;
	return code;
}

EXPORT CUresult cuInit(unsigned flags) {
	std::lock_guard<std::recursive_mutex> guard(lock);
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
	std::lock_guard<std::recursive_mutex> guard(lock);
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
	std::lock_guard<std::recursive_mutex> guard(lock);
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

static void unload(Module *m) {
	Context *c = m->context;
	for (auto f = c->functions.begin(); f != c->functions.end();)
		if ((*f)->module == m) {
			delete *f;
			f = c->functions.erase(f);
		} else {
			++f;
		}
	c->modules.erase(m);
	delete m;
	state->modules--;
}

EXPORT CUresult cuCtxDestroy_v2(CUcontext handle) {
	std::lock_guard<std::recursive_mutex> guard(lock);
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
	std::lock_guard<std::recursive_mutex> guard(lock);
	if (!contexts.count((Context *)handle)) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxPushCurrent: no such context"));
	stack.push_back((Context *)handle);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxPopCurrent_v2(CUcontext *popped) {
	std::lock_guard<std::recursive_mutex> guard(lock);
	if (stack.empty()) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxPopCurrent: no context is current on this thread"));
	if (popped) *popped = (CUcontext)stack.back();
	stack.pop_back();
	return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxSetCurrent(CUcontext handle) {
	std::lock_guard<std::recursive_mutex> guard(lock);
	if (handle && !contexts.count((Context *)handle)) return bad(fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxSetCurrent: no such context"));
	if (!stack.empty()) stack.pop_back();
	if (handle) stack.push_back((Context *)handle);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuCtxGetCurrent(CUcontext *handle) {
	std::lock_guard<std::recursive_mutex> guard(lock);
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

EXPORT CUresult cuStreamCreateWithPriority(CUstream *made, unsigned flags, int priority) {
	ENTER("cuStreamCreate");
	*made = new CUstream_st{context, flags, priority};
	streams.insert(*made);
	state->streams++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamCreate(CUstream *made, unsigned flags) { return cuStreamCreateWithPriority(made, flags, 0); }
EXPORT CUresult cuStreamDestroy_v2(CUstream s) {
	ENTER("cuStreamDestroy");
	if (!s) return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuStreamDestroy: the default stream"));
	if (int e = check_stream("cuStreamDestroy", s, context)) return bad(e);
	streams.erase(s);
	delete s;
	state->streams--;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamSynchronize(CUstream s) {
	ENTER("cuStreamSynchronize");
	if (int e = check_stream("cuStreamSynchronize", s, context)) return bad(e);
	state->synchronizes++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuStreamQuery(CUstream s) {
	ENTER("cuStreamQuery");
	return bad(check_stream("cuStreamQuery", s, context));
}
EXPORT CUresult cuStreamGetFlags(CUstream s, unsigned *flags) {
	ENTER("cuStreamGetFlags");
	if (int e = check_stream("cuStreamGetFlags", s, context)) return bad(e);
	return *flags = s ? s->flags : 0, CUDA_SUCCESS;
}

static int check_event(const char *call, CUevent e, Context *context) {
	if (!events.count(e) || e->context != context) return fail(CUDA_ERROR_INVALID_HANDLE, "%s: the event is not one of this context", call);
	return 0;
}
EXPORT CUresult cuEventCreate(CUevent *made, unsigned flags) {
	ENTER("cuEventCreate");
	*made = new CUevent_st{context, flags, false, {}};
	events.insert(*made);
	state->events++;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuEventDestroy_v2(CUevent e) {
	ENTER("cuEventDestroy");
	if (int code = check_event("cuEventDestroy", e, context)) return bad(code);
	events.erase(e);
	delete e;
	state->events--;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuEventRecord(CUevent e, CUstream s) {
	ENTER("cuEventRecord");
	if (int code = check_event("cuEventRecord", e, context)) return bad(code);
	if (int code = check_stream("cuEventRecord", s, context)) return bad(code);
	e->recorded = true;
	clock_gettime(CLOCK_MONOTONIC, &e->at);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuEventQuery(CUevent e) {
	ENTER("cuEventQuery");
	return bad(check_event("cuEventQuery", e, context));
}
EXPORT CUresult cuEventSynchronize(CUevent e) {
	ENTER("cuEventSynchronize");
	state->synchronizes++;
	return bad(check_event("cuEventSynchronize", e, context));
}
EXPORT CUresult cuStreamWaitEvent(CUstream s, CUevent e, unsigned) {
	ENTER("cuStreamWaitEvent");
	if (int code = check_stream("cuStreamWaitEvent", s, context)) return bad(code);
	return bad(check_event("cuStreamWaitEvent", e, context));
}
EXPORT CUresult cuEventElapsedTime(float *milliseconds, CUevent from, CUevent to) {
	ENTER("cuEventElapsedTime");
	if (int code = check_event("cuEventElapsedTime", from, context)) return bad(code);
	if (int code = check_event("cuEventElapsedTime", to, context)) return bad(code);
	if (!from->recorded || !to->recorded || ((from->flags | to->flags) & CU_EVENT_DISABLE_TIMING))
		return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuEventElapsedTime: an event was not recorded, or takes no time"));
	*milliseconds = (float)((double)(to->at.tv_sec - from->at.tv_sec) * 1e3 + (double)(to->at.tv_nsec - from->at.tv_nsec) / 1e6);
	return CUDA_SUCCESS;
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

EXPORT CUresult cuModuleLoadData(CUmodule *made, const void *image) {
	ENTER("cuModuleLoadData");
	Module *m = new Module{context, {}};
	std::string why;
	if (!parse_ptx((const char *)image, CAPABILITY, &m->entries, &why)) {
		delete m;
		return bad(fail(CUDA_ERROR_NO_BINARY_FOR_GPU, "cuModuleLoadData: %s", why.c_str()));
	}
	context->modules.insert(m);
	state->modules++;
	*made = (CUmodule)m;
	return CUDA_SUCCESS;
}
EXPORT CUresult cuModuleLoadDataEx(CUmodule *made, const void *image, unsigned, CUjit_option *, void **) { return cuModuleLoadData(made, image); }
EXPORT CUresult cuModuleUnload(CUmodule handle) {
	ENTER("cuModuleUnload");
	if (!context->modules.count((Module *)handle)) return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuModuleUnload: no module of this context"));
	unload((Module *)handle);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuModuleGetFunction(CUfunction *found, CUmodule handle, const char *name) {
	ENTER("cuModuleGetFunction");
	Module *m = (Module *)handle;
	if (!context->modules.count(m)) return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuModuleGetFunction: no module of this context"));
	for (const Entry &e : m->entries) {
		if (e.name != name) continue;
		const Kernel *k = registered(name);
		if (!k) return bad(fail(CUDA_ERROR_INVALID_IMAGE, "cuModuleGetFunction: the PTX has kernel %s, which no .cu file has", name));
		std::string differs = mismatch(e, *k);
		if (!differs.empty()) return bad(fail(CUDA_ERROR_INVALID_IMAGE, "cuModuleGetFunction: %s", differs.c_str()));
		Function *f = new Function{m, e, k};
		context->functions.insert(f);
		*found = (CUfunction)f;
		return CUDA_SUCCESS;
	}
	return bad(fail(CUDA_ERROR_NOT_FOUND, "cuModuleGetFunction: the PTX has no entry %s", name));
}

static int check_arguments(const Function *f, void **arguments, Context *context) {
	const Kernel &k = *f->kernel;
	size_t n = k.sizes.size();
	if (n == 0) return 0;
	// cu puts the values in slots of 8 bytes, one after the other, and so
	// shows how many there are.
	size_t room = arguments ? malloc_usable_size(arguments) / sizeof(void *) : 0;
	for (size_t i = 0; i < n; i++)
		if (i >= room || arguments[i] != (char *)arguments[0] + 8 * i)
			return fail(CUDA_ERROR_INVALID_VALUE, "launch of %s: %zu arguments, it takes %zu", k.name.c_str(), i, n);
	for (size_t i = 0; i < n; i++) {
		if (!k.pointers[i]) continue;
		uintptr_t p;
		memcpy(&p, arguments[i], sizeof p);
		char why[512];
		if (p && !covers(p, 0, context, why, sizeof why))
			return fail(CUDA_ERROR_ILLEGAL_ADDRESS, "launch of %s: argument %zu is %s", k.name.c_str(), i, why);
	}
	return 0;
}

EXPORT CUresult cuLaunchKernel(CUfunction handle, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned dynamic,
                               CUstream s, void **arguments, void **extra) {
	ENTER("cuLaunchKernel");
	Function *f = (Function *)handle;
	if (!context->functions.count(f)) return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuLaunchKernel: no function of a loaded module"));
	const char *name = f->entry.name.c_str();
	if (int e = check_stream("cuLaunchKernel", s, context)) return bad(e);
	if (extra) return bad(fail(CUDA_ERROR_NOT_SUPPORTED, "launch of %s: extra arguments", name));
	if (gx == 0 || gy == 0 || gz == 0 || bx == 0 || by == 0 || bz == 0 || gx > 0x7fffffffu || gy > 65535 || gz > 65535 || bx > 1024 || by > 1024 ||
	    bz > 64 || (uint64_t)bx * by * bz > THREADS_PER_BLOCK)
		return bad(fail(CUDA_ERROR_INVALID_VALUE, "launch of %s: grid (%u,%u,%u) of blocks (%u,%u,%u) is beyond the device's limits", name, gx, gy, gz, bx, by, bz));
	if (bx * by * bz > (unsigned)f->entry.max_threads)
		return bad(fail(CUDA_ERROR_INVALID_VALUE, "launch of %s: blocks of %u threads, over its launch bounds of %d", name, bx * by * bz, f->entry.max_threads));
	if (dynamic + (unsigned)f->entry.shared > SHARED_PER_BLOCK)
		return bad(fail(CUDA_ERROR_INVALID_VALUE, "launch of %s: %u bytes of dynamic and %d of static shared memory, over %d", name, dynamic, f->entry.shared,
		                SHARED_PER_BLOCK));
	if (int e = check_arguments(f, arguments, context)) return bad(e);
	catch_faults();
	state->launches++;
	int code = run_launch({name, f->kernel->invoke, arguments, {gx, gy, gz}, {bx, by, bz}, dynamic});
	char what[512];
	if (code == 0 && overrun(what, sizeof what)) code = fail(CUDA_ERROR_ILLEGAL_ADDRESS, "kernel %s: a write to %s", name, what);
	context->broken = code;
	return CUDA_SUCCESS;
}

EXPORT CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction handle) {
	ENTER("cuFuncGetAttribute");
	Function *f = (Function *)handle;
	if (!context->functions.count(f)) return bad(fail(CUDA_ERROR_INVALID_HANDLE, "cuFuncGetAttribute: no function of a loaded module"));
	switch (attribute) {
	case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = f->entry.max_threads; break;
	case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = f->entry.shared; break;
	case CU_FUNC_ATTRIBUTE_NUM_REGS: *value = 32; break;
	default: *value = 0;
	}
	return CUDA_SUCCESS;
}
EXPORT CUresult cuFuncSetCacheConfig(CUfunction, CUfunc_cache) { return CUDA_SUCCESS; }
EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, CUfunction handle, int threads, size_t dynamic, unsigned) {
	ENTER("cuOccupancyMaxActiveBlocksPerMultiprocessor");
	Function *f = (Function *)handle;
	if (!context->functions.count(f) || threads < 1)
		return bad(fail(CUDA_ERROR_INVALID_VALUE, "cuOccupancyMaxActiveBlocksPerMultiprocessor: no function of a loaded module, or %d threads", threads));
	size_t shared = dynamic + (size_t)f->entry.shared;
	*blocks = threads > f->entry.max_threads || shared > SHARED_PER_BLOCK ? 0 : 1024 / threads;
	if (shared && *blocks > (int)((64 << 10) / shared)) *blocks = (int)((64 << 10) / shared);
	return CUDA_SUCCESS;
}
EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction f, int threads, size_t dynamic) {
	return cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, f, threads, dynamic, 0);
}
