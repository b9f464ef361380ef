package main

// cVector is the mutations of what all levels share of the vectors.
var cVector = []mutation{
	{"kernels/cpu/c_vector.h", "bound", "{ return left >= VW ? load(p) : load_n(p, left); }", "{ return left >= 0 ? load(p) : load_n(p, left); }"},
	{"kernels/cpu/c_vector.h", "bound", "\tif (left >= VW) store(p, v);\n\telse store_n(p, v, left);", "\t(void)left;\n\tstore(p, v);"},
	{"kernels/cpu/c_vector.h", "reduction", "*high = widen(part[1]);", "*high = widen(part[0]);"},
	{"kernels/cpu/c_vector.h", "bound", "return a < b ? a : b; }", "return a < b ? b : a; }"},
	{"kernels/cpu/c_vector.h", "sign", "INLINE vf set1(float x) { return x - (vf){0}; }", "INLINE vf set1(float x) { return (vf){0} - x; }"},
}

// cVector512 is the mutations inside #if defined(LEVEL_AVX512).
var cVector512 = []mutation{
	{"kernels/cpu/c_vector.h", "reduction", "_mm512_reduce_add_ps((__m512)v)", "_mm512_mask_reduce_add_ps(0x7fff, (__m512)v)"},
	{"kernels/cpu/c_vector.h", "reduction", "_mm512_reduce_max_ps((__m512)v)", "_mm512_mask_reduce_max_ps(0x7fff, (__m512)v)"},
	{"kernels/cpu/c_vector.h", "bound", "return (__mmask16)((1u << n) - 1u);", "return (__mmask16)(((1u << n) - 1u) >> 1);"},
	{"kernels/cpu/c_vector.h", "order", "_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ)", "_mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LE_OQ)"},
	{"kernels/cpu/c_chain.h", "stride", "_mm512_maskz_compress_ps((__mmask16)~m, v)", "_mm512_maskz_compress_ps(m, v)"},
	{"kernels/cpu/c_chain.h", "stride", "_mm512_mask_expand_ps(v, (__mmask16)~m,", "_mm512_mask_expand_ps(v, m,"},
}

