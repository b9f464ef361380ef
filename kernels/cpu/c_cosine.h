// The prototype cosine: products of directions, which are never written out.
#ifndef C_COSINE_H
#define C_COSINE_H

#include "c_elem.h"
#include "c_gemm.h"
#include "c_rows.h"

// cosine_rows computes rows [i0, i1) of y [, c] = f cos(x, p) and of the reciprocal norms of x [, d],
// at most 1/least. packed holds the directions of p, by gemm_pack.
static void cosine_rows(float *y, float *inv, const float *x, const float *packed, float f, double least,
                        long i0, long i1, long c, long d) {
	for (long i = i0; i < i1; i += ROW_BLOCK) {
		long end = at_most(i + ROW_BLOCK, i1);
		inv_norms(inv + i, x + i * d, least, end - i, d);
		gemm_row_block(y, x, packed, i, end, at_most(end + ROW_BLOCK, i1), c, d, 0);
		scale_rows(y + i * c, y + i * c, inv + i, f, end - i, c);
	}
}

// from_directions turns rows g [, d], gradients by the direction of x, into gradients by x, times f;
// a row whose inv reaches clamped has a constant length. It returns the sum of g . direction.
static double from_directions(float *g, const float *x, const float *inv, float f, float clamped, long rows, long d) {
	double total = 0;
	for (long r = 0; r < rows; r++, g += d, x += d) {
		vf unit = set1(inv[r]), sum = set_zero();
		for (long j = 0; j < d; j += VW) sum = fma_v(load_to(g + j, d - j), unit * load_to(x + j, d - j), sum);
		float along = hsum(sum);
		total += along;
		int fixed = !(inv[r] < clamped);
		// A line has no other direction than its own.
		vf s = set1(d == 1 && !fixed ? 0 : f * inv[r]), part = set1(fixed ? 0 : -along);
		for (long j = 0; j < d; j += VW) store_to(g + j, s * fma_v(part, unit * load_to(x + j, d - j), load_to(g + j, d - j)), d - j);
	}
	return total;
}

// COSINE_BLOCK is the rows that go back together: theirs and the next ones' operands
// and what is packed of them stay in a second-level cache of 1 MB. A multiple of every MR.
#define COSINE_BLOCK 96

// cosine_grad_work is the floats of scratch for rows of d.
static long cosine_grad_work(long d) { return (d + NR - 1) / NR * NR * COSINE_BLOCK; }

// cosine_grad_rows takes dy [rows, c] back: dx [rows, d] becomes the gradient by x, and sum [c, d] the
// share of these rows in the gradient by the directions of p, less the factor f. It returns
// the sum of dy cos. packed holds the directions of p, by gemm_pack; work is scratch.
static double cosine_grad_rows(float *dx, float *sum, const float *dy, const float *x, const float *inv, const float *packed,
                               float f, float clamped, long rows, long c, long d, float *work) {
	double total = 0;
	const struct ahead nothing = {0};
	for (long i = 0; i < rows; i += COSINE_BLOCK, dy += COSINE_BLOCK * c, x += COSINE_BLOCK * d, dx += COSINE_BLOCK * d, inv += COSINE_BLOCK) {
		long have = at_most(rows - i, COSINE_BLOCK), next = at_most(rows - i - have, COSINE_BLOCK), tiles = tiles_of(have, d);
		for (long j = 0; j < d; j += NR) pack_plain(work + j * have, x, d, have, j, d, inv);
		gemm_block_ahead(sum, d, dy, c, 1, work, have, 0, 0, c, d, have, i > 0, ahead_of(dx, have * d, tiles_of(c, d)), nothing);
		gemm_block_ahead(dx, d, dy, c, 0, packed, c, 0, 0, have, d, c, 0,
		                 ahead_of(dy + have * c, next * c, tiles * c / (c + d)), ahead_of(x + have * d, next * d, tiles * d / (c + d)));
		total += from_directions(dx, x, inv, f, clamped, have, d);
	}
	return total;
}

#endif
