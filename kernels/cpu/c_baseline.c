// Level "baseline": what every processor of the architecture runs (SSE2 on x86-64).
#define LEVEL_BASELINE
#include "c_table.h"

const struct kernels *kernels_baseline(void) { return &table; }
