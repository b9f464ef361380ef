package main

// What the CUDA kernels share. builtins.cuh is left out: on the CPU, where the
// suite runs, another header takes its place.
var cuMath = kernelFile{"math.cuh", "GELU|LossExtremes|Loss|SumSquares|Cosine|CRFEnumeration|CRFUnderflow|TestManyElements|TestValuesOutOfRange", []edit{
	{"sign", "4.1665795894e-2f", "-4.1665795894e-2f"},
	{"bound", "if (x < -104.0f) return 0;", "if (x < -10.0f) return 0;"},
	{"guard", "if (x < -104.0f) return 0;", ""},
	{"sign", "+ (float)n * 2.12194440e-4f;", "- (float)n * 2.12194440e-4f;"},
	{"bound", "(unsigned)(n + 127) << 23", "(unsigned)(n + 126) << 23"},
	{"bound", "for (int k = 13; k >= 1; k--)", "for (int k = 3; k >= 1; k--)"},
	{"sign", "(x - n * LN2_HIGH)", "(x + n * LN2_HIGH)"},
	{"sign", "return p * x;", "return p * -x;"},
	{"bound", "for (int k = 14; k >= 2; k--)", "for (int k = 14; k >= 3; k--)"},
	{"sign", "return 2 * s * (1 + p);", "return 2 * s * (1 - p);"},
	{"bound", "n += (int)(u.i >> 52) - 1022;", "n += (int)(u.i >> 52) - 1023;"},
	{"sign", "return log_ratio(x / (2 + x));", "return log_ratio(x / (2 - x));"},
	{"sign", "p = p * t + 0.27886807f;", "p = p * t - 0.27886807f;"},
	{"sign", "return x < 0 ? tail : 1 - tail;", "return x < 0 ? 1 - tail : tail;"},
	{"reduction", "DEVICE float warp_sum(float v) {\n\tfor (int l = WARP / 2;", "DEVICE float warp_sum(float v) {\n\tfor (int l = WARP / 4;"},
	{"reduction", "DEVICE double warp_sum(double v) {\n\tfor (int l = WARP / 2;", "DEVICE double warp_sum(double v) {\n\tfor (int l = WARP / 4;"},
	{"reduction", "DEVICE float warp_max(float v) {\n\tfor (int l = WARP / 2;", "DEVICE float warp_max(float v) {\n\tfor (int l = WARP / 4;"},
	{"bound", "for (int w = 0; w < warps; w++) total", "for (int w = 1; w < warps; w++) total"},
	{"sign", "scratch[w] > top ? scratch[w] : top;", "scratch[w] < top ? scratch[w] : top;"},
	{"stride", "return (i64)gridDim.x * blockDim.x;", "return 2 * (i64)gridDim.x * blockDim.x;"},
	{"stride", "return grid_step() / WARP;", "return 2 * (grid_step() / WARP);"},
	{"stride", "(u64)operation << 32", "(u64)operation << 31"},
	{"barrier", "= v;\n\t__syncthreads();\n\tT total", "= v;\n\tT total"},
	{"barrier", "total += scratch[w];\n\t__syncthreads();", "total += scratch[w];"},
	{"barrier", "= v;\n\t__syncthreads();\n\tT top", "= v;\n\tT top"},
	{"barrier", "scratch[w] : top;\n\t__syncthreads();", "scratch[w] : top;"},
}}
