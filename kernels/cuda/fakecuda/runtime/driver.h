// What the files that hold the driver's calls share. Work is done when it is asked
// for, whatever the stream. An error of a kernel is answered by the next
// call, as asynchronous errors are, and by every call after it until the
// context is destroyed.
#pragma once
#include <cuda.h>
#include <mutex>
#include <set>
#include <time.h>
#include <vector>

#include "module.h"
#include "state.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

struct Context {
	int broken = 0; // CUresult of the kernel that failed
	unsigned flags = 0;
	std::set<Module *> modules;
	std::set<Function *> functions;
};

struct Module {
	Context *context;
	std::vector<Entry> entries;
};

struct CUstream_st {
	Context *context;
	unsigned flags;
	int priority;
};

struct CUevent_st {
	Context *context;
	unsigned flags;
	bool recorded;
	struct timespec at;
};

const size_t TOTAL_MEMORY = (size_t)16 << 30;
const int CAPABILITY = 75; // Turing: the oldest chip that the kernels are for

extern std::recursive_mutex driver_lock;
extern std::set<CUstream> streams;
extern std::set<CUevent> events;

// entered answers the context that is current, or the error of a call without one.
int entered(const char *call, Context **context);

// ENTER is what every call that needs a context begins with.
#define ENTER(call)                                                \
	std::lock_guard<std::recursive_mutex> guard(driver_lock);  \
	Context *context = nullptr;                                \
	if (int code = entered(call, &context)) return (CUresult)code

static inline CUresult bad(int code) { return (CUresult)code; }

// A stream of null is the default one, which always exists.
int check_stream(const char *call, CUstream stream, Context *context);

// unload deletes a module and its functions.
void unload(Module *module);
