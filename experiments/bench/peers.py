"""Logging of metrics by step: invoicelab, MLflow and Optuna, in turn.

    python3 -m venv peers && peers/bin/pip install -r experiments/bench/requirements.txt
    go build -o bench ./experiments/bench
    peers/bin/python experiments/bench/peers.py --bench ./bench --rounds 3 --seconds 5

Every tool logs five values a step to an SQLite file of its own, new in each
round, on the same disk. MLflow gets them as one log_batch a step, its fastest
way to log as it goes (at once: batches of 200 steps, which a training loop
would have to hold back by itself). Optuna knows one value a step: report.
"""

import argparse
import json
import logging
import os
import shutil
import subprocess
import tempfile
import time

VALUES_OF_STEP = 5


def invoicelab(args, folder):
    said = subprocess.run([args.bench, "log", "-seconds", str(args.seconds), "-dir", folder, "-json"], check=True, capture_output=True, text=True)
    m = json.loads(said.stdout)
    return m["per_second"], m["bytes_per_value"]


def mlflow(args, folder, steps_of_call):
    from mlflow.entities import Metric
    from mlflow.tracking import MlflowClient

    path = os.path.join(folder, "mlflow.db")
    client = MlflowClient(tracking_uri="sqlite:///" + path)
    run = client.create_run(client.create_experiment("bench")).info.run_id
    before, begin, step = os.path.getsize(path), time.time(), 0
    while time.time() - begin < args.seconds:
        client.log_batch(run, [Metric(f"m{k}", 1 / (step + s + 1), int(time.time() * 1000), step + s) for s in range(steps_of_call) for k in range(VALUES_OF_STEP)])
        step += steps_of_call
    values = step * VALUES_OF_STEP
    return values / (time.time() - begin), (os.path.getsize(path) - before) / values


def optuna(args, folder):
    import optuna as o

    o.logging.set_verbosity(o.logging.ERROR)
    path = os.path.join(folder, "optuna.db")
    trial = o.create_study(storage="sqlite:///" + path).ask()
    before, begin, step = os.path.getsize(path), time.time(), 0
    while time.time() - begin < args.seconds:
        trial.report(1 / (step + 1), step)
        step += 1
    return step / (time.time() - begin), (os.path.getsize(path) - before) / step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    tools = {
        "invoicelab": invoicelab,
        "MLflow, a call a step": lambda a, f: mlflow(a, f, 1),
        "MLflow, a call for 200 steps": lambda a, f: mlflow(a, f, 200),
        "Optuna": optuna,
    }
    found = {name: [] for name in tools}
    for _ in range(args.rounds):
        for name, tool in tools.items():
            folder = tempfile.mkdtemp(prefix="bench-peers-")
            try:
                found[name].append(tool(args, folder))
            finally:
                shutil.rmtree(folder)
    middle = lambda values: sorted(values)[len(values) // 2]
    ours = middle([v for v, _ in found["invoicelab"]])
    print(f"| tool | values/s (median of {args.rounds}; all) | bytes/value | invoicelab is |")
    print("|---|---|---|---|")
    for name, runs in found.items():
        rate = middle([v for v, _ in runs])
        print(f"| {name} | {rate:,.0f} ({', '.join(f'{v:,.0f}' for v, _ in runs)}) | {middle([b for _, b in runs]):.0f} | {ours / rate:,.0f} times |")


main()
