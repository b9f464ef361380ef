#include "memory.h"

#include <algorithm>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <vector>

#include "block.h"
#include "cuda.h"
#include "races.h"
#include "state.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace {
const size_t PAGE = 4096, ALIGN = 16, FRONT = 64, RESERVED = (size_t)1 << 36;

// slack is what lies between the end of an allocation and its page's, and in the
// FRONT bytes before it, NaN as a float: an access there does not fault.
unsigned char slack(uintptr_t address) { return address % 4 == 3 ? 0xff : 0xa5; }

struct Allocation {
	uintptr_t base;
	size_t bytes;
	size_t index; // of all allocations, from 1
	Context *context;
	bool live;
	size_t front; // bytes of slack before it
};

// Addresses are given out in rising order and not again, so the list is sorted.
std::vector<Allocation> allocations;
std::vector<size_t> alive; // those not yet freed
uintptr_t reserved, next_address;

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

Allocation *before(uintptr_t address) { // the last that starts at or before address
	auto after = std::upper_bound(allocations.begin(), allocations.end(), address, [](uintptr_t a, const Allocation &x) { return a < x.base; });
	return after == allocations.begin() ? nullptr : &*(after - 1);
}

Allocation *around(uintptr_t address) {
	Allocation *a = before(address);
	return a && address < a->base + std::max<size_t>(a->bytes, 1) ? a : nullptr;
}

struct sigaction previous[NSIG];

const int CAUGHT[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

void on_fault(int signal, siginfo_t *info, void *context) {
	char where[256], what[512];
	if (!place(where, sizeof where)) {
		struct sigaction &old = previous[signal];
		if (old.sa_flags & SA_SIGINFO) {
			old.sa_sigaction(signal, info, context);
		} else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
			old.sa_handler(signal);
		} else {
			sigaction(signal, &old, nullptr); // it faults again, and dies
		}
		return;
	}
	mcontext_t &machine = ((ucontext_t *)context)->uc_mcontext;
	uintptr_t address = (uintptr_t)info->si_addr;
	switch (signal) {
	case SIGSEGV:
	case SIGBUS: {
		describe(address, what, sizeof what);
		const char *access = "an access to";
#if defined(__x86_64__)
		access = machine.gregs[REG_ERR] & 2 ? "a write to" : "a read of";
#endif
		escape_code = fail(CUDA_ERROR_ILLEGAL_ADDRESS, "%s: %s %s", where, access, what);
		break;
	}
	case SIGFPE:
		escape_code = fail(CUDA_ERROR_LAUNCH_FAILED, "%s: an integer division by zero", where);
		break;
	default:
		escape_code = fail(CUDA_ERROR_ILLEGAL_INSTRUCTION, "%s: a trap", where);
	}
#if defined(__x86_64__)
	machine.gregs[REG_RIP] = (greg_t)(uintptr_t)escape;
	machine.gregs[REG_RSP] = (greg_t)(uintptr_t)escape_stack() - 8; // as after a call
#else
	machine.pc = (uintptr_t)escape;
	machine.sp = (uintptr_t)escape_stack();
#endif
}
} // namespace

void catch_faults() {
	for (int signal : CAUGHT) {
		struct sigaction now;
		sigaction(signal, nullptr, &now);
		if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fault) continue;
		previous[signal] = now;
		struct sigaction ours = {};
		ours.sa_sigaction = on_fault;
		ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
		ours.sa_mask = now.sa_mask;
		sigaction(signal, &ours, nullptr);
	}
}

uintptr_t allocate(size_t bytes, Context *context) {
	if (!reserved) {
		void *p = mmap(nullptr, RESERVED, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED) return 0;
		reserved = (uintptr_t)p;
		next_address = reserved + PAGE;
		races_arena(reserved, RESERVED);
	}
	size_t pages = round_up(std::max(bytes, ALIGN), PAGE);
	if (next_address + pages + PAGE > reserved + RESERVED) return 0;
	char *start = (char *)next_address;
	if (mprotect(start, pages, PROT_READ | PROT_WRITE) != 0) return 0;
	next_address += pages + PAGE;
	size_t taken = round_up(bytes, ALIGN);
	uintptr_t base = (uintptr_t)start + pages - taken;
	memset((void *)base, 0xff, bytes);
	size_t front = std::min(FRONT, pages - taken);
	for (uintptr_t a = base - front; a < base; a++) *(unsigned char *)a = slack(a);
	for (uintptr_t a = base + bytes; a < base + taken; a++) *(unsigned char *)a = slack(a);
#if defined(__SANITIZE_ADDRESS__)
	__asan_poison_memory_region(start, pages - taken);
	__asan_poison_memory_region((void *)(base + bytes), taken - bytes);
#endif
	allocations.push_back({base, bytes, allocations.size() + 1, context, true, front});
	alive.push_back(allocations.size() - 1);
	state->allocations++;
	state->live++;
	state->live_bytes += bytes;
	state->peak_bytes = std::max(state->peak_bytes, state->live_bytes);
	races_forbid(base - front, front);
	races_forbid(base + bytes, taken - bytes);
	return base;
}

