// The kernels of some flavours are compiled with -fsanitize=undefined, which calls a function here where C++ defines no result; its own library is not
// linked. The first field of what each is told is the place.
#if defined(FAKECUDA_CHECKED) || defined(__SANITIZE_ADDRESS__)
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "cuda.h"

struct Place {
	const char *file;
	uint32_t line, column;
};

static void undefined(const void *data, const char *what) {
	const Place *p = (const Place *)data;
	const char *slash = p->file ? strrchr(p->file, '/') : nullptr;
	const char *file = slash ? slash + 1 : p->file ? p->file : "?";
	if (running()) stop_launch(CUDA_ERROR_ILLEGAL_INSTRUCTION, "%s at %s:%u:%u", what, file, p->line, p->column);
	fprintf(stderr, "fake CUDA driver: %s at %s:%u:%u\n", what, file, p->line, p->column);
	abort();
}

#define HANDLE(name, what) \
	extern "C" void __ubsan_handle_##name(const void *data) { undefined(data, what); }

HANDLE(add_overflow, "an addition overflows")
HANDLE(sub_overflow, "a subtraction overflows")
HANDLE(mul_overflow, "a multiplication overflows")
HANDLE(negate_overflow, "a negation overflows")
HANDLE(divrem_overflow, "an integer division by zero, or one that overflows")
HANDLE(shift_out_of_bounds, "a shift by too many bits, or of a negative number")
HANDLE(out_of_bounds, "an index outside of its array")
HANDLE(type_mismatch_v1, "a pointer that is null, misaligned, or leaves its object")
HANDLE(load_invalid_value, "a bool or enum that holds no value of its type")
HANDLE(float_cast_overflow, "a floating-point number that its integer type cannot hold")
HANDLE(pointer_overflow, "an address that wraps around")
HANDLE(builtin_unreachable, "an unreachable place was reached")
HANDLE(missing_return, "a function without its return")
HANDLE(vla_bound_not_positive, "an array of no positive length")
HANDLE(invalid_builtin, "a builtin whose argument may not be 0")
HANDLE(nonnull_arg, "a null pointer where none may be")
#endif
