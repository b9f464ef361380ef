#!/usr/bin/env python3
"""Times the kernels of invoicelab beside other libraries, at the sizes of the bars.

    python3 kernels/bench/peers.py --bin bin/invoicelab --out kernels/bench/RESULTS.md
    python3 kernels/bench/peers.py --install DIR ...     # makes DIR, a virtual environment, first

Both sides take turns in one run: one call of the peer, then a fresh process of
`invoicelab kernels bench`, and again, --rounds times. Ratios are of medians. A peer
that is not installed is "not measured": it never gives a ratio. Exits with 1 where a
bar is missed.
"""
import argparse
import datetime
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's rows are of one thread; it is read when numpy is imported
T, B, C = 512, 16, 161  # as in sizes.go
N, D = T * B, 256


def install(folder):
    """Makes a virtual environment with the pinned peers and goes on inside it."""
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", os.path.join(HERE, "requirements.txt")], check=True)
    args = [a for i, a in enumerate(sys.argv[1:], 1) if a != "--install" and sys.argv[i - 1] != "--install" and not a.startswith("--install=")]
    os.execv(python, [python, os.path.abspath(__file__)] + args)


class Absent(Exception):
    """A peer is not installed, or cannot do this."""


def need(name):
    try:
        return __import__(name)
    except ImportError as e:
        raise Absent(f"{name}: {e}") from e


def chain():
    """The operands of the CRF and pytorch-crf's module over them."""
    torch = need("torch")
    torchcrf = need("torchcrf")
    torch.manual_seed(1)
    module = torchcrf.CRF(C)
    for p in module.parameters():
        torch.nn.init.normal_(p)
    return module, torch.randn(T, B, C), torch.randint(C, (T, B))


def torchcrf_forward():
    torch = need("torch")
    module, emit, tags = chain()

    def call():
        with torch.no_grad():
            module(emit, tags, reduction="sum")
    return call


def torchcrf_both():
    module, emit, tags = chain()
    emit.requires_grad_()

    def call():
        emit.grad = None
        module.zero_grad(set_to_none=True)
        (-module(emit, tags, reduction="sum")).backward()
    return call


def torchcrf_decode():
    torch = need("torch")
    module, emit, _ = chain()

    def call():
        with torch.no_grad():
            module.decode(emit)
    return call


def exp_crf():
    """The hand-tuned CRF, after its answers have been held to pytorch-crf's."""
    torch = need("torch")
    from expcrf import ExpCRF
    module, emit, tags = chain()
    mine = ExpCRF(T, B, C)
    weights = [p.detach() for p in (module.transitions, module.start_transitions, module.end_transitions)]
    x = emit.clone().requires_grad_()
    nll = -module(x, tags, reduction="sum")
    nll.backward()
    got = mine.run(emit, tags, *weights)
    want = [nll.detach(), x.grad, module.transitions.grad, module.start_transitions.grad, module.end_transitions.grad]
    for g, w in zip(got, want):
        if not torch.allclose(g.double(), w.double(), rtol=1e-4, atol=2e-3):
            sys.exit("peers.py: the exp-domain CRF does not agree with pytorch-crf")
    return lambda: mine.run(emit, tags, *weights)


def crfsuite_words():
    """Documents in which a token has one attribute of 1000: 161,000 state features
    and all 25,921 transitions. The recursions are those of dense emissions."""
    import random
    r = random.Random(1)
    docs = [[{f"w{r.randrange(1000)}": r.gauss(0, 1)} for _ in range(T)] for _ in range(B)]
    return docs, [[str(y) for y in r.choices(range(C), k=T)] for _ in docs]


def crfsuite_trainer(pycrfsuite, iterations):
    docs, labels = crfsuite_words()
    labels[0][:C] = map(str, range(C))  # every label occurs
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for x, y in zip(docs, labels):
        trainer.append(pycrfsuite.ItemSequence(x), y)
    trainer.set_params({"c2": 1.0, "max_iterations": iterations, "feature.possible_states": True, "feature.possible_transitions": True})
    return trainer


class Seconds(float):
    """What a call says it took, where the time of the call is not the measure."""


def crfsuite_both():
    """One evaluation of likelihood and gradient, by CRFsuite's own log of L-BFGS."""
    pycrfsuite = need("pycrfsuite")

    def call():
        trainer = crfsuite_trainer(pycrfsuite, 3)
        trainer.train("")
        done = [i for i in trainer.logparser.iterations if i.get("linesearch_trials")]
        return Seconds(statistics.median(float(i["time"]) / int(i["linesearch_trials"]) for i in done))
    return call


def crfsuite_decode():
    pycrfsuite = need("pycrfsuite")
    import tempfile
    with tempfile.NamedTemporaryFile(suffix=".crfsuite") as f:
        crfsuite_trainer(pycrfsuite, 3).train(f.name)
        model = f.read()
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(model)
    items = [pycrfsuite.ItemSequence(x) for x in crfsuite_words()[0]]

    def call(model=model):  # the tagger reads it, and keeps no reference
        for x in items:
            tagger.tag(x)
    return call


