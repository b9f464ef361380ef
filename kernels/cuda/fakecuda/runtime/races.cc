// The kernels are compiled with -fsanitize=thread, which calls a function
// here before each access to memory; ThreadSanitizer's own library is not
// linked. Each word of 4 bytes has a cell that remembers who accessed it last.
#ifdef FAKECUDA_CHECKED
#include "races.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <vector>

#include "../host.h"
#include "block.h"
#include "cuda.h"
#include "memory.h"
#include "state.h"

namespace {
// Access is who did it: the number of the block, unique among all launches,
// how many barriers the block had passed, the thread, how often its warp had
// met in __syncwarp, and which bytes of the word.
struct Access {
	uint32_t block, barriers;
	uint16_t thread, meetings;
	uint8_t bytes, atomic, many, others; // many: further threads read; others: blocks before this one did
	uint32_t at; // the instruction, from the start of the library
};

struct Cell {
	Access write, read;
};

// The block numbers of a cell's last write that no block has.
enum : uint32_t { NOBODY = 0, HOST = 1, FORBIDDEN = 2, FIRST_BLOCK = 3 };

uintptr_t arena;
size_t arena_bytes;
Cell *cells;

struct Range {
	uintptr_t address;
	size_t bytes;
	std::vector<Cell> *cells;
};
std::vector<Range> shared;        // of the block that runs
std::vector<std::vector<Cell> *> pool; // of cells for shared memory
size_t pool_used;

uint32_t first_block; // of the launch
uint32_t barriers;
uint16_t meetings[THREADS_PER_BLOCK / 32];

uint32_t block() { return (uint32_t)fakecuda_block_number + FIRST_BLOCK; }

Dl_info library; // this one, once a kernel has been launched

// source_line asks addr2line where an instruction is from.
void source_line(uint32_t at, char *text, size_t size) {
	char command[1024], line[512] = "";
	snprintf(text, size, "instruction 0x%x", at);
	snprintf(command, sizeof command, "addr2line -e '%s' 0x%x 2>/dev/null", library.dli_fname, at - 1); // before the return address
	FILE *pipe = popen(command, "r");
	if (!pipe) return;
	if (fgets(line, sizeof line, pipe) && line[0] != '?') {
		line[strcspn(line, " \n")] = 0;
		const char *slash = strrchr(line, '/');
		snprintf(text, size, "%s", slash ? slash + 1 : line);
	}
	pclose(pipe);
}

Cell *find(uintptr_t address) {
	if (address - arena < arena_bytes) return &cells[(address - arena) / 4];
	for (const Range &r : shared)
		if (address - r.address < r.bytes) return &(*r.cells)[(address - r.address) / 4];
	return nullptr;
}

// ordered is true when a barrier lies between an access of this launch and
// what the current thread does now, or the thread did both.
bool ordered(const Access &a, int thread) {
	if (a.block != block()) return false;
	if (a.thread == thread || a.barriers != barriers) return true;
	return a.thread / 32 == thread / 32 && a.meetings != meetings[thread / 32];
}

[[noreturn]] void race(const char *now, const char *before, const Access &a, uintptr_t address, uint32_t at) {
	char here[256], there[256], what[256];
	source_line(at, here, sizeof here);
	source_line(a.at, there, sizeof there);
	if (address - arena < arena_bytes)
		describe(address, what, sizeof what);
	else
		snprintf(what, sizeof what, "shared memory");
	state->races++;
	if (a.block == block())
		stop_launch(CUDA_ERROR_LAUNCH_FAILED, "race: it %s %s at %s, thread %d of the block %s at %s", now, what, here, a.thread, before, there);
	stop_launch(CUDA_ERROR_LAUNCH_FAILED, "race: it %s %s at %s, thread %d of another block %s at %s", now, what, here, a.thread, before, there);
}

// Only kernels are compiled to call it, so the current thread is one of a launch.
void access(uintptr_t address, size_t bytes, bool write, bool atomic, void *caller) {
	int thread = running_thread;
	uint32_t at = (uint32_t)((uintptr_t)caller - (uintptr_t)library.dli_fbase);
	for (uintptr_t word = address & ~(uintptr_t)3; word < address + bytes; word += 4) {
		Cell *cell = find(word);
		if (!cell) return; // a local variable, or a constant
		uint8_t mask = 15;
		if (word < address) mask = (uint8_t)(mask & (15 << (address - word)));
		if (word + 4 > address + bytes) mask = (uint8_t)(mask & (15 >> (word + 4 - address - bytes)));
		Access &w = cell->write, &r = cell->read;
		if (w.block == FORBIDDEN) {
			char here[256], what[256];
			source_line(at, here, sizeof here);
			describe(word, what, sizeof what);
			stop_launch(CUDA_ERROR_ILLEGAL_ADDRESS, "%s %s, at %s", write ? "a write to" : "a read of", what, here);
		}
		bool in_arena = word - arena < arena_bytes;
		if (!in_arena) { // of each block its own
			if (w.block != block()) w = {};
			if (r.block != block()) r = {};
		}
		if (!write && w.block == NOBODY) {
			char here[256], what[256];
			source_line(at, here, sizeof here);
			if (in_arena)
				describe(word, what, sizeof what);
			else
				snprintf(what, sizeof what, "shared memory");
			stop_launch(CUDA_ERROR_LAUNCH_FAILED, "at %s it reads what nobody wrote: %s", here, what);
		}
		if (w.block >= first_block && (w.bytes & mask) && !(w.atomic && atomic) && !ordered(w, thread))
			race(write ? "writes" : "reads", "wrote it", w, word, at);
		if (!write) {
			if (atomic) continue;
			bool here = r.block == block() && r.barriers == barriers;
			bool same = here && r.thread == thread;
			if (same) {
				r.bytes |= mask;
				continue;
			}
			uint8_t others = (r.block >= first_block && r.block != block()) || (r.block == block() && r.others);
			r = {block(), barriers, (uint16_t)thread, meetings[thread / 32], (uint8_t)(here ? r.bytes | mask : mask), 0, here, others, at};
			continue;
		}
		if (r.block >= first_block && (r.bytes & mask)) {
			if (!ordered(r, thread)) race("writes", "read it", r, word, at);
			if (r.block == block() && r.barriers == barriers && r.many && r.thread == thread) race("writes", "and others read it", r, word, at);
			if (r.others) race("writes", "and threads of other blocks read it", r, word, at);
		}
		w = {block(), barriers, (uint16_t)thread, meetings[thread / 32], mask, atomic, 0, 0, at};
	}
}
} // namespace

