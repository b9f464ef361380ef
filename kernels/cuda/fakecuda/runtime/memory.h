// Device memory: every allocation ends just before a page that faults, holds
// NaN until it is written, and faults after it was freed.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct Context;

// allocate gives memory of a context, aligned to 16 bytes, or 0.
uintptr_t allocate(size_t bytes, Context *context);

// release takes it back; false, with fail's message set, when address is not the start of a
// live allocation of the context.
bool release(uintptr_t address, Context *context);

// covers is true when [address, address+bytes) lies in one live allocation of
// the context; else *why says what is there.
bool covers(uintptr_t address, size_t bytes, Context *context, char *why, size_t size);

// range finds the live allocation around an address.
bool range(uintptr_t address, uintptr_t *base, size_t *bytes);

// in_device is true for any address that was ever given out, or could be.
bool in_device(uintptr_t address);

// describe says what an address is: how far into or behind which allocation.
void describe(uintptr_t address, char *text, size_t size);

// overrun looks at the bytes between the end of each allocation and its
// page's end, and at those before it, and describes the first that was
// written, then restores them.
bool overrun(char *text, size_t size);

// release_all frees what a context still holds, and counts it as leaked.
void release_all(Context *context);

// catch_faults has faults of kernels end their launch with a message. Other
// faults go to whoever handled them before.
void catch_faults();
