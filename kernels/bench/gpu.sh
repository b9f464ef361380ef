#!/usr/bin/env bash
# All that needs a GPU, in one call of less than 10 minutes. GPU.md says what, and
# how to read the answer.
#
#   kernels/bench/gpu.sh [--small] [--limit SECONDS] BIN OUT_FOLDER
#
# BIN is bin/invoicelab-cuda, made by `make cuda` on any x86-64 Linux machine; here there
# need be no Go. --small cuts the sizes of benchmarks and profile, to try this
# script where there is no GPU. Exits with 1 where a check failed, with 2 on wrong usage.
set -u

usage() {
	echo "usage: $0 [--small] [--limit SECONDS] BIN OUT_FOLDER" >&2
	exit 2
}

small=() limit=570
while [ $# -gt 2 ]; do
	case $1 in
	--small) small=(--small); shift ;;
	--limit) limit=$2; shift 2 ;;
	*) usage ;;
	esac
done
if [ $# != 2 ] || ! [[ $limit =~ ^[0-9]+$ ]]; then usage; fi
if [ ! -f "$1" ] || [ ! -x "$1" ]; then
	echo "$0: $1 is no program: build it with make cuda and name bin/invoicelab-cuda" >&2
	exit 2
fi
mkdir -p "$2" || exit 2
bin=$(realpath "$1") out=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python3}

rm -f "$out"/[1-7]-*.log "$out"/{peers.md,peers.json,kernels.csv,crf_chain.txt,logs.tar.gz,summary.md}
deadline=$((SECONDS + limit))
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
for dir in /usr/local/cuda/bin /opt/nvidia/nsight-compute/* /opt/nvidia/nsight-systems/*/bin; do
	[ -d "$dir" ] && PATH=$PATH:$dir
done
# PyTorch brings a cuBLAS of its own, where the dynamic loader has none.
if [ -z "${INVOICELAB_LIBCUBLAS:-}" ] && ! ldconfig -p 2>/dev/null | grep -q 'libcublas\.so\.1[23]'; then
	found=$(timeout 10 "$python" -c 'import glob, sys
print(*[f for p in sys.path for f in glob.glob(p + "/nvidia/*/lib/libcublas.so.1[23]")], sep="\n")' 2>/dev/null | head -n 1)
	[ -z "$found" ] || export INVOICELAB_LIBCUBLAS=$found
fi
# The driver keeps what it compiles of the PTX here, so that only the first step waits for it.
export CUDA_CACHE_PATH=$work/cache CUDA_CACHE_DISABLE=0 PYTHONDONTWRITEBYTECODE=1
failed=0
: >"$work/rows"
: >"$work/more"

# write_summary writes what is known so far: the call may be cut off.
write_summary() {
	{
		printf '# The kernels on a GPU\n\n%s\n\n' "$(facts)"
		printf '| step | verdict | seconds | |\n|---|---|---|---|\n'
		cat "$work/rows"
		cat "$work/more"
	} >"$out/summary.md.part" && mv "$out/summary.md.part" "$out/summary.md"
}

facts() {
	echo "\`$(basename "$bin")\` $(sha256sum "$bin" | cut -c1-12), revision ${revision:-unknown}; ${gpu:-GPU unknown}; $(date -u '+%Y-%m-%d %H:%M UTC')${small:+; SMALL SIZES}"
}

# verdict STEP ok|FAILED|"not run" SECONDS DETAIL
verdict() {
	local detail=${4//|/\\|}
	[ "$2" = FAILED ] && failed=1
	printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "${detail//$'\n'/ }" >>"$work/rows"
	printf '%-22s %-8s %4ss  %s\n' "$1" "$2" "$3" "$4"
	write_summary
}

# has STEP TOOL notes that a step is not run without its tool.
has() {
	command -v "$2" >/dev/null && return 0
	verdict "$1" "not run" 0 "$2 is not on the PATH"
	return 1
}

# limited SECONDS LOG COMMAND... runs a command no longer than that, nor beyond the time of the
# whole; sets status, took and why, which is empty on success.
limited() {
	local most=$1 log=$2 left=$((deadline - SECONDS)) began=$SECONDS
	shift 2
	took=0
	if [ "$left" -lt 2 ]; then
		status=124 why="no time left"
		echo "$why" >>"$log"
		return 1
	fi
	[ "$most" -gt "$left" ] && most=$left
	{ printf '$'; printf ' %q' "$@"; echo; } >>"$log"
	timeout -k 3 "$most" "$@" >>"$log" 2>&1
	status=$? took=$((SECONDS - began))
	case $status in
	0) why= ;;
	124 | 137) why="ran past $most s" ;;
	*) why="exit status $status: $(tail -n 1 "$log" | sed 's/^\$ .*/no output/' | cut -c1-300)" ;;
	esac
	[ "$status" = 0 ]
}

