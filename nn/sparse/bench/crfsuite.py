#!/usr/bin/env python3
"""Trains the sparse encoder and CRFsuite on the same data with the same features, in turns.

    python3 nn/sparse/bench/crfsuite.py --bin bin/invoicelab DATA/snips DATA/ler ...
    python3 nn/sparse/bench/crfsuite.py --install DIR ...     # makes DIR, a virtual environment, first

A data folder has train.conll and test.conll: token, tab, BIO label, a blank line after
each sentence. Both sides: L-BFGS, the coefficient of the squared weights is --l2, and the
standard templates of the sparse encoder (words and shapes in a window, affixes, pairs of
words). CRFsuite's time is that of its training alone; ours is the whole run, attributes
and scoring of the test split included. "Of a core" is processor time of the same, which other
work on the machine hardly moves. F1 is in conll mode, over entities; macro F1 over the types
with an entity in gold or prediction.
"""
import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = "python-crfsuite==0.9.12"


def install(folder):
    """Makes a virtual environment with the pinned peer and goes on inside it."""
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)
    args = [a for i, a in enumerate(sys.argv[1:], 1) if a != "--install" and sys.argv[i - 1] != "--install" and not a.startswith("--install=")]
    os.execv(python, [python, os.path.abspath(__file__)] + args)


def sentences(path):
    """The sentences of a file: lists of (token, label)."""
    all_, one = [], []
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.rstrip("\r\n")
            if line.strip():
                cells = line.split("\t")
                one.append((cells[0], cells[-1]))
            elif one:
                all_.append(one)
                one = []
    return all_ + [one] if one else all_


def shape(word, short):
    out = []
    for ch in word:
        kind = "X" if ch.isupper() else "x" if ch.isalpha() else "0" if ch.isdigit() else ch
        if not (short and out and out[-1] == kind):
            out.append(kind)
    return "".join(out)


def features(words):
    """The standard templates."""
    n = len(words)
    lower, short = [w.lower() for w in words], [shape(w, True) for w in words]
    digits = ["".join("0" if ch.isdigit() else ch for ch in w) for w in words]
    all_ = []
    for t, w in enumerate(words):
        f = ["word=" + w, "shape=" + shape(w, False), "length=%d" % min(len(w), 10)]
        for name, values, reach in (("lower", lower, 2), ("short", short, 2), ("digits", digits, 1)):
            f += ["%s%d=%s" % (name, o, values[t + o]) for o in range(-reach, reach + 1) if 0 <= t + o < n]
        for k in range(1, 5):
            if len(w) >= k:
                f += ["prefix%d=%s" % (k, w[:k]), "suffix%d=%s" % (k, w[-k:])]
        for a, b in ((-1, 0), (0, 1), (-1, 1)):
            if 0 <= t + a and t + b < n:
                f.append("pair%d%d=%s|%s" % (a, b, lower[t + a], lower[t + b]))
        if t == 0:
            f.append("begin")
        if t == n - 1:
            f.append("end")
        all_.append(f)
    return all_


def peer(folder, l2, scratch):
    """Seconds, those of a core, weights and predictions of CRFsuite."""
    import pycrfsuite
    train, test = sentences(os.path.join(folder, "train.conll")), sentences(os.path.join(folder, "test.conll"))
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0, "c2": l2})
    for s in train:
        trainer.append(features([w for w, _ in s]), [y for _, y in s])
    model = os.path.join(scratch, "crfsuite.model")
    start, cpu = time.perf_counter(), time.process_time()
    trainer.train(model)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    tagger = pycrfsuite.Tagger()
    tagger.open(model)
    out = os.path.join(scratch, "crfsuite.tsv")
    with open(out, "w", encoding="utf-8") as f:
        for s in test:
            for (w, gold), y in zip(s, tagger.tag(features([w for w, _ in s]))):
                f.write("%s\t%s\t%s\n" % (w.replace(" ", "_"), gold, y))
            f.write("\n")
    return seconds, cpu, len(tagger.info().state_features) + len(tagger.info().transitions), out


def ours(binary, folder, l2, scratch, threads):
    """Seconds, those of all cores, weights and predictions of the sparse encoder."""
    corpus, spec, out = (os.path.join(scratch, name) for name in ("corpus", "spec.yaml", "ours.tsv"))
    only = os.path.join(scratch, "data")
    os.makedirs(only, exist_ok=True)
    for name in ("train.conll", "test.conll"):  # other splits are not needed
        link = os.path.join(only, name)
        if os.path.lexists(link):
            os.remove(link)
        os.symlink(os.path.abspath(os.path.join(folder, name)), link)
    subprocess.run([binary, "corpus", "import", "--from", "conll", "--out", corpus, only], check=True, capture_output=True)
    with open(spec, "w", encoding="utf-8") as f:
        f.write("corpus: {path: %s}\nmodel: {encoder: {kind: sparse}, crf: crf}\ntrain: {l2: %g}\n" % (json.dumps(corpus), l2))
    start, cpu = time.perf_counter(), of_children()
    done = subprocess.run([binary, "train", spec, "--threads", str(threads), "--predictions", out, "--json"], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, of_children() - cpu, json.loads(done.stdout)["parameters"], out


def of_children():
    """Processor seconds of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def score(binary, path):
    done = subprocess.run([binary, "score", path, "--mode", "conll", "--json"], check=True, capture_output=True, text=True)
    s = json.loads(done.stdout)
    return 100 * s["micro"]["f1"], 100 * s["macro"]["f1"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", help="data folders with train.conll and test.conll")
    parser.add_argument("--bin", default="bin/invoicelab")
    parser.add_argument("--l2", type=float, default=1)
    parser.add_argument("--threads", type=int, default=2, help="of ours; CRFsuite has one")
    parser.add_argument("--install", metavar="DIR")
    parser.add_argument("--out", help="file for the table")
    args = parser.parse_args()
    if args.install:
        install(args.install)
    try:
        import pycrfsuite  # noqa: F401
    except ImportError as e:
        sys.exit("not measured: %s (see --install)" % e)
    head = subprocess.run(["git", "-C", HERE, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True).stdout.strip()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for folder in args.folders:
            theirs, their_cpu, weights, tags = peer(folder, args.l2, scratch)
            t = score(args.bin, tags)
            seconds, cpu, parameters, tags = ours(args.bin, folder, args.l2, scratch, args.threads)
            o = score(args.bin, tags)
            rows.append("| %s | %.2f / %.2f | %.2f / %.2f | %+.2f / %+.2f | %d / %d | %.0f | %.0f | %.1f | %.0f | %.0f | %.1f |" % (
                os.path.basename(os.path.normpath(folder)), *t, *o, o[0] - t[0], o[1] - t[1], weights, parameters, theirs, seconds, theirs / seconds, their_cpu, cpu, their_cpu / cpu))
            print(rows[-1], file=sys.stderr, flush=True)
    text = "\n".join([
        "- %s, %s, %d cores; revision %s; %s; load average at the end %.2f" % (
            datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), platform.processor() or platform.machine(), os.cpu_count(), head, PEER.replace("==", " "), os.getloadavg()[0]),
        "- L-BFGS, l2 %g; ours with %d threads" % (args.l2, args.threads),
        "",
        "| set | CRFsuite micro / macro F1 | ours | difference | weights | CRFsuite, s | ours, s | times faster | CRFsuite, s of a core | ours | times less |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ] + rows) + "\n"
    print(text)
    if args.out:
        with open(args.out, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
