#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a trained model brings in the replay: rows of docs/benchmarks.md's table.

  tests/bench/model_in_replay.py TRACE.swf.gz [--keep DIRECTORY]

The log is cut at the submission of its middle job. The model is trained on the first half (`foreshape evaluate --model`) and
stands still in the replay of the second, where every predictor begins without past jobs. A row for each order, five runs with submissions put off by 0 to
59 s; ratios are the model's figure over the kernel's, paired by seed.
"""

import argparse
import datetime
import gzip
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

FORESHAPE = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bin" / "foreshape"
ORDERS = ("easy-sjbf", "whole-queue", "slurm-key")
PREDICTORS = ("kernel", "similar", "model")  # the first is the yardstick
RUNS = 5


def first_half(trace: str, out: pathlib.Path) -> str:
    """Writes the jobs submitted before the middle one, and says when that was."""
    with gzip.open(trace, "rt", errors="replace") as file:
        lines = file.readlines()
    submissions = [int(line.split()[1]) for line in lines if line.strip() and not line.startswith(";")]
    middle = submissions[len(submissions) // 2]
    starts = (re.match(r";\s*UnixStartTime:\s*(\d+)", line) for line in lines)
    epoch = next((int(found[1]) for found in starts if found), 0)
    out.write_text("".join(line for line in lines if line.startswith(";") or
                           line.strip() and int(line.split()[1]) < middle))
    return datetime.datetime.fromtimestamp(epoch + middle).isoformat()


def train(jobs: pathlib.Path, model: pathlib.Path) -> None:
    subprocess.run([FORESHAPE, "evaluate", "-p", "kernel,model", "--steps", "32", "--model", model, jobs], check=True,
                   stdout=subprocess.DEVNULL)


def replay(trace: str, since: str, model: pathlib.Path, order: str) -> dict:
    policies = ",".join(f"{order}:{predictor}" for predictor in PREDICTORS)
    command = [FORESHAPE, "replay", trace, "--starttime", since, "--model", model, "--jitter", "59", "--runs", str(RUNS),
               "--threads", "1", "--policy", policies, "--json", "-"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def row(name: str, order: str, result: dict) -> str:
    """Of each predictor accuracy, mean (range), geometric mean and RMS of the slowdown, SH, mean wait; then the ratios."""
    figures, seconds = [], []
    for predictor in PREDICTORS:
        runs = [run for run in result["runs"] if run["predictor"] == predictor]
        mean = {key: statistics.fmean(run[key] for run in runs) for key in
                ("run_time_accuracy", "avebsld", "gmbsld", "rmsbsld", "short_started", "mean_wait_s", "seconds")}
        slowdowns = [run["avebsld"] for run in runs]
        figures.append(f"{mean['run_time_accuracy']:.3f}; {mean['avebsld']:.1f} ({min(slowdowns):.1f}-{max(slowdowns):.1f}), "
                       f"{mean['gmbsld']:.2f}, {mean['rmsbsld']:.0f}; {100 * mean['short_started']:.1f}, "
                       f"{mean['mean_wait_s'] / 3600:.2f}")
        seconds.append(f"{mean['seconds']:.2f}")
    compared = next(c for c in result["comparisons"] if c["predictor"] == "model")
    ratios = [f"{r['mean']:.2f} ({r['least']:.2f}-{r['most']:.2f})" for r in (compared["avebsld"], compared["gmbsld"])]
    return f"| {name} {order} | {' | '.join(figures)} | {', '.join(ratios)} | {', '.join(seconds)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("--keep", type=pathlib.Path, help="keep the first half and the model in this directory, and take a model from there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = args.keep or pathlib.Path(scratch)
        name = pathlib.Path(args.trace).name.removesuffix(".swf.gz")
        half, model = directory / f"{name}.first.swf", directory / f"{name}.model"
        since = first_half(args.trace, half)
        if not model.exists():
            train(half, model)
        print(f"{name}: second half from {since}", flush=True)
        for order in ORDERS:
            print(row(name, order, replay(args.trace, since, model, order)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
