#!/usr/bin/env python3
"""Times the matrix products of invoicelab beside numpy's OpenBLAS, on one thread, taking turns.

    OPENBLAS_NUM_THREADS=1 python3 kernels/bench/gemm.py --bin bin/invoicelab

The products are those of `invoicelab kernels bench`. Prints a table of the least time of --rounds rounds.
"""
import argparse
import json
import os
import subprocess
import time

ENOUGH = 0.03  # seconds of calls in a round


def ours(binary):
    """Title to seconds of each product."""
    out = subprocess.run([binary, "kernels", "bench", "--only", "MatMul", "--threads", "1", "--count", "20", "--time", "1us", "--no-roof", "--json"],
                         check=True, capture_output=True, text=True).stdout
    return {row["name"]: min(row["seconds"]) for row in json.loads(out)}


def theirs(numpy, title):
    """A call of the product of a title such as MatMul/TN/256x8192x161: c [m, n] of sums of k."""
    _, form, sizes = title.split("/")
    m, k, n = map(int, sizes.split("x"))
    r = numpy.random.default_rng(1)
    a = r.standard_normal((k, m) if form == "TN" else (m, k), dtype=numpy.float32)
    b = r.standard_normal((n, k) if form == "NT" else (k, n), dtype=numpy.float32)
    a, b = a.T if form == "TN" else a, b.T if form == "NT" else b
    c = numpy.empty((m, n), numpy.float32)
    return lambda: numpy.matmul(a, b, out=c)


def least(call):
    best, end = float("inf"), time.perf_counter() + ENOUGH
    while time.perf_counter() < end:
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="bin/invoicelab", help="the program")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        parser.error("OPENBLAS_NUM_THREADS is not 1: the comparison is on one thread")
    import numpy
    own, other, calls = {}, {}, {}
    for _ in range(args.rounds):
        for title, seconds in ours(args.bin).items():
            if title not in calls:
                calls[title] = theirs(numpy, title)
            own[title] = min(own.get(title, seconds), seconds)
            other[title] = min(other.get(title, float("inf")), least(calls[title]))
    print(f"| product, m x k x n | ours, ms | OpenBLAS (numpy {numpy.__version__}), ms | ratio |\n|---|---|---|---|")
    for title in own:
        print(f"| {title.removeprefix('MatMul/')} | {own[title] * 1e3:.3g} | {other[title] * 1e3:.3g} | {other[title] / own[title]:.2f} |")


if __name__ == "__main__":
    main()
