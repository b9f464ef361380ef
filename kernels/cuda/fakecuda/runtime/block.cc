// Threads of a block as fibers of one OS thread. A thread runs until it waits
// at a barrier or in a warp operation, then the next ready one continues; when
// none is ready, the next one starts. Threads that never wait share one stack.
#include "block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../host.h"
#include "cuda.h"
#include "memory.h"
#include "races.h"
#include "state.h"
#include "switch.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define STACK_BYTES (512 << 10)
#else
#define STACK_BYTES (64 << 10)
#endif

enum { WARP = 32, PAGE = 4096, WARPS = THREADS_PER_BLOCK / WARP };
enum Status : uint8_t { UNSTARTED, READY, IN_WARP, AT_BARRIER, RETURNED };

struct Thread {
	void *sp;    // where it waits
	int stack;   // on which it runs
	Status status;
	int kind;    // of the operation that it waits in
	unsigned mask;
	int argument, width;
	uint64_t value, result;
	const char *file;
	int line;
};

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;
unsigned long fakecuda_block_number;
int escape_code;
int running_thread;

namespace {
const Launch *launch;       // that runs, or null
thread_local bool runs_here; // on this OS thread
Thread threads[THREADS_PER_BLOCK];
uint3 coordinates[THREADS_PER_BLOCK];
int total, started, finished; // threads of the block
int &current = running_thread;
int start_order[THREADS_PER_BLOCK];
int ready[THREADS_PER_BLOCK]; // a ring in order, a bag when shuffled
int ready_first, ready_count;
unsigned waiting[WARPS]; // lanes of each warp that wait in a warp operation
int at_barrier, barrier_sum, barrier_kind, barrier_line;
const char *barrier_file;
uint64_t random_state; // 0: in order
int stop_code;
void *main_sp;
char *stacks; // THREADS_PER_BLOCK of them, each above a page that faults
int free_stacks[THREADS_PER_BLOCK], free_count;
char *dynamic_memory, *dynamic_base; // SHARED_PER_BLOCK bytes before a page that faults
size_t static_used;

#if defined(__SANITIZE_ADDRESS__)
bool reported; // by AddressSanitizer in this launch
const void *main_bottom;
size_t main_size;
void *fake_stacks[THREADS_PER_BLOCK], *main_fake;
#endif

uint64_t random_below(uint64_t n) { // splitmix64; n is small
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % n;
}

char *stack_bottom(int stack) { return stacks + (size_t)stack * (STACK_BYTES + PAGE) + PAGE; }

void prepare_memory() {
	if (stacks) return;
	size_t size = (size_t)THREADS_PER_BLOCK * (STACK_BYTES + PAGE);
	stacks = (char *)mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	dynamic_memory = (char *)mmap(nullptr, SHARED_PER_BLOCK + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stacks == MAP_FAILED || dynamic_memory == MAP_FAILED) {
		fputs("fake CUDA driver: no memory for the stacks of a block\n", stderr);
		abort();
	}
	for (int i = 0; i < THREADS_PER_BLOCK; i++) mprotect(stack_bottom(i) - PAGE, PAGE, PROT_NONE);
	mprotect(dynamic_memory + PAGE, SHARED_PER_BLOCK, PROT_READ | PROT_WRITE);
}

void make_current(int t) {
	current = t;
	threadIdx = coordinates[t];
}

// On the way out the stack is not the one that AddressSanitizer believes.
#define UNWATCHED __attribute__((no_sanitize_address))

[[noreturn]] UNWATCHED void leave() { // to run_block, for good
	static void *lost;
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_start_switch_fiber(nullptr, main_bottom, main_size);
#endif
	fakecuda_switch(&lost, main_sp);
	__builtin_unreachable();
}

// next takes the thread to run: a ready one, else one that has not started;
// -1 when there is neither.
int next() {
	if (random_state) {
		// Between those ready and the next to start, each as likely.
		int n = ready_count + (started < total);
		if (n == 0) return -1;
		int pick = (int)random_below((uint64_t)n);
		if (pick == ready_count) return start_order[started++];
		int t = ready[pick];
		ready[pick] = ready[--ready_count];
		return t;
	}
	if (ready_count) {
		int t = ready[ready_first];
		ready_first = (ready_first + 1) % THREADS_PER_BLOCK;
		ready_count--;
		return t;
	}
	return started < total ? start_order[started++] : -1;
}

void make_ready(int t) {
	threads[t].status = READY;
	ready[random_state ? ready_count : (ready_first + ready_count) % THREADS_PER_BLOCK] = t;
	ready_count++;
}

void fiber();

// jump leaves the stack that runs, saving its place in *from, for thread t.
void jump(void **from, int t, int from_stack) {
	(void)from_stack;
	make_current(t);
	if (threads[t].status == UNSTARTED) {
		int stack = threads[t].stack = free_stacks[--free_count];
		threads[t].sp = first_switch(stack_bottom(stack) + STACK_BYTES - stack % 8 * 512, fiber);
		threads[t].status = READY;
#if defined(__SANITIZE_ADDRESS__)
		__asan_unpoison_memory_region(stack_bottom(stack), STACK_BYTES);
#endif
	}
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_start_switch_fiber(from_stack >= 0 ? &fake_stacks[from_stack] : nullptr, stack_bottom(threads[t].stack), STACK_BYTES);
#endif
	fakecuda_switch(from, threads[t].sp);
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_finish_switch_fiber(from_stack >= 0 ? fake_stacks[from_stack] : nullptr, nullptr, nullptr);
#endif
}

const char *base_name(const char *path) {
	const char *slash = path ? strrchr(path, '/') : nullptr;
	return slash ? slash + 1 : path;
}

void name_thread(char *text, size_t size, int t) {
	snprintf(text, size, "thread (%u,%u,%u)", coordinates[t].x, coordinates[t].y, coordinates[t].z);
}

// deadlock says who waits for whom: the first thread that waits and the first
// that it waits for.
[[noreturn]] void deadlock() {
	for (int t = 0; t < total; t++) {
		Thread &w = threads[t];
		if (w.status != AT_BARRIER && w.status != IN_WARP) continue;
		int first = 0, end = total;
		if (w.status == IN_WARP) {
			first = t / WARP * WARP;
			end = first + WARP < total ? first + WARP : total;
		}
		for (int u = first; u < end; u++) {
			Thread &m = threads[u];
			bool missing = m.status != w.status || (w.status == IN_WARP && m.mask != w.mask);
			if (w.status == IN_WARP && !(w.mask >> (u % WARP) & 1)) missing = false;
			if (!missing) continue;
			char waits[64], other[64];
			name_thread(waits, sizeof waits, t);
			name_thread(other, sizeof other, u);
			make_current(t);
			const char *what = w.status == IN_WARP ? "a warp operation" : "__syncthreads";
			if (m.status == RETURNED)
				stop_launch(CUDA_ERROR_LAUNCH_FAILED, "divergent: it waits in %s at %s:%d, but %s has returned", what, base_name(w.file), w.line, other);
			stop_launch(CUDA_ERROR_LAUNCH_FAILED, "divergent: it waits in %s at %s:%d, but %s waits in %s at %s:%d", what, base_name(w.file), w.line,
			            other, m.status == IN_WARP ? "a warp operation" : "__syncthreads", base_name(m.file), m.line);
		}
	}
	stop_launch(CUDA_ERROR_LAUNCH_FAILED, "no thread of the block can go on");
}

// wait leaves the current thread, whose status says for what it waits, and
// returns when it has been made ready and its turn has come.
void wait() {
	int self = current, t = next();
	if (t < 0) deadlock();
	if (t == self) { // shuffled: it drew itself
		make_current(self);
		return;
	}
	jump(&threads[self].sp, t, threads[self].stack);
}

// fiber runs threads, one after the other, on one stack.
void fiber() {
#if defined(__SANITIZE_ADDRESS__)
	const void *bottom;
	size_t size;
	__sanitizer_finish_switch_fiber(nullptr, &bottom, &size);
	if (!main_bottom) main_bottom = bottom, main_size = size;
#endif
	int stack = threads[current].stack;
	for (;;) {
		launch->invoke(launch->arguments);
		Thread &self = threads[current];
		self.status = RETURNED;
		finished++;
		int t = next();
		if (t < 0) {
			if (finished < total) deadlock();
			leave();
		}
		if (threads[t].status == UNSTARTED) {
			threads[t].stack = stack;
			threads[t].status = READY;
			make_current(t);
			continue;
		}
		free_stacks[free_count++] = stack; // nothing else runs before the jump
		void *lost;
		jump(&lost, t, -1);
	}
}

void run_block() {
	started = finished = at_barrier = ready_first = ready_count = 0;
	static_used = 0;
	fakecuda_block_number++;
	for (int t = 0; t < total; t++) threads[t].status = UNSTARTED;
	memset(waiting, 0, sizeof waiting);
	free_count = 0;
	for (int s = THREADS_PER_BLOCK; s-- > 0;) free_stacks[free_count++] = s;
	if (random_state)
		for (int t = total - 1; t > 0; t--) {
			int u = (int)random_below((uint64_t)t + 1), keep = start_order[t];
			start_order[t] = start_order[u];
			start_order[u] = keep;
		}
	if (launch->dynamic) memset(dynamic_base, 0xff, launch->dynamic);
	races_block(dynamic_base, launch->dynamic);
	int t = start_order[started++];
#if defined(__SANITIZE_ADDRESS__)
	main_bottom = nullptr;
	make_current(t);
	int stack = threads[t].stack = free_stacks[--free_count];
	threads[t].sp = first_switch(stack_bottom(stack) + STACK_BYTES, fiber);
	threads[t].status = READY;
	__asan_unpoison_memory_region(stack_bottom(stack), STACK_BYTES);
	__sanitizer_start_switch_fiber(&main_fake, stack_bottom(stack), STACK_BYTES);
	fakecuda_switch(&main_sp, threads[t].sp);
	__sanitizer_finish_switch_fiber(main_fake, nullptr, nullptr);
#else
	jump(&main_sp, t, -1);
#endif
}

#if defined(__SANITIZE_ADDRESS__)
// on_report keeps the kind of AddressSanitizer's report, which goes to
// standard error as a whole. The kernel goes on, and its launch fails when it ends.
void on_report(const char *report) {
	if (!running() || reported) return;
	reported = true;
	char where[256], what[512];
	place(where, sizeof where);
	const char *found = strstr(report, "AddressSanitizer: ");
	if (!found) found = report;
	describe((uintptr_t)__asan_get_report_address(), what, sizeof what);
	fail(CUDA_ERROR_ILLEGAL_ADDRESS, "%s: %.*s, %s %s", where, (int)strcspn(found, "\n"), found,
	     __asan_get_report_access_type() ? "a write to" : "a read of", what);
}
#endif
} // namespace

