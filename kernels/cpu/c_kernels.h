// The C kernels as Go sees them. Every kernel is declared once, in the list
// KERNELS: as a field of the table of an instruction level, and as a function
// k_NAME that calls it through a table. What each one does stands at its
// definition in c_gemm.h, c_cosine.h, c_elem.h, c_rows.h, c_loss.h, c_chain.h, c_chain_step.h, c_crf_group.h, c_known.h, c_viterbi.h and c_peak.h.
#ifndef C_KERNELS_H
#define C_KERNELS_H

#include <stdint.h>

// chain_shape: labels, dense ones among them, floats from row to row of a matrix
// by position, runs; and the greatest legal transition, start and end. See c_chain.h.
struct chain_shape {
	long c, dense, stride, runs;
	float top, top_start, top_end;
};

// STEP_ROWS is the most documents of a group of crf_group.
#define STEP_ROWS 4

// What crf_group does after the forward pass.
enum {
	CRF_FORWARD, // nothing; fine are documents of which it is sure that float lost no mass that counts
	CRF_SURE,    // the backward pass of those; the others add nothing
	CRF_GUARDED, // the backward pass of all; fine are the sure ones and those that the guards let pass
};

// X(result, name, (parameters), (arguments))
#define KERNELS(X) \
	X(void, gemm_pack, (float *dst, const float *b, long ldb, int tb, long N, long K, long p0, long p1), \
	  (dst, b, ldb, tb, N, K, p0, p1)) \
	X(void, gemm_rows, (float *c, const float *a, const float *packed, long i0, long i1, long N, long K, int accumulate), \
	  (c, a, packed, i0, i1, N, K, accumulate)) \
	X(void, gemm_t, (float *c, const float *a, long lda, const float *b, long ldb, long i0, long i1, long N, long K, \
	                 int accumulate, float *scratch), \
	  (c, a, lda, b, ldb, i0, i1, N, K, accumulate, scratch)) \
	X(void, sum_parts, (float *y, const float *parts, long n, long size, long lo, long hi, int accumulate), \
	  (y, parts, n, size, lo, hi, accumulate)) \
	X(double, peak, (long rounds), (rounds)) \
	X(void, axpy, (float *y, float alpha, const float *x, long n), (y, alpha, x, n)) \
	X(void, add_bias, (float *y, const float *bias, long rows, long c), (y, bias, rows, c)) \
	X(void, col_sum, (float *sum, const float *x, long rows, long c), (sum, x, rows, c)) \
	X(double, sum_squares, (const float *x, long n), (x, n)) \
	X(void, gelu, (float *y, const float *x, long n), (y, x, n)) \
	X(void, gelu_grad, (float *dx, const float *dy, const float *x, long n), (dx, dy, x, n)) \
	X(void, dropout, (float *y, const float *x, long n, uint64_t first, uint64_t seed, uint64_t threshold, float scale), \
	  (y, x, n, first, seed, threshold, scale)) \
	X(void, adamw, (float *p, float *g, float *m, float *v, long n, float lr, float decay, float eps, \
	                float b1, float c1, float b2, float c2, float scale, float d1, float d2), \
	  (p, g, m, v, n, lr, decay, eps, b1, c1, b2, c2, scale, d1, d2)) \
	X(void, embed_rows, (float *y, const float *table, const int32_t *ids, long rows, long width, long h), \
	  (y, table, ids, rows, width, h)) \
	X(void, gather_rows, (float *y, const float *x, const int32_t *ids, long n, long h), (y, x, ids, n, h)) \
	X(void, scatter_rows, (float *y, const float *x, const int32_t *ids, long n, long width, long h, long j0, long j1), \
	  (y, x, ids, n, width, h, j0, j1)) \
	X(void, layer_norm, (float *y, float *stats, const float *x, const float *gamma, const float *beta, float eps, long rows, long h), \
	  (y, stats, x, gamma, beta, eps, rows, h)) \
	X(void, layer_norm_grad, (float *dx, float *sum_gamma, float *sum_beta, const float *dy, const float *x, \
	                          const float *stats, const float *gamma, long rows, long h), \
	  (dx, sum_gamma, sum_beta, dy, x, stats, gamma, rows, h)) \
	X(void, log_softmax_groups, (float *y, const float *x, const int32_t *order, const int32_t *start, long groups, \
	                             long rows, long c, float *tile), \
	  (y, x, order, start, groups, rows, c, tile)) \
	X(void, log_softmax_groups_grad, (float *dx, const float *dy, const float *y, const int32_t *order, const int32_t *start, \
	                                  long groups, long rows, long c, float *tile), \
	  (dx, dy, y, order, start, groups, rows, c, tile)) \
	X(void, group_add, (float *y, const float *g, const int32_t *group, long rows, long c, long groups), \
	  (y, g, group, rows, c, groups)) \
	X(void, group_sum, (float *dg, const float *dy, const int32_t *group, long rows, long c, long groups, float *sum), \
	  (dg, dy, group, rows, c, groups, sum)) \
	X(void, softmax_loss, (float *dz, double *loss, const float *z, const int32_t *labels, long rows, long c, \
	                       double ce, double cb, double focal, double inv_v, double inv_w, double gamma, \
	                       const float *weights, const float *alpha, float *work), \
	  (dz, loss, z, labels, rows, c, ce, cb, focal, inv_v, inv_w, gamma, weights, alpha, work)) \
	X(long, softmax_loss_work, (long c), (c)) \
	X(void, argmax_rows, (int32_t *path, const float *z, long rows, long c), (path, z, rows, c)) \
	X(void, inv_norms, (float *inv, const float *x, double least, long rows, long d), (inv, x, least, rows, d)) \
	X(void, scale_rows, (float *y, const float *x, const float *inv, float f, long rows, long c), (y, x, inv, f, rows, c)) \
	X(void, cosine_rows, (float *y, float *inv, const float *x, const float *packed, float f, double least, \
	                      long i0, long i1, long c, long d), \
	  (y, inv, x, packed, f, least, i0, i1, c, d)) \
	X(long, cosine_grad_work, (long d), (d)) \
	X(double, cosine_grad_rows, (float *dx, float *sum, const float *dy, const float *x, const float *inv, const float *packed, \
	                             float f, float clamped, long rows, long c, long d, float *work), \
	  (dx, sum, dy, x, inv, packed, f, clamped, rows, c, d, work)) \
	X(void, take_along, (float *g, const float *v, const float *inv, float clamped, long rows, long d), \
	  (g, v, inv, clamped, rows, d)) \
	X(void, chain_layout, (struct chain_shape *shape, int32_t *perm, int32_t *legal_from, const float *trans, float least, long c), \
	  (shape, perm, legal_from, trans, least, c)) \
	X(void, chain_runs, (struct chain_shape *shape, int32_t *runs, float *coef, const int32_t *perm, const float *trans, float least), \
	  (shape, runs, coef, perm, trans, least)) \
	X(void, chain_exp, (struct chain_shape *shape, float *matrix, float *forward, float *backward, float *coef, \
	                    float *start, float *end, float *least_mass, const int32_t *perm, const int32_t *runs, \
	                    const float *trans, const float *first, const float *last, float least), \
	  (shape, matrix, forward, backward, coef, start, end, least_mass, perm, runs, trans, first, last, least)) \
	X(void, chain_max, (struct chain_shape *shape, float *matrix, float *forward, float *into, float *start, float *end, float *rank, \
	                    const int32_t *perm, const float *trans, const float *first, const float *last, float least), \
	  (shape, matrix, forward, into, start, end, rank, perm, trans, first, last, least)) \
	X(long, step_packed, (long n, long rows), (n, rows)) \
	X(long, crf_group_work, (const struct chain_shape *s, long count, long tokens, int mode), (s, count, tokens, mode)) \
	X(void, crf_group, (const struct chain_shape *s, const float *forward, const float *backward, const float *coef, \
	                    const float *start, const float *end, const float *least_mass, const int32_t *perm, const int32_t *runs, \
	                    const float *emit, const int32_t *labels, const int32_t *offsets, const int32_t *docs, long count, int mode, \
	                    float factor, float *out, double *log_z, double *gold, int32_t *fine, float *ends, float *sums, float *pairs, float *work), \
	  (s, forward, backward, coef, start, end, least_mass, perm, runs, emit, labels, offsets, docs, count, mode, factor, \
	   out, log_z, gold, fine, ends, sums, pairs, work)) \
	X(void, add_transitions, (float *d_trans, float factor, const struct chain_shape *s, const float *matrix, const float *sums, long groups, \
	                          const int32_t *counts, const int32_t *perm, long i0, long i1), \
	  (d_trans, factor, s, matrix, sums, groups, counts, perm, i0, i1)) \
	X(long, crf_known_work, (const struct chain_shape *s, long length), (s, length)) \
	X(int, crf_known, (const struct chain_shape *s, const float *matrix, const float *forward, const float *backward, const float *coef, \
	                   const float *start, const float *end, const int32_t *perm, const int32_t *runs, \
	                   const float *emit, const int32_t *labels, long length, const float *trans, \
	                   float *marginal, float *left, float *right, float *pairs, double *result, float *work), \
	  (s, matrix, forward, backward, coef, start, end, perm, runs, emit, labels, length, trans, marginal, left, right, pairs, result, work)) \
	X(void, viterbi_group, (const struct chain_shape *s, const float *forward, const float *into, const float *coef, \
	                        const float *start, const float *end, const float *rank, const int32_t *perm, const int32_t *position, \
	                        const int32_t *runs, const float *emit, const int32_t *offsets, const int32_t *docs, long count, \
	                        const float *trans, const float *first, const float *last, \
	                        float *best, int32_t *path, double *score, float *work), \
	  (s, forward, into, coef, start, end, rank, perm, position, runs, emit, offsets, docs, count, trans, first, last, best, path, score, work))

#define KERNEL_FIELD(result, name, parameters, arguments) result (*name) parameters;
struct kernels {
	long panel; // columns of a panel of gemm_pack
	long tile;  // rows of a tile
	long lanes; // floats of a vector
	KERNELS(KERNEL_FIELD)
};
#undef KERNEL_FIELD

#define KERNEL_UNPACK(...) __VA_ARGS__
#define KERNEL_CALL(result, name, parameters, arguments) \
	static inline result k_##name(const struct kernels *k, KERNEL_UNPACK parameters) { return k->name arguments; }
KERNELS(KERNEL_CALL)
#undef KERNEL_CALL

// The level's table, or null where this machine cannot run it.
const struct kernels *kernels_avx512(void);
const struct kernels *kernels_avx2(void);
const struct kernels *kernels_baseline(void);

#endif
