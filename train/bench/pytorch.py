#!/usr/bin/env python3
"""Trains the compact encoder and the same network in PyTorch on the same batches, in turns.

    python3 train/bench/pytorch.py [--threads 1,2] [--rounds 7] [--out FILE]
    python3 train/bench/pytorch.py --install DIR ...     # makes DIR, a virtual environment, first

Both sides take the steps of one epoch of the experiment quick (generated invoices, 197 labels, compact
encoder, linear head, cross-entropy and crf/bio, AdamW that steps only the rows of the table that the
batch uses, clipping by the norm of the whole gradient), on the very batches that the trainer packs.
First the losses and norms of 20 steps without dropout, from the same parameters, must agree; then
epochs are timed, one of PyTorch, one of a fresh process of ours, and so on. What is prepared once for
a batch (ids without absent features, padded places of the CRF) is not in PyTorch's time.

The peer is written for speed: packed tokens as on our side; the table's rows are gathered once a step,
so that no sparse tensor is made; fused AdamW; the CRF in the exp domain with a scale per step, without
a graph, documents sorted by length so that no step computes padding. Exits with 1 where the losses
disagree or PyTorch is faster.
"""
import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = ["torch==2.9.1", "numpy==2.4.6"]
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # of AdamW, as in nn/optimiser.go
CRF_WEIGHT = 0.5
TOLERANCE = 1e-3  # relative, of losses and norms; float32 sums in another order over 20 steps


def install(folder):
    """Makes a virtual environment with the pinned peers and goes on inside it."""
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q"] + PEERS, check=True)
    args = [a for i, a in enumerate(sys.argv[1:], 1) if a != "--install" and sys.argv[i - 1] != "--install" and not a.startswith("--install=")]
    os.execv(python, [python, os.path.abspath(__file__)] + args)


