#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a slow machine leaves to the next run: contrib/check_budget.py."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "contrib"))
import check_budget  # noqa: E402


class LeftOut(unittest.TestCase):
    def test_follows_the_table(self) -> None:
        parts = {name: check_budget.Cost(cost, 0) for name, cost in (("a", 100), ("b", 200), ("c", 300))}
        cases = [
            ("all fits", 1.0, 600, 0, []),
            ("the last does not fit", 1.0, 599, 0, ["c"]),
            ("another run begins elsewhere", 1.0, 599, 1, ["a"]),
            ("and another", 1.0, 599, 2, ["b"]),
            ("then again from the first", 1.0, 599, 3, ["c"]),
            ("twice as slow", 2.0, 600, 0, ["c"]),
            ("a small one fits behind one that does not", 1.0, 350, 1, ["c"]),
            ("no time at all", 1.0, -5, 0, ["a", "b", "c"]),
        ]
        for why, slowness, seconds, run, want in cases:
            with self.subTest(why):
                self.assertEqual(check_budget.left_out(parts, slowness, seconds, run), want)

    def test_runs_the_first_up_to_the_limit(self) -> None:
        parts = {"large": check_budget.Cost(500, 0), "small": check_budget.Cost(50, 0)}
        for run, most, want in ((0, 500, ["small"]), (0, 499, ["large"]), (1, 500, ["large"])):
            with self.subTest(run=run, most=most):
                self.assertEqual(check_budget.left_out(parts, 1.0, 100, run, most), want)

    def test_waiting_takes_no_longer_on_a_slow_machine(self) -> None:
        self.assertEqual(check_budget.Cost(30, 120).at(2.0), 180)

    def test_what_waits_goes_on_beside_what_does_not(self) -> None:
        build, cluster = check_budget.Cost(100, 0), check_budget.Cost(20, 180)
        for slowness, want in ((1.0, 200), (2.0, 240), (1 / 6, 183 + 1 / 3)):
            with self.subTest(slowness=slowness):
                self.assertAlmostEqual(check_budget.taken([build, cluster], slowness), want)

    def left(self, slowness: float, run: int) -> list[str]:
        first = check_budget.FIRST * slowness
        return check_budget.left_out(check_budget.PARTS, slowness, check_budget.PLANNED_S - first, run,
                                     check_budget.LIMIT_S - first, check_budget.ALWAYS)

    def test_runs_every_part_once_in_as_many_runs_as_there_are_parts(self) -> None:
        for slowness in (1.0, 1.5, 2.0):
            never = set(check_budget.PARTS)
            for run in range(len(check_budget.PARTS)):
                never &= set(self.left(slowness, run))
            self.assertEqual(never, set(), f"{slowness} times as slow")

    def test_stays_within_the_limit(self) -> None:
        for slowness in (1.0, 2.0, 3.0):
            for run in range(len(check_budget.PARTS)):
                run_now = set(check_budget.PARTS) - set(self.left(slowness, run))
                costs = [check_budget.ALWAYS, *(check_budget.PARTS[name] for name in run_now)]
                all_of_it = check_budget.FIRST * slowness + check_budget.taken(costs, slowness)
                self.assertLessEqual(all_of_it, check_budget.LIMIT_S, f"{slowness} times as slow, run {run}")

    def test_leaves_nothing_on_a_fast_machine(self) -> None:
        self.assertEqual(self.left(1.0, 7), [])

    def test_names_only_tests_that_exist(self) -> None:
        registered = (ROOT / "tests" / "system" / "CMakeLists.txt").read_text()
        for name in check_budget.PARTS:
            if name.startswith("system."):
                self.assertTrue(re.search(rf"foreshape_system_test\({name.removeprefix('system.')}[ )]", registered), name)


if __name__ == "__main__":
    unittest.main()