def torch_cosine():
    torch = need("torch")
    torch.manual_seed(1)
    x, p = torch.randn(N, D, requires_grad=True), torch.randn(C, D, requires_grad=True)
    scale, up = torch.tensor(10.0, requires_grad=True), torch.randn(N, C)
    unit = torch.nn.functional.normalize

    def call():
        x.grad = p.grad = scale.grad = None
        (scale * (unit(x, eps=1e-8) @ unit(p, eps=1e-8).t())).backward(up)
    return call


def torch_focal():
    torch = need("torch")
    torch.manual_seed(1)
    z, y = torch.randn(N, C, requires_grad=True), torch.randint(C, (N,))

    def call():
        z.grad = None
        log_p = torch.log_softmax(z, 1).gather(1, y.unsqueeze(1)).squeeze(1)
        (-(1 - log_p.exp()) ** 2 * log_p).mean().backward()
    return call


def torch_product():
    torch = need("torch")
    a, b, c = torch.randn(N, 768), torch.randn(768, D), torch.empty(N, D)
    return lambda: torch.mm(a, b, out=c)


def numpy_product():
    numpy = need("numpy")
    r = numpy.random.default_rng(1)
    a, b = (r.standard_normal(s, dtype=numpy.float32) for s in ((N, 768), (768, D)))
    c = numpy.empty((N, D), numpy.float32)
    return lambda: numpy.matmul(a, b, out=c)


CHAIN = f"C={C}/T={T}/B={B}"
CRF, FORWARD, DECODE = f"CRF/{CHAIN}", f"CRFNLL/{CHAIN}", f"Viterbi/{CHAIN}"
COSINE, FOCAL, PRODUCT = f"Cosine+CosineGrad/N={N}/D={D}/C={C}", f"SoftmaxLoss/focal/N={N}/C={C}", f"MatMul/NN/{N}x768x{D}"

# (what, peer, its setup, our benchmark, bar of each number of threads). CRFsuite has one thread.
PAIRS = [
    ("CRF forward", "pytorch-crf", torchcrf_forward, FORWARD, {1: 70, 2: 70}),
    ("CRF forward + backward", "pytorch-crf", torchcrf_both, CRF, {1: 120, 2: 120}),
    ("CRF decode", "pytorch-crf", torchcrf_decode, DECODE, {1: 20, 2: 20}),
    ("CRF forward + backward", "PyTorch exp-domain, hand-tuned", exp_crf, CRF, {1: 4, 2: None}),
    ("CRF forward + backward", "CRFsuite", crfsuite_both, CRF, {1: None}),
    ("CRF decode", "CRFsuite", crfsuite_decode, DECODE, {1: None}),
    ("cosine forward + backward", "PyTorch", torch_cosine, COSINE, {1: 2.2, 2: 2.2}),
    ("focal forward + backward", "PyTorch", torch_focal, FOCAL, {1: 4, 2: 4}),
    ("product 8192x768 by 768x256", "PyTorch (MKL)", torch_product, PRODUCT, {1: None, 2: None}),
    ("product 8192x768 by 768x256", "numpy (OpenBLAS)", numpy_product, PRODUCT, {1: None}),
]

# (what, our benchmark, bar): how much faster two threads are than one.
SCALING = [("CRF forward + backward", CRF, 1.8), ("cosine forward + backward", COSINE, 1.8), ("focal forward + backward", FOCAL, 1.4)]

# The hand-tuned peer must beat pytorch-crf by this much on one thread, else it is no peer.
TUNED = 35


