// The best path of each document, and the greatest column of each row. Of equal
// scores the lowest label wins. Scores are summed in float64, as in the reference,
// so that ties are the same ones.
#include "crf.cuh"

// better tells whether (v, i) comes before (w, k).
template <class T> DEVICE bool better(T v, int i, T w, int k) { return v > w || (v == w && i < k); }

// warp_best is the best of the lanes' candidates, in every lane.
template <class T> DEVICE void warp_best(T &v, int &i) {
	for (int l = WARP / 2; l > 0; l /= 2) {
		T w = __shfl_xor_sync(ALL_LANES, v, l);
		int k = __shfl_xor_sync(ALL_LANES, i, l);
		if (better(w, k, v, i)) {
			v = w;
			i = k;
		}
	}
}

// viterbi_scores: into [c, c] is the transpose of trans with -inf where forbidden, from the same as it stands.
extern "C" __global__ void viterbi_scores(float *from, float *into, const float *trans, i64 c) {
	for (i64 i = grid_at(); i < c * c; i += grid_step()) {
		float v = forbidden(trans[i]) ? -INF_F : trans[i];
		from[i] = v;
		into[i % c * c + i / c] = v;
	}
}

// viterbi keeps the best score of each label at each token, best [n, c], and finds the labels
// themselves only along the best path. A block a document.
extern "C" __global__ void viterbi(int *path, double *score, double *best, const float *emit, const float *from, const float *into,
		const float *start, const float *end, const int *offsets, i64 c) {
	i64 b = blockIdx.x;
	int lo = offsets[b], hi = offsets[b + 1];
	if (lo == hi) {
		if (threadIdx.x == 0) score[b] = 0;
		return;
	}
	for (int t = lo; t < hi; t++) {
		for (i64 j = threadIdx.x; j < c; j += blockDim.x) {
			double v = -INF_D;
			if (t == lo) v = legal(start[j]);
			else
				for (i64 i = 0; i < c; i++) v = max_d(v, best[(t - 1) * c + i] + from[i * c + j]);
			best[t * c + j] = v + emit[t * c + j];
		}
		__syncthreads();
	}
	if (threadIdx.x >= WARP) return; // one warp walks back
	double v = -INF_D;
	int at = (int)c;
	for (int j = lane_at(); j < c; j += WARP) {
		double w = best[(hi - 1) * c + j] + legal(end[j]);
		if (at == c || w > v) {
			v = w;
			at = j;
		}
	}
	warp_best(v, at);
	if (lane_at() == 0) score[b] = v;
	if (!(v > -INF_D)) {
		for (int t = lo + lane_at(); t < hi; t += WARP) path[t] = 0;
		return;
	}
	for (int t = hi - 1;; t--) {
		if (lane_at() == 0) path[t] = at;
		if (t == lo) return;
		int to = at;
		v = -INF_D;
		at = (int)c;
		for (int i = lane_at(); i < c; i += WARP) {
			double w = best[(t - 1) * c + i] + into[to * c + i];
			if (at == c || w > v) {
				v = w;
				at = i;
			}
		}
		warp_best(v, at);
	}
}

// argmax: a warp a row.
extern "C" __global__ void argmax(int *path, const float *z, i64 rows, i64 c) {
	for (i64 n = warp_at(); n < rows; n += warp_step()) {
		float v = -INF_F;
		int at = (int)c;
		for (int j = lane_at(); j < c; j += WARP)
			if (at == c || z[n * c + j] > v) {
				v = z[n * c + j];
				at = j;
			}
		warp_best(v, at);
		if (lane_at() == 0) path[n] = at;
	}
}