# section TITLE < TEXT adds to the summary.
section() {
	{ printf '\n## %s\n\n' "$1"; cat; } >>"$work/more"
	write_summary
}

# 1. The machine. Nothing here changes a setting of the GPU.
step_machine() {
	local log=$out/1-machine.log
	: >"$log"
	revision=$(timeout 10 "$bin" version 2>&1 | head -n 1)
	{ echo "$revision"; uname -a; nproc; } >>"$log"
	limited 10 "$log" "$python" -c 'import sys, torch; print("Python", sys.version.split()[0], "torch", torch.__version__, "CUDA", torch.version.cuda, "sees a GPU:", torch.cuda.is_available())'
	command -v nvcc >/dev/null && limited 10 "$log" nvcc --version
	if has machine nvidia-smi; then
		gpu=$(timeout 10 nvidia-smi -i 0 --query-gpu=name,driver_version,memory.total,clocks.max.sm,compute_cap --format=csv,noheader 2>>"$log") || gpu=
		arch=$(tr -d ' .' <<<"${gpu##*,}")
		if limited 10 "$log" nvidia-smi -q; then
			verdict machine ok "$took" "$gpu; $(nvcc --version 2>/dev/null | grep -o 'release [0-9.]*' || echo 'no nvcc')"
		else
			verdict machine FAILED "$took" "$why"
		fi
	fi
}

# 2. The suite that every backend has to pass.
step_suite() {
	local log=$out/2-suite.log
	: >"$log"
	if limited 110 "$log" env INVOICELAB_CUDA_GEMM=own "$bin" kernels check --device cuda; then
		verdict suite ok "$took" "$(tail -n 1 "$log")"
	else
		verdict suite FAILED "$took" "$why"
		grep -A 3 '^WRONG' "$log" | sed 's/^/    /' | head -n 60 | section "What the suite found"
	fi
}

