// The driver's calls for modules, functions and their launches.
#include "driver.h"

#include <malloc.h>
#include <string.h>
#include <string>

#include "block.h"
#include "memory.h"

void unload(Module *m) {
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
