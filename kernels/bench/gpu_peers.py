#!/usr/bin/env python3
"""Times the kernels of invoicelab on a GPU beside PyTorch on the same GPU, and holds
them to the bars of an H200. gpu.sh runs it; by hand:

    python3 kernels/bench/gpu_peers.py --bin bin/invoicelab-cuda --out FOLDER

Both sides take turns: a fresh process of `invoicelab kernels bench`, then the peers, and
again, --rounds times after one that warms up; medians are compared. Times are of calls in
a row until the device has done the last one, so that short kernels hide the time that it takes to
start them, on both sides. A peer that is not installed is "not measured" and gives no
ratio. Writes peers.md and peers.json. Exits with 1 where a measurement of ours fails or, on an H200, a
bar is missed.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

from gpu_torch import Absent, Torch, need

# float32 multiply-adds a clock of one multiprocessor, by compute capability (CUDA C++
# Programming Guide, throughput of native arithmetic).
LANES = {(7, 0): 64, (7, 5): 64, (8, 0): 64, (8, 6): 128, (8, 7): 128, (8, 9): 128, (9, 0): 128, (10, 0): 128, (10, 3): 128, (12, 0): 128}

# The bars, for an H200.
STEP = 0.6            # microseconds of the CRF's forward for a token
FLAT = 1.25           # its slowest over its fastest from 4 to 128 documents
BOTH_OVER_FORWARD = 1.4  # up to 64 documents
DECODE_OVER_FORWARD = 2
OF_COPY = 0.7         # focal, of the bandwidth of a copy
OF_FLOOR = 0.5        # cosine forward, of the time that its multiply-adds need
OVER_TORCHCRF, OVER_FOCAL, OVER_COSINE = 200, 10, 2


class Sizes:
    """B documents of T tokens, C labels, D dimensions; batches is every B of the CRF, many that of the bandwidth."""

    def __init__(self, small):
        self.T, self.B, self.C, self.D, self.batches, self.many = (6, 2, 9, 8, [1, 2], 3) if small else (512, 16, 161, 256, [4, 16, 64, 128], 256)
        self.N = self.T * self.B

    def chain(self, op, b):
        return f"{op}/C={self.C}/T={self.T}/B={b}"

    def cosine(self, op):
        return f"{op}/N={self.N}/D={self.D}/C={self.C}"

    def rows(self, op, b):
        return f"{op}/N={self.T * b}/C={self.C}"


def plan(s):
    """Groups that take turns: the flags of our side with its benchmarks, and rows
    (what, peer, its setup, our benchmark, bar)."""
    forward, both, decode = (s.chain(op, s.B) for op in ("CRFNLL", "CRF", "Viterbi"))
    focal, cosine = s.rows("SoftmaxLoss/focal", s.B), s.cosine("Cosine+CosineGrad")
    large = s.rows("SoftmaxLoss/focal", s.many)
    copy = s.rows("Copy", s.many)
    tokens = s.T * s.many
    return [
        (s.batches, [s.chain(op, b) for b in s.batches for op in ("CRFNLL", "CRF", "Viterbi")], [
            ("CRF forward", "pytorch-crf", Torch.crf_forward, forward, OVER_TORCHCRF),
            ("CRF forward + backward", "pytorch-crf", Torch.crf_both, both, OVER_TORCHCRF),
            ("CRF decode", "pytorch-crf", Torch.crf_decode, decode, OVER_TORCHCRF),
            ("CRF forward + backward", "PyTorch exp-domain, hand-tuned", Torch.exp_crf, both, None),
            ("CRF forward + backward", "the same as a CUDA graph", Torch.exp_crf_graph, both, None)]),
        ([s.B], [s.cosine("Cosine"), cosine, focal], [
            (f"cosine forward, N={s.N}", "PyTorch eager", Torch.cosine_forward, s.cosine("Cosine"), None),
            (f"cosine forward + backward, N={s.N}", "PyTorch eager", Torch.cosine, cosine, OVER_COSINE),
            (f"focal forward + backward, N={s.N}", "PyTorch eager", lambda t: t.focal(s.B), focal, OVER_FOCAL)]),
        ([s.many], [large, copy], [
            (f"focal forward + backward, N={tokens}", "PyTorch eager", lambda t: t.focal(s.many), large, None),
            (f"copy of the scores, N={tokens}", "PyTorch", lambda t: t.copy(s.many), copy, None)]),
    ]


def ours(args, s, docs, titles, times):
    """Adds the seconds of each benchmark to times."""
    done = subprocess.run([args.bin, "kernels", "bench", "--device", args.device, "--only", ",".join(titles), "--docs", ",".join(map(str, docs)),
                           "--length", str(s.T), "--labels", str(s.C), "--dim", str(s.D), "--count", "3", "--time", "30ms", "--no-roof", "--json"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"exit status {done.returncode}")
    for t in json.loads(done.stdout):
        times.setdefault(t["name"], []).append(statistics.median(t["seconds"]))


def brief(error):
    return " ".join(str(error).split())[:160] or type(error).__name__


class Measured:
    """Seconds of both sides, and why something was not measured."""

    def __init__(self):
        self.ours, self.theirs, self.absent, self.failed, self.rounds = {}, {}, {}, [], 0

    def run(self, args, s, groups):
        end = time.monotonic() + args.budget
        try:
            peers = Torch(s, args.torch_device)
        except Absent as e:
            peers, why = None, str(e)
        calls = {}
        for _, _, rows in groups:
            for what, peer, setup, _, _ in rows:
                try:
                    if peers is None:
                        raise Absent(why)
                    calls[what, peer] = setup(peers)
                except (Absent, RuntimeError) as e:  # RuntimeError: out of memory, or refused by CUDA
                    self.absent[what, peer] = brief(e)
        for turn in range(args.rounds + 1):  # the first warms up
            for docs, titles, rows in groups:
                if turn > 1 and time.monotonic() > end:
                    return
                print(f"round {turn} of {args.rounds}: {titles[0]} and so on", file=sys.stderr, flush=True)
                try:
                    ours(args, s, docs, titles, self.ours if turn else {})
                except (RuntimeError, OSError) as e:
                    self.failed.append(f"{titles[0]} and so on: {e}")
                for what, peer, _, _, _ in rows:
                    if (what, peer) not in calls:
                        continue
                    try:
                        took = peers.seconds(calls[what, peer])
                    except RuntimeError as e:
                        del calls[what, peer]
                        self.absent[what, peer] = brief(e)
                        continue
                    if turn:
                        self.theirs.setdefault((what, peer), []).append(took)
            self.rounds = turn
            if self.failed:
                return

    def median(self, title):
        return statistics.median(self.ours[title]) if title in self.ours else None


def fma_seconds(flops):
    """The least time for so many operations of multiply-adds in float32, and how it is found."""
    torch = need("torch")
    if not torch.cuda.is_available():
        raise Absent("torch sees no GPU")
    p = torch.cuda.get_device_properties(0)
    lanes = LANES.get((p.major, p.minor))
    if lanes is None:
        raise Absent(f"lanes of compute capability {p.major}.{p.minor} are not in the table")
    try:
        smi = subprocess.run(["nvidia-smi", "-i", "0", "--query-gpu=clocks.max.sm", "--format=csv,noheader,nounits"], check=True, capture_output=True, text=True)
        clock = float(smi.stdout.split()[0]) * 1e6
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError) as e:
        raise Absent(f"greatest clock: {e}") from e
    return flops / (2 * lanes * p.multi_processor_count * clock), f"{p.multi_processor_count} x {lanes} lanes at {clock / 1e6:.0f} MHz"


def bars(m, s):
    """Yields (bar, measured, met); met is None where it was not measured."""
    def judge(what, value, met, text):
        return (what, text, met(value)) if value is not None else (what, "not measured", None)

    def over(a, b):
        a, b = m.median(a), m.median(b)
        return a / b if a and b else None

    def at(op, b):
        return m.median(s.chain(op, b))

    copies = [8 * s.T * s.many * s.C / t for t in (m.median(s.rows("Copy", s.many)),
              statistics.median(m.theirs.get((f"copy of the scores, N={s.T * s.many}", "PyTorch"), [0])) or None) if t]
    loss = m.median(s.rows("SoftmaxLoss/focal", s.many))
    if loss and copies:
        bandwidth = 8 * s.T * s.many * s.C / loss
        share = bandwidth / max(copies)
        yield judge(f"focal at N={s.T * s.many} >= {OF_COPY:.0%} of copy bandwidth", share, lambda v: v >= OF_COPY,
                    f"{share:.0%}: {bandwidth / 1e9:.0f} of {max(copies) / 1e9:.0f} GB/s")
    else:
        yield judge(f"focal at N={s.T * s.many} >= {OF_COPY:.0%} of copy bandwidth", None, None, "")
    cosine, what = m.median(s.cosine("Cosine")), f"cosine forward at N={s.N} >= {OF_FLOOR:.0%} of the multiply-adds' floor"
    try:
        floor, how = fma_seconds(2 * s.N * s.C * s.D)
        share = floor / cosine if cosine else None
        yield judge(what, share, lambda v: v >= OF_FLOOR, f"{share or 0:.0%}: floor {floor * 1e6:.1f} us ({how}), taken {(cosine or 0) * 1e6:.1f} us")
    except Absent as e:
        yield what, f"not measured ({brief(e)})", None
    forwards = [at("CRFNLL", b) for b in s.batches]
    for b, t in zip(s.batches, forwards):
        step = t / s.T * 1e6 if t else None
        yield judge(f"CRF forward, B={b}: <= {STEP} us a step", step, lambda v: v <= STEP, f"{step or 0:.2f} us")
    flat = max(forwards) / min(forwards) if all(forwards) else None
    yield judge(f"CRF forward flat from B={s.batches[0]} to {s.batches[-1]}: slowest <= {FLAT} of fastest", flat, lambda v: v <= FLAT, f"{flat or 0:.2f}")
    for b in s.batches:
        both = over(s.chain("CRF", b), s.chain("CRFNLL", b))
        if b <= 64:
            yield judge(f"CRF forward + backward, B={b}: <= {BOTH_OVER_FORWARD} of forward", both, lambda v: v <= BOTH_OVER_FORWARD, f"{both or 0:.2f}")
        decode = over(s.chain("Viterbi", b), s.chain("CRFNLL", b))
        yield judge(f"CRF decode, B={b}: <= {DECODE_OVER_FORWARD} of forward", decode, lambda v: v <= DECODE_OVER_FORWARD, f"{decode or 0:.2f}")


def us(seconds):
    return f"{statistics.median(seconds) * 1e6:.4g} ({min(seconds) * 1e6:.4g} to {max(seconds) * 1e6:.4g})" if seconds else "not measured"


def device_name(args):
    """What the GPU calls itself, empty where nobody says."""
    try:
        smi = subprocess.run(["nvidia-smi", "-i", "0", "--query-gpu=name", "--format=csv,noheader"], check=True, capture_output=True, text=True)
        return smi.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def versions():
    from importlib import metadata
    names = []
    for p in ("torch", "pytorch-crf"):
        try:
            names.append(f"{p} {metadata.version(p)}")
        except metadata.PackageNotFoundError:
            names.append(f"{p} absent")
    return ", ".join(names)


def report(args, s, m, groups):
    name = device_name(args)
    judged, missed = "H200" in name and not args.small, 0
    lines = [f"{name or 'GPU unknown'}; ours on {args.device}, peers on {args.torch_device}: {versions()}; {m.rounds} rounds. Microseconds of a call: median "
             f"(least to greatest). T={s.T}, C={s.C}, D={s.D}; CRF against peers at B={s.B}. \"CRF forward\" is CRFNLL, which runs backward beside it on the device.", ""]
    lines += [f"**FAILED**: {f}" for f in m.failed]
    lines += ["", "| what | peer | peer, us | ours, us | ratio | bar |", "|---|---|---|---|---|---|"]

    def word(met):
        nonlocal missed
        if met is None or args.small:
            return "not judged"
        missed += judged and not met
        return ("met" if met else "MISSED") + ("" if judged else " (a bar of the H200)")

    for _, _, rows in groups:
        for what, peer, _, title, bar in rows:
            own, theirs = m.ours.get(title, []), m.theirs.get((what, peer), [])
            ratio = statistics.median(theirs) / statistics.median(own) if own and theirs else None
            text = "" if bar is None else f"{bar}x: {word(None if ratio is None else ratio >= bar)}"
            lines.append(f"| {what} | {peer} | {us(theirs) if theirs else 'not measured (' + m.absent.get((what, peer), 'no time left') + ')'} | {us(own)} | "
                         f"{'' if ratio is None else f'{ratio:.1f}'} | {text} |")
    lines += ["", "| CRF, us a call | forward | forward + backward | decode |", "|---|---|---|---|"]
    lines += ["| B=%d | %s |" % (b, " | ".join(us(m.ours.get(s.chain(op, b), [])) for op in ("CRFNLL", "CRF", "Viterbi"))) for b in s.batches]
    lines += ["", "| bar | measured | |", "|---|---|---|"]
    lines += [f"| {what} | {text} | {word(met)} |" for what, text, met in bars(m, s)]
    return "\n".join(lines) + "\n", missed


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bin", required=True, help="the program with the CUDA backend (make cuda)")
    p.add_argument("--device", default="cuda", help="of our side")
    p.add_argument("--torch-device", default="cuda", help="of the peers")
    p.add_argument("--rounds", default=5, type=int)
    p.add_argument("--budget", default=150.0, type=float, help="seconds after which no round is begun")
    p.add_argument("--small", action="store_true", help="tiny sizes, to try the script; no bar is judged")
    p.add_argument("--out", required=True, help="folder of peers.md and peers.json")
    args = p.parse_args()
    warnings.filterwarnings("ignore", message="where received a uint8 condition")
    s, m = Sizes(args.small), Measured()
    groups = plan(s)
    m.run(args, s, groups)
    text, missed = report(args, s, m, groups)
    print(text, end="")
    with open(os.path.join(args.out, "peers.md"), "w") as f:
        f.write(text)
    with open(os.path.join(args.out, "peers.json"), "w") as f:
        json.dump({"ours": m.ours, "theirs": [{"what": w, "peer": p, "seconds": t} for (w, p), t in m.theirs.items()],
                   "not_measured": [{"what": w, "peer": p, "why": why} for (w, p), why in m.absent.items()]}, f, indent=1)
    sys.exit(1 if m.failed or missed else 0)


if __name__ == "__main__":
    main()