static void drop(Allocation &a) {
	a.live = false;
	uintptr_t start = a.base / PAGE * PAGE, end = round_up(a.base + std::max(a.bytes, ALIGN), PAGE);
#if defined(__SANITIZE_ADDRESS__)
	__asan_unpoison_memory_region((void *)start, end - start);
#endif
	madvise((void *)start, end - start, MADV_DONTNEED);
	mprotect((void *)start, end - start, PROT_NONE);
	state->live--;
	state->live_bytes -= a.bytes;
	size_t index = (size_t)(&a - allocations.data());
	alive.erase(std::find(alive.begin(), alive.end(), index));
}

bool release(uintptr_t address, Context *context) {
	Allocation *a = before(address);
	char what[512];
	if (!a || a->base != address || !a->live || a->context != context) {
		if (a && a->base == address && a->live)
			snprintf(what, sizeof what, "0x%zx is memory of another context", (size_t)address);
		else
			describe(address, what, sizeof what);
		fail(CUDA_ERROR_INVALID_VALUE, "cuMemFree: %s", what);
		return false;
	}
	drop(*a);
	state->frees++;
	return true;
}

void release_all(Context *context) {
	for (Allocation &a : allocations)
		if (a.live && a.context == context) {
			state->leaked++;
			state->leaked_bytes += a.bytes;
			drop(a);
		}
}

bool in_device(uintptr_t address) { return reserved && address >= reserved && address < reserved + RESERVED; }

bool range(uintptr_t address, uintptr_t *base, size_t *bytes) {
	Allocation *a = around(address);
	if (!a || !a->live) return false;
	*base = a->base, *bytes = a->bytes;
	return true;
}

bool covers(uintptr_t address, size_t bytes, Context *context, char *why, size_t size) {
	Allocation *a = before(address);
	if (a && a->live && address <= a->base + a->bytes && bytes <= a->base + a->bytes - address) {
		if (a->context == context) return true;
		snprintf(why, size, "0x%zx is memory of another context", (size_t)address);
		return false;
	}
	char what[256];
	describe(address, what, sizeof what);
	if (a && a->live && address <= a->base + a->bytes)
		snprintf(why, size, "%zu bytes from %s", bytes, what);
	else
		snprintf(why, size, "%s", what);
	return false;
}

void describe(uintptr_t address, char *text, size_t size) {
	if (!in_device(address)) {
		snprintf(text, size, "0x%zx, which is no device memory", (size_t)address);
		return;
	}
	Allocation *a = before(address);
	if (a && address < a->base + a->bytes) {
		snprintf(text, size, "0x%zx, byte %zu of the %zu of allocation %zu%s", (size_t)address, (size_t)(address - a->base), a->bytes, a->index,
		         a->live ? "" : ", which was freed");
		return;
	}
	Allocation *after = a ? a + 1 : allocations.data();
	bool has_after = (size_t)(after - allocations.data()) < allocations.size();
	if (has_after && (!a || after->base - address < address - (a->base + a->bytes))) {
		snprintf(text, size, "0x%zx, %zu bytes before allocation %zu of %zu bytes%s", (size_t)address, (size_t)(after->base - address), after->index,
		         after->bytes, after->live ? "" : ", which was freed");
		return;
	}
	if (a)
		snprintf(text, size, "0x%zx, %zu bytes past the end of allocation %zu of %zu bytes%s", (size_t)address,
		         (size_t)(address - (a->base + a->bytes)), a->index, a->bytes, a->live ? "" : ", which was freed");
	else
		snprintf(text, size, "0x%zx, which was never allocated", (size_t)address);
}

#if !defined(__SANITIZE_ADDRESS__)
// changed describes the first byte of slack that was written, and mends it.
static bool changed(uintptr_t from, uintptr_t to, char *text, size_t size) {
	for (uintptr_t p = from; p < to; p++)
		if (*(unsigned char *)p != slack(p)) {
			describe(p, text, size);
			for (; p < to; p++) *(unsigned char *)p = slack(p);
			return true;
		}
	return false;
}
#endif

bool overrun(char *text, size_t size) {
#if !defined(__SANITIZE_ADDRESS__)
	for (size_t index : alive) {
		const Allocation &a = allocations[index];
		if (changed(a.base - a.front, a.base, text, size)) return true;
		if (changed(a.base + a.bytes, a.base + round_up(a.bytes, ALIGN), text, size)) return true;
	}
#endif
	(void)text, (void)size;
	return false;
}
