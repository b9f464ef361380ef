//go:build cuda

#include "driver.h"

#include <cuda.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;
static int state;
static char path[4096] = "libcuda.so.1";
static char message[1024];

static void load(void) {
	const char *named = getenv("INVOICELAB_LIBCUDA");
	if (named && *named) strncpy(path, named, sizeof path - 1);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		const char *why = dlerror();
		strncpy(message, why ? why : "the dynamic loader gives no reason", sizeof message - 1);
		state = 1;
		return;
	}
	CUresult (*init)(unsigned int) = (CUresult(*)(unsigned int))dlsym(library, "cuInit");
	if (!init) {
		strncpy(message, "it has no cuInit", sizeof message - 1);
		state = 2;
		return;
	}
	CUresult answer = init(0);
	if (answer == CUDA_SUCCESS) return;
	state = 2 + (int)answer;
	CUresult (*describe)(CUresult, const char **) =
		(CUresult(*)(CUresult, const char **))dlsym(library, "cuGetErrorString");
	const char *text = NULL;
	if (describe && describe(answer, &text) == CUDA_SUCCESS && text) strncpy(message, text, sizeof message - 1);
}

int driver_state(const char **where, const char **why) {
	pthread_once(&once, load);
	*where = path;
	*why = message;
	return state;
}

/* The calls are hidden from the dynamic linker: a library loaded later, such
 * as cuBLAS, must find the driver's own. */
#define HIDDEN __attribute__((visibility("hidden")))

/* cuInit answers 0 and loads nothing: cu calls it while the program starts
 * and ends the process when it fails. driver_state tells the truth. */
HIDDEN CUresult cuInit(unsigned int flags) {
	return flags == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

/* find gives the driver's function, or NULL and the answer to return. */
static void *find(const char *symbol, CUresult *answer) {
	pthread_once(&once, load);
	if (state != 0) {
		*answer = state > 2 ? (CUresult)(state - 2) : CUDA_ERROR_NOT_INITIALIZED;
		return NULL;
	}
	void *found = dlsym(library, symbol);
	if (!found) *answer = CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND;
	return found;
}

/* The address is looked up once a call; two threads that race find the same. */
#define CUDA_CALL(name, symbol, params, args)                                        \
	HIDDEN CUresult name params {                                                \
		static void *address;                                                \
		void *target = __atomic_load_n(&address, __ATOMIC_ACQUIRE);          \
		if (!target) {                                                       \
			CUresult answer = CUDA_SUCCESS;                              \
			target = find(#symbol, &answer);                             \
			if (!target) return answer;                                  \
			__atomic_store_n(&address, target, __ATOMIC_RELEASE);        \
		}                                                                    \
		return ((CUresult(*) params)target) args;                            \
	}
#include "calls.h"
