// What the checked flavour watches: every access of a kernel to device and
// shared memory. Two threads race when they access the same bytes, one of
// them writes, not both atomically, and no barrier of their block lies
// between; threads of two blocks of a launch always do. Reading what nobody wrote is an
// error too. The other flavours watch nothing.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef FAKECUDA_CHECKED
// The arena of device memory begins at base.
void races_arena(uintptr_t base, size_t bytes);
void races_launch();
void races_block(void *dynamic, size_t bytes);
void races_shared(void *address, size_t bytes);
void races_barrier();
void races_warp(int first, unsigned mask);
void races_forbid(uintptr_t address, size_t bytes); // beyond an allocation's end
void races_written(uintptr_t address, size_t bytes); // by the host
#else
static inline void races_arena(uintptr_t, size_t) {}
static inline void races_launch() {}
static inline void races_block(void *, size_t) {}
static inline void races_shared(void *, size_t) {}
static inline void races_barrier() {}
static inline void races_warp(int, unsigned) {}
static inline void races_forbid(uintptr_t, size_t) {}
static inline void races_written(uintptr_t, size_t) {}
#endif