def read_start(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as f:
        size = int.from_bytes(f.read(8), "little")
        header, data = json.loads(f.read(size)), f.read()
    out = {}
    for name, e in header.items():
        if name != "__metadata__":
            first, last = e["data_offsets"]
            out[name] = torch.from_numpy(np.frombuffer(data[first:last], dtype="<f4").copy()).view(e["shape"])
    return out


class Batch:
    """A packed batch, and what is prepared of it."""

    def __init__(self, offsets, features, rows, neighbours, labels):
        n = len(labels)
        self.n, self.labels = n, torch.from_numpy(labels.astype("i8"))
        ids = features.reshape(n, -1)
        known = ids >= 0
        self.rows = torch.from_numpy(rows.astype("i8"))
        self.ids = torch.from_numpy(np.searchsorted(rows, ids[known]).astype("i8"))
        ends = np.cumsum(known.sum(1))
        self.starts = torch.from_numpy(np.concatenate([[0], ends[:-1]]).astype("i8"))
        self.near = torch.from_numpy(np.where(neighbours < 0, n, neighbours).astype("i8"))
        # The CRF's places: documents from long to short, time by document.
        lengths = np.diff(offsets)
        order = np.argsort(-lengths, kind="stable")
        self.lengths = lengths[order]
        longest = int(self.lengths[0])
        place = np.full((longest, len(order)), n)
        for b, d in enumerate(order):
            place[:lengths[d], b] = np.arange(offsets[d], offsets[d + 1])
        self.place = torch.from_numpy(place)
        self.active = [int((self.lengths > t).sum()) for t in range(longest)]  # documents at each step
        self.valid = torch.from_numpy((place < n).astype("f4")).unsqueeze(2)
        self.packed = torch.from_numpy(np.flatnonzero(place.reshape(-1) < n))  # places that hold tokens
        self.token = self.place.view(-1)[self.packed]
        first = [int(o) for o in offsets[:-1]]
        last = [int(o) - 1 for o in offsets[1:]]
        self.first, self.last = self.labels[first], self.labels[last]
        inside = np.ones(n, bool)
        inside[first] = False
        at = torch.from_numpy(np.flatnonzero(inside))
        self.pairs = self.labels[at - 1], self.labels[at]


class CRF:
    """Negative log-likelihood, summed, and its gradients, in the exp domain with a scale per step."""

    @staticmethod
    def run(emit, trans, start, end, batch):
        c = emit.shape[1]
        t_all, b_all = batch.place.shape
        active = batch.active
        top_emit = emit.amax(1, keepdim=True)
        e = torch.cat([(emit - top_emit).exp_(), emit.new_ones(1, c)])[batch.place]  # [T, B, C]
        top = trans.max()
        matrix = (trans - top).exp_()
        matrix_t = matrix.t().contiguous()
        top_start, top_end = start.max(), end.max()
        first, last = (start - top_start).exp_(), (end - top_end).exp_()
        alpha, beta, right = emit.new_zeros(t_all, b_all, c), emit.new_empty(t_all, b_all, c), emit.new_zeros(t_all, b_all, c)
        scale = emit.new_ones(t_all, b_all, 1)
        alphas, betas, rights, scales, es = alpha.unbind(0), beta.unbind(0), right.unbind(0), scale.unbind(0), e.unbind(0)
        a = torch.mul(es[0], first, out=alphas[0])
        torch.sum(a, 1, keepdim=True, out=scales[0])
        a.div_(scales[0])
        for t in range(1, t_all):
            k = active[t]
            now = alphas[t] if k == b_all else alphas[t][:k]
            s = scales[t] if k == b_all else scales[t][:k]
            torch.mm(a if a.shape[0] == k else a[:k], matrix, out=now)
            now.mul_(es[t] if k == b_all else es[t][:k])
            torch.sum(now, 1, keepdim=True, out=s)
            now.div_(s)
            a = now
        ends = torch.from_numpy(batch.lengths - 1)
        final = alpha[ends, torch.arange(b_all)]
        mass = final @ last  # [B]
        log_z = (scale.double().log().sum() + top_emit.double().sum() + mass.double().log().sum()
                 + (batch.n - b_all) * top.double() + b_all * (top_start.double() + top_end.double()))
        e.div_(scale)
        close = last / mass.unsqueeze(1)  # beta at the end of each document
        b = betas[t_all - 1][:active[-1]]
        b.copy_(close[:active[-1]])
        for t in range(t_all - 1, 0, -1):
            k, before = active[t], active[t - 1]
            r = rights[t][:k]
            torch.mul(es[t][:k], b, out=r)
            b = betas[t - 1][:before]
            torch.mm(r, matrix_t, out=b[:k])
            if before > k:
                b[k:].copy_(close[k:before])
        d_emit = torch.empty_like(emit)
        d_emit[batch.token] = torch.mul(alpha, beta).view(-1, c)[batch.packed]
        flat = (t_all - 1) * b_all
        d_trans = torch.mm(alpha[:-1].view(flat, c).t(), right[1:].view(flat, c)).mul_(matrix)
        d_start = (alpha[0] * beta[0]).sum(0)
        d_end = (final * close).sum(0)
        ones = emit.new_ones(batch.n, 1)
        d_emit.scatter_add_(1, batch.labels.unsqueeze(1), -ones)
        d_trans.index_put_(batch.pairs, -ones[:len(batch.pairs[0]), 0], accumulate=True)
        d_start.index_add_(0, batch.first, -ones[:b_all, 0])
        d_end.index_add_(0, batch.last, -ones[:b_all, 0])
        gold = (emit.gather(1, batch.labels.unsqueeze(1)).double().sum() + trans[batch.pairs].double().sum()
                + start[batch.first].double().sum() + end[batch.last].double().sum())
        return log_z - gold, d_emit, d_trans, d_start, d_end


class Network:
    """The compact encoder with a linear head and its optimiser."""

    def __init__(self, start, options, dropout):
        self.p = {name: v.clone() for name, v in start.items()}
        self.table = self.p.pop("embed.table")
        self.m, self.v = torch.zeros_like(self.table), torch.zeros_like(self.table)
        self.layers = sorted({name.split(".")[1] for name in self.p if name.startswith("context.")}, key=int)
        self.options, self.dropout, self.steps = options, dropout, 0
        self.dense = [v.requires_grad_() for v in self.p.values()]
        for v in self.dense:
            v.grad = torch.zeros_like(v)
        decayed = [v for name, v in self.p.items() if v.dim() == 2 and not name.startswith("crf.")]
        others = [v for name, v in self.p.items() if v.dim() != 2 or name.startswith("crf.")]
        self.adam = torch.optim.AdamW([{"params": decayed, "weight_decay": options["Decay"]}, {"params": others, "weight_decay": 0.0}],
                                      lr=options["LR"], betas=(BETA1, BETA2), eps=EPS, fused=True)

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[1:], self.p[name + ".gamma"], self.p[name + ".beta"], 1e-5)

    def scores(self, rows, b):
        p, drop = self.p, self.dropout
        x = self.norm("embed.norm", F.embedding_bag(b.ids, rows, b.starts, mode="sum"))
        if drop:
            x = F.dropout(x, drop)
        absent = x.new_zeros(1, x.shape[1])
        for i in self.layers:
            near = torch.cat([x, absent]).index_select(0, b.near).view(b.n, -1)
            y = F.gelu(torch.addmm(p[f"context.{i}.bias"], near, p[f"context.{i}.weight"]))
            if drop:
                y = F.dropout(y, drop)
            x = self.norm(f"context.{i}.norm", x + y)
        return torch.addmm(p["head.bias"], x, p["head.weight"])

    def step(self, b):
        """One step; gives ce, the CRF's loss and the norm of the gradient."""
        p, o = self.p, self.options
        self.adam.zero_grad(set_to_none=True)
        rows = self.table.index_select(0, b.rows).requires_grad_()
        scores = self.scores(rows, b)
        ce = F.cross_entropy(scores, b.labels)
        with torch.no_grad():
            trans, start, end = p["crf.transitions"], p["crf.start"], p["crf.end"]
            nll, d_emit, d_trans, d_start, d_end = CRF.run(scores.detach(), trans.detach(), start.detach(), end.detach(), b)
            share = CRF_WEIGHT / b.n
            trans.grad, start.grad, end.grad = d_trans.mul_(share), d_start.mul_(share), d_end.mul_(share)
        torch.autograd.backward([ce, scores], [None, d_emit.mul_(share)])
        with torch.no_grad():
            grads = [v.grad for v in self.dense] + [rows.grad]
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads)))
            torch._foreach_mul_(grads, (o["Clip"] / norm).clamp(max=1.0))
            self.adam.step()
            self.steps += 1
            self.step_rows(b.rows, rows.detach(), rows.grad)
        return ce.item(), nll.item() / b.n, norm.item()

    def step_rows(self, at, rows, g):
        m, v = self.m.index_select(0, at).lerp_(g, 1 - BETA1), self.v.index_select(0, at).mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
        self.m.index_copy_(0, at, m)
        self.v.index_copy_(0, at, v)
        down = v.div_(1 - BETA2 ** self.steps).sqrt_().add_(EPS)
        self.table.index_copy_(0, at, rows.addcdiv_(m, down, value=-self.options["LR"] / (1 - BETA1 ** self.steps)))


