#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed of the replay: rows of docs/benchmarks.md.

  tests/bench/replay_speed.py [--times K] TRACE POLICY[:PREDICTOR] ... [-- OPTION ...]
  e.g. replay_speed.py RICC-2010-2.swf.gz easy slurm-key:similar -- --nodes 1024 --cores-per-node 8

Each policy three times in a process of its own on one core: the median processor time of the simulation, the least and the most,
events per second of the median, and the largest resident size of a process. --times K: the trace K times, one after the other.
"""

import argparse
import gzip
import json
import os
import pathlib
import sys
import tempfile

FORESHAPE = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "bin" / "foreshape"
RUNS = 3


def repeated(trace: str, times: int, out: pathlib.Path) -> None:
    """Line by line: a child's largest resident size begins with its parent's."""
    with out.open("w") as file:
        shift = first = last = 0
        for i in range(times):
            shift += last - first + 1 if i > 0 else 0
            first = -1
            with gzip.open(trace, "rt", errors="replace") as lines:
                for line in lines:
                    if line.startswith(";"):
                        if i == 0 and "MaxJobs" not in line and "MaxRecords" not in line:
                            file.write(line)
                    elif line.strip():
                        number, submission, rest = line.split(maxsplit=2)
                        last = int(submission)
                        first = last if first < 0 else first
                        file.write(f"{number} {last + shift} {rest}")


def replay(trace: str, policy: str, options: list[str], directory: pathlib.Path) -> tuple[dict, float]:
    """The run, and the process's largest resident size in MiB."""
    out = directory / "run.json"
    command = [str(FORESHAPE), "replay", trace, "--threads", "1", "--policy", policy, "--json", str(out), *options]
    child = os.posix_spawn(command[0], command, os.environ,
                           file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                                         (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
    _, status, used = os.wait4(child, 0)
    if status != 0:
        raise SystemExit(f"replay_speed: {' '.join(command)}: failed")
    return json.loads(out.read_text())["runs"][0], used.ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("trace")
    parser.add_argument("policies", nargs="+")
    own, _, options = " ".join(sys.argv[1:]).partition(" -- ")
    args = parser.parse_args(own.split())
    with tempfile.TemporaryDirectory() as scratch:
        directory, trace = pathlib.Path(scratch), args.trace
        if args.times > 1:
            trace = str(directory / "repeated.swf")
            repeated(args.trace, args.times, pathlib.Path(trace))
        for policy in args.policies:
            runs = [replay(trace, policy, options.split(), directory) for _ in range(RUNS)]
            runs.sort(key=lambda run: run[0]["seconds"])
            median = runs[RUNS // 2][0]
            seconds = [run["seconds"] for run, _ in runs]
            print(f"| {policy} | {median['avebsld']:.2f} | {median['seconds']:.3g} ({seconds[0]:.3g}-{seconds[-1]:.3g}) | "
                  f"{median['events'] / median['seconds'] / 1e6:.3g} | {max(mib for _, mib in runs):.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
