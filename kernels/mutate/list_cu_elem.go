package main

// Memory, vectors, LayerNorm, GELU, dropout, groups and the optimiser in CUDA.
var cuMemory = kernelFile{"memory.cu", "Memory|TestManyElements", []edit{
	{"bound", "i < n;", "i < n - 1;"},
	{"bound", "i < n;", "i <= n;"},
	{"bound", "i = grid_at();", "i = grid_at() + 1;"},
	{"sign", "dst[i] = v;", "dst[i] = -v;"},
	{"stride", "i += grid_step()", "i += 2 * grid_step()"},
}}

var cuVector = kernelFile{"vector.cu", "Vectors|TestManyElements|TestLongSums", []edit{
	{"sign", "y[i] += bias[i % cols];", "y[i] -= bias[i % cols];"},
	{"stride", "bias[i % cols]", "bias[i / cols]"},
	{"bound", "i < rows * cols;", "i < rows * cols - 1;"},
	{"reduction", "y[i] += bias[i % cols];", "y[i] = bias[i % cols];"},
	{"stride", "i < rows * cols; i += grid_step()", "i < rows * cols; i += 2 * grid_step()"},

	{"sign", "y[i] += alpha * x[i];", "y[i] -= alpha * x[i];"},
	{"reduction", "y[i] += alpha * x[i];", "y[i] = alpha * x[i];"},
	{"bound", "i < n;", "i < n - 1;"},
	{"bound", "i < n;", "i <= n;"},
	{"stride", "i < n; i += grid_step()", "i < n; i += 2 * grid_step()"},

	{"bound", "last = min_i(first + per, rows);", "last = first + per;"},
	{"bound", "\tif (j >= cols) return;\n\tdouble sum = 0;", "\tif (j > cols) return;\n\tdouble sum = 0;"},
	{"sign", "sum += x[i * cols + j];", "sum -= x[i * cols + j];"},
	{"stride", "x[i * cols + j];", "x[i + j * rows];"},
	{"stride", "part[(i64)blockIdx.y * cols + j]", "part[(i64)blockIdx.y + j]"},

	{"bound", "\tif (j >= cols) return;\n\tdouble sum = dst[j];", "\tif (j > cols) return;\n\tdouble sum = dst[j];"},
	{"reduction", "double sum = dst[j];", "double sum = 0;"},
	{"bound", "for (i64 k = 0; k < chunks; k++)", "for (i64 k = 1; k < chunks; k++)"},
	{"stride", "part[k * cols + j];", "part[k + j];"},
	{"sign", "sum += part[", "sum -= part["},
}}

var cuNorm = kernelFile{"norm.cu", "LayerNorm|TestLongSums", []edit{
	{"sign", "(float)h + EPS);", "(float)h - EPS);"},
	{"reduction", "float mean = warp_sum(sum) / (float)h,", "float mean = sum / (float)h,"},
	{"sign", "float d = row[j] - mean;", "float d = row[j] + mean;"},
	{"reduction", "sqrtf(warp_sum(square)", "sqrtf(square"},
	{"sign", "* inv) + beta[j];", "* inv) - beta[j];"},
	{"bound", "j < h; j += WARP) y[n * h + j]", "j < h - 1; j += WARP) y[n * h + j]"},
	{"stride", "stats[2 * n + 1] = inv;", "stats[2 * n] = inv;"},

	{"sign", "gamma[j] - sum - hat * sum_hat);", "gamma[j] + sum - hat * sum_hat);"},
	{"sign", "gamma[j] - sum - hat * sum_hat);", "gamma[j] - sum + hat * sum_hat);"},
	{"reduction", "sum = warp_sum(sum) / (float)h;\n", "sum = sum / (float)h;\n"},
	{"reduction", "sum_hat = warp_sum(sum_hat) / (float)h;", "sum_hat = warp_sum(sum_hat);"},
	{"bound", "for (i64 j = lane_at(); j < h; j += WARP) {\n\t\t\tfloat g =", "for (i64 j = lane_at(); j < h - 1; j += WARP) {\n\t\t\tfloat g ="},

	{"bound", "last = min_i(first + per, rows);", "last = first + per;"},
	{"bound", "\tif (j >= h) return;\n\tdouble gamma = 0", "\tif (j > h) return;\n\tdouble gamma = 0"},
	{"sign", "gamma += d * ((x[n * h + j] - stats[2 * n])", "gamma += d * ((x[n * h + j] + stats[2 * n])"},
	{"reduction", "beta += d;", "beta = d;"},
	{"stride", "part[(i64)blockIdx.y * 2 * h + h + j] = beta;", "part[(i64)blockIdx.y * 2 * h + 2 * j] = beta;"},

	{"reduction", "double gamma = d_gamma[j],", "double gamma = 0,"},
	{"bound", "for (i64 k = 0; k < chunks; k++)", "for (i64 k = 1; k < chunks; k++)"},
	{"stride", "gamma += part[k * 2 * h + j];", "gamma += part[k * h + j];"},
	{"sign", "beta += part[", "beta -= part["},
	{"stride", "d_beta[j] = (float)beta;", "d_beta[j] = (float)gamma;"},
}}

