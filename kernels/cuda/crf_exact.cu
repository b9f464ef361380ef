// The log domain in float64, for documents that the exp domain cannot hold. redo lists them and *count says how
// many they are: the host does not know, so there is a block for every document, and most have none to redo.
#include "crf.cuh"

// crf_exact_chain: alpha and beta [2, n, c] of document redo[blockIdx.x], over all paths (blockIdx.y 0) or
// those that agree with its labels (1); z [2, docs] receives log Z.
extern "C" __global__ void crf_exact_chain(double *alpha, double *beta, double *z, const int *redo, const int *count, const float *emit,
		const float *trans, const float *start, const float *end, const int *labels, const int *offsets, i64 docs, i64 n, i64 c) {
	__shared__ double scratch[WARP];
	if ((int)blockIdx.x >= *count) return;
	i64 b = redo[blockIdx.x];
	int lo = offsets[b], hi = offsets[b + 1];
	const int *known = blockIdx.y ? labels : 0;
	alpha += blockIdx.y * n * c;
	beta += blockIdx.y * n * c;
	for (int t = lo; t < hi; t++) {
		for (i64 j = threadIdx.x; j < c; j += blockDim.x) {
			double v = -INF_D;
			if (!known || known[t] == IGNORE || known[t] == j) {
				if (t == lo) v = legal(start[j]);
				else {
					double top = -INF_D, sum = 0;
					for (i64 i = 0; i < c; i++) top = max_d(top, alpha[(t - 1) * c + i] + legal(trans[i * c + j]));
					if (top > -INF_D) {
						for (i64 i = 0; i < c; i++) sum += exp_d(alpha[(t - 1) * c + i] + legal(trans[i * c + j]) - top);
						v = top + log_d(sum);
					}
				}
				v += emit[t * c + j];
			}
			alpha[t * c + j] = v;
		}
		__syncthreads();
	}
	double top = -INF_D, sum = 0;
	for (i64 j = threadIdx.x; j < c; j += blockDim.x) top = max_d(top, alpha[(hi - 1) * c + j] + legal(end[j]));
	top = block_max(top, scratch);
	for (i64 j = threadIdx.x; j < c && top > -INF_D; j += blockDim.x) sum += exp_d(alpha[(hi - 1) * c + j] + legal(end[j]) - top);
	sum = block_sum(sum, scratch);
	double all = top > -INF_D ? top + log_d(sum) : top;
	if (threadIdx.x == 0) z[blockIdx.y * docs + b] = all;
	if (!(all > -INF_D)) return;
	for (int t = hi - 1; t >= lo; t--) {
		for (i64 i = threadIdx.x; i < c; i += blockDim.x) {
			double v = legal(end[i]);
			if (t < hi - 1) {
				double best = -INF_D, total = 0;
				v = -INF_D;
				for (int twice = 0; twice < 2; twice++)
					for (i64 j = 0; j < c; j++) {
						if (known && known[t + 1] != IGNORE && known[t + 1] != j) continue;
						double term = legal(trans[i * c + j]) + emit[(t + 1) * c + j] + beta[(t + 1) * c + j];
						if (twice == 0) best = max_d(best, term);
						else if (term > -INF_D) total += exp_d(term - best);
					}
				if (best > -INF_D) v = best + log_d(total);
			}
			beta[t * c + i] = v;
		}
		__syncthreads();
	}
}

// marginal is exp(alpha + beta - log Z), 0 where there is no path.
DEVICE double marginal(const double *alpha, const double *beta, i64 i, double z) {
	if (!(alpha[i] > -INF_D)) return 0;
	return exp_d(alpha[i] + beta[i] - z);
}

// crf_exact_emissions: nll, gamma, and d_emit += scale gamma, of the redone documents. Labels that no
// path allows give +inf and no gradient. A block a document.
extern "C" __global__ void crf_exact_emissions(float *d_emit, float *gamma, double *nll, const double *alpha, const double *beta, const double *z,
		const int *redo, const int *count, const int *offsets, i64 docs, i64 n, i64 c, float scale) {
	if ((int)blockIdx.x >= *count) return;
	i64 b = redo[blockIdx.x];
	bool none = !(z[docs + b] > -INF_D);
	if (threadIdx.x == 0) nll[b] = none ? INF_D : z[b] - z[docs + b];
	if (none) return;
	for (i64 i = offsets[b] * c + threadIdx.x; i < offsets[b + 1] * c; i += blockDim.x) {
		float g = (float)(marginal(alpha, beta, i, z[b]) - marginal(alpha + n * c, beta + n * c, i, z[docs + b]));
		gamma[i] = g;
		d_emit[i] += scale * g;
	}
}

// crf_exact_marginals: marginals and log Z of the redone documents. A block a document.
extern "C" __global__ void crf_exact_marginals(float *p, double *log_z, const double *alpha, const double *beta, const double *z, const int *redo,
		const int *count, const int *offsets, i64 c) {
	if ((int)blockIdx.x >= *count) return;
	i64 b = redo[blockIdx.x];
	if (threadIdx.x == 0) log_z[b] = z[b];
	if (!(z[b] > -INF_D)) return;
	for (i64 i = offsets[b] * c + threadIdx.x; i < offsets[b + 1] * c; i += blockDim.x) p[i] = (float)marginal(alpha, beta, i, z[b]);
}

// crf_exact_transitions adds the expected steps from label blockIdx.x of all redone documents, less
// those of the known paths. A thread a label.
extern "C" __global__ void crf_exact_transitions(float *d_trans, const double *alpha, const double *beta, const double *z, const int *redo,
		const int *count, const float *emit, const float *trans, const int *labels, const int *offsets, i64 docs, i64 n, i64 c, float scale) {
	int listed = *count;
	if (listed == 0) return; // as most batches: nothing to add
	i64 i = blockIdx.x;
	for (i64 j = threadIdx.x; j < c; j += blockDim.x) {
		double step = legal(trans[i * c + j]), sum = 0;
		if (!(step > -INF_D)) continue;
		for (int r = 0; r < listed; r++) {
			i64 b = redo[r];
			if (!(z[docs + b] > -INF_D)) continue;
			for (i64 t = offsets[b] + 1; t < offsets[b + 1]; t++) {
				double from = alpha[(t - 1) * c + i], on = step + emit[t * c + j];
				if (from > -INF_D) sum += exp_d(from + on + beta[t * c + j] - z[b]);
				from = alpha[n * c + (t - 1) * c + i];
				if (from > -INF_D && (labels[t] == IGNORE || labels[t] == j)) sum -= exp_d(from + on + beta[n * c + t * c + j] - z[docs + b]);
			}
		}
		d_trans[i * c + j] = (float)(d_trans[i * c + j] + scale * sum);
	}
}