// cKernels is the mutations of the C kernels.
var cKernels = []mutation{
	{"kernels/cpu/c_math.h", "sign", "set1(4.1665795894e-2f)", "set1(-4.1665795894e-2f)"},
	{"kernels/cpu/c_math.h", "bound", "vi exponent = (vi)shifted << 23;", "vi exponent = (vi)shifted << 22;"},
	{"kernels/cpu/c_math.h", "sign", "y = fma_v(n, set1(0.693359375f), y);", "y = fma_v(n, set1(-0.693359375f), y);"},
	{"kernels/cpu/c_math.h", "sign", "2 * (s + s * z * p);", "2 * (s - s * z * p);"},
	{"kernels/cpu/c_math.h", "sign", "2 * (s + s * z * p) + (x - x)", "2 * (s - s * z * p) + (x - x)"},
	{"kernels/cpu/c_math.h", "bound", "(4503599627370496.0 + (double)bias)", "(4503599627370497.0 + (double)bias)"},
	{"kernels/cpu/c_math.h", "sign", "less_select(x, set_zero(), tail, set1(1.0f) - tail)", "less_select(x, set_zero(), set1(1.0f) - tail, tail)"},

	{"kernels/cpu/c_elem.h", "sign", "vf a = set1(alpha);", "vf a = set1(-alpha);"},
	{"kernels/cpu/c_elem.h", "bound", "for (long r = 0; r < rows; r++) s += load_to(x + r * c + j, c - j);", "for (long r = 1; r < rows; r++) s += load_to(x + r * c + j, c - j);"},
	{"kernels/cpu/c_elem.h", "reduction", "return hsum_d(s + t);", "return hsum_d(s);"},
	{"kernels/cpu/c_elem.h", "bound", "(vs)(z >> 40) >= (vs)", "(vs)(z >> 40) > (vs)"},
	{"kernels/cpu/c_elem.h", "stride", "high += VW * golden;", "high += HW * golden;"},
	{"kernels/cpu/c_elem.h", "sign", "w - set1(lr) * move", "w + set1(lr) * move"},
	{"kernels/cpu/c_elem.h", "guard", "store_to(g + i, set_zero(), left);", ""},
	{"kernels/cpu/c_elem.h", "bound", "if (ids[f] >= 0) s +=", "if (ids[f] > 0) s +="},
	{"kernels/cpu/c_elem.h", "stride", "x + i / width * h", "x + i % width * h"},
	{"kernels/cpu/c_elem.h", "sign", "fma_v(v * norm, density, p)", "fma_v(-v * norm, density, p)"},

	{"kernels/cpu/c_gemm.h", "stride", "x[v] = load(b + v * VW);", "x[v] = load(b);"},
	{"kernels/cpu/c_gemm.h", "sign", "store(out, accumulate ? load(out) + s[r][v] : s[r][v]);", "store(out, accumulate ? load(out) - s[r][v] : s[r][v]);"},
	{"kernels/cpu/c_gemm.h", "bound", "for (; l < k; l++)\n\t\t\tfor (long r = 0; r < 4; r++) dst", "for (; l + 1 < k; l++)\n\t\t\tfor (long r = 0; r < 4; r++) dst"},
	{"kernels/cpu/c_gemm.h", "bound", "at = i1 - MR;", "at = i1 - MR + 1;"},
	{"kernels/cpu/c_gemm.h", "reduction", "end, N, have, accumulate || k > 0,", "end, N, have, accumulate,"},
	{"kernels/cpu/c_gemm.h", "reduction", "i1, N, have, accumulate || k > 0,", "i1, N, have, accumulate,"},
	{"kernels/cpu/c_gemm.h", "barrier", "if (r < skip) continue;", ""},
	{"kernels/cpu/c_gemm.h", "reduction", "for (long l = 0; l < k; l++) {\n\t\tvf x[2];", "for (long l = 1; l < k; l++) {\n\t\tvf x[2];"},

	{"kernels/cpu/c_rows.h", "sign", "- set1(mean) - set1(rest))", "+ set1(mean) - set1(rest))"},
	{"kernels/cpu/c_rows.h", "sign", "inv * (g - a - hat * b)", "inv * (g - a + hat * b)"},
	{"kernels/cpu/c_rows.h", "reduction", "dg[k] += sum[k]", "dg[k] = sum[k]"},
	{"kernels/cpu/c_rows.h", "bound", "for (long j = VW; j < n; j += VW) m = max_v(m, load_fill(x", "for (long j = 2 * VW; j < n; j += VW) m = max_v(m, load_fill(x"},
	{"kernels/cpu/c_rows.h", "guard", "(1 / (norm > least ? norm : least))", "(1 / norm)"},
	{"kernels/cpu/c_rows.h", "guard", "if (!(inv[r] < clamped)) continue;", "(void)clamped;"},
	{"kernels/cpu/c_rows.h", "sign", "set1((float)-f)", "set1((float)f)"},

	{"kernels/cpu/c_cosine.h", "sign", "fixed ? 0 : -along", "fixed ? 0 : along"},
	{"kernels/cpu/c_cosine.h", "guard", "int fixed = !(inv[r] < clamped);", "int fixed = 0;\n\t\t(void)clamped;"},
	{"kernels/cpu/c_cosine.h", "reduction", "total += along;", "total = along;"},
	{"kernels/cpu/c_cosine.h", "reduction", "c, d, have, i > 0,", "c, d, have, 0,"},
	{"kernels/cpu/c_cosine.h", "stride", "dx += COSINE_BLOCK * d, inv += COSINE_BLOCK)", "dx += COSINE_BLOCK * d)"},

	{"kernels/cpu/c_loss.h", "sign", "total = rest + e, zero", "total = rest - e, zero"},
	{"kernels/cpu/c_loss.h", "sign", "slope = q * q + 2 * p * q * nll;", "slope = q * q - 2 * p * q * nll;"},
	{"kernels/cpu/c_loss.h", "reduction", "hsum_d(sums[1]) * inv_w", "hsum_d(sums[1]) * inv_v"},
	{"kernels/cpu/c_loss.h", "bound", "long y = r < block ? labels[r] : -1;", "long y = labels[r];"},
	{"kernels/cpu/c_loss.h", "stride", "keep += c - y;", "keep += c - y - 1;"},

	{"kernels/cpu/c_chain.h", "reduction", "exp_v(x - set1(top)))", "exp_v(x))"},
	{"kernels/cpu/c_chain.h", "guard", "return top < least ? 0 : top;", "(void)least;\n\treturn top;"},
	{"kernels/cpu/c_chain.h", "bound", "if (legal_from[j] > SPARSE || 4 * legal_from[j] > c) perm[dense++]", "if (legal_from[j] > SPARSE) perm[dense++]"},
	{"kernels/cpu/c_chain.h", "stride", "out[j] = row[perm[j]];", "out[j] = row[j];"},
	{"kernels/cpu/c_chain.h", "stride", "into[j * stride + i] = v;", "into[i * stride + j] = v;"},
	{"kernels/cpu/c_chain.h", "order", "-(float)perm[i]", "(float)perm[i]"},
	{"kernels/cpu/c_chain.h", "reduction", "exp_v(load_to(p, run[1] - l) - set1(top))", "exp_v(load_to(p, run[1] - l))"},

	{"kernels/cpu/c_chain.h", "guard", "#define LEAST_MASS 1e-28f", "#define LEAST_MASS 0.0f"},

	{"kernels/cpu/c_chain_step.h", "bound", "vectors / panels + (p < vectors % panels)", "vectors / panels + (p < vectors % panels - 1)"},
	{"kernels/cpu/c_chain_step.h", "stride", "dst[j] = from[j * column];", "dst[j] = from[j];"},
	{"kernels/cpu/c_chain_step.h", "reduction", "fma_v(f, x[v], s[r][v])", "fma_v(f, x[v], s[0][v])"},
	{"kernels/cpu/c_chain_step.h", "stride", "out[r * stride + j] = dot(in + r * stride, packed, padded);", "out[r * stride + j] = dot(in, packed, padded);"},

	{"kernels/cpu/c_crf.h", "guard", "#define LEAST_SCALE 1e-30f", "#define LEAST_SCALE 1e3f"},
	{"kernels/cpu/c_crf.h", "guard", "#define MOST_BETA 1e25f", "#define MOST_BETA __builtin_inff()"},
	{"kernels/cpu/c_crf.h", "sign", "vf v = set1(sign) * load_to(alpha", "vf v = set1(-sign) * load_to(alpha"},

	{"kernels/cpu/c_crf_group.h", "bound", "(double)s->top * (double)(length - 1)", "(double)s->top * (double)length"},
	{"kernels/cpu/c_crf_group.h", "guard", "doc->mass &= !lost;", ""},
	{"kernels/cpu/c_crf_group.h", "bound", "while (group[running - 1].length <= t) running--;", "while (group[running - 1].length < t) running--;"},
	{"kernels/cpu/c_crf_group.h", "sign", "+ log_d(f);", "- log_d(f);"},
	{"kernels/cpu/c_crf_group.h", "reduction", "load(e + j) * (v * set1(k))", "load(e + j) * (v * set1(g))"},
	{"kernels/cpu/c_crf_group.h", "stride", "panels + j * K + k * width + i", "panels + j * K + k * NR + i"},
	{"kernels/cpu/c_crf_group.h", "stride", "x_tails[j * steps + at] = to[dense - tail + j];", "x_tails[j * steps + at] = to[dense - tail];"},
	{"kernels/cpu/c_crf_group.h", "bound", "first = t == border ? t : border + 1;", "first = border;"},
	{"kernels/cpu/c_crf_group.h", "reduction", "c, dense - tail, steps, added);", "c, dense - tail, steps, 0);"},
	{"kernels/cpu/c_crf_group.h", "barrier", "flush_pairs(pairs, block, n_pairs);\n", "\n"},
	{"kernels/cpu/c_crf_group.h", "sign", "step[labels[token]] -= factor;", "step[labels[token]] += factor;"},
	{"kernels/cpu/c_crf_group.h", "sign", "(double)total[l] - count[perm[j + l]]", "(double)total[l] + count[perm[j + l]]"},

	{"kernels/cpu/c_known.h", "sign", "sum.sum += trans[perm[labels[t - 1]]", "sum.sum -= trans[perm[labels[t - 1]]"},
	{"kernels/cpu/c_known.h", "bound", "if (y < 0) {", "if (y <= 0) {"},
	{"kernels/cpu/c_known.h", "sign", "store(right + steps * stride + j, -v);", "store(right + steps * stride + j, v);"},
	{"kernels/cpu/c_known.h", "sign", "add_pairs(block, -1,", "add_pairs(block, 1,"},
	{"kernels/cpu/c_known.h", "bound", "if (l >= 0 && l < run[1])", "if (l > 0 && l < run[1])"},
	{"kernels/cpu/c_known.h", "stride", "matrix[i * s->dense + to]", "matrix[to * s->dense + i]"},
	{"kernels/cpu/c_known.h", "reduction", "labels[t + 1] >= 0 ? 1 : beta[y];", "labels[t + 1] >= 0 ? beta[y] : beta[y];"},
	{"kernels/cpu/c_known.h", "barrier", "flush_pairs(pairs, block, n_pairs);\n\treturn 1;", "return 1;"},

	{"kernels/cpu/c_viterbi.h", "sign", "max_v(f + x[v], s[r][v])", "max_v(f - x[v], s[r][v])"},
	{"kernels/cpu/c_viterbi.h", "guard", "vf v = set1(-__builtin_inff());", "vf v = set_zero();"},
	{"kernels/cpu/c_viterbi.h", "bound", "for (long j = VW; j < stride; j += VW) m = max_v(load(a + j)", "for (long j = 2 * VW; j < stride; j += VW) m = max_v(load(a + j)"},
	{"kernels/cpu/c_viterbi.h", "sign", "sum + first[y];", "sum - first[y];"},
	{"kernels/cpu/c_viterbi.h", "stride", "sum += trans[from * c + y];", "sum += trans[y * c + from];"},
	{"kernels/cpu/c_viterbi.h", "guard", "if (y < 0) {", "if (y < -1) {"},
	{"kernels/cpu/c_viterbi.h", "bound", "while (length[running - 1] <= t) running--;", "while (length[running - 1] < t) running--;"},
	{"kernels/cpu/c_viterbi.h", "reduction", "if (t == 0) memcpy(row, start,", "if (t == 0) memcpy(row, end,"},
}

// cPool is the mutations of what parts the work over threads.
var cPool = []mutation{
	{"kernels/cpu/c_pool.go", "barrier", "j.over.while(0)\n\tj.done.Wait()", ""},
	{"kernels/cpu/c_pool.go", "bound", "part := j.next.Add(1) - 1", "part := j.next.Add(1)"},
	{"kernels/cpu/c_pool.go", "barrier", "j.work(worker)", "j.work(0)"},
	{"kernels/cpu/c_pool.go", "reduction", "p.run(parts, func(worker, i int) { do(worker, i, i*chunk,", "p.run(parts, func(worker, i int) { do(worker, worker, i*chunk,"},
	{"kernels/cpu/c_pool.go", "bound", "do(worker, part*size, min((part+1)*size, n))", "do(worker, part*size, min((part+1)*size, n-1))"},
	{"kernels/cpu/c_pool.go", "order", "parts := (n + chunk - 1) / chunk\n", "parts := min(p.threads, (n+chunk-1)/chunk)\n"},
}
