#!/usr/bin/env python3
"""Small questions to the kernels, for gpu.sh: collected, and answers held to each other.

    gpu_cases.py make CASES.json                  # the recorded cases, and more of their form
    gpu_cases.py compare A.json B.json            # exits with 1 where the answers disagree
"""
import glob
import json
import math
import os
import random
import sys

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "kerneltest", "testdata", "*.json")

# Both sides compute in float32 and add in another order. Relative, absolute below 1.
TOLERANCE = 1e-5


def crf(r, c, lengths, spread, unknown):
    """Scores of standard deviation spread; a share of the labels is unknown."""
    def draw(n):
        return [r.gauss(0, spread) for _ in range(n)]
    return {"op": "crf", "lengths": lengths, "tags": [[-100 if r.random() < unknown else r.randrange(c) for _ in range(t)] for t in lengths],
            "emissions": [[draw(c) for _ in range(t)] for t in lengths], "transitions": [draw(c) for _ in range(c)], "start": draw(c), "end": draw(c)}


def loss(r, n, c):
    return {"op": "loss", "logits": [[r.gauss(0, 3) for _ in range(c)] for _ in range(n)], "labels": [-100 if i % 5 == 4 else r.randrange(c) for i in range(n)],
            "counts": [r.randrange(1, 1000) for _ in range(c)], "beta": 0.999, "gamma": 2, "alpha": "ens", "w_cb": 0.6, "w_focal": 0.4}


def prototype(r, n, d, k, groups):
    def rows(n, d):
        return [[r.gauss(0, 1) for _ in range(d)] for _ in range(n)]
    return {"op": "prototype", "x": rows(n, d), "prototypes": rows(k, d), "temperature": 0.1, "eps": 1e-8, "grad_out": rows(n, k),
            "group_logits": rows(n, groups), "group_of": [i % groups for i in range(k)]}


def questions():
    """(name, case): what is recorded, then every width of the CRF's kernels, and
    scores so far apart that float32 loses them and the log domain answers."""
    found = []
    for path in sorted(glob.glob(RECORDED)):
        with open(path) as f:
            found.append((os.path.basename(path), json.load(f)["input"]))
    if not found:
        sys.exit(f"gpu_cases.py: no cases at {RECORDED}")
    r = random.Random(1)
    for c in (9, 40, 100, 161, 200, 203):
        found.append((f"crf C={c}", crf(r, c, [3, 1, 4], 1, 0.3)))
    found.append(("crf in the log domain", crf(r, 7, [20, 11], 200, 0)))
    found.append(("crf in the log domain, labels partly known", crf(r, 7, [20, 11], 200, 0.5)))
    found.append(("loss", loss(r, 33, 161)))
    found.append(("prototype", prototype(r, 9, 40, 37, 5)))
    return found


def differences(key, a, b):
    """Yields (key, how far a and b are apart); paths of labels have to be equal."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        for k in a:
            yield from differences(f"{key}.{k}" if key else k, a[k], b[k])
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for x, y in zip(a, b):
            yield from differences(key, x, y)
    elif a == b:
        yield key, 0.0
    elif key.endswith("path") or not all(isinstance(v, (int, float)) for v in (a, b)):
        yield key, math.inf
    else:
        yield key, abs(a - b) / max(1, abs(a), abs(b))


def compare(names, a, b):
    if len(a) != len(names) or len(b) != len(names):
        sys.exit(f"gpu_cases.py: {len(names)} cases, {len(a)} and {len(b)} answers")
    wrong, greatest = 0, {}
    for name, x, y in zip(names, a, b):
        for key, off in differences("", x, y):
            greatest[name] = max(greatest.get(name, (0.0, "")), (off, key))
        off, key = greatest[name]
        wrong += not off <= TOLERANCE
        print(f"{'ok' if off <= TOLERANCE else 'WRONG'}\t{name}\tgreatest difference {off:.2g} {key}")
    print(f"{len(names) - wrong} of {len(names)} cases agree within {TOLERANCE:g}, relative, absolute below 1")
    return wrong == 0


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "make":
        with open(sys.argv[2], "w") as f:
            json.dump([case for _, case in questions()], f)
    elif len(sys.argv) == 4 and sys.argv[1] == "compare":
        answers = []
        for path in sys.argv[2:]:
            with open(path) as f:
                answers.append(json.load(f))
        sys.exit(0 if compare([name for name, _ in questions()], *answers) else 1)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
