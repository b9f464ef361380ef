// cuBLAS as the backend uses it, for tests: plain loops, strict about
// arguments. It reads and writes device memory through the fake driver, which
// refuses what is not allocated.
#include <dlfcn.h>
#include <stdlib.h>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, MAPPING_ERROR = 11 };

namespace {
struct Handle {
	void *stream;
	int math = -1, atomics = -1;
	int (*to_device)(unsigned long long to, const void *from, size_t bytes);
	int (*to_host)(void *to, unsigned long long from, size_t bytes);
};

// read copies a matrix of rows x columns, whose columns are ld apart.
bool read(const Handle *h, std::vector<float> *to, const float *from, int rows, int columns, int ld) {
	to->assign((size_t)ld * (size_t)columns, 0);
	for (int j = 0; j < columns; j++)
		if (rows && h->to_host(to->data() + (size_t)j * ld, (unsigned long long)(from + (size_t)j * ld), (size_t)rows * 4)) return false;
	return true;
}
} // namespace

EXPORT int cublasCreate_v2(void **made) {
	void *driver = dlopen(getenv("INVOICELAB_LIBCUDA"), RTLD_NOW | RTLD_LOCAL);
	if (!driver) return NOT_INITIALIZED;
	Handle *h = new Handle;
	*(void **)&h->to_device = dlsym(driver, "cuMemcpyHtoD_v2");
	*(void **)&h->to_host = dlsym(driver, "cuMemcpyDtoH_v2");
	*made = h;
	return SUCCESS;
}
EXPORT int cublasDestroy_v2(void *handle) {
	delete (Handle *)handle;
	return SUCCESS;
}
EXPORT int cublasSetStream_v2(void *handle, void *stream) {
	((Handle *)handle)->stream = stream;
	return stream ? SUCCESS : INVALID_VALUE;
}
EXPORT int cublasSetMathMode(void *handle, int mode) {
	((Handle *)handle)->math = mode;
	return SUCCESS;
}
EXPORT int cublasSetAtomicsMode(void *handle, int mode) {
	((Handle *)handle)->atomics = mode;
	return SUCCESS;
}
EXPORT int cublasGetVersion_v2(void *, int *version) {
	*version = 129903;
	return SUCCESS;
}
EXPORT const char *cublasGetStatusString(int status) {
	return status == INVALID_VALUE ? "an unsupported value or parameter was passed to the function" : "another error";
}

EXPORT int cublasSgemm_v2(void *handle, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda, const float *b, int ldb,
                          const float *beta, float *c, int ldc) {
	const Handle *h = (Handle *)handle;
	if (!h->stream || h->math != 0 || h->atomics != 0) return NOT_INITIALIZED; // float32 in a fixed order was not asked for
	if (m < 0 || n < 0 || k < 0 || lda < 1 || ldb < 1 || lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < 1 || ldc < m) return INVALID_VALUE;
	std::vector<float> x, y, z;
	if (k && !read(h, &x, a, ta ? k : m, ta ? m : k, lda)) return MAPPING_ERROR;
	if (k && !read(h, &y, b, tb ? n : k, tb ? k : n, ldb)) return MAPPING_ERROR;
	z.assign((size_t)ldc * (size_t)n, 0);
	if (*beta != 0 && !read(h, &z, c, m, n, ldc)) return MAPPING_ERROR;
	for (int j = 0; j < n; j++)
		for (int i = 0; i < m; i++) {
			float sum = 0;
			for (int l = 0; l < k; l++) sum += x[ta ? (size_t)i * lda + l : (size_t)l * lda + i] * y[tb ? (size_t)l * ldb + j : (size_t)j * ldb + l];
			float &out = z[(size_t)j * ldc + i];
			out = *beta != 0 ? *alpha * sum + *beta * out : *alpha * sum;
		}
	for (int j = 0; j < n && m; j++)
		if (h->to_device((unsigned long long)(c + (size_t)j * ldc), z.data() + (size_t)j * ldc, (size_t)m * 4)) return MAPPING_ERROR;
	return SUCCESS;
}