int run_launch(const Launch &l) {
	prepare_memory();
#if defined(__SANITIZE_ADDRESS__)
	__asan_set_error_report_callback(on_report);
	reported = false;
#endif
	launch = &l;
	stop_code = 0;
	gridDim = {l.grid[0], l.grid[1], l.grid[2]};
	blockDim = {l.block[0], l.block[1], l.block[2]};
	total = (int)(l.block[0] * l.block[1] * l.block[2]);
	for (int t = 0; t < total; t++) {
		unsigned i = (unsigned)t;
		coordinates[t] = {i % l.block[0], i / l.block[0] % l.block[1], i / l.block[0] / l.block[1]};
		start_order[t] = t;
	}
	// The end of the dynamic memory lies as near to the page that faults as
	// an alignment of 16 bytes allows.
	dynamic_base = dynamic_memory + PAGE + SHARED_PER_BLOCK - (l.dynamic + 15) / 16 * 16;
	random_state = state->shuffle ? state->shuffle + state->launches : 0;
	uint64_t blocks = (uint64_t)l.grid[0] * l.grid[1] * l.grid[2];
	// Shuffled blocks: a start and a stride that shares no factor with their number.
	uint64_t stride = 1, at = 0;
	if (random_state && blocks > 1) {
		at = random_below(blocks);
		for (stride = 1 + random_below(blocks); ; stride++) {
			uint64_t a = stride, b = blocks;
			while (b) { uint64_t r = a % b; a = b; b = r; }
			if (a == 1) break;
		}
	}
	runs_here = true;
	races_launch();
	for (uint64_t n = 0; n < blocks && stop_code == 0; n++) {
		blockIdx = {(unsigned)(at % l.grid[0]), (unsigned)(at / l.grid[0] % l.grid[1]), (unsigned)(at / l.grid[0] / l.grid[1])};
		run_block();
		state->blocks++;
		at = (at + stride) % blocks;
	}
	runs_here = false;
#if defined(__SANITIZE_ADDRESS__)
	if (reported && stop_code == 0) stop_code = CUDA_ERROR_ILLEGAL_ADDRESS;
#endif
	state->threads += blocks * (uint64_t)total;
	launch = nullptr;
	return stop_code;
}