def ours(binary, device, title, threads):
    out = subprocess.run([binary, "kernels", "bench", "--device", device, "--only", title, "--threads", str(threads), "--count", "1",
                          "--time", "30ms", "--no-roof", "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(out)[0]["seconds"][0]


def once(call):
    began = time.perf_counter()
    said = call()
    took = time.perf_counter() - began
    return float(said) if isinstance(said, Seconds) else took


def several(call):
    """The time of a call, short ones repeated for 30 ms as ours are."""
    first = once(call)
    if first > 0.03:
        return first
    n = int(0.03 / first) + 1
    return statistics.fmean(once(call) for _ in range(n))


def set_threads(n):
    try:
        need("torch").set_num_threads(n)
    except Absent:
        pass


def measure(args):
    """(row, threads) to both sides' seconds, and row to why it is not measured."""
    calls, absent, times = {}, {}, {}
    for row, (_, _, setup, _, _) in enumerate(PAIRS):
        try:
            calls[row] = setup()
        except Absent as e:
            absent[row] = str(e)
    for turn in range(args.rounds + 1):  # the first warms up
        for threads in args.threads:
            set_threads(threads)
            for row, (what, peer, _, title, bars) in enumerate(PAIRS):
                if threads not in bars:
                    continue
                print(f"round {turn} of {args.rounds}, {threads} threads: {what}, {peer}            ", end="\r", file=sys.stderr)
                theirs = several(calls[row]) if row in calls else None
                own = ours(args.bin, args.device, title, threads)
                if turn > 0:
                    both = times.setdefault((row, threads), ([], []))
                    both[1].append(own)
                    if theirs is not None:
                        both[0].append(theirs)
    print(" " * 100, end="\r", file=sys.stderr)
    return times, absent


def ms(seconds):
    mid = statistics.median(seconds) * 1e3
    return f"{mid:.3g} ({min(seconds) * 1e3:.3g} to {max(seconds) * 1e3:.3g})"


def verdict(ratio, bar):
    if bar is None:
        return "", True
    return (f"{bar}x: {'met' if ratio >= bar else 'MISSED'}", ratio >= bar)


def versions():
    from importlib import metadata
    names = []
    for p in ("torch", "pytorch-crf", "python-crfsuite", "numpy"):
        try:
            names.append(f"{p} {metadata.version(p)}")
        except metadata.PackageNotFoundError:
            names.append(f"{p} absent")
    return ", ".join(names)


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            return next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def report(args, times, absent, load):
    lines, fine = [], True
    level = json.loads(subprocess.run([args.bin, "version", "--json"], check=True, capture_output=True, text=True).stdout)
    lines += [
        "# Beside the peers", "",
        f"- {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}, {processor()}, {os.cpu_count()} cores; device {args.device}, "
        f"levels {' '.join(level['levels'])}; revision {level['revision']}",
        f"- peers: {versions()}; Python {platform.python_version()}",
        f"- load average before and after: {load[0]:.2f}, {load[1]:.2f}" + (" (other work ran beside this: read the ratios, not the times)" if load[0] > 0.5 else ""),
        f"- command: `python3 kernels/bench/peers.py {shlex.join(sys.argv[1:])}`", "",
        f"C={C} labels, T={T} tokens, B={B} documents, N={N} tokens, D={D} dimensions. Milliseconds of a call: median "
        f"(least to greatest) of {args.rounds} rounds, both sides taking turns; bars are on the ratio of medians, and the ratio of the least times says what other work hid. \"CRF forward\" is the log-likelihood without gradient on both sides, CRFNLL here.", "",
        "| what | peer | threads | peer, ms | ours, ms | ratio | of the least | bar |", "|---|---|---|---|---|---|---|---|"]
    tuned = None
    rows = {}
    for (row, threads), (theirs, own) in sorted(times.items()):
        what, peer, _, title, bars = PAIRS[row]
        if not theirs:
            lines.append(f"| {what} | {peer} | {threads} | not measured ({absent[row]}) | {ms(own)} | | | |")
            fine = fine and bars[threads] is None
            continue
        rows[row, threads] = statistics.median(theirs)
        ratio = statistics.median(theirs) / statistics.median(own)
        text, ok = verdict(ratio, bars[threads])
        fine = fine and ok
        lines.append(f"| {what} | {peer} | {threads} | {ms(theirs)} | {ms(own)} | {ratio:.1f} | {min(theirs) / min(own):.1f} | {text} |")
    if (1, 1) in rows and (3, 1) in rows:
        tuned = rows[1, 1] / rows[3, 1]
        ok = tuned >= TUNED
        fine = fine and ok
        lines += ["", f"The hand-tuned peer is {tuned:.1f} times pytorch-crf on one thread (at least {TUNED}, else the comparison is void): "
                  + ("met." if ok else "VOID.")]
    if {1, 2} <= set(args.threads):
        lines += ["", "| two threads over one | ratio | bar |", "|---|---|---|"]
        for what, title, bar in SCALING:
            own = {n: [s for (row, k), t in times.items() if k == n and PAIRS[row][3] == title for s in t[1]] for n in (1, 2)}
            ratio = statistics.median(own[1]) / statistics.median(own[2])
            text, ok = verdict(ratio, bar)
            fine = fine and ok
            lines.append(f"| {what} | {ratio:.2f} | {text} |")
    return "\n".join(lines) + "\n", fine


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bin", default="bin/invoicelab", help="the program (make build)")
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", default="1,2", type=lambda s: [int(n) for n in s.split(",")])
    p.add_argument("--rounds", default=7, type=int)
    p.add_argument("--out", help="write the table here too")
    p.add_argument("--install", metavar="DIR", help="make or use the virtual environment DIR with the pinned peers")
    args = p.parse_args()
    if args.install:
        install(args.install)
    warnings.filterwarnings("ignore", message="where received a uint8 condition")
    sys.path.insert(0, HERE)
    before = os.getloadavg()[0]
    times, absent = measure(args)
    text, fine = report(args, times, absent, (before, os.getloadavg()[0]))
    print(text, end="")
    if args.out:
        with open(args.out + ".part", "w") as f:
            f.write(text)
        os.replace(args.out + ".part", args.out)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