var cuGELU = kernelFile{"gelu.cu", "GELU|TestManyElements", []edit{
	{"sign", "normal_cdf(x[i]);", "normal_cdf(-x[i]);"},
	{"bound", "i < n; i += grid_step()) y[i]", "i < n - 1; i += grid_step()) y[i]"},
	{"bound", "i < n; i += grid_step()) y[i]", "i <= n; i += grid_step()) y[i]"},
	{"stride", "i += grid_step()) y[i]", "i += 2 * grid_step()) y[i]"},
	{"guard", "y[i] = x[i] * normal_cdf(x[i]);", "y[i] = normal_cdf(x[i]);"},

	{"sign", "exp_f(-0.5f * v * v)", "exp_f(0.5f * v * v)"},
	{"sign", "normal_cdf(v) + v * density", "normal_cdf(v) - v * density"},
	{"guard", "dx[i] = dy[i] * (", "dx[i] = ("},
	{"bound", "i < n; i += grid_step()) {", "i < n - 1; i += grid_step()) {"},
	{"stride", "i < n; i += grid_step()) {", "i < n; i += 2 * grid_step()) {"},
	{"sign", "#define INV_SQRT_2PI 0.39", "#define INV_SQRT_2PI -0.39"},
}}

var cuDropout = kernelFile{"dropout.cu", "Dropout|TestManyElements", []edit{
	{"sign", "x += GOLDEN;", "x -= GOLDEN;"},
	{"bound", "(x ^ (x >> 30))", "(x ^ (x >> 31))"},
	{"bound", "draw >= rate", "draw > rate"},
	{"sign", "x[i] * scale", "x[i] * -scale"},
	{"bound", "i < n;", "i < n - 1;"},
	{"stride", "i += grid_step()", "i += 2 * grid_step()"},
	{"stride", "seed + (u64)i * GOLDEN", "seed + (u64)i"},
	{"bound", "GOLDEN) >> 40)", "GOLDEN) >> 41)"},
}}

