// Running the blocks of a launch, one after the other.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct Launch {
	const char *kernel;
	void (*invoke)(void **arguments);
	void **arguments;
	unsigned grid[3], block[3];
	size_t dynamic; // bytes of dynamic shared memory
};

enum { THREADS_PER_BLOCK = 1024, SHARED_PER_BLOCK = 48 * 1024 };

// run_launch runs all threads and answers a CUresult.
int run_launch(const Launch &launch);

// place writes "kernel K, block (x,y,z), thread (x,y,z)" for the thread that
// runs now, and false when none runs.
bool place(char *text, size_t size);

// stop_launch ends the launch that runs with code and a message, which place
// precedes. It does not return. Called by a kernel's thread only.
[[noreturn]] void stop_launch(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

// running is true on the OS thread that runs a launch, between its first
// thread's start and its last one's end.
bool running();

// running_thread numbers the thread that runs within its block.
extern int running_thread;

// escape is where a signal handler may continue instead of in a kernel's
// thread that can't go on, with the stack pointer that it gives; the launch ends with the given code.
// message has been set with fail.
void *escape_stack();
[[noreturn]] void escape();
extern int escape_code;