def load(folder):
    """The start, the batches and what our side made of them."""
    with open(os.path.join(folder, "index.json")) as f:
        index = json.load(f)
    data = np.fromfile(os.path.join(folder, "batches.int32"), dtype="<i4")
    batches, at = [], 0
    for lengths in index["Lengths"]:
        parts = []
        for n in lengths:
            parts.append(data[at:at + n])
            at += n
        batches.append(Batch(*parts))
    return read_start(os.path.join(folder, "start.safetensors")), batches, index


def check(start, batches, index):
    """The greatest relative difference of the first losses and norms from ours."""
    net, worst = Network(start, index["Options"], 0), 0.0
    for batch, ours, norm in zip(batches, index["Losses"], index["Norms"]):
        ce, crf, theirs = net.step(batch)
        for a, b in ((ours["ce"], ce), (ours["crf"], crf), (ours["total"], ce + CRF_WEIGHT * crf), (norm, theirs)):
            worst = max(worst, abs(a - b) / abs(a))
    return worst


def ours(binary, threads):
    """Tokens of an epoch a second, and a second of one core, in a fresh process."""
    done = subprocess.run([binary, "-test.run", "^$", "-test.bench", "^BenchmarkSteps$", "-test.benchtime", "1x", "-steps.threads", str(threads)],
                          check=True, capture_output=True, text=True, cwd=os.path.join(ROOT, "train"))
    words = next(line for line in done.stdout.splitlines() if "tokens/s" in line).split()
    return tuple(float(words[words.index(unit) - 1]) for unit in ("tokens/s", "tokens/cpu-s"))