var cuGroup = kernelFile{"group.cu", "GroupLogSoftmax|GroupExtremes|GroupAdd|TestValuesOutOfRange", []edit{
	{"bound", "count += group_of[j] == g;", "count += group_of[j] <= g;"},
	{"reduction", "start[g + 1] += start[g];", "start[g + 1] = start[g];"},
	{"guard", "start[0] = 0;", ""},
	{"stride", "order[at++] = (int)j;", "order[at] = (int)j;"},
	{"bound", "for (i64 j = 0; j < c; j++)\n\t\t\tif", "for (i64 j = 1; j < c; j++)\n\t\t\tif"},
	{"guard", "if (group_of[j] < 0 || group_of[j] >= groups) complain", "if (group_of[j] >= groups) complain"},
	{"barrier", "group_of[j]);\n\t__syncthreads();", "group_of[j]);"},
	{"barrier", "\t}\n\t__syncthreads();\n\tfor", "\t}\n\tfor"},

	{"sign", "- top - log_sum;", "- top + log_sum;"},
	{"guard", "top = warp_max(top);", "top = 0;"},
	{"reduction", "log_d(warp_sum(sum))", "log_d(sum)"},
	{"bound", "k < last; k += WARP) sum += exp_f", "k < last - 1; k += WARP) sum += exp_f"},
	{"stride", "y[n * c + order[k]] = x[n * c + order[k]]", "y[n * c + k] = x[n * c + order[k]]"},

	{"sign", "dx[i] = dy[i] - exp_f(y[i]) * sum;", "dx[i] = dy[i] + exp_f(y[i]) * sum;"},
	{"reduction", "\t\tsum = warp_sum(sum);\n", ""},
	{"bound", "k < last; k += WARP) sum += dy", "k < last - 1; k += WARP) sum += dy"},
	{"sign", "k += WARP) sum += dy", "k += WARP) sum -= dy"},
	{"stride", "i64 i = n * c + order[k];", "i64 i = n * c + k;"},

	{"stride", "g[i / c * groups + k]", "g[i / c + k]"},
	{"sign", "y[i] += g[", "y[i] -= g["},
	{"reduction", "y[i] += g[", "y[i] = g["},
	{"guard", "if (k < 0 || k >= groups) complain", "if (k < -1 || k >= groups) complain"},
	{"bound", "i < rows * c; i += grid_step()", "i < rows * c - 1; i += grid_step()"},

	{"reduction", "double sum = dg[i];", "double sum = 0;"},
	{"bound", "for (int k = start[g]; k", "for (int k = start[g] + 1; k"},
	{"sign", "sum += dy[n * c + order[k]];\n\t\tdg", "sum -= dy[n * c + order[k]];\n\t\tdg"},
	{"stride", "sum += dy[n * c + order[k]];\n\t\tdg", "sum += dy[n * c + k];\n\t\tdg"},
	{"bound", "i < rows * groups; i += grid_step()", "i < rows * groups - 1; i += grid_step()"},
}}

var cuOptimiser = kernelFile{"optimiser.cu", "SumSquares|AdamW|AdamWRows|TestValuesOutOfRange|TestManyElements", []edit{
	{"bound", "row >= limit", "row > limit"},
	{"order", "row <= rows[k - 1]", "row < rows[k - 1]"},
	{"stride", "return row * cols + i % cols;", "return row + i % cols * limit;"},

	{"guard", "(double)x[at] * x[at];", "(double)x[at];"},
	{"sign", "sum += (double)x[at]", "sum -= (double)x[at]"},
	{"reduction", "\tsum = block_sum(sum, scratch);\n\tif (threadIdx.x == 0) part", "\tif (threadIdx.x == 0) part"},
	{"bound", "if (at >= 0) sum", "if (at > 0) sum"},
	{"stride", "part[blockIdx.x] = sum;", "part[0] = sum;"},
	{"reduction", "sum += (double)x[at]", "sum = (double)x[at]"},

	{"reduction", "dst[0] += sum;", "dst[0] = sum;"},
	{"bound", "i = threadIdx.x; i < parts", "i = threadIdx.x + 1; i < parts"},
	{"reduction", "sum += part[i];", "sum = part[i];"},
	{"reduction", "\tsum = block_sum(sum, scratch);\n\tif (threadIdx.x == 0) dst", "\tif (threadIdx.x == 0) dst"},
	{"sign", "sum += part[i];", "sum -= part[i];"},

	{"sign", "w - lr * (", "w + lr * ("},
	{"sign", "+ decay * w", "- decay * w"},
	{"guard", "scale = s < 1 ? (float)s : 1.0f;", "scale = (float)s;"},
	{"reduction", "(1 - beta2) * d * d;", "(1 - beta2) * d;"},
	{"guard", "m1 / debias1", "m1"},
	{"sign", "beta1 * m[at] +", "beta1 * m[at] -"},
	{"guard", "g[at] = 0;", ""},
	{"stride", "m[at] = m1;", "m[i] = m1;"},
	{"bound", "if (at < 0) continue;", "if (at <= 0) continue;"},
	{"guard", "if (norm_sq[0] != norm_sq[0]) scale = (float)norm_sq[0];", ""},
}}
