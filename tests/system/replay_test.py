# SPDX-License-Identifier: GPL-2.0-or-later
"""The replay's imitation of Slurm beside a real one: the same few jobs start in nearly the same order.

A small and quick form of tests/bench/replay_against_slurm.py, whose figures are in docs/benchmarks.md. One second more
or less, which neither side can help, moves a job behind another: the bounds are far from what is seen (a rank correlation
of .99, half of the waits the same within a second).
"""

import pathlib
import random
import sys
import unittest

from harness import main

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import replay_against_slurm as bench  # noqa: E402

NODES, JOBS, ARRIVALS_S = 16, 40, 25
LEAST_RANK_CORRELATION = 0.9
MEDIAN_DIFFERENCE_S = 6
# With less waiting than this the test would show nothing.
LEAST_MEAN_WAIT_S = 3


def workload() -> bench.Slice:
    """Jobs of 1 to 8 nodes and 2 to 12 s that ask for 1 or 2 minutes: more than the machine can do at once."""
    dice = random.Random(20261122)
    jobs = [bench.Job(at=at, run_s=dice.choice((2, 3, 5, 8, 12)), limit_min=dice.choice((1, 1, 2)),
                      procs=dice.choice((1, 1, 2, 3, 5, 8)), user=dice.choice(bench.USERS))
            for at in sorted(dice.uniform(0, ARRIVALS_S) for _ in range(JOBS))]
    return bench.Slice("made up", NODES, 1.0, jobs, [])


class Replay(unittest.TestCase):
    def test_starts_jobs_as_slurm_does(self) -> None:
        done = bench.run_slurm(workload(), "fifo")
        real = [job.start for job in done.jobs]
        for machine, options in {"pool": [], "nodes": ["--nodes", str(NODES)]}.items():
            starts = bench.replay(done, "fifo", *options)[0]
            found = bench.compare(done.jobs, real, [starts[job.slurm_id] for job in done.jobs])
            print(bench.row_of(f"Slurm, replay ({machine})", found), flush=True)
            with self.subTest(machine=machine):
                self.assertGreater(found.mean_wait_s[0], LEAST_MEAN_WAIT_S)
                self.assertGreater(found.rank_correlation, LEAST_RANK_CORRELATION)
                self.assertLessEqual(found.median_s, MEDIAN_DIFFERENCE_S)


if __name__ == "__main__":
    main()