def theirs(net, batches, threads):
    torch.set_num_threads(threads)
    begin, busy = time.perf_counter(), time.process_time()
    for b in batches:
        net.step(b)
    tokens = sum(b.n for b in batches)
    return tokens / (time.perf_counter() - begin), tokens / (time.process_time() - busy)


def shown(rates):
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            return next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", default="1,2", type=lambda s: [int(n) for n in s.split(",")])
    parser.add_argument("--rounds", default=7, type=int)
    parser.add_argument("--out", help="write the table here too")
    parser.add_argument("--install", metavar="DIR", help="make or use the virtual environment DIR with the pinned peers")
    args = parser.parse_args()
    if args.install:
        install(args.install)
    global torch, F, np
    try:
        import numpy as np
        import torch
        import torch.nn.functional as F
    except ImportError as e:
        sys.exit(f"not measured: {e} (see --install)")
    load_before = os.getloadavg()[0]
    head = subprocess.run(["git", "-C", HERE, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as scratch:
        binary = os.path.join(scratch, "train.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./train"], check=True, cwd=ROOT)
        subprocess.run([binary, "-test.run", "^$", "-test.bench", "^BenchmarkSteps$", "-test.benchtime", "1x", "-steps.out", scratch],
                       check=True, capture_output=True, cwd=os.path.join(ROOT, "train"))
        start, batches, index = load(scratch)
        torch.manual_seed(1)
        worst = check(start, batches, index)
        same = worst <= TOLERANCE
        print(f"losses and norms of {len(index['Losses'])} steps differ by at most {worst:.1e}", file=sys.stderr)
        rates = {n: ([], []) for n in args.threads}
        for turn in range(args.rounds + 1):  # the first warms up
            for n in args.threads:
                net = Network(start, index["Options"], index["Dropout"])
                a, b = theirs(net, batches, n), ours(binary, n)
                if turn > 0:
                    rates[n][0].append(a)
                    rates[n][1].append(b)
    tokens = sum(b.n for b in batches)
    lines = [
        f"- {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M UTC}, {processor()}, {os.cpu_count()} cores; revision {head}; torch {torch.__version__}, numpy {np.__version__}; "
        f"load average before and after: {load_before:.2f}, {os.getloadavg()[0]:.2f}",
        f"- losses and norms of the gradient of {len(index['Losses'])} steps without dropout, relative difference at most {worst:.1e}: " + ("the same network" if same else "NOT THE SAME"),
        f"- {len(batches)} batches of {tokens} tokens; tokens a second, and a second of a core (which other work on the machine hardly changes), median (least to greatest) of {args.rounds} epochs, in turns",
        "",
        "| threads | a second | PyTorch | ours | ratio of medians | of the greatest |", "|---|---|---|---|---|---|"]
    fine = same
    for n, (a, b) in rates.items():
        for k, what in enumerate(("of time", "of a core")):
            x, y = [r[k] for r in a], [r[k] for r in b]
            ratio = statistics.median(y) / statistics.median(x)
            fine = fine and (k > 0 or ratio >= 1)  # the bar is on time
            lines.append(f"| {n} | {what} | {shown(x)} | {shown(y)} | {ratio:.2f} | {max(y) / max(x):.2f} |")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if args.out:
        with open(args.out, "w", encoding="utf-8") as f:
            f.write(text)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
