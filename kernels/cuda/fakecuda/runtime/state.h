// The page that a test shares with the fake driver: what the driver counted,
// and how blocks are to be run. state.go reads it; the order is the contract.
#pragma once
#include <stdint.h>

struct State {
	uint64_t shuffle; // seed of the order of blocks and threads; 0: in order
	uint64_t htod, htod_bytes;
	uint64_t dtoh, dtoh_bytes;
	uint64_t dtod, dtod_bytes;
	uint64_t memsets;
	uint64_t launches, blocks, threads;
	uint64_t synchronizes;
	uint64_t allocations, frees;
	uint64_t live, live_bytes, peak_bytes;
	uint64_t leaked, leaked_bytes; // live when their context was destroyed
	uint64_t contexts, modules, streams, events; // live
	uint64_t errors; // calls that did not answer 0
	uint64_t races;  // found by the checked build
	char message[2048]; // of the last error
};

extern State *state;

// fail counts an error and keeps its message for cuGetErrorString and the
// tests; it answers code.
int fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
