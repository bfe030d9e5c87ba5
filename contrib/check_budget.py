#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints which parts of the checks a slow machine leaves to the next run, one a line.

  contrib/check_budget.py [SECONDS]    seconds that all of it may take (default: PLANNED_S)

A fast machine leaves none. Which parts a slow one leaves changes with every commit and every day, so that each part
that fits at all into the time of one run is run within as many runs as there are parts. What matters most (build, unit
tests, plugins, databases, one real cluster on each Slurm release) is no part and always run.
"""

import concurrent.futures
import os
import pathlib
import resource
import subprocess
import sys
import time
import typing
from collections.abc import Iterable

PLANNED_S = 72 * 60  # of the 80 minutes after which .ci/run gives up
LIMIT_S = 78 * 60  # what the first of the parts may take it to: without it a large one would never be run


class Cost(typing.NamedTuple):
    """Seconds on the machine where PROBE_S was measured: with all cores busy, and of waiting, which do not grow on a slow
    one. What waits (tests on clusters, three at a time) goes on beside what does not."""

    processor: float
    waiting: float

    def at(self, slowness: float) -> float:
        return self.processor * slowness + self.waiting


def taken(costs: Iterable[Cost], slowness: float) -> float:
    """Seconds of all of them: of those that wait one after the other, or of the processors where these have more to do."""
    every = list(costs)
    return max(sum(cost.at(slowness) for cost in every if cost.waiting), sum(cost.processor for cost in every) * slowness)


# Rounded up from a whole run there. Packages 20, build 770, tests without clusters 330: nothing that counts goes on beside
# these.
FIRST = 1100
ALWAYS = Cost(50, 270)  # tests on clusters that are no part

# Name (as contrib/check and .ci/run know it).
PARTS = {
    "asan": Cost(1180, 0),
    "tsan": Cost(260, 0),
    "trixie": Cost(950, 0),
    "system.order": Cost(30, 110),
    "system.order_key": Cost(25, 100),
    "system.order_off": Cost(20, 60),
    "system.fair_share": Cost(20, 40),
    "system.memory_enforce": Cost(20, 40),
    "system.memory_safety": Cost(10, 10),
    "system.memory_waiting": Cost(15, 30),
    "system.trial_start": Cost(25, 140),
    "system.shadow": Cost(15, 35),
    "system.backup": Cost(10, 20),
    "system.upgrade": Cost(10, 10),
    "system.hold": Cost(20, 90),
    "system.hold_gaming": Cost(40, 110),
    "system.hold_manners": Cost(35, 120),
    "system.slurm_as_usual": Cost(20, 60),
    "system.quickstart": Cost(50, 75),
    "system.site_habits": Cost(10, 30),
    "system.staging": Cost(15, 45),
    "system.setup": Cost(15, 10),
    "system.doctor": Cost(15, 15),
    "system.replay_site": Cost(10, 5),
    "system.plugin": Cost(20, 65),
    "system.never_in_the_way": Cost(50, 70),
    "system.retrain": Cost(15, 10),
    "system.train": Cost(10, 5),
}

PROBE_S = 1.3
PROBE = """
#include <algorithm>
#include <map>
#include <string>
std::map<std::string, int> f(std::string* a, std::string* b) {
  std::sort(a, b);
  std::map<std::string, int> counts;
  for (; a != b; ++a) ++counts[*a];
  return counts;
}
"""


def left_out(parts: dict[str, Cost], slowness: float, seconds: float, run: int, most: float | None = None,
             always: Cost = Cost(0, 0)) -> list[str]:
    """The parts that no longer fit into the seconds, beside what always runs, on a machine that is so many times as slow.

    They are taken in order from a place that moves on with each run. The first may take it up to `most` seconds
    (default: no more than the others).
    """
    names = list(parts)
    first = run % len(names) if names else 0
    costs, left = [always], []
    for place, name in enumerate(names[first:] + names[:first]):
        room = max(seconds, most or 0) if place == 0 else seconds
        if taken([*costs, parts[name]], slowness) <= room:
            costs.append(parts[name])
        else:
            left.append(name)
    return left


def probe() -> float:
    """Processor seconds of a small compilation with all cores busy: not wall time, which others on the machine lengthen."""
    def compile_once(_: int) -> None:
        subprocess.run(["g++", "-std=c++20", "-O2", "-x", "c++", "-c", "-o", "/dev/null", "-"], input=PROBE, text=True,
                       check=True)

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    best = float("inf")
    cores = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        for _ in range(3):
            before = used()
            list(pool.map(compile_once, range(cores)))
            best = min(best, (used() - before) / cores)
    return best


def run_number() -> int:
    """Grows with each commit, and each day where the clone is shallow or nothing is committed."""
    said = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=pathlib.Path(__file__).parent, capture_output=True,
                          text=True, check=False)
    return int(said.stdout or 0) + int(time.time() // 86400)


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else PLANNED_S
    slowness = max(1.0, probe() / PROBE_S)
    print(f"check_budget: this machine takes {slowness:.1f} times as long as the reference", file=sys.stderr)
    first = FIRST * slowness
    for name in left_out(PARTS, slowness, seconds - first, run_number(), LIMIT_S - first, ALWAYS):
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
