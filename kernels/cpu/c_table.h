// The table of kernels of one instruction level: included once by each
// c_LEVEL.c, which defines LEVEL_X and sets the compiler's target before.
#include "c_cosine.h"
#include "c_crf_group.h"
#include "c_elem.h"
#include "c_gemm.h"
#include "c_kernels.h"
#include "c_known.h"
#include "c_loss.h"
#include "c_peak.h"
#include "c_rows.h"
#include "c_viterbi.h"

#define KERNEL_ENTRY(result, name, parameters, arguments) .name = name,
static const struct kernels table = {.panel = NR, .tile = MR, .lanes = VW, KERNELS(KERNEL_ENTRY)};