bool running() { return runs_here; }

bool place(char *text, size_t size) {
	if (!runs_here) return false;
	snprintf(text, size, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u)", launch->kernel, blockIdx.x, blockIdx.y, blockIdx.z,
	         threadIdx.x, threadIdx.y, threadIdx.z);
	return true;
}

void *escape_stack() {
	static char stack[16 << 10] __attribute__((aligned(16)));
#if defined(__SANITIZE_ADDRESS__)
	__asan_unpoison_memory_region(stack, sizeof stack);
#endif
	return stack + sizeof stack - 64;
}

UNWATCHED void escape() {
	stop_code = escape_code;
	leave();
}

void stop_launch(int code, const char *format, ...) {
	char where[256], what[1024];
	place(where, sizeof where);
	va_list list;
	va_start(list, format);
	vsnprintf(what, sizeof what, format, list);
	va_end(list);
	escape_code = fail(code, "%s: %s", where, what);
	escape();
}

void fakecuda_shared(void *address, size_t bytes) {
	static_used += bytes;
	if (static_used + launch->dynamic > SHARED_PER_BLOCK)
		stop_launch(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "%zu bytes of static and %zu of dynamic shared memory, over %d", static_used,
		            launch->dynamic, SHARED_PER_BLOCK);
	memset(address, 0xff, bytes);
	races_shared(address, bytes);
}

