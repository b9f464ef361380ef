// What the kernels of the linear-chain CRF share. Documents stand one after the other:
// document b at rows offsets[b] to offsets[b+1]. Each document is run over all its
// paths, and, where some of its labels are unknown, over the paths that agree with those known.
#ifndef INVOICELAB_CRF_CUH
#define INVOICELAB_CRF_CUH

#include "math.cuh"

#define IGNORE -100
#define FORBID -1e4f      // transitions, starts and ends at or below are forbidden
#define LEAST_SCALE 1e-30f // a scale below says that float32 lost mass that may count
#define MOST_BETA 1e25f   // so does a backward variable above, where alpha . beta = 1
#define MOST_STEP 1e30f   // and the weight of a step above

// Kinds of documents by their labels.
enum { EMPTY, KNOWN, PARTLY, BROKEN }; // BROKEN: no legal path between known labels

// States of documents after the exp domain.
enum { IDLE, FINE, REDO }; // IDLE: empty or broken

DEVICE bool forbidden(float v) { return v <= FORBID; }

DEVICE double legal(float v) { return forbidden(v) ? -INF_D : (double)v; }

// document_of is the document that holds token t.
DEVICE i64 document_of(const int *offsets, i64 docs, i64 t) {
	i64 low = 0, high = docs; // offsets[low] <= t < offsets[high]
	while (high - low > 1) {
		i64 middle = (low + high) / 2;
		if (offsets[middle] <= t) low = middle;
		else high = middle;
	}
	return low;
}

#endif
