// What a checked build watches: every access of a kernel to device and shared
// memory, for races between threads. Other builds watch nothing.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef FAKECUDA_CHECKED
void races_launch();
void races_block(void *dynamic, size_t bytes);
void races_shared(void *address, size_t bytes);
void races_barrier();
void races_warp(int first, unsigned mask);
void races_allocated(uintptr_t address, size_t bytes);
void races_freed(uintptr_t address, size_t bytes);
#else
static inline void races_launch() {}
static inline void races_block(void *, size_t) {}
static inline void races_shared(void *, size_t) {}
static inline void races_barrier() {}
static inline void races_warp(int, unsigned) {}
static inline void races_allocated(uintptr_t, size_t) {}
static inline void races_freed(uintptr_t, size_t) {}
#endif
