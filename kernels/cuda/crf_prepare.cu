// The scores of a CRF in the exp domain, and the scores of the labels.
#include "crf.cuh"

// crf_tops: tops receives the greatest legal score of trans, of start and of end, 0 where none
// is legal. One block.
extern "C" __global__ void __launch_bounds__(1024) crf_tops(float *tops, const float *trans, const float *start, const float *end, i64 c) {
	__shared__ float scratch[WARP];
	const float *scores[3] = {trans, start, end};
	for (int k = 0; k < 3; k++) {
		float top = -INF_F;
		for (i64 i = threadIdx.x; i < (k == 0 ? c * c : c); i += blockDim.x)
			if (!forbidden(scores[k][i])) top = max_f(top, scores[k][i]);
		top = block_max(top, scratch);
		if (threadIdx.x == 0) tops[k] = top > -INF_F ? top : 0.0f;
	}
}

// crf_exps: next [c, c] = exp(trans - top), exact zeros where forbidden; prev is its transpose;
// first and last the same of start and end.
extern "C" __global__ void crf_exps(float *next, float *prev, float *first, float *last, const float *trans, const float *start, const float *end,
		const float *tops, i64 c) {
	for (i64 i = grid_at(); i < c * c; i += grid_step()) {
		float v = forbidden(trans[i]) ? 0.0f : exp_f(trans[i] - tops[0]);
		next[i] = v;
		prev[i % c * c + i / c] = v;
	}
	for (i64 j = grid_at(); j < c; j += grid_step()) {
		first[j] = forbidden(start[j]) ? 0.0f : exp_f(start[j] - tops[1]);
		last[j] = forbidden(end[j]) ? 0.0f : exp_f(end[j] - tops[2]);
	}
}

// crf_rows: e = exp(emit - top of the row), a warp a row.
extern "C" __global__ void crf_rows(float *e, float *top_of, const float *emit, i64 rows, i64 c) {
	for (i64 t = warp_at(); t < rows; t += warp_step()) {
		float top = -INF_F;
		for (i64 j = lane_at(); j < c; j += WARP) top = max_f(top, emit[t * c + j]);
		top = warp_max(top);
		for (i64 j = lane_at(); j < c; j += WARP) e[t * c + j] = exp_f(emit[t * c + j] - top);
		if (lane_at() == 0) top_of[t] = top;
	}
}

// crf_gold: the kind of each document and, where all labels are known, their score. A warp a document.
extern "C" __global__ void crf_gold(int *kinds, double *gold, const float *emit, const float *trans, const float *start, const float *end,
		const int *labels, const int *offsets, i64 docs, i64 c, u64 *status, int op) {
	for (i64 b = warp_at(); b < docs; b += warp_step()) {
		int lo = offsets[b], hi = offsets[b + 1];
		double score = 0;
		float broken = 0, unknown = 0;
		for (int t = lo + lane_at(); t < hi; t += WARP) {
			int y = labels[t];
			if (y == IGNORE) {
				unknown = 1;
				continue;
			}
			if (y < 0 || y >= c) {
				complain(status, op, y);
				broken = 1;
				continue;
			}
			score += emit[t * c + y];
			int before = t > lo ? labels[t - 1] : IGNORE;
			if (t == lo) {
				score += start[y];
				if (forbidden(start[y])) broken = 1;
			} else if (before >= 0 && before < c) {
				score += trans[before * c + y];
				if (forbidden(trans[before * c + y])) broken = 1;
			}
			if (t == hi - 1) {
				score += end[y];
				if (forbidden(end[y])) broken = 1;
			}
		}
		score = warp_sum(score);
		broken = warp_max(broken);
		unknown = warp_max(unknown);
		if (lane_at() == 0) {
			gold[b] = score;
			kinds[b] = lo == hi ? EMPTY : broken > 0 ? BROKEN : unknown > 0 ? PARTLY : KNOWN;
		}
	}
}

// crf_any_partly: any receives 1 where some document is PARTLY, else 0. One block.
extern "C" __global__ void crf_any_partly(int *any, const int *kinds, i64 docs) {
	__shared__ float scratch[WARP];
	float found = 0;
	for (i64 b = threadIdx.x; b < docs; b += blockDim.x)
		if (kinds[b] == PARTLY) found = 1;
	found = block_max(found, scratch);
	if (threadIdx.x == 0) any[0] = found > 0;
}