void races_arena(uintptr_t base, size_t bytes) {
	arena = base, arena_bytes = bytes;
	cells = (Cell *)mmap(nullptr, bytes / 4 * sizeof(Cell), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (cells == MAP_FAILED) {
		fputs("fake CUDA driver: no address space to watch device memory\n", stderr);
		abort();
	}
}

void races_launch() {
	first_block = block() + 1;
	if (!library.dli_fbase) dladdr((void *)races_launch, &library);
}

void races_block(void *dynamic, size_t bytes) {
	shared.clear();
	pool_used = 0;
	barriers = 0;
	memset(meetings, 0, sizeof meetings);
	if (bytes) races_shared(dynamic, bytes);
}

void races_shared(void *address, size_t bytes) {
	if (pool_used == pool.size()) pool.push_back(new std::vector<Cell>);
	std::vector<Cell> *of = pool[pool_used++];
	of->resize(bytes / 4 + 1);
	shared.push_back({(uintptr_t)address, bytes, of});
}

void races_barrier() { barriers++; }

// A shuffle moves values but orders no memory: only __syncwarp, of the whole warp, does.
void races_warp(int first, unsigned mask) {
	if (mask == 0xffffffffu) meetings[first / 32]++;
}

void races_forbid(uintptr_t address, size_t bytes) {
	for (uintptr_t word = (address + 3) & ~(uintptr_t)3; word < address + bytes; word += 4) cells[(word - arena) / 4].write.block = FORBIDDEN;
}

void races_written(uintptr_t address, size_t bytes) {
	for (uintptr_t word = address & ~(uintptr_t)3; word < address + bytes; word += 4) cells[(word - arena) / 4].write = {HOST, 0, 0, 0, 0, 0, 0, 0, 0};
}

extern "C" {
void __tsan_init() {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit() {}
#define WATCH(name, bytes)                                                                                                       \
	void __tsan_read##name(void *p) { access((uintptr_t)p, bytes, false, false, __builtin_return_address(0)); }              \
	void __tsan_write##name(void *p) { access((uintptr_t)p, bytes, true, false, __builtin_return_address(0)); }              \
	void __tsan_volatile_read##name(void *p) { access((uintptr_t)p, bytes, false, true, __builtin_return_address(0)); }     \
	void __tsan_volatile_write##name(void *p) { access((uintptr_t)p, bytes, true, true, __builtin_return_address(0)); }
WATCH(1, 1)
WATCH(2, 2)
WATCH(4, 4)
WATCH(8, 8)
WATCH(16, 16)
void __tsan_read_range(void *p, size_t n) { access((uintptr_t)p, n, false, false, __builtin_return_address(0)); }
void __tsan_write_range(void *p, size_t n) { access((uintptr_t)p, n, true, false, __builtin_return_address(0)); }
#define ATOMIC(bits)                                                                                                             \
	uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *p, int) {                                       \
		access((uintptr_t)p, bits / 8, false, true, __builtin_return_address(0));                                        \
		return *p;                                                                                                       \
	}                                                                                                                        \
	void __tsan_atomic##bits##_store(volatile uint##bits##_t *p, uint##bits##_t v, int) {                                    \
		access((uintptr_t)p, bits / 8, true, true, __builtin_return_address(0));                                         \
		*p = v;                                                                                                          \
	}
ATOMIC(32)
ATOMIC(64)
}
#endif
