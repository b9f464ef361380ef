#!/usr/bin/env python3
"""The times of kernels that a profiler wrote, as a table.

    gpu_profile.py ncu FILE   # ncu --csv --metrics gpu__time_duration.sum --print-units base
    gpu_profile.py nsys FILE  # nsys stats --report cuda_gpu_kern_sum --format csv

Exits with 1 where FILE has none.
"""
import csv
import re
import statistics
import sys


def rows(path, first):
    """The table in a file: what stands before its heading is the profiler's own talk."""
    with open(path, errors="replace") as f:
        lines = f.read().splitlines()
    start = next((i for i, line in enumerate(lines) if first in line and "," in line), len(lines))
    return csv.DictReader(lines[start:])


def number(text):
    return float(text.replace(",", ""))


def ncu(path):
    """Kernels by grid: launches, threads, median microseconds."""
    launches = {}
    for r in rows(path, '"Kernel Name"'):
        if r.get("Metric Name") != "gpu__time_duration.sum":
            continue
        unit = {"ns": 1e-3, "nsecond": 1e-3, "us": 1, "usecond": 1, "ms": 1e3, "msecond": 1e3}[r["Metric Unit"]]
        key = (r["Kernel Name"].split("(")[0], r["Grid Size"], r["Block Size"])
        launches.setdefault(key, []).append(number(r["Metric Value"]) * unit)
    lines = ["| kernel | grid | block | launches | median, us |", "|---|---|---|---|---|"]
    for (name, grid, block), took in launches.items():
        lines.append(f"| {name} | {size(grid)} | {size(block)} | {len(took)} | {statistics.median(took):.2f} |")
    return lines if launches else []


def size(text):
    """"(16, 2, 1)" as 16x2."""
    n = re.findall(r"\d+", text)
    while len(n) > 1 and n[-1] == "1":
        n.pop()
    return "x".join(n)


def nsys(path):
    lines = ["| kernel | launches | median, us | share |", "|---|---|---|---|"]
    for r in rows(path, "Time (%)"):
        lines.append(f"| {r['Name'].split('(')[0]} | {r['Instances']} | {number(r['Med (ns)']) / 1e3:.2f} | {r['Time (%)']}% |")
    return lines if len(lines) > 2 else []


def main():
    readers = {"ncu": ncu, "nsys": nsys}
    if len(sys.argv) != 3 or sys.argv[1] not in readers:
        sys.exit(__doc__)
    lines = readers[sys.argv[1]](sys.argv[2])
    if not lines:
        sys.exit(f"gpu_profile.py: {sys.argv[2]}: no kernel in it")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
