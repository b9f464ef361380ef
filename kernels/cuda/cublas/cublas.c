//go:build cuda

#include "cublas.h"

#include <dlfcn.h>
#include <stdio.h>

enum { DEFAULT_MATH = 0, ATOMICS_NOT_ALLOWED = 0 };

const char *cublas_text(struct cublas *b, int status) {
	const char *text = b->describe ? b->describe(status) : 0;
	return text ? text : "which this version does not explain";
}

/* refused notes the call that failed and gives back what was made. */
static int refused(struct cublas *b, const char *call, int status, char *message, int size) {
	snprintf(message, (size_t)size, "%s answers %d, %s", call, status, cublas_text(b, status));
	cublas_close(b);
	return 1;
}

int cublas_open(struct cublas *b, const char *name, void *stream, char *message, int size) {
	b->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (!b->library) {
		const char *why = dlerror();
		snprintf(message, (size_t)size, "%s", why ? why : "the dynamic loader gives no reason");
		return -1;
	}
	int (*create)(void **) = (int (*)(void **))dlsym(b->library, "cublasCreate_v2");
	int (*set_stream)(void *, void *) = (int (*)(void *, void *))dlsym(b->library, "cublasSetStream_v2");
	int (*set_math)(void *, int) = (int (*)(void *, int))dlsym(b->library, "cublasSetMathMode");
	int (*set_atomics)(void *, int) = (int (*)(void *, int))dlsym(b->library, "cublasSetAtomicsMode");
	int (*get_version)(void *, int *) = (int (*)(void *, int *))dlsym(b->library, "cublasGetVersion_v2");
	b->destroy = (int (*)(void *))dlsym(b->library, "cublasDestroy_v2");
	*(void **)&b->sgemm = dlsym(b->library, "cublasSgemm_v2");
	*(void **)&b->describe = dlsym(b->library, "cublasGetStatusString");
	if (!create || !set_stream || !set_math || !set_atomics || !get_version || !b->destroy || !b->sgemm) {
		snprintf(message, (size_t)size, "it lacks the calls of cuBLAS");
		cublas_close(b);
		return 1;
	}
	int status;
	if ((status = create(&b->handle))) {
		b->handle = 0;
		return refused(b, "cublasCreate", status, message, size);
	}
	if ((status = set_stream(b->handle, stream))) return refused(b, "cublasSetStream", status, message, size);
	if ((status = set_math(b->handle, DEFAULT_MATH))) return refused(b, "cublasSetMathMode", status, message, size);
	if ((status = set_atomics(b->handle, ATOMICS_NOT_ALLOWED))) return refused(b, "cublasSetAtomicsMode", status, message, size);
	if ((status = get_version(b->handle, &b->version))) return refused(b, "cublasGetVersion", status, message, size);
	return 0;
}

int cublas_sgemm(struct cublas *b, int transpose_a, int transpose_b, int m, int n, int k, const void *x, int ldx, const void *y, int ldy, void *out,
		int ldc, int accumulate) {
	const float one = 1, beta = accumulate ? 1.0f : 0.0f;
	return b->sgemm(b->handle, transpose_a, transpose_b, m, n, k, &one, (const float *)x, ldx, (const float *)y, ldy, &beta, (float *)out, ldc);
}

int cublas_close(struct cublas *b) {
	int status = b->handle ? b->destroy(b->handle) : 0;
	b->handle = 0;
	if (b->library) dlclose(b->library);
	b->library = 0;
	return status;
}
