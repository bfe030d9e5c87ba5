#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of docs/benchmarks.md's tables of policies: each policy in a `foreshape replay` of its own, beside easy.

  tests/bench/replay_table.py TRACE POLICY[:PREDICTOR] ...    e.g. KTH-SP2-1996-2.swf.gz slurm slurm-key:kernel

Means of five runs with submissions put off by 0 to 59 s; seconds are processor time of one run on one core, MiB the
largest resident size of the process.
"""

import json
import os
import pathlib
import statistics
import sys
import tempfile

FORESHAPE = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bin" / "foreshape"
RUNS = 5


def replay(trace: str, policy: str) -> tuple[list[dict], float]:
    """The policy's runs, and the process's largest resident size in MiB."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "runs.json"
        command = [str(FORESHAPE), "replay", trace, "--jitter", "59", "--runs", str(RUNS), "--threads", "1",
                   "--policy", "easy," + policy, "--json", str(out)]
        child = os.posix_spawn(command[0], command, os.environ,
                               file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
        _, status, used = os.wait4(child, 0)
        if status != 0:
            raise SystemExit(f"replay_table: {' '.join(command)}: failed")
        runs = json.loads(out.read_text())["runs"]
    own = [run for run in runs if (run["policy"], run["predictor"]) != ("easy", "requested")]
    return own or runs, used.ru_maxrss / 1024


def size(figure: float) -> str:
    return f"{figure / 1000:.1f}k" if figure >= 1000 else f"{figure:.0f}"


def row(runs: list[dict], mib: float) -> str:
    mean = {key: statistics.fmean(run[key] for run in runs)
            for key, value in runs[0].items() if isinstance(value, (int, float))}
    slowdowns = [run["avebsld"] for run in runs]
    classes = ", ".join(f"{mean[f'wait_{kind}_s'] / 3600:.1f}" for kind in
                        ("narrow_short", "narrow_long", "wide_short", "wide_long"))
    cells = [f"{runs[0]['policy']}:{runs[0]['predictor']}",
             f"{mean['avebsld']:.1f} ({min(slowdowns):.1f}-{max(slowdowns):.1f})", f"{mean['gmbsld']:.2f}",
             size(mean["maxbsld"]), f"{mean['rmsbsld']:.0f}", f"{100 * mean['short_started']:.1f}",
             f"{mean['mean_wait_s'] / 3600:.2f}", f"{mean['p95_wait_s'] / 3600:.1f}", f"{mean['max_wait_s'] / 86400:.1f}",
             f"{100 * mean['users_better']:.0f}/{100 * mean['users_worse']:.0f}", classes,
             f"{mean['seconds']:.2f}", f"{mib:.0f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    for policy in sys.argv[2:]:
        print(row(*replay(sys.argv[1], policy)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