void *fakecuda_dynamic() {
	if (!launch->dynamic) stop_launch(CUDA_ERROR_LAUNCH_FAILED, "it uses dynamic shared memory, of which the launch gave none");
	return dynamic_base;
}

int fakecuda_barrier(int kind, int predicate, const char *file, int line) {
	Thread &self = threads[current];
	if (at_barrier == 0) {
		barrier_kind = kind, barrier_file = file, barrier_line = line, barrier_sum = 0;
	} else if (line != barrier_line || kind != barrier_kind || (file != barrier_file && strcmp(file, barrier_file) != 0)) {
		stop_launch(CUDA_ERROR_LAUNCH_FAILED, "divergent: it waits in __syncthreads at %s:%d, others of its block at %s:%d", base_name(file), line,
		            base_name(barrier_file), barrier_line);
	}
	barrier_sum += predicate;
	self.file = file, self.line = line;
	self.status = AT_BARRIER;
	if (++at_barrier < total) {
		wait();
		return (int)threads[current].result;
	}
	int answer = 0;
	switch (kind) {
	case FAKECUDA_SYNC_COUNT: answer = barrier_sum; break;
	case FAKECUDA_SYNC_AND: answer = barrier_sum == total; break;
	case FAKECUDA_SYNC_OR: answer = barrier_sum != 0; break;
	}
	at_barrier = 0;
	races_barrier();
	for (int t = 0; t < total; t++) {
		threads[t].result = (uint64_t)answer;
		if (t != current) make_ready(t);
	}
	if (random_state) { // the last to come is not the first to go
		make_ready(current);
		wait();
	}
	self.status = READY;
	return answer;
}