# 2b. The suite again with cuBLAS for the plain products, and the speed of both. Where the suite fails, what
# follows does without.
step_cublas() {
	local log=$out/2-cublas.log gemm
	: >"$log"
	if ! limited 90 "$log" env INVOICELAB_CUDA_GEMM=cublas "$bin" kernels check --device cuda; then
		export INVOICELAB_CUDA_GEMM=own
		if grep -q 'no cuBLAS on this machine' "$log"; then
			verdict cublas "not run" "$took" "no cuBLAS on this machine; INVOICELAB_LIBCUBLAS names one"
		else
			verdict cublas FAILED "$took" "$why"
		fi
		return
	fi
	verdict cublas ok "$took" "$(tail -n 1 "$log")"
	[ ${#small[@]} = 0 ] || return
	for gemm in own cublas; do
		limited 15 "$work/$gemm.log" env INVOICELAB_CUDA_GEMM=$gemm "$bin" kernels bench --device cuda --only MatMul --time 50ms --no-roof && grep '^Benchmark' "$work/$gemm.log" >"$work/$gemm"
		cat "$work/$gemm.log" >>"$log"
	done
	[ -s "$work/own" ] && [ -s "$work/cublas" ] && awk 'NR == FNR { ns[$1] = $3; next } $1 in ns { printf "    %-50s own %12s ns/op   cuBLAS %12s ns/op   %.2f\n", $1, ns[$1], $3, ns[$1] / $3 }' "$work/own" "$work/cublas" | section "Plain products: own kernels beside cuBLAS"
}

# 3. Small cases, against the CPU.
step_cases() {
	local log=$out/3-cases.log
	: >"$log"
	has cases "$python" || return
	if ! limited 10 "$log" "$python" "$here/gpu_cases.py" make "$work/cases.json" ||
		! limited 20 "$log" "$bin" kernels eval --device cpu --in "$work/cases.json" --out "$work/cpu.json" ||
		! limited 20 "$log" "$bin" kernels eval --device cuda --in "$work/cases.json" --out "$work/cuda.json" ||
		! limited 10 "$log" "$python" "$here/gpu_cases.py" compare "$work/cpu.json" "$work/cuda.json"; then
		verdict cases FAILED "$took" "$why"
		grep '^WRONG' "$log" | sed 's/^/    /' | head -n 60 | section "Cases on which the devices disagree"
	else
		verdict cases ok "$took" "$(tail -n 1 "$log")"
	fi
}

# 4. Speed, beside PyTorch, and the bars.
step_bench() {
	local log=$out/4-bench.log rounds=5
	: >"$log"
	has bench "$python" || return
	[ ${#small[@]} = 0 ] || rounds=1
	if limited 170 "$log" "$python" "$here/gpu_peers.py" --bin "$bin" --out "$out" --rounds $rounds --budget 110 "${small[@]}"; then
		verdict bench ok "$took" "$(grep -c 'not judged' "$out/peers.md") of the bars not judged"
	else
		[ "$status" = 1 ] && [ -f "$out/peers.md" ] && why="$(grep -c 'MISSED' "$out/peers.md") bars missed, $(grep -c '^\*\*FAILED' "$out/peers.md") measurements failed"
		verdict bench FAILED "$took" "$why"
	fi
	if [ -f "$out/peers.md" ]; then section "Speed" <"$out/peers.md"; fi
}

# 5. Where the time of the CRF goes. The clocks stay as they are.
step_profile() {
	local log=$out/5-profile.log docs=4,16,64,128 b=16 length=512 labels=161 chain refused=
	: >"$log"
	[ ${#small[@]} = 0 ] || docs=1,2 b=2 length=6 labels=9
	chain="C=$labels/T=$length/B=$b"
	local crf=("$bin" kernels bench --device cuda --docs "$docs" --length "$length" --labels "$labels" --time 1ns --no-roof --only)
	local ops="CRFMarginals,CRF/$chain,Viterbi/$chain"
	if command -v ncu >/dev/null; then
		local quiet=(--clock-control none --cache-control none)
		if limited 45 "$log" ncu "${quiet[@]}" --metrics gpu__time_duration.sum --csv --print-units base --log-file "$out/kernels.csv" "${crf[@]}" "$ops" &&
			limited 10 "$log" "$python" "$here/gpu_profile.py" ncu "$out/kernels.csv"; then
			local seconds=$took
			"$python" "$here/gpu_profile.py" ncu "$out/kernels.csv" | section "Kernels of the CRF (ncu)"
			limited 30 "$log" ncu "${quiet[@]}" --set full --kernel-name regex:crf_chain --launch-skip 1 --launch-count 1 \
				--log-file "$out/crf_chain.txt" "${crf[@]}" "CRFMarginals/$chain"
			verdict profile ok $((seconds + took)) "${why:-tables below; all counters of one launch of crf_chain in crf_chain.txt}"
			[ -f "$out/crf_chain.txt" ] && grep -E 'crf_chain|Throughput|Duration|Registers Per|Occupancy|Eligible|Issued|Local .*Spill|Dynamic Shared' "$out/crf_chain.txt" | cut -c1-110 | sed 's/^/    /' | section "One launch of crf_chain (ncu)"
			return
		fi
		refused="ncu: $(cat "$log" "$out/kernels.csv" 2>/dev/null | grep -m 1 -E '==ERROR==|ERR_NVGPUCTRPERM|Failed to init' || echo "$why")"
	fi
	if command -v nsys >/dev/null; then
		if limited 45 "$log" nsys profile --trace=cuda --sample=none --cpuctxsw=none --force-overwrite=true -o "$work/crf" "${crf[@]}" "$ops" &&
			limited 20 "$log" nsys stats --report cuda_gpu_kern_sum --format csv --output "$work/crf" --force-export=true "$work/crf.nsys-rep" &&
			limited 10 "$log" "$python" "$here/gpu_profile.py" nsys "$work/crf_cuda_gpu_kern_sum.csv"; then
			verdict profile ok "$took" "nsys, tables below${refused:+; $refused}"
			"$python" "$here/gpu_profile.py" nsys "$work/crf_cuda_gpu_kern_sum.csv" | section "Kernels of the CRF (nsys)"
			return
		fi
		refused="${refused:+$refused; }nsys: $why"
	fi
	if [ -z "$refused" ]; then
		verdict profile "not run" 0 "neither ncu nor nsys is on the PATH"
	elif [[ $refused =~ ERR_NVGPUCTRPERM|LibraryNotLoaded|"Failed to initialize the profiler" ]]; then
		verdict profile "not run" "$took" "the profiler refuses this machine: $refused"
	else
		verdict profile FAILED "$took" "$refused"
	fi
}

# 6. The sources by nvcc for this chip, and the committed PTX by its assembler.
step_nvcc() {
	local log=$out/6-nvcc.log
	: >"$log"
	has nvcc nvcc || return
	arch=sm_${arch:-90}
	# shellcheck disable=SC2016
	if limited 60 "$log" env arch="$arch" to="$work" bash -c '
		cd "$0" && ls ./*.cu ptx/*.ptx | xargs -P "$(nproc)" -I {} sh -c '\''
			case {} in
			*.cu) nvcc -cubin -arch=$arch -Xptxas -v -o "$to/$(basename {}).cubin" {} ;;
			*) ptxas -arch=$arch -v -o "$to/$(basename {}).cubin" {} ;;
			esac >"$to/$(basename {}).log" 2>&1 || { echo "FAILED {}"; sed "s,^,{}: ," "$to/$(basename {}).log"; exit 1; }'\''' "$here/../cuda"; then
		verdict nvcc ok "$took" "$arch: $(find "$here/../cuda" -maxdepth 1 -name '*.cu' | wc -l) files compiled, $(cat "$work"/*.cu.log | grep -c warning) warnings; $(cat "$work"/*.cu.log | spills) kernels spill, of the committed PTX $(cat "$work"/*.ptx.log | spills)"
	else
		verdict nvcc FAILED "$took" "$(grep -m 1 -E 'FAILED|error' "$log" || echo "$why")"
	fi
	(cd "$work" && grep -H . ./*.cu.log ./*.ptx.log) >>"$log" 2>/dev/null
}

# spills counts the kernels that keep registers in memory.
spills() { grep 'spill stores' | grep -cv ' 0 bytes spill stores'; }

# Every operation, at every width of the CRF's kernels, three calls each.
tiny=(kernels bench --device cuda --docs 2 --length 5 --labels "9,40,100,161,200,203" --dim 20 --time 1ns --no-roof)

# 7. compute-sanitizer over all operations at small sizes, and over the cases. Last, since it
# may be slow: each tool compiles the kernels again.
step_sanitizer() {
	local tool=$1 log=$out/7-$1.log flags=() runs=() run
	: >"$log"
	has "$tool" compute-sanitizer || return
	[ "$tool" = memcheck ] && flags=(--leak-check full)
	local complaint=99 total=0 bad=
	for run in bench cases; do
		if [ "$run" = bench ]; then
			runs=("${tiny[@]}")
		elif [ -f "$work/cases.json" ]; then
			runs=(kernels eval --device cuda --in "$work/cases.json" --out "$work/watched.json")
		else
			bad="${bad:+$bad; }cases: there are none (step 3)"
			continue
		fi
		if ! limited 45 "$log" env INVOICELAB_CUDA_SCRATCH=separate INVOICELAB_CUDA_GEMM=own compute-sanitizer --tool "$tool" "${flags[@]}" --error-exitcode $complaint "$bin" "${runs[@]}"; then
			[ "$status" = $complaint ] && why=$(grep 'SUMMARY' "$log" | tail -n 1)
			bad="${bad:+$bad; }$run: $why"
		fi
		total=$((total + took))
	done
	local refused
	refused=$(grep -m 1 -E 'Device not supported|not supported on this|Failed to initialize' "$log")
	if [ -n "$refused" ]; then
		verdict "$tool" "not run" $total "compute-sanitizer refuses this machine: $refused"
	elif [ -n "$bad" ]; then
		verdict "$tool" FAILED $total "$bad"
		grep -E '^=========' "$log" | grep -v 'Host Frame' | sed 's/^/    /' | head -n 40 | section "What $tool found"
	else
		verdict "$tool" ok $total "$(grep 'SUMMARY' "$log" | sort | uniq -c | sed 's/=========//; s/  */ /g' | paste -sd ';')"
	fi
}

revision='' gpu='' arch=''
step_machine
step_suite
step_cublas
step_cases
step_bench
step_profile
step_nvcc
for tool in memcheck racecheck synccheck initcheck; do step_sanitizer $tool; done
(cd "$out" && tar -czf logs.tar.gz --exclude=logs.tar.gz --exclude=summary.md ./*) 2>/dev/null
if [ $failed = 0 ]; then echo "all checks that ran passed: $out/summary.md"; else echo "some checks FAILED: $out/summary.md"; fi
exit $failed
