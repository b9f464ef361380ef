#ifndef INVOICELAB_CUBLAS_H
#define INVOICELAB_CUBLAS_H

/* What is used of cuBLAS, written from NVIDIA's public reference: the calls of
 * its second API, which versions 11 to 13 share. A status of 0 is success. */
struct cublas {
	void *library, *handle;
	int version;
	int (*destroy)(void *handle);
	int (*sgemm)(void *handle, int transpose_a, int transpose_b, int m, int n, int k, const float *alpha, const float *a, int lda, const float *b,
			int ldb, const float *beta, float *c, int ldc);
	const char *(*describe)(int status); /* null in old versions */
};

/* cublas_open loads the library and makes a handle in the current context, on
 * the stream, for sums in float32 in an order that does not change. It answers 0,
 * or -1 where no such file could be loaded, or 1; message then says why. */
int cublas_open(struct cublas *b, const char *name, void *stream, char *message, int size);

/* cublas_sgemm: out = op(x) op(y), or out += that. Matrices lie column by column. */
int cublas_sgemm(struct cublas *b, int transpose_a, int transpose_b, int m, int n, int k, const void *x, int ldx, const void *y, int ldy, void *out,
		int ldc, int accumulate);

/* cublas_text says what a status means. */
const char *cublas_text(struct cublas *b, int status);

/* cublas_close gives both back. */
int cublas_close(struct cublas *b);

#endif