// exchange gives every lane of the mask what its operation reads. The rules
// for lanes outside of a width are those of PTX's shfl.sync.
static void exchange(int first, unsigned mask, int kind) {
	uint64_t ballot = 0;
	if (kind == FAKECUDA_BALLOT)
		for (unsigned m = mask; m; m &= m - 1) ballot |= threads[first + __builtin_ctz(m)].value << __builtin_ctz(m);
	for (unsigned m = mask; m; m &= m - 1) {
		int lane = __builtin_ctz(m);
		Thread &t = threads[first + lane];
		int low = lane & ~(t.width - 1), high = low + t.width - 1, from = lane;
		switch (kind) {
		case FAKECUDA_SHFL: from = low | (t.argument & (t.width - 1)); break;
		case FAKECUDA_SHFL_UP: from = lane - t.argument < low ? lane : lane - t.argument; break;
		case FAKECUDA_SHFL_DOWN: from = lane + t.argument > high ? lane : lane + t.argument; break;
		case FAKECUDA_SHFL_XOR: from = (lane ^ t.argument) > high ? lane : lane ^ t.argument; break;
		case FAKECUDA_BALLOT: t.result = ballot; continue;
		case FAKECUDA_SYNCWARP: t.result = 0; continue;
		}
		if (!(mask >> (from & 31) & 1))
			stop_launch(CUDA_ERROR_LAUNCH_FAILED, "the shuffle at %s:%d reads lane %d, which its mask %08x lacks", base_name(t.file), t.line, from, mask);
		t.result = threads[first + from].value;
	}
}

uint64_t fakecuda_warp(int kind, unsigned mask, uint64_t value, int argument, int width, const char *file, int line) {
	int self = current, first = self / WARP * WARP, lane = self % WARP;
	int lanes = total - first < WARP ? total - first : WARP;
	Thread &me = threads[self];
	me.kind = kind, me.mask = mask, me.value = value, me.argument = argument, me.width = width, me.file = file, me.line = line;
	if (!(mask >> lane & 1))
		stop_launch(CUDA_ERROR_LAUNCH_FAILED, "the mask %08x of the warp operation at %s:%d lacks its own lane %d", mask, base_name(file), line, lane);
	if (lanes < WARP && mask >> lanes)
		stop_launch(CUDA_ERROR_LAUNCH_FAILED, "the mask %08x of the warp operation at %s:%d names lanes that a block of %d threads lacks", mask,
		            base_name(file), line, total);
	if (width < 1 || width > WARP || (width & (width - 1)))
		stop_launch(CUDA_ERROR_LAUNCH_FAILED, "the width %d of the shuffle at %s:%d is no power of two up to 32", width, base_name(file), line);
	unsigned &there = waiting[self / WARP];
	there |= 1u << lane;
	me.status = IN_WARP;
	if ((there & mask) != mask) {
		wait();
		return threads[self].result;
	}
	for (unsigned m = mask; m; m &= m - 1) {
		Thread &other = threads[first + __builtin_ctz(m)];
		if (other.mask != mask || other.kind != kind || other.line != line || (other.file != file && strcmp(other.file, file) != 0))
			stop_launch(CUDA_ERROR_LAUNCH_FAILED, "divergent: its warp operation at %s:%d with mask %08x meets lane %d's at %s:%d with mask %08x",
			            base_name(file), line, mask, __builtin_ctz(m), base_name(other.file), other.line, other.mask);
	}
	there &= ~mask;
	exchange(first, mask, kind);
	if (kind == FAKECUDA_SYNCWARP) races_warp(first, mask);
	for (unsigned m = mask; m; m &= m - 1)
		if (int t = first + __builtin_ctz(m); t != self) make_ready(t);
	if (random_state) {
		make_ready(self);
		wait();
	}
	threads[self].status = READY;
	return threads[self].result;
}
