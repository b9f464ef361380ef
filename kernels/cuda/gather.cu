// Embed and Gather, and their gradients: sums of rows in the order of the contract.
// For the gradients the indices are sorted first (stable, by 4 bits at a time, without
// atomics); then the rows that go to one place stand together, in their order.
#include "math.cuh"

#define DIGITS 16
#define SORT_THREADS 256
#define SORT_EACH 8 // neighbouring items a thread
#define SORT_TILE (SORT_THREADS * SORT_EACH)

// valid is id, or -1 with a complaint where it is no row of the table.
DEVICE int valid(int id, i64 limit, u64 *status, int op) {
	if (id >= -1 && id < limit) return id;
	complain(status, op, id);
	return -1;
}

// embed: y[n] = sum over f of table[ids[n, f]], a thread an element.
extern "C" __global__ void embed(float *y, const float *table, const int *ids, i64 rows, i64 h, i64 width, i64 limit, u64 *status, int op) {
	for (i64 i = grid_at(); i < rows * h; i += grid_step()) {
		i64 n = i / h, j = i % h;
		float sum = 0;
		for (i64 f = 0; f < width; f++) {
			int id = valid(ids[n * width + f], limit, status, op);
			if (id >= 0) sum += table[id * h + j];
		}
		y[i] = sum;
	}
}

// gather: row at of y [n, h] is x[idx[at]], zeros for -1.
extern "C" __global__ void gather(float *y, const float *x, const int *idx, i64 n, i64 h, i64 limit, u64 *status, int op) {
	for (i64 i = grid_at(); i < n * h; i += grid_step()) {
		int id = valid(idx[i / h], limit, status, op);
		y[i] = id >= 0 ? x[id * h + i % h] : 0.0f;
	}
}

// sort_start: keys are the indices, -1 becomes limit and goes last; places are 0, 1, ...
extern "C" __global__ void sort_start(int *keys, int *places, const int *idx, i64 n, i64 limit, u64 *status, int op) {
	for (i64 i = grid_at(); i < n; i += grid_step()) {
		int id = valid(idx[i], limit, status, op);
		keys[i] = id >= 0 ? id : (int)limit;
		places[i] = (int)i;
	}
}

DEVICE int digit(int key, int shift) { return key >> shift & (DIGITS - 1); }

// count_tile counts the digits of each thread's items.
DEVICE void count_tile(int (*count)[SORT_THREADS], const int *keys, i64 n, int shift) {
	i64 first = (i64)blockIdx.x * SORT_TILE + threadIdx.x * SORT_EACH;
	for (int d = 0; d < DIGITS; d++) count[d][threadIdx.x] = 0;
	for (i64 i = first; i < min_i(first + SORT_EACH, n); i++) count[digit(keys[i], shift)][threadIdx.x]++;
}

// sort_count: counts [DIGITS, blocks] receives how often each digit is in each tile.
extern "C" __global__ void __launch_bounds__(SORT_THREADS) sort_count(int *counts, const int *keys, i64 n, int shift) {
	__shared__ int count[DIGITS][SORT_THREADS];
	count_tile(count, keys, n, shift);
	__syncthreads();
	int d = (int)threadIdx.x / DIGITS, part = (int)threadIdx.x % DIGITS, sum = 0; // 16 threads a digit, 16 counters each
	for (int k = 0; k < SORT_THREADS / DIGITS; k++) sum += count[d][part + k * DIGITS];
	for (int l = DIGITS / 2; l > 0; l /= 2) sum += __shfl_xor_sync(ALL_LANES, sum, l);
	if (part == 0) counts[(i64)d * gridDim.x + blockIdx.x] = sum;
}

// sort_scan turns n counts into the sums of those before each. One block.
extern "C" __global__ void __launch_bounds__(SORT_THREADS) sort_scan(int *counts, i64 n) {
	__shared__ int sums[SORT_THREADS];
	i64 per = (n + SORT_THREADS - 1) / SORT_THREADS, first = threadIdx.x * per, last = min_i(first + per, n);
	int sum = 0;
	for (i64 i = first; i < last; i++) sum += counts[i];
	sums[threadIdx.x] = sum;
	__syncthreads();
	int before = 0;
	for (unsigned t = 0; t < threadIdx.x; t++) before += sums[t];
	for (i64 i = first; i < last; i++) {
		int c = counts[i];
		counts[i] = before;
		before += c;
	}
}

// sort_move puts the items where they belong by this digit; equal digits keep their order.
extern "C" __global__ void __launch_bounds__(SORT_THREADS) sort_move(int *keys_out, int *places_out, const int *keys, const int *places, const int *counts, i64 n, int shift) {
	__shared__ int count[DIGITS][SORT_THREADS];
	__shared__ int sums[DIGITS][DIGITS];
	count_tile(count, keys, n, shift);
	__syncthreads();
	int d = (int)threadIdx.x / DIGITS, part = (int)threadIdx.x % DIGITS, sum = 0;
	int *own = &count[d][part * (SORT_THREADS / DIGITS)];
	for (int k = 0; k < SORT_THREADS / DIGITS; k++) sum += own[k];
	sums[d][part] = sum;
	__syncthreads();
	int at = counts[(i64)d * gridDim.x + blockIdx.x];
	for (int k = 0; k < part; k++) at += sums[d][k];
	for (int k = 0; k < SORT_THREADS / DIGITS; k++) {
		int c = own[k];
		own[k] = at;
		at += c;
	}
	__syncthreads();
	i64 first = (i64)blockIdx.x * SORT_TILE + threadIdx.x * SORT_EACH;
	for (i64 i = first; i < min_i(first + SORT_EACH, n); i++) {
		int to = count[digit(keys[i], shift)][threadIdx.x]++;
		keys_out[to] = keys[i];
		places_out[to] = places[i];
	}
}

#define AHEAD 16 // rows fetched before they are added

// add_sorted: dst[key] += src[place/width] for the sorted items, one after the other
// in float32. A block whose item is the first of its key does all of that key, a thread a column.
extern "C" __global__ void add_sorted(float *dst, const float *src, const int *keys, const int *places, i64 n, i64 h, i64 width, i64 limit) {
	i64 first = blockIdx.x;
	int key = keys[first];
	if (key >= limit || (first > 0 && keys[first - 1] == key)) return;
	for (i64 j = threadIdx.x; j < h; j += blockDim.x) {
		float sum = dst[key * h + j];
		for (i64 i = first; i < n && keys[i] == key; i += AHEAD) {
			float rows[AHEAD];
			bool same[AHEAD];
#pragma unroll
			for (int k = 0; k < AHEAD; k++) {
				same[k] = i + k < n && keys[i + k] == key;
				rows[k] = same[k] ? src[places[i + k] / width * h + j] : 0.0f;
			}
#pragma unroll
			for (int k = 0; k < AHEAD; k++)
				if (same[k]) sum += rows[k];
		}
		dst[key * h + j] = sum;
	}
}
